import type { Id } from "../../core/id.ts";

export interface Category {
  id: Id;
  slug: string;
  name: string;
  description: string;
  parentId: Id | null;
  position: number;
}

/** A category with those below it; counts are of different assets, in it or below it. */
export interface CategoryNode {
  slug: string;
  name: string;
  description: string;
  count: number;
  children: CategoryNode[];
}

export interface NewCategory {
  slug: string;
  name: string;
  description: string;
  children?: NewCategory[];
}

/** What a new marketplace begins with; an administrator may change it. */
export const DEFAULT_CATEGORIES: readonly NewCategory[] = [
  {
    slug: "development",
    name: "Development",
    description: "Writing, reading and changing code",
    children: [
      { slug: "code-review", name: "Code review", description: "Reading changes with a critical eye" },
      { slug: "testing", name: "Testing", description: "Tests, fixtures, coverage, browsers" },
      { slug: "documentation", name: "Documentation", description: "Manuals, references, changelogs" },
      { slug: "web-development", name: "Web", description: "Pages, components, APIs" },
    ],
  },
  {
    slug: "operations",
    name: "Operations",
    description: "Running what was built",
    children: [
      { slug: "infrastructure", name: "Infrastructure", description: "Cloud, containers, networks" },
      { slug: "observability", name: "Observability", description: "Logs, metrics, traces, incidents" },
    ],
  },
  { slug: "security", name: "Security", description: "Finding and mending weaknesses" },
  {
    slug: "data",
    name: "Data",
    description: "Databases, pipelines, analysis",
    children: [
      { slug: "databases", name: "Databases", description: "Queries, schemas, migrations" },
      { slug: "analytics", name: "Analytics", description: "Statistics, dashboards, reports" },
    ],
  },
  { slug: "machine-learning", name: "Machine learning", description: "Models, adapters, training, evaluation" },
  { slug: "research", name: "Research", description: "Searching, reading and summing up sources" },
  { slug: "writing", name: "Writing", description: "Texts, translation, editing" },
  { slug: "design", name: "Design", description: "Interfaces, images, diagrams" },
  { slug: "documents", name: "Documents", description: "PDF, spreadsheets, slides, mail" },
  { slug: "productivity", name: "Productivity", description: "Planning, meetings, everyday work" },
  { slug: "communication", name: "Communication", description: "Chat, mail, social networks" },
  { slug: "business", name: "Business", description: "Finance, law, sales, support" },
];

/** The category of this slug and all below it, as slugs; empty when there is none. */
export function withDescendants(categories: readonly Category[], slug: string): string[] {
  const root = categories.find((category) => category.slug === slug);
  if (!root) return [];
  const found = [root];
  for (let i = 0; i < found.length; i++)
    found.push(...categories.filter((one) => one.parentId === found[i]!.id && !found.includes(one)));
  return found.map((category) => category.slug);
}

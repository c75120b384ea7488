import type { PackageMetadata } from "../../core/package/package.ts";
import type { PackageReference } from "../../core/package-reference.ts";
import type { DeclaredDependency } from "../../core/package/package.ts";

/** What a version says of itself that the one before said differently; null: nothing. */
export interface MetadataChange {
  field: string;
  before: string | null;
  after: string | null;
}

const FIELDS: { field: string; of(metadata: PackageMetadata): string | null }[] = [
  { field: "Kind", of: (m) => m.kind },
  { field: "Title", of: (m) => m.title },
  { field: "Description", of: (m) => m.description },
  { field: "Licence", of: (m) => m.license },
  { field: "Homepage", of: (m) => m.homepage },
  { field: "Repository", of: (m) => m.repository },
  { field: "Tags", of: (m) => [...m.tags].sort().join(", ") },
  { field: "Categories", of: (m) => [...m.categories].sort().join(", ") },
];

export function compareMetadata(before: PackageMetadata, after: PackageMetadata): MetadataChange[] {
  return FIELDS.map(({ field, of }) => ({ field, before: of(before) || null, after: of(after) || null })).filter(
    (change) => change.before !== change.after,
  );
}

/** Something that a version needs: an asset of ours, or a package of another ecosystem. */
export interface DependencyChange {
  name: string;
  change: "added" | "removed" | "changed";
  before: string | null;
  after: string | null;
}

/** At most so many are named. */
const MAX_CHANGES = 500;

export function compareDependencies(
  before: readonly DeclaredDependency[],
  after: readonly DeclaredDependency[],
): DependencyChange[] {
  const text = ({ range, optional }: DeclaredDependency) => (optional ? `${range} (optional)` : range);
  return changes(
    before.map((one) => [one.ref, text(one)]),
    after.map((one) => [one.ref, text(one)]),
  );
}

export function comparePackages(
  before: readonly PackageReference[],
  after: readonly PackageReference[],
): DependencyChange[] {
  const named = (one: PackageReference): [string, string] => [
    `${one.ecosystem}: ${one.name}`,
    one.version ?? one.range ?? "any",
  ];
  return changes(before.map(named), after.map(named));
}

function changes(before: readonly [string, string][], after: readonly [string, string][]): DependencyChange[] {
  const texts = (all: readonly [string, string][]) =>
    new Map(
      [...Map.groupBy(all, ([name]) => name)].map(([name, group]) => [
        name,
        [...new Set(group.map(([, text]) => text))].sort().join(", "),
      ]),
    );
  const [old, fresh] = [texts(before), texts(after)];
  const found: DependencyChange[] = [];
  for (const [name, now] of fresh) {
    const was = old.get(name) ?? null;
    if (was !== now) found.push({ name, change: was === null ? "added" : "changed", before: was, after: now });
  }
  for (const [name, was] of old)
    if (!fresh.has(name)) found.push({ name, change: "removed", before: was, after: null });
  return found.sort((a, b) => (a.name < b.name ? -1 : 1)).slice(0, MAX_CHANGES);
}

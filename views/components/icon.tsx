import type { Kind } from "../../src/core/kind.ts";

/** Drawn for this project on a 24-unit square, stroked with the colour of the text around them. */
const KIND_PATHS: Record<Kind, string> = {
  prompt: "M4 5h16v11H10l-5 4v-4H4zM8 9.5h8M8 12.5h5",
  skill: "M5 4h11l3 3v13H5zM15.5 4v3.5H19M8.5 12l2.2 2.2 4.3-4.4M8.5 17.5h7",
  agent: "M6 9h12v9H6zM12 9V5.5M12 4.2v.1M9.5 13v1M14.5 13v1M3.5 12v3M20.5 12v3",
  "mcp-server": "M4 5h16v5H4zM4 14h16v5H4zM7.5 7.500h.1M7.5 16.500h.1M11 7.500h5M11 16.500h5",
  plugin: "M9 3.500v4M15 3.500v4M6.5 7.500h11v4a5.5 5.5 0 0 1-11 0zM12 17v3.5",
  tool: "M14.5 6.200a4 4 0 0 1 5-1l-2.7 2.7.6 2.2 2.2.6 1.3-1.300a4.2 4.2 0 0 1-5.7 3.400L8.5 19.500a2 2 0 0 1-2.9-2.900l6.7-6.700a4.2 4.2 0 0 1 2.2-3.700z",
  workflow: "M4 4h6v5H4zM14 15h6v5h-6zM7 9v5.500a3 3 0 0 0 3 3h4M17 15V9.500M14.5 6.500h5",
  model: "M12 3.5 19.5 8v8L12 20.5 4.5 16V8zM12 12l7.5-4M12 12 4.5 8M12 12v8.5",
  "model-adapter":
    "M10 4.5 16 8v7l-6 3.500L4 15V8zM10 11.5 16 8M10 11.5 4 8M10 11.500v7M16 11.500h4.500M18.5 9.500l2 2-2 2",
  dataset:
    "M5 6.500c0-1.4 3.1-2.5 7-2.500s7 1.1 7 2.500S15.9 9 12 9 5 7.9 5 6.500zM5 6.500v11c0 1.4 3.1 2.5 7 2.500s7-1.1 7-2.500v-11M5 12c0 1.4 3.1 2.5 7 2.500s7-1.1 7-2.5",
  evaluation: "M4 20V4M4 20h16M8 16.500v-4M12 16.500v-9M16 16.500V10M18.5 5.500l1 1 2-2.2",
  integration: "M9.5 14.500l5-5M11 7l2-2a4.2 4.2 0 0 1 6 6l-2 2M13 17l-2 2a4.2 4.2 0 0 1-6-6l2-2",
};

const GLYPHS = {
  search: "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.3 15.3 20 20",
  copy: "M9 9h10v11H9zM5 15V4h10v2",
  check: "M5 12.500l4.5 4.500L19 7",
  chevron: "M6 9.500l6 6 6-6",
  file: "M6 3.500h8l4 4v13H6zM13.5 3.500V8H18",
  folder: "M3.5 6h6l2 2.500h9V19h-17z",
  download: "M12 4v10.500M7.5 10.5 12 15l4.5-4.500M5 19.500h14",
  upload: "M12 15.500V5M7.5 9 12 4.5 16.5 9M5 19.500h14",
  external: "M13 5h6v6M19 5l-8.5 8.500M16 14v5H5V8h5",
  key: "M8.5 11.500a4 4 0 1 1 0 .1zM12.5 11.500H20M17 11.500V15",
  warning: "M12 4.5 21 19.500H3zM12 10v4.500M12 17v.1",
  close: "M6 6l12 12M18 6 6 18",
  menu: "M4 7h16M4 12h16M4 17h16",
} as const;
export type Glyph = keyof typeof GLYPHS;

function Drawing(props: { path: string; size?: number; class?: string }): JSX.Element {
  const size = String(props.size ?? 20);
  return (
    <svg class={`icon ${props.class ?? ""}`.trim()} width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path d={props.path} />
    </svg>
  );
}

export const KindIcon = (props: { kind: Kind; size?: number }): JSX.Element => (
  <Drawing path={KIND_PATHS[props.kind] ?? KIND_PATHS.tool} size={props.size} class="icon-kind" />
);

export const Icon = (props: { name: Glyph; size?: number }): JSX.Element => (
  <Drawing path={GLYPHS[props.name]} size={props.size ?? 16} />
);

/** The name of a kind as people read it. */
export const KIND_LABEL: Record<Kind, { one: string; many: string }> = {
  prompt: { one: "Prompt", many: "Prompts" },
  skill: { one: "Skill", many: "Skills" },
  agent: { one: "Agent", many: "Agents" },
  "mcp-server": { one: "MCP server", many: "MCP servers" },
  plugin: { one: "Plugin", many: "Plugins" },
  tool: { one: "Tool", many: "Tools" },
  workflow: { one: "Workflow", many: "Workflows" },
  model: { one: "Model", many: "Models" },
  "model-adapter": { one: "Model adapter", many: "Model adapters" },
  dataset: { one: "Dataset", many: "Datasets" },
  evaluation: { one: "Evaluation", many: "Evaluations" },
  integration: { one: "Integration", many: "Integrations" },
};

import type { Kind } from "../core/kind.ts";

/** The smallest files that make an asset of a kind, in the formats its ecosystem already uses. */
export function skeletonOf(kind: Kind, name: string): Record<string, string> {
  const title = name.replace(/-/g, " ").replace(/^./, (letter) => letter.toUpperCase());
  return { ...SKELETONS[kind](name, title) };
}

type Skeleton = (name: string, title: string) => Record<string, string>;

const what = "Say in a sentence or two what it does and when to use it.";

const front = (name: string): string => `---\nname: ${name}\ndescription: ${what}\n---\n`;
const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const readme = (title: string): string => `# ${title}\n\n${what}\n`;
const described = (name: string): string => `name: ${name}\ndescription: ${what}\n`;

const SKELETONS: Record<Kind, Skeleton> = {
  skill: (name, title) => ({
    "SKILL.md": `${front(name)}\n# ${title}\n\n1. Write down, step by step, what the agent should do.\n2. Say what the result looks like.\n`,
  }),
  prompt: (name, title) => ({
    [`${name}.prompt.md`]: `${front(name)}\nWrite the prompt here. Name its inputs as {{input}}.\n`,
    "README.md": readme(title),
  }),
  agent: (name, title) => ({
    "AGENT.md": `${front(name)}\n# ${title}\n\nYou are … Say what the agent is for, what it may do and what it must not do.\n`,
  }),
  "mcp-server": (name, title) => ({
    "server.json": json({ name: `com.example/${name}`, description: what, version: "0.1.0" }),
    "README.md": readme(title),
  }),
  plugin: (name, title) => ({
    ".claude-plugin/plugin.json": json({ name, version: "0.1.0", description: what }),
    [`commands/${name}.md`]: `---\ndescription: ${what}\n---\n\nWrite here what the command asks of the agent.\n`,
    "README.md": readme(title),
  }),
  tool: (name, title) => ({
    "tool.json": json({ name, description: what, input_schema: { type: "object", properties: {} } }),
    "README.md": readme(title),
  }),
  workflow: (name, title) => ({ "workflow.yaml": `${described(name)}steps: []\n`, "README.md": readme(title) }),
  evaluation: (name, title) => ({ "evaluation.yaml": `${described(name)}tests: []\n`, "README.md": readme(title) }),
  integration: (name, title) => ({ "integration.yaml": described(name), "README.md": readme(title) }),
  model: (_name, title) => ({ "README.md": readme(title) }),
  "model-adapter": (_name, title) => ({ "README.md": readme(title) }),
  dataset: (_name, title) => ({ "README.md": readme(title) }),
};

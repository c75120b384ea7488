/** What a version can do, in the order in which people should read it; docs/decisions/0011-capabilities.md says more. */
export const CAPABILITY_KINDS = [
  "hook",
  "mcp-server",
  "tool-allowed",
  "runs-command",
  "script",
  "executable-file",
  "network-host",
  "environment-variable",
  "reads-path",
  "writes-path",
  "links-to",
] as const;
/** Kinds that a moderator looks at by default when a version gains one; docs/decisions/0011-capabilities.md says why these. */
export const REVIEWED_CAPABILITIES: readonly CapabilityKind[] = [
  "hook",
  "mcp-server",
  "tool-allowed",
  "script",
  "executable-file",
  "network-host",
  "environment-variable",
];

/** Words for people: a heading for a group, and what stands before a single value. */
export const CAPABILITY_TEXT: Readonly<Record<CapabilityKind, { title: string; one: string }>> = {
  hook: { title: "Runs by itself at an event", one: "hook" },
  "mcp-server": { title: "Starts or reaches MCP servers", one: "MCP server" },
  "tool-allowed": { title: "Lets an agent use tools without asking", one: "allowed tool" },
  "runs-command": { title: "Runs commands", one: "command" },
  script: { title: "Contains scripts", one: "scripts in" },
  "executable-file": { title: "Contains programs", one: "executable file" },
  "network-host": { title: "Reaches hosts on the network", one: "network host" },
  "environment-variable": { title: "Reads environment variables", one: "environment variable" },
  "reads-path": { title: "Reads files outside of the project", one: "reading" },
  "writes-path": { title: "Writes files outside of the project", one: "writing" },
  "links-to": { title: "Links to", one: "link to" },
};

export type CapabilityKind = (typeof CAPABILITY_KINDS)[number];

/** One fact: `value` is normalised and at most 200 characters; `path` and `line` (from 1) name the first place that says so. */
export interface Capability {
  kind: CapabilityKind;
  value: string;
  path: string | null;
  line: number | null;
}

/** Stands for so many facts of a kind that they were not even counted; nobody can say what such a version gained. */
export const UNCOUNTED = "(more than can be compared)";

/** Facts that only the one side has, by kind and value: where a fact stands may change. What is uncounted is always gained. */
export function compareCapabilities(
  before: readonly Capability[],
  after: readonly Capability[],
): { gained: Capability[]; lost: Capability[] } {
  const [old, fresh] = [new Set(before.map(nameOf)), new Set(after.map(nameOf))];
  return {
    gained: after.filter((fact) => !old.has(nameOf(fact)) || fact.value === UNCOUNTED),
    lost: before.filter((fact) => !fresh.has(nameOf(fact))),
  };
}

const nameOf = (fact: Capability): string => `${fact.kind} ${fact.value}`;

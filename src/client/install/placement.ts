import { stringify as stringifyToml } from "smol-toml";
import { primaryOf } from "../../core/package/detect-kind.ts";
import { readFrontMatter } from "../../core/package/front-matter.ts";
import type { Kind } from "../../core/kind.ts";
import { type AgentFolders, foldersOf } from "./agents.ts";
import type { Scope } from "./lockfile.ts";
import { mcpEntry } from "./mcp-entry.ts";
import { readMcpServer } from "./mcp-server.ts";
import { markdown, withFields } from "./markdown-file.ts";
import { promptText } from "./prompt-text.ts";

/** For whom something is installed. `folder` is for what no agent reads by itself, relative to the project or home. */
export interface Target {
  agent: string | null;
  scope: Scope;
  folder: string;
}

export const DEFAULT_FOLDER = ".marketplace";

/** One thing to put in one place; paths are relative to the project or home. */
export type Placement =
  | { type: "folder"; path: string }
  | { type: "file"; path: string; bytes: Uint8Array }
  | { type: "entry"; path: string; container: string; entry: string; value: Record<string, unknown> };

export interface Placed {
  placements: Placement[];
  /** What the reader should know: variables to set, and what the agent does not read by itself. */
  notes: string[];
}

export interface Installable {
  ref: string;
  slug: string;
  kind: Kind;
  description: string;
  paths: readonly string[];
  /** A file's text, null when it is not text or larger than 1 MiB. */
  text(path: string): Promise<string | null>;
}

/** Where an asset goes for a target below `root` (the project or the home folder), rendered into what that agent reads. */
export async function place(asset: Installable, target: Target, root: string): Promise<Placed> {
  const whole: Placement = { type: "folder", path: wholeFolder(asset.ref, target) };
  const folders = target.agent === null ? null : foldersOf(target.agent, target.scope);
  if (!folders) return { placements: [whole], notes: [] };
  switch (asset.kind) {
    case "skill":
      return inFolder(folders.skills, asset);
    case "plugin":
      return folders.plugins ? inFolder(folders.plugins, asset) : unread(asset, target, whole);
    case "agent":
      return folders.agents ? placeAgents(asset, folders.agents, whole) : unread(asset, target, whole);
    case "prompt":
      return folders.prompts ? placePrompts(asset, folders.prompts, whole) : unread(asset, target, whole);
    case "mcp-server":
      return folders.mcp ? placeServer(asset, target, folders.mcp, whole, root) : unread(asset, target, whole);
    default:
      return { placements: [whole], notes: [] };
  }
}

const wholeFolder = (ref: string, { folder }: Target): string => (folder === "" ? ref : `${folder}/${ref}`);

const inFolder = (parent: string, { slug }: Installable): Placed => ({
  placements: [{ type: "folder", path: `${parent}/${slug}` }],
  notes: [],
});

const unread = ({ ref, kind }: Installable, { agent }: Target, whole: Placement): Placed => ({
  placements: [whole],
  notes: [`${agent} reads no ${kind} from files: ${ref} lies in ${whole.path}.`],
});

/** Files that say something about a package but are no part of what runs. */
const ABOUT = /^(?:readme|licen[cs]e|notice|changelog|marketplace)(?:\.[a-z]+)?$/i;

/** Files that the rendered ones need beside them come along as the whole package. */
const withCompany = (
  asset: Installable,
  files: readonly string[],
  placements: Placement[],
  whole: Placement,
): Placement[] =>
  asset.paths.every((path) => files.includes(path) || ABOUT.test(path)) ? placements : [...placements, whole];

async function placeAgents(
  asset: Installable,
  { folder, suffix, format }: NonNullable<AgentFolders["agents"]>,
  whole: Placement,
): Promise<Placed> {
  const several = asset.paths.filter((path) => /^agents\/[^/]+\.md$/i.test(path));
  const primary = primaryOf("agent", asset.paths);
  const files = several.length > 1 ? several : primary ? [primary] : [];
  const placements: Placement[] = [];
  for (const path of files) {
    const text = await asset.text(path);
    if (text === null)
      return { placements: [whole], notes: [`${asset.ref}: ${path} is not text; it lies in ${whole.path}.`] };
    const name = several.length > 1 ? stem(path) : asset.slug;
    const bytes = Buffer.from(agentText(text, name, asset.description, format));
    placements.push({ type: "file", path: `${folder}/${name}${suffix}`, bytes });
  }
  return { placements: withCompany(asset, files, placements, whole), notes: [] };
}

/** A file's name without folder and endings, fit for another file's name. */
const stem = (path: string): string =>
  path.slice(path.lastIndexOf("/") + 1).replace(/(?:\.agent|\.prompt)?\.[a-z]+$/i, "");

/** As it was written where the agent can read that; every agent needs a name and a description. */
function agentText(text: string, name: string, description: string, format: "markdown" | "opencode" | "codex"): string {
  const { fields, body } = readFrontMatter(text);
  const said = (field: unknown, otherwise: string) =>
    typeof field === "string" && field.trim() !== "" ? field : otherwise;
  const head = { name: said(fields["name"], name), description: said(fields["description"], description) };
  if (format === "codex") return stringifyToml({ ...head, developer_instructions: body.trim() });
  if (format === "opencode") return markdown({ description: head.description, mode: "subagent" }, body);
  return withFields(text, head);
}

async function placePrompts(
  asset: Installable,
  { folder, suffix }: NonNullable<AgentFolders["prompts"]>,
  whole: Placement,
): Promise<Placed> {
  const all = asset.paths.filter((path) =>
    /^(?:prompts\/|\.github\/prompts\/)?[^/]+\.(?:prompt\.md|prompty|prompt\.ya?ml)$/i.test(path),
  );
  const primary = primaryOf("prompt", asset.paths);
  const files = all.length > 0 ? all : primary ? [primary] : [];
  const placements: Placement[] = [];
  const unreadable: string[] = [];
  for (const path of files) {
    const text = await asset.text(path);
    const prompt = text === null ? null : promptText(path, text, asset.description);
    const name = files.length > 1 ? stem(path) : asset.slug;
    if (prompt === null) unreadable.push(path);
    else placements.push({ type: "file", path: `${folder}/${name}${suffix}`, bytes: Buffer.from(prompt) });
  }
  const notes = unreadable.map(
    (path) => `${asset.ref}: ${path} could not be made a prompt file; it lies in ${whole.path}.`,
  );
  const done = files.filter((path) => !unreadable.includes(path));
  return { placements: withCompany(asset, done, placements, whole), notes };
}

async function placeServer(
  asset: Installable,
  target: Target,
  { path, dialect }: NonNullable<AgentFolders["mcp"]>,
  whole: Placement,
  root: string,
): Promise<Placed> {
  const described = primaryOf("mcp-server", asset.paths);
  const text = described === null ? null : await asset.text(described);
  // A project's settings go to everybody who works on it, so they may not name this machine's folders.
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder of these agents, not of this language
  const project = dialect === "cursor" || dialect === "vscode" ? "${workspaceFolder}" : ".";
  const folder = `${target.scope === "user" ? root : project}/${whole.path}`;
  const server = text === null ? null : readMcpServer(text, asset.slug, folder);
  if (!server)
    return {
      placements: [whole],
      notes: [`${asset.ref} does not say how it is started: it lies in ${whole.path}, add it to ${path} yourself.`],
    };
  const { container, value, variables } = mcpEntry(server, dialect);
  const notes =
    variables.length > 0 ? [`${asset.ref} needs ${variables.join(", ")} in the environment of ${target.agent}.`] : [];
  return { placements: [whole, { type: "entry", path, container, entry: asset.slug, value }], notes };
}

import { fieldsOf, isFields, readFrontMatter, valueIn } from "../../../core/package/front-matter.ts";
import {
  noteHooks,
  noteManifestText,
  notePackageScripts,
  noteRegistryServer,
  noteServers,
  noteTools,
} from "./declared.ts";
import { isInstructions, noteMarkdown } from "./markdown.ts";
import type { Passage } from "./passage.ts";

/** JSON beyond this is not parsed; its addresses and variables are read all the same. */
const MAX_JSON = 512 * 1024;

type ManifestKind = "plugin" | "hooks" | "servers" | "registry" | "package" | "settings" | "bundle";
const MANIFESTS: readonly (readonly [RegExp, ManifestKind])[] = [
  [/(?:^|\/)\.[\w-]{1,40}-plugin\/(?:plugin|marketplace)\.json$/i, "plugin"],
  [/(?:^|\/)gemini-extension\.json$/i, "plugin"],
  [/(?:^|\/)hooks(?:\/[^/]{1,100})?\.json$/i, "hooks"],
  [/(?:^|\/)(?:\.?mcp|mcp_config|mcp-config|claude_desktop_config)\.json$/i, "servers"],
  [/(?:^|\/)server\.json$/i, "registry"],
  [/(?:^|\/)package\.json$/i, "package"],
  [/(?:^|\/)settings(?:\.local)?\.json$/i, "settings"],
  [/(?:^|\/)manifest\.json$/i, "bundle"],
];

/** Which manifest a file is by its name, or by what a plugin's manifest calls it; null for other files. */
export const manifestKindOf = (path: string, named: ReadonlyMap<string, ManifestKind>): ManifestKind | null =>
  named.get(path) ?? MANIFESTS.find(([name]) => name.test(path))?.[1] ?? null;

/** Files that a plugin's manifest names as its hooks and servers, by their paths in the package. */
export function filesNamedBy(path: string, text: string): Map<string, ManifestKind> {
  const found = new Map<string, ManifestKind>();
  if (manifestKindOf(path, found) !== "plugin") return found;
  const fields = parsed(text);
  // Its paths begin at the plugin's own folder, above `.…-plugin/`.
  const root = path.replace(/(?:[^/]+\/)?[^/]+$/, "");
  for (const [key, kind] of [
    ["hooks", "hooks"],
    ["mcpServers", "servers"],
  ] as const) {
    const value = isFields(fields) ? valueIn(fields, key) : null;
    for (const item of Array.isArray(value) ? value.slice(0, 100) : [value])
      if (typeof item === "string") found.set(root + item.replace(/^(?:\$\{CLAUDE_PLUGIN_ROOT\}\/|\.\/)/, ""), kind);
  }
  return found;
}

/** Notes what a manifest declares; one that is not valid JSON says only what its text names. */
export function noteManifest(passage: Passage, kind: ManifestKind): void {
  noteManifestText(passage, kind !== "package");
  const fields = parsed(passage.text);
  if (!isFields(fields)) return;
  if (kind === "package") {
    notePackageScripts(passage, fields);
    return;
  }
  if (kind === "registry") noteRegistryServer(passage, fields);
  if (kind === "hooks") noteHooks(passage, fields);
  else noteHooks(passage, valueIn(fields, "hooks"));
  const listed = isFields(valueIn(fields, "mcpServers")) ? "mcpServers" : "servers";
  const servers = fieldsOf(fields, listed);
  noteServers(passage, kind === "servers" && Object.keys(servers).length === 0 ? fields : servers);
  if (kind === "settings") noteTools(passage, valueIn(fieldsOf(fields, "permissions"), "allow"));
  if (kind === "bundle") {
    const config = fieldsOf(fieldsOf(fields, "server"), "mcp_config");
    noteServers(passage, { [String(valueIn(fields, "name") ?? "server")]: config });
  }
  if (kind === "plugin") {
    // A marketplace's file lists plugins that may declare the same themselves.
    const plugins = valueIn(fields, "plugins");
    for (const plugin of Array.isArray(plugins) ? plugins.slice(0, 500).filter(isFields) : []) {
      noteHooks(passage, valueIn(plugin, "hooks"));
      noteServers(passage, valueIn(plugin, "mcpServers"));
    }
  }
}

/** Notes a Markdown file: what its front matter allows and starts, and what its body does. */
export function noteDocument(passage: Passage, path: string): void {
  const instructions = isInstructions(path);
  if (instructions) {
    const { fields } = readFrontMatter(passage.text);
    for (const key of ["allowed-tools", "allowed_tools", "allowedTools", "tools"])
      noteTools(passage, valueIn(fields, key));
    noteHooks(passage, valueIn(fields, "hooks"));
    noteServers(passage, valueIn(fields, "mcpServers"));
    noteServers(passage, valueIn(fields, "mcp-servers"));
  }
  noteMarkdown(passage, instructions);
}

function parsed(text: string): unknown {
  if (text.length > MAX_JSON) return null;
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return null;
  }
}

import { fieldsOf, isFields, type Fields, textOf, valueIn } from "../../../core/package/front-matter.ts";
import { noteCommandLine } from "./commands.ts";
import { hostOf, noteHosts } from "./hosts.ts";
import { type Passage, placeOfText } from "./passage.ts";

/** So many entries of one table in a manifest are read. */
const MAX_ENTRIES = 2000;

const entriesOf = (fields: Fields): [string, unknown][] => Object.entries(fields).slice(0, MAX_ENTRIES);
const itemsOf = (value: unknown): unknown[] => (Array.isArray(value) ? value.slice(0, MAX_ENTRIES) : []);
const textsOf = (value: unknown): string[] => itemsOf(value).filter((item) => typeof item === "string");

/** `Bash(git:*), Read` or `Bash(git:*) Read` or a list: each tool by itself, and the programs of `Bash(…)`. */
export function noteTools(passage: Passage, value: unknown): void {
  const texts = typeof value === "string" ? [value.replace(/^\[|\]$/g, "")] : textsOf(value);
  for (const text of texts)
    for (const match of text.matchAll(/([\w*:.-]{1,200})(?:\(([^()]{0,1000})\))?/g)) {
      const inside = match[2]?.trim();
      const place = placeOfText(passage, match[0]);
      passage.note("tool-allowed", inside === undefined ? match[1]! : `${match[1]}(${inside})`, place);
      if (match[1] === "Bash" && inside) noteCommandLine(passage, inside.replace(/:?\*+$/, ""), place);
    }
}

/** Hooks as agents read them: event → groups with a `matcher` → `hooks` with a command, a prompt or an address. */
export function noteHooks(passage: Passage, value: unknown): void {
  if (!isFields(value)) return;
  const inner = valueIn(value, "hooks");
  for (const [event, groups] of entriesOf(isFields(inner) ? inner : value)) {
    for (const group of Array.isArray(groups) ? itemsOf(groups) : [groups]) {
      if (typeof group === "string") noteHook(passage, event, { command: group });
      if (!isFields(group)) continue;
      const hooks = itemsOf(valueIn(group, "hooks")).filter(isFields);
      for (const hook of hooks.length > 0 ? hooks : [group]) noteHook(passage, event, hook);
    }
  }
}

function noteHook(passage: Passage, event: string, hook: Fields): void {
  const command = textOf(hook, "command", "bash", "powershell", "run");
  const does = command ?? textOf(hook, "url", "prompt", "agent", "type");
  if (does === null) return;
  const place = placeOfText(passage, JSON.stringify(event));
  passage.note("hook", `${event}: ${[does, ...textsOf(valueIn(hook, "args"))].join(" ")}`, place);
  if (command !== null) noteCommandLine(passage, command, place);
}

/** Servers that a client starts or reaches, by name: `mcpServers`, or `servers` in some editors. */
export function noteServers(passage: Passage, value: unknown): void {
  if (!isFields(value)) return;
  for (const [name, server] of entriesOf(value)) if (isFields(server)) noteServer(passage, name, server);
}

function noteServer(passage: Passage, name: string, server: Fields): void {
  const place = placeOfText(passage, JSON.stringify(name));
  const command = textOf(server, "command");
  const address = textOf(server, "url", "serverUrl", "httpUrl");
  if (command !== null) {
    const args = textsOf(valueIn(server, "args"));
    passage.note("mcp-server", `${name}: ${[command, ...args.map(unpinned)].join(" ")}`, place);
    noteCommandLine(passage, command, place);
  }
  if (address !== null) passage.note("mcp-server", `${name}: ${plainAddress(address)}`, place);
  for (const field of ["env", "environment", "headers"]) {
    const table = fieldsOf(server, field);
    if (field !== "headers") for (const [variable] of entriesOf(table)) noteVariable(passage, variable);
  }
}

/** A package without its version: another version is no other ability. */
const unpinned = (arg: string): string =>
  arg.replace(/^((?:@[\w.-]{1,100}\/)?[\w.-]{1,100})(?:@|==)[\w.^~*+-]{1,60}$/, "$1");

/** An address without who signs in, query and fragment. */
function plainAddress(address: string): string {
  const match = /^([a-z][a-z0-9+.-]{0,20}):\/\/([^/?#]{1,512})([^?#]{0,512})/i.exec(address);
  const host = match && hostOf(match[2]!);
  return host ? `${match[1]!.toLowerCase()}://${host}${match[3]!.replace(/\/$/, "")}` : address.replace(/[?#].*$/s, "");
}

function noteVariable(passage: Passage, name: string): void {
  if (/^[A-Za-z_][\w.-]{0,99}$/.test(name))
    passage.note("environment-variable", name, placeOfText(passage, JSON.stringify(name)));
}

/** `server.json` of the MCP registry: packages to start, remotes to reach, variables they ask for. */
export function noteRegistryServer(passage: Passage, fields: Fields): void {
  const name = textOf(fields, "name") ?? "server";
  const held = [...itemsOf(valueIn(fields, "packages")), ...itemsOf(valueIn(fields, "remotes"))].filter(isFields);
  for (const item of held) {
    const id = textOf(item, "identifier", "name");
    const registry = textOf(item, "registryType", "registry_type", "registry_name");
    const address = textOf(item, "url");
    if (address !== null)
      passage.note("mcp-server", `${name}: ${plainAddress(address)}`, placeOfText(passage, address));
    else if (id !== null)
      passage.note("mcp-server", `${name}: ${registry ? `${registry} ` : ""}${unpinned(id)}`, placeOfText(passage, id));
    const variables = [
      ...itemsOf(valueIn(item, "environmentVariables")),
      ...itemsOf(valueIn(item, "environment_variables")),
    ];
    for (const variable of variables.filter(isFields)) noteVariable(passage, textOf(variable, "name") ?? "");
  }
}

const AT_INSTALL = /^(?:pre|post)?(?:install|uninstall|prepare|pack|publish)$|^dependencies$/;

/** `package.json`: what a package manager runs by itself is a hook, the other scripts are commands. */
export function notePackageScripts(passage: Passage, fields: Fields): void {
  for (const [name, script] of entriesOf(fieldsOf(fields, "scripts"))) {
    if (typeof script !== "string") continue;
    const place = placeOfText(passage, JSON.stringify(name));
    if (AT_INSTALL.test(name)) passage.note("hook", `npm ${name}: ${script}`, place);
    noteCommandLine(passage, script, place);
  }
}

const VARIABLE = /\$\{(?:env:)?([A-Za-z_]\w{0,99})(?::-[^{}]{0,200})?\}/g;
const GIVEN =
  /^(?:CLAUDE_PLUGIN_ROOT|CLAUDE_PROJECT_DIR|workspaceFolder|__dirname|HOME|DOCUMENTS|DESKTOP|DOWNLOADS|extensionPath)$/;

/** What any manifest says by its text alone: the variables put into it, and its addresses. */
export function noteManifestText(passage: Passage, reaches: boolean): void {
  for (const match of passage.text.matchAll(VARIABLE))
    if (!GIVEN.test(match[1]!)) passage.note("environment-variable", match[1]!, match.index);
  noteHosts(passage, (offset) =>
    reaches && !LINK_KEY.test(passage.text.slice(Math.max(0, offset - 400), offset)) ? "network-host" : "links-to",
  );
}

/** The key before an address that is there to be read. */
const LINK_KEY =
  /"(?:\$schema|homepage|repository|documentation|docs|website|websiteUrl|author|license|bugs|support|icon|src|privacy_policies|funding)"\s{0,8}:\s{0,8}(?:\[\s{0,8}|\{\s{0,8}"(?:url|type)"\s{0,4}:\s{0,4})?"[^"]{0,20}$|"(?:source|email|description)"\s{0,8}:\s{0,8}"[^"]{0,380}$/i;

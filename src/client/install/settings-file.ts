import { applyEdits, type JSONPath, modify, type ParseError, parse as parseJsonc } from "jsonc-parser";
import { parse as parseToml, stringify as stringifyToml } from "smol-toml";
import { type Digest, sha256 } from "../../core/digest.ts";
import { conflict } from "../../core/error.ts";
import { canonicalJson } from "../../core/package/canonical-json.ts";

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** The digest of one server's settings, however they are written down. */
export const entryDigest = (value: unknown): Digest => sha256(canonicalText(value));

/** canonicalJson takes plain data of integers alone; somebody's settings may hold anything that JSON or TOML can. */
function canonicalText(value: unknown): Uint8Array {
  return canonicalJson(
    JSON.parse(JSON.stringify(value), (_key, item) => (typeof item === "number" ? `number ${item}` : item)),
  );
}

/** Members under which agents keep their servers. */
const CONTAINERS = ["mcpServers", "servers", "mcp", "mcp_servers"];

/** What a settings file says of one server; null when it says nothing. Throws CONFLICT when the file cannot be read. */
export function findEntry(path: string, text: string, name: string): { container: string; value: unknown } | null {
  const root = isToml(path) ? readToml(path, text) : readJson(path, text);
  for (const container of CONTAINERS) {
    const servers = root[container];
    if (isFields(servers) && Object.hasOwn(servers, name)) return { container, value: servers[name] };
  }
  return null;
}

/**
 * The file with one server's settings put in, changed or (undefined) taken out. Every other byte that says something stays:
 * comments, order, indentation, other servers. Throws CONFLICT for a file that is not what its name says.
 */
export function writeEntry(
  path: string,
  text: string,
  container: string,
  name: string,
  value: Fields | undefined,
): string {
  const edited = isToml(path)
    ? editToml(path, text, container, name, value)
    : editJson(path, text, [container, name], value);
  requireOthersKept(path, text, edited, container, name);
  return edited;
}

const isToml = (path: string): boolean => path.endsWith(".toml");

const unreadable = (path: string, why: string) =>
  conflict(`${path} cannot be changed: ${why}. Mend it (nothing was changed) and run this again.`);

function readJson(path: string, text: string): Fields {
  if (text.trim() === "") return {};
  const errors: ParseError[] = [];
  const root: unknown = parseJsonc(text, errors, { allowTrailingComma: true });
  if (errors.length > 0) throw unreadable(path, `it is not valid JSON (near character ${errors[0]!.offset})`);
  if (!isFields(root)) throw unreadable(path, "it is not a JSON object");
  return root;
}

function readToml(path: string, text: string): Fields {
  try {
    return parseToml(text);
  } catch (error) {
    throw unreadable(path, `it is not valid TOML (${error instanceof Error ? error.message.split("\n")[0] : error})`);
  }
}

function editJson(path: string, text: string, at: JSONPath, value: Fields | undefined): string {
  const root = readJson(path, text);
  if (root[at[0] as string] !== undefined && !isFields(root[at[0] as string]))
    throw unreadable(path, `its "${at[0]}" is not an object`);
  const bom = text.startsWith("\ufeff") ? "\ufeff" : "";
  const source = text.trim() === "" ? "{}\n" : text.slice(bom.length);
  const indent = /\n([ \t]+)"/.exec(source)?.[1] ?? "  ";
  const formattingOptions = {
    insertSpaces: !indent.startsWith("\t"),
    tabSize: indent.startsWith("\t") ? 1 : indent.length,
    eol: source.includes("\r\n") ? "\r\n" : "\n",
  };
  return bom + applyEdits(source, modify(source, at, value, { formattingOptions }));
}

/** A table of its own at the end of the file, between two comments by which it is found again. */
function editToml(path: string, text: string, container: string, name: string, value: Fields | undefined): string {
  readToml(path, text);
  const begin = `# marketplace: ${name}`;
  const end = `# end of marketplace: ${name}`;
  const without = cutBlock(text, begin, end);
  const named = readToml(path, without)[container];
  if (isFields(named) && Object.hasOwn(named, name))
    throw unreadable(path, `its [${container}.${name}] was not written by marketplace`);
  if (value === undefined) return without;
  const gap = without === "" || without.endsWith("\n\n") ? "" : without.endsWith("\n") ? "\n" : "\n\n";
  return `${without}${gap}${begin}\n${stringifyToml({ [container]: { [name]: value } }).trim()}\n${end}\n`;
}

function cutBlock(text: string, begin: string, end: string): string {
  const lines = text.split("\n");
  const from = lines.indexOf(begin);
  const to = lines.indexOf(end, from);
  if (from < 0 || to < 0) return text;
  const before = lines.slice(0, from).join("\n").trimEnd();
  const after = lines.slice(to + 1).join("\n");
  return after.trim() === ""
    ? before === ""
      ? ""
      : `${before}\n`
    : `${before === "" ? "" : `${before}\n\n`}${after.trimStart()}`;
}

/** The last word before anything is written: all that others have in the file is there as it was. */
function requireOthersKept(path: string, before: string, after: string, container: string, name: string): void {
  const others = (text: string) => {
    const root = isToml(path) ? readToml(path, text) : readJson(path, text);
    const servers = isFields(root[container]) ? { ...root[container] } : {};
    delete servers[name];
    return entryDigest({ ...root, [container]: servers });
  };
  if (others(before) !== others(after)) throw unreadable(path, "its other settings would not stay as they are");
}

import { parseDocument } from "yaml";

/** Whatever the publisher wrote; read with `textOf` and `listOf`, never trusted to have a shape. */
export type Fields = Record<string, unknown>;

/** Larger YAML is read line by line: the full parser may take several milliseconds for each KiB of the worst kind. */
const MAX_YAML = 4 * 1024;
/** What may be an anchor or an alias. A few hundred of them can keep the full parser busy for a minute. */
const REFERENCE = /(?<![\w"'])[&*]\w/g;
const MAX_REFERENCES = 20;
const MAX_DEPTH = 20;

export interface FrontMatter {
  fields: Fields;
  /** The text behind it. */
  body: string;
  /** Why it could not be read as it stands, in words for its writer; null when it could. */
  problem: string | null;
}

/** Splits a Markdown file into its YAML front matter, between two `---` lines at its top, and its body. */
export function readFrontMatter(text: string): FrontMatter {
  const source = text.replace(/^\ufeff/, "");
  const first = /^---[ \t]*\r?\n/.exec(source);
  if (!first) return { fields: {}, body: source, problem: null };
  const start = first[0].length;
  for (let at = start; at < source.length; ) {
    const end = source.indexOf("\n", at);
    const line = source.slice(at, end < 0 ? source.length : end);
    const next = end < 0 ? source.length : end + 1;
    if (line.trimEnd() === "---" || line.trimEnd() === "...") {
      const { fields, problem } = readYaml(source.slice(start, at));
      return { fields, body: source.slice(next), problem };
    }
    at = next;
  }
  return { fields: {}, body: source, problem: "its front matter has no closing --- line" };
}

/**
 * A YAML mapping in which every scalar stays the text that was written (`version: 1.10` is "1.10", not 1.1). What is not
 * valid YAML, or is large or has many aliases, is read line by line for its top-level values, and `problem` says so.
 */
export function readYaml(text: string): { fields: Fields; problem: string | null } {
  const costly = tooCostly(text);
  if (costly) return { fields: readLines(text), problem: costly };
  try {
    const document = parseDocument(text, {
      schema: "failsafe",
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: "silent",
    });
    const error = document.errors[0];
    if (error) return { fields: readLines(text), problem: `it is not valid YAML (${firstLine(error.message)})` };
    const value: unknown = document.toJS({ maxAliasCount: MAX_REFERENCES });
    if (isFields(value)) return { fields: value, problem: null };
    return value === null || value === ""
      ? { fields: {}, problem: null }
      : { fields: {}, problem: "it is not a list of key: value" };
  } catch {
    // Nested or aliased beyond all sense.
    return { fields: readLines(text), problem: "it is nested too deeply or refers to itself too often" };
  }
}

function tooCostly(text: string): string | null {
  if (text.length > MAX_YAML) return "it is over 4 KiB, so only its plain lines and lists were read";
  if ((text.match(REFERENCE)?.length ?? 0) > MAX_REFERENCES) return "it refers to itself too often";
  const opened = (text.match(/[[{]|- (?=- )|\? (?=\? )/g)?.length ?? 0) - (text.match(/[\]}]/g)?.length ?? 0);
  return opened > MAX_DEPTH ? "it is nested too deeply" : null;
}

const firstLine = (text: string): string => text.split("\n", 1)[0]?.slice(0, 120) ?? "";

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Top-level `key: value` lines (also written as headings), what is indented below them, and lists. The first of a key counts. */
function readLines(text: string): Fields {
  const fields: Fields = Object.create(null) as Fields;
  let key: string | null = null;
  for (const line of text.slice(0, 256 * 1024).split("\n")) {
    const match = /^(?:#{1,6} )?([A-Za-z][\w-]{0,63}):(?:[ \t]+|\r?$)/.exec(line);
    if (match && !Object.hasOwn(fields, match[1]!)) {
      key = match[1]!;
      fields[key] = unquoted(line.slice(match[0].length).trim());
    } else if (key !== null && /^[ \t]*-[ \t]|^[ \t]/.test(line)) fields[key] = continued(fields[key], line.trim());
    else key = null;
  }
  return fields;
}

/** A value and one more line of it: another item of a list, or more of the same text. */
function continued(value: unknown, line: string): unknown {
  const item = /^-[ \t]+(.*)/.exec(line)?.[1];
  if (Array.isArray(value)) {
    if (item !== undefined && value.length < 200) value.push(unquoted(item));
    return value;
  }
  if (value === "" && item !== undefined) return [unquoted(item)];
  const before = String(value).replace(/^[>|][+-]?$/, "");
  return before.length < 4096 ? `${before} ${line}`.trim() : before;
}

function unquoted(value: string): string {
  const quote = value[0];
  return value.length > 1 && (quote === '"' || quote === "'") && value.endsWith(quote) ? value.slice(1, -1) : value;
}

/** Own properties alone: a key like `constructor` is no field. */
const own = (fields: Fields, name: string): unknown => (Object.hasOwn(fields, name) ? fields[name] : undefined);

/** The first of the names that holds text (numbers count), trimmed; null when none does. */
export function textOf(fields: Fields, ...names: string[]): string | null {
  for (const name of names) {
    const value = own(fields, name);
    const text = typeof value === "string" ? value.trim() : typeof value === "number" ? String(value) : "";
    if (text !== "" && text !== "null" && text !== "~") return text;
  }
  return null;
}

/** A list of text, or text divided by commas; empty when there is none. */
export function listOf(fields: Fields, ...names: string[]): string[] {
  for (const name of names) {
    const value = own(fields, name);
    const items =
      typeof value === "string" ? value.replace(/^\[|\]$/g, "").split(",") : Array.isArray(value) ? value : [];
    const texts = items.filter((item): item is string => typeof item === "string").map((item) => unquoted(item.trim()));
    if (texts.length > 0) return texts.filter((text) => text !== "");
  }
  return [];
}

export const fieldsOf = (fields: Fields, name: string): Fields => {
  const value = own(fields, name);
  return isFields(value) ? value : {};
};

export const valueIn = own;

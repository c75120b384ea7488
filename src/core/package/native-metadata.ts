import { validationError } from "../error.ts";
import { isRange } from "./marketplace-toml.ts";
import { parseRef } from "../name.ts";
import { fieldsOf, isFields, listOf, readFrontMatter, readYaml, textOf, valueIn, type Fields } from "./front-matter.ts";
import type { DeclaredDependency, PackageSource, PackageWarning } from "./package.ts";

/** What one native file says, as it says it: not yet checked or cleaned. */
export interface NativeMetadata {
  name: string | null;
  version: string | null;
  title: string | null;
  description: string | null;
  license: string | null;
  tags: string[];
  homepage: string | null;
  repository: string | null;
  compatibility: string | null;
  dependencies: DeclaredDependency[];
  /** The Markdown behind the front matter; empty for JSON and YAML. */
  body: string;
}

/**
 * Reads the file that told the kind: front matter of Markdown, JSON, or YAML; any other file says nothing. JSON that does
 * not parse is a VALIDATION_ERROR, since its own client would refuse it too; sloppy YAML is a warning.
 */
export async function readNative(
  source: PackageSource,
  path: string,
  warn: (warning: PackageWarning) => void,
): Promise<NativeMetadata> {
  const readable = /\.(?:md|markdown|txt|prompty|json|ya?ml)$/i.test(path);
  const text = readable ? await source.text(path) : null;
  if (text === null) {
    if (readable) throw validationError({ field: path, message: "It is not UTF-8 text, or larger than 1 MiB." });
    return nativeOf({}, "");
  }
  if (/\.json$/i.test(path)) return nativeOf(parseJson(path, text), "");
  const yaml = /\.ya?ml$/i.test(path);
  const { fields, body, problem } = yaml ? { ...readYaml(text), body: "" } : readFrontMatter(text);
  if (problem) warn({ path, message: `Read leniently: ${problem}.` });
  return nativeOf(fields, body);
}

function parseJson(path: string, text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    throw validationError({ field: path, message: `It is not valid JSON: ${(error as Error).message.slice(0, 200)}` });
  }
  if (!isFields(value)) throw validationError({ field: path, message: "It must hold a JSON object." });
  return value;
}

/** The same few facts under the names that skills, plugins, MCP servers, model cards and prompts give them. */
function nativeOf(fields: Fields, body: string): NativeMetadata {
  // OpenAPI keeps them under `info`, agent skills may under `metadata`.
  const inner: Fields = { ...fieldsOf(fields, "info"), ...fieldsOf(fields, "metadata") };
  const text = (...names: string[]) => textOf(fields, ...names) ?? textOf(inner, ...names);
  const tags = listOf(fields, "tags", "keywords");
  const title = text("title", "displayName", "display_name", "pretty_name");
  return {
    name: textOf(fields, "name") ?? textOf(fields, "model_name"),
    version: text("version"),
    title,
    description: text("description", "summary"),
    license: text("license_name") ?? licenseOf(fields) ?? licenseOf(inner),
    tags: tags.length > 0 ? tags : listOf(inner, "tags", "keywords"),
    homepage: text("homepage", "websiteUrl", "website", "documentation"),
    repository: text("repository") ?? textOf(fieldsOf(fields, "repository"), "url"),
    compatibility: text("compatibility"),
    dependencies: dependenciesOf(valueIn(fields, "dependencies") ?? valueIn(inner, "dependencies")),
    body,
  };
}

/** `license: MIT`, a list of them (model hubs allow it), or npm's old `{type}`. */
function licenseOf(fields: Fields): string | null {
  const list = valueIn(fields, "license");
  if (Array.isArray(list)) return listOf(fields, "license").join(" OR ") || null;
  return textOf(fields, "license", "licence") ?? textOf(fieldsOf(fields, "license"), "name", "type");
}

/**
 * Entries that are a marketplace reference: "ns/name", "ns/name@^1.0", { name, version } or a map of them. Others name
 * packages of other ecosystems and are none of ours.
 */
function dependenciesOf(value: unknown): DeclaredDependency[] {
  const pairs: [unknown, unknown][] = Array.isArray(value)
    ? value.map((item) =>
        isFields(item) ? [valueIn(item, "name") ?? valueIn(item, "ref"), valueIn(item, "version")] : splitRange(item),
      )
    : isFields(value)
      ? Object.entries(value)
      : [];
  const found = new Map<string, DeclaredDependency>();
  for (const [ref, range] of pairs.slice(0, 200)) {
    const wanted = typeof range === "string" && range !== "" ? range : "*";
    if (typeof ref === "string" && parseRef(ref)?.selector === null && isRange(wanted))
      found.set(ref, { ref, range: wanted, optional: false });
  }
  return [...found.values()];
}

function splitRange(item: unknown): [unknown, unknown] {
  if (typeof item !== "string") return [null, null];
  const at = item.indexOf("@", 1);
  return at < 0 ? [item.trim(), undefined] : [item.slice(0, at).trim(), item.slice(at + 1).trim()];
}

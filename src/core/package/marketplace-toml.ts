import semver from "semver";
import { parse, TomlError } from "smol-toml";
import { AppError } from "../error.ts";
import { isKind, KINDS, type Kind } from "../kind.ts";
import { isName, isVersion, parseRef } from "../name.ts";
import { nearestWord } from "../nearest.ts";
import { isFields, type Fields } from "./front-matter.ts";
import { type DeclaredSuppression, suppressionProblem } from "./declared-suppression.ts";
import type { DeclaredDependency } from "./package.ts";

export const MARKETPLACE_TOML = "marketplace.toml";
const MAX_DEPENDENCIES = 200;
const MAX_SUPPRESSIONS = 50;
/** Nobody writes more by hand, and more would take the parser too long. */
const MAX_BYTES = 64 * 1024;

/** What a publisher's `marketplace.toml` says; what it leaves out is inferred from the other files. */
export interface MarketplaceToml {
  kind?: Kind;
  name?: string;
  version?: string;
  title?: string;
  description?: string;
  license?: string;
  tags?: string[];
  categories?: string[];
  homepage?: string;
  repository?: string;
  readme?: string;
  dependencies: DeclaredDependency[];
  compatibility: Record<string, string>;
  /** What its publisher says of findings; it is no part of what the version's manifest declares. */
  suppressions: DeclaredSuppression[];
}

const TABLES = ["asset", "dependencies", "compatibility", "suppress"];
const ASSET_TEXTS = [
  "kind",
  "name",
  "version",
  "title",
  "description",
  "license",
  "homepage",
  "repository",
  "readme",
] as const;
const ASSET_LISTS = ["tags", "categories"] as const;
const ASSET_KEYS: readonly string[] = [...ASSET_TEXTS, ...ASSET_LISTS];

/** Reads `marketplace.toml` strictly: VALIDATION_ERROR names file, line and the nearest key that exists. */
export function parseMarketplaceToml(text: string): MarketplaceToml {
  const root = parseToml(text);
  const refuse = (path: string[], message: string) => problem(lineOf(text, path), `${path.join(".")}: ${message}`);
  for (const [table, value] of Object.entries(root)) {
    if (!TABLES.includes(table))
      throw refuse(
        [table],
        `There is no such table.${hint(table, [...TABLES, ...ASSET_KEYS.map((k) => `asset.${k}`)])}`,
      );
    if (table !== "suppress" && !isFields(value)) throw refuse([table], `Must be a table: write [${table}].`);
  }
  const asset = root["asset"] as Fields | undefined;
  return {
    ...readAsset(asset ?? {}, refuse),
    dependencies: readDependencies((root["dependencies"] as Fields | undefined) ?? {}, refuse),
    compatibility: readCompatibility((root["compatibility"] as Fields | undefined) ?? {}, refuse),
    suppressions: readSuppressions(root["suppress"] ?? [], refuse),
  };
}

type Refuse = (path: string[], message: string) => AppError;

function parseToml(text: string): Fields {
  if (text.length > MAX_BYTES) throw problem(null, "It is larger than 64 KiB.");
  try {
    return parse(text.replace(/^\ufeff/, ""));
  } catch (error) {
    if (error instanceof TomlError) throw problem(error.line, error.message.split("\n", 1)[0]!.slice(0, 200));
    if (error instanceof RangeError) throw problem(null, "It is nested too deeply.");
    throw error;
  }
}

function problem(line: number | null, message: string): AppError {
  const field = line === null ? MARKETPLACE_TOML : `${MARKETPLACE_TOML}:${line}`;
  return new AppError("VALIDATION_ERROR", `${field}: ${message}`, { details: { fields: [{ field, message }] } });
}

function hint(written: string, candidates: readonly string[]): string {
  const near = nearestWord(written, candidates) ?? candidates.find((candidate) => candidate.endsWith(`.${written}`));
  return near ? ` Did you mean ${near}?` : ` These exist: ${candidates.join(", ")}.`;
}

function readAsset(
  asset: Fields,
  refuse: Refuse,
): Omit<MarketplaceToml, "dependencies" | "compatibility" | "suppressions"> {
  const read: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(asset)) {
    const path = ["asset", key];
    if ((ASSET_TEXTS as readonly string[]).includes(key)) {
      if (typeof value !== "string") throw refuse(path, "Must be text in quotes.");
      checkAssetText(key, value, (message) => refuse(path, message));
    } else if ((ASSET_LISTS as readonly string[]).includes(key)) {
      if (!Array.isArray(value) || !value.every((item) => typeof item === "string"))
        throw refuse(path, 'Must be a list of text, as in ["one", "two"].');
      const wrong = key === "categories" ? value.find((item) => !isName(item)) : undefined;
      if (wrong !== undefined) throw refuse(path, `"${wrong.slice(0, 80)}" is not the short name of a category.`);
    } else throw refuse(path, `There is no such key.${hint(key, ASSET_KEYS)}`);
    read[key] = value;
  }
  return read;
}

function checkAssetText(key: string, value: string, refuse: (message: string) => AppError): void {
  if (key === "kind" && !isKind(value)) throw refuse(`"${value.slice(0, 80)}" is not a kind.${hint(value, KINDS)}`);
  if (key === "name" && !isName(value))
    throw refuse("Use 1 to 64 of a-z, 0-9 and single hyphens (without a namespace).");
  if (key === "version" && !isVersion(value)) throw refuse("Must be a version like 1.2.3 (https://semver.org).");
  if ((key === "homepage" || key === "repository") && !/^https?:\/\//.test(value))
    throw refuse("Must be a URL that begins with https:// or http://.");
}

function readDependencies(table: Fields, refuse: Refuse): DeclaredDependency[] {
  const entries = Object.entries(table);
  if (entries.length > MAX_DEPENDENCIES) throw refuse(["dependencies"], `At most ${MAX_DEPENDENCIES} can be declared.`);
  return entries.map(([ref, value]) => {
    const path = ["dependencies", ref];
    if (parseRef(ref)?.selector !== null)
      throw refuse(path, 'Name it as "namespace/name", and its version behind the =.');
    const { range, optional } =
      typeof value === "string" ? { range: value, optional: false } : readRange(value, path, refuse);
    if (!isRange(range))
      throw refuse(path, `"${range.slice(0, 80)}" is neither a version range like "^1.0" nor a channel.`);
    return { ref, range, optional };
  });
}

function readRange(value: unknown, path: string[], refuse: Refuse): { range: string; optional: boolean } {
  if (!isFields(value)) throw refuse(path, 'Must be a range like "^1.0", or { version = "^1.0", optional = true }.');
  for (const key of Object.keys(value))
    if (key !== "version" && key !== "optional")
      throw refuse([...path, key], `There is no such key.${hint(key, ["version", "optional"])}`);
  const { version = "*", optional = false } = value;
  if (typeof version !== "string" || typeof optional !== "boolean")
    throw refuse(path, "Its version must be text and its optional true or false.");
  return { range: version, optional };
}

/** A semver range of at most 128 characters, or the name of a channel. */
export const isRange = (text: string): boolean =>
  text.length <= 128 && (isName(text) || semver.validRange(text, { loose: false }) !== null);

function readCompatibility(table: Fields, refuse: Refuse): Record<string, string> {
  const entries = Object.entries(table).map(([key, value]) => {
    if (typeof value !== "string" || value.length > 500)
      throw refuse(["compatibility", key], "Must be text of at most 500 characters.");
    if (key.length > 64) throw refuse(["compatibility", key], "Is too long a name (64 characters at most).");
    return [key, value] as const;
  });
  return Object.fromEntries(entries);
}

const SUPPRESSION_KEYS = ["rule", "path", "reason"];

function readSuppressions(list: unknown, refuse: Refuse): DeclaredSuppression[] {
  if (!Array.isArray(list) || !list.every(isFields)) throw refuse(["suppress"], "Must be tables: write [[suppress]].");
  if (list.length > MAX_SUPPRESSIONS) throw refuse(["suppress"], `At most ${MAX_SUPPRESSIONS} can be declared.`);
  return list.map((entry) => {
    for (const key of Object.keys(entry))
      if (!SUPPRESSION_KEYS.includes(key))
        throw refuse(["suppress", key], `There is no such key.${hint(key, SUPPRESSION_KEYS)}`);
    const { rule, path = null, reason } = entry;
    if (typeof rule !== "string" || typeof reason !== "string" || (path !== null && typeof path !== "string"))
      throw refuse(["suppress"], 'Each needs rule = "…" and reason = "…", and may have path = "…".');
    const suppression = { rule, path, reason };
    const problem = suppressionProblem(suppression);
    if (problem !== null) throw refuse(["suppress", problem.field], problem.message);
    return suppression;
  });
}

/** The 1-based line on which a key stands, as far as a look at the lines tells; null when it does not. */
function lineOf(text: string, path: readonly string[]): number | null {
  const [table, key] = path;
  let current = "";
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.trim();
    if (line.startsWith("[")) {
      current = line.replace(/^\[+|\]+.*$/g, "").trim();
      if (key === undefined ? current === table : current === `${table}.${key}`) return index + 1;
    }
    const name = keyOf(line);
    if (current === "" && (name === table || name.startsWith(`${table}.`))) return index + 1;
    if (key !== undefined && current === table && name === key) return index + 1;
  }
  return null;
}

function keyOf(line: string): string {
  const name = line.slice(0, Math.max(0, line.indexOf("="))).trim();
  return /^(["']).*\1$/.test(name) ? name.slice(1, -1) : name;
}

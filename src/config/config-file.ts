import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parse, TomlError } from "smol-toml";
import { type Entries, isSectionName, type Key, keysNamed, type NamedSections } from "./key.ts";
import { findPositions, joinPath, type Position } from "./positions.ts";
import type { Problem } from "./problem.ts";
import { KEYS, NAMED } from "./schema.ts";
import type { Layer } from "./setting.ts";
import { nearest } from "./suggest.ts";

export const CONFIG_FILE = "marketplace.toml";
const SYSTEM_FOLDER = "/etc/marketplace";
const MAX_FILE_BYTES = 1024 * 1024;
const MAX_DEPTH = 32;
const OTHERS_WRITE = 0o002;
const OTHERS_READ = 0o004;

/**
 * The configuration file: the one that is named, else the first of the working folder, the data folder, the folder
 * around it and /etc/marketplace. Around the data a folder that everyone may write to (/tmp) is passed over.
 */
export function findConfigFile(options: {
  configPath?: string | null;
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  dataFolder: string;
}): { path: string | null; warnings: string[] } {
  const named = options.configPath ?? options.env["MARKETPLACE_CONFIG"];
  if (named) return { path: resolve(options.cwd, named), warnings: [] };
  const data = resolve(options.cwd, options.dataFolder);
  for (const folder of new Set([options.cwd, data, dirname(data), SYSTEM_FOLDER])) {
    const path = join(folder, CONFIG_FILE);
    if (!statSync(path, { throwIfNoEntry: false })?.isFile()) continue;
    if (folder === options.cwd || !(statSync(folder).mode & OTHERS_WRITE)) return { path, warnings: [] };
    return {
      path: null,
      warnings: [`${path} was not read, because everyone may write to its folder; name it with --config.`],
    };
  }
  return { path: null, warnings: [] };
}

/** What the file says, by key path; everything in it that is no key becomes a problem. */
export function readConfigFile(path: string, schema: Entries, problems: Problem[]): Layer {
  const layer: Layer = new Map();
  const toml = readText(path, problems);
  if (toml === null) return layer;
  const parsed = parseToml(path, toml, problems);
  if (parsed === null) return layer;
  const positions = findPositions(toml);
  const placeOf = (parts: string[]): string => placeText(path, positions.get(joinPath(parts)));
  new FileWalk(layer, problems, placeOf).walk(schema, parsed, []);
  return layer;
}

const placeText = (path: string, position: Position | undefined): string =>
  position ? `${path}:${position.line}:${position.column}` : path;

function readText(path: string, problems: Problem[]): string | null {
  const refuse = (message: string): null => {
    problems.push({ source: path, key: null, message });
    return null;
  };
  try {
    if (statSync(path).size > MAX_FILE_BYTES) return refuse("is too large for a configuration file");
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    return refuse(error instanceof TypeError ? "is not UTF-8 text" : `cannot be read: ${(error as Error).message}`);
  }
}

function parseToml(path: string, toml: string, problems: Problem[]): Record<string, unknown> | null {
  try {
    return parse(toml, { maxDepth: MAX_DEPTH });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The parser's message goes on with a picture of the place, which may hold a secret.
    const what = error.message.split("\n")[0]?.replace(/^Invalid TOML document: /, "");
    problems.push({ source: placeText(path, error), key: null, message: `this is not TOML: ${what}` });
    return null;
  }
}

class FileWalk {
  constructor(
    readonly layer: Layer,
    readonly problems: Problem[],
    readonly placeOf: (parts: string[]) => string,
  ) {}

  walk(entries: Entries, table: Record<string, unknown>, path: string[]): void {
    for (const [name, value] of Object.entries(table)) {
      const here = [...path, name];
      const entry = Object.hasOwn(entries, name) ? entries[name] : undefined;
      if (entry?.node === "key") this.#setting(entry, value, here, table);
      else if (entry?.node === "section") this.#section(entry.entries, value, here);
      else if (entry?.node === "named") this.#named(entry, value, here);
      else if (!this.#secretFile(entries, value, here)) this.#unknown(here, value);
    }
  }

  #setting(key: Key<unknown>, raw: unknown, here: string[], table: Record<string, unknown>): void {
    const source = this.placeOf(here);
    this.layer.set(here.join("."), { source, raw, placeOf: (member) => this.placeOf([...here, member]) });
    if (key.secret && Object.hasOwn(table, `${here.at(-1)}_file`))
      this.problems.push({ source, key: here.join("."), message: `${here.at(-1)}_file is set too; keep one of them` });
  }

  #section(entries: Entries, value: unknown, here: string[]): void {
    if (isTable(value)) this.walk(entries, value, here);
    else this.#problem(here, `is a section: write [${here.join(".")}] and its keys below`);
  }

  #named(sections: NamedSections, value: unknown, here: string[]): void {
    if (!isTable(value)) this.#problem(here, `holds sections: write [${here.join(".")}.<name>] and keys below`);
    for (const [name, table] of Object.entries(isTable(value) ? value : {})) {
      const place = [...here, name];
      if (!isSectionName(name))
        this.#problem(place, "is not a name for a section: use at most 32 of a-z, 0-9 and single hyphens");
      else if (isTable(table) && Object.keys(table).length === 0) this.#problem(place, "is empty: set its keys");
      else this.#section(sections.entries, table, place);
    }
  }

  #problem(here: string[], message: string): void {
    this.problems.push({ source: this.placeOf(here), key: here.join("."), message });
  }

  /** `<key>_file` of a secret. */
  #secretFile(entries: Entries, value: unknown, here: string[]): boolean {
    const name = here.at(-1)!.replace(/_file$/, "");
    const entry = name === here.at(-1) || !Object.hasOwn(entries, name) ? undefined : entries[name];
    if (entry?.node !== "key" || !entry.secret) return false;
    const source = this.placeOf(here);
    const path = [...here.slice(0, -1), name].join(".");
    if (typeof value !== "string" || value === "")
      this.problems.push({ source, key: here.join("."), message: "must be the path of a file" });
    else if (!this.layer.has(path)) this.layer.set(path, { source, secretFile: value });
    return true;
  }

  #unknown(here: string[], value: unknown): void {
    const beside = NAMED.filter(({ path }) => path.every((part, index) => here[index] === part));
    const keys = [...KEYS, ...beside.flatMap((place) => keysNamed(place, here[place.path.length] ?? ""))];
    const sections = new Set([
      ...keys.map((placed) => placed.section.join(".")),
      ...NAMED.map(({ path }) => path.join(".")),
    ]);
    const written = here.join(".");
    const table = isTable(value);
    const near = nearest(written, table ? [...sections] : keys.map((placed) => placed.path));
    const what = table ? "section" : "key";
    const hint = near ? `; did you mean ${table ? `[${near}]` : near}?` : "";
    this.#problem(here, `there is no such ${what}${hint}`);
  }
}

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** Whether everyone on the machine may read the file. */
export const isWorldReadable = (path: string): boolean =>
  ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & OTHERS_READ) !== 0;

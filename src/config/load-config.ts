import { type Problem, problemText } from "./problem.ts";
import { conflictsIn, type Config, KEYS, NAMED, SCHEMA } from "./schema.ts";
import { camel, type Entries, keysNamed, type PlacedKey } from "./key.ts";
import { findConfigFile, isWorldReadable, readConfigFile } from "./config-file.ts";
import { readEnvironment } from "./environment.ts";
import { type Layer, type Setting, SettingReader } from "./setting.ts";
import { join } from "node:path";

export interface LoadOptions {
  /** What `--config` names; it must exist. Without it the usual places are searched. */
  configPath?: string | null;
  cwd: string;
  /** Command-line flags by key path: `{ "server.data": "./data", "server.listen": "0.0.0.0:80" }`. They win over all else. */
  flags?: Readonly<Record<string, string | undefined>>;
  env: Readonly<Record<string, string | undefined>>;
}

export interface LoadedConfig {
  config: Config;
  /** Every key that there is: the fixed ones, and those of sections with chosen names. */
  keys: readonly PlacedKey[];
  /** Where each key's value comes from, by path: "default", "marketplace.toml:12", "MARKETPLACE_SERVER_LISTEN", "--listen". */
  sources: ReadonlyMap<string, string>;
  /** The file that was read, if any. */
  file: string | null;
  /** What is unwise but no reason to refuse: say it once at start. */
  warnings: readonly string[];
}

/** The configuration cannot be used. `message` lists every problem, a line each. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(problemText).join("\n"));
    this.name = "ConfigError";
  }
}

/**
 * Reads file, environment and flags, in rising order of weight. Throws ConfigError with everything that is wrong: unknown
 * keys and variables, wrong types, impossible values, unreadable files.
 */
export function loadConfig(options: LoadOptions): LoadedConfig {
  const dataFolder = options.flags?.["server.data"] ?? options.env["MARKETPLACE_SERVER_DATA"] ?? "./data";
  const file = findConfigFile({ ...options, dataFolder });
  const problems: Problem[] = [];
  const warnings: string[] = [];
  const layers: Layer[] = [
    readFlags(options.flags ?? {}),
    readEnvironment(options.env, problems),
    file.path === null ? new Map() : readConfigFile(file.path, SCHEMA, problems),
  ];
  warnings.push(...file.warnings);

  const reader = new SettingReader({ cwd: options.cwd, problems, warnings });
  const values = new Map<string, unknown>();
  const sources = new Map<string, string>();
  const keys = [...KEYS, ...chosenKeys(layers)];
  for (const placed of keys) {
    const setting = settingOf(placed.path, layers);
    values.set(placed.path, setting ? reader.read(placed, setting) : reader.fallback(placed));
    sources.set(placed.path, setting?.source ?? "default");
  }
  if (file.path !== null && holdsSecret(file.path, keys, layers) && isWorldReadable(file.path))
    warnings.push(`${file.path} holds secrets and can be read by everyone on this machine: chmod 600 it.`);
  const config = assemble(SCHEMA, keys, values) as Config;
  if (problems.length === 0) problems.push(...conflictProblems(config, sources));
  if (problems.length > 0) throw new ConfigError(problems);
  return { config: withDerived(config), keys, sources, file: file.path, warnings };
}

function readFlags(flags: Readonly<Record<string, string | undefined>>): Layer {
  const layer: Layer = new Map();
  for (const [path, text] of Object.entries(flags))
    if (text !== undefined)
      layer.set(path, { text, source: `--${path.slice(path.lastIndexOf(".") + 1).replaceAll("_", "-")}` });
  return layer;
}

/** The heaviest layer that speaks of the key, directly or through its `_file`. */
function settingOf(path: string, layers: readonly Layer[]): Setting | null {
  for (const layer of layers) {
    const setting = layer.get(path);
    if (setting) return setting;
  }
  return null;
}

/** The keys of every section of a chosen name that some layer speaks of. */
function chosenKeys(layers: readonly Layer[]): PlacedKey[] {
  const paths = layers.flatMap((layer) => [...layer.keys()].map((path) => path.split(".")));
  return NAMED.flatMap((place) => {
    const inside = paths.filter((parts) => place.path.every((part, index) => parts[index] === part));
    const names = new Set(inside.map((parts) => parts[place.path.length]!));
    return [...names].sort().flatMap((name) => keysNamed(place, name));
  });
}

const holdsSecret = (file: string, keys: readonly PlacedKey[], layers: readonly Layer[]): boolean =>
  keys.some(({ key, path }) => {
    const setting = key.secret ? settingOf(path, layers) : null;
    return setting !== null && "raw" in setting && setting.raw !== "" && setting.source.startsWith(file);
  });

function conflictProblems(config: Config, sources: ReadonlyMap<string, string>): Problem[] {
  return conflictsIn(config).map(({ path, problem }) => ({
    source: sources.get(path) === "default" ? null : (sources.get(path) ?? null),
    key: path,
    message: problem,
  }));
}

function assemble(
  entries: Entries,
  keys: readonly PlacedKey[],
  values: ReadonlyMap<string, unknown>,
  path: string[] = [],
): unknown {
  const members = Object.entries(entries).map(([name, entry]) => {
    const here = [...path, name];
    if (entry.node === "key") return [camel(name), values.get(here.join("."))];
    if (entry.node === "section") return [camel(name), assemble(entry.entries, keys, values, here)];
    const inside = keys.filter(({ section }) => section.length > here.length && here.every((p, i) => section[i] === p));
    const chosen = new Set(inside.map(({ section }) => section[here.length]!));
    const sections = [...chosen].map((one) => [one, assemble(entry.entries, keys, values, [...here, one])]);
    return [camel(name), Object.freeze(Object.fromEntries(sections))];
  });
  return Object.freeze(Object.fromEntries(members));
}

/** Values that follow from others when they are not set. */
function withDerived(config: Config): Config {
  if (config.blobs.path !== "") return config;
  return Object.freeze({
    ...config,
    blobs: Object.freeze({ ...config.blobs, path: join(config.server.data, "blobs") }),
  });
}

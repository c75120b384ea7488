import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { PlacedKey } from "./key.ts";
import type { Problem } from "./problem.ts";

/** What one layer says about a key. */
export type Setting = { source: string } & (
  | { raw: unknown; placeOf?: (member: string) => string }
  | { text: string }
  | { secretFile: string }
);

/** A layer's settings by key path. */
export type Layer = Map<string, Setting>;

const MAX_SECRET_BYTES = 64 * 1024;
/** The permission bit "everyone may read". */
const OTHERS_READ = 0o004;

/** Turns settings into values and collects what is wrong with them. */
export class SettingReader {
  constructor(readonly context: { cwd: string; problems: Problem[]; warnings: string[] }) {}

  /** The default of a key. It is part of the program, so one that does not read is a mistake in the schema. */
  fallback({ key, path }: PlacedKey): unknown {
    const reading = key.kind.read(key.fallback, this.context);
    if (!reading.ok) throw new Error(`the default of ${path} ${reading.problem}`);
    return deepFreeze(reading.value);
  }

  /** The value that a setting gives; when it is wrong, the problem is noted and the default stands in. */
  read(placed: PlacedKey, setting: Setting): unknown {
    const raw = this.#rawOf(placed, setting);
    if (raw === undefined) return this.fallback(placed);
    const reading = placed.key.kind.read(raw, this.context);
    if (reading.ok) return deepFreeze(reading.value);
    const placeOf = "placeOf" in setting ? setting.placeOf : undefined;
    this.context.problems.push({
      source: (reading.at !== undefined && placeOf?.(reading.at)) || setting.source,
      key: placed.path,
      message: reading.problem,
    });
    return this.fallback(placed);
  }

  #rawOf(placed: PlacedKey, setting: Setting): unknown {
    if ("raw" in setting) return setting.raw;
    if ("text" in setting) return placed.key.kind.fromText(setting.text);
    const secret = this.#secretIn(placed, setting);
    return secret === undefined ? undefined : placed.key.kind.fromText(secret);
  }

  #secretIn(placed: PlacedKey, setting: { source: string; secretFile: string }): string | undefined {
    const file = resolve(this.context.cwd, setting.secretFile);
    const refuse = (message: string): undefined => {
      this.context.problems.push({ source: setting.source, key: `${placed.path}_file`, message });
    };
    try {
      const { size, mode } = statSync(file);
      if (size > MAX_SECRET_BYTES) return refuse(`${file} is too large to hold a secret`);
      if (mode & OTHERS_READ)
        this.context.warnings.push(
          `${file} (${placed.path}_file) can be read by everyone on this machine: chmod 600 it.`,
        );
      const secret = readFileSync(file, "utf8").trim();
      return secret === "" ? refuse(`${file} is empty`) : secret;
    } catch (error) {
      return refuse(`cannot read ${file}: ${(error as Error).message}`);
    }
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const member of Object.values(value)) deepFreeze(member);
    Object.freeze(value);
  }
  return value;
}

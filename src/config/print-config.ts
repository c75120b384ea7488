import { stringify } from "smol-toml";
import { camel } from "./key.ts";
import type { LoadedConfig } from "./load-config.ts";

/** One key as `config print` shows it. A secret's value is "(hidden)" when it is set and empty when not. */
export interface PrintedKey {
  key: string;
  value: unknown;
  source: string;
}

/** Every key with its value and origin, secrets hidden. */
export function printedKeys({ config, keys, sources }: LoadedConfig): PrintedKey[] {
  return keys.map(({ section, name, path, key }) => {
    let value: unknown = config;
    for (const part of [...section, name]) value = (value as Record<string, unknown>)[camel(part)];
    const empty = value === "" || (Array.isArray(value) && value.length === 0);
    const shown = key.secret && !empty ? "(hidden)" : key.kind.show(value);
    return { key: path, value: shown, source: sources.get(path) ?? "default" };
  });
}

/** The configuration in force as TOML, the origin of each value in a comment behind it. */
export function printConfig(loaded: LoadedConfig): string {
  const lines = [`# ${loaded.file === null ? "No configuration file was found." : `Read from ${loaded.file}`}`];
  let section = "";
  for (const { key, value, source } of printedKeys(loaded)) {
    const dot = key.lastIndexOf(".");
    if (key.slice(0, dot) !== section) {
      section = key.slice(0, dot);
      lines.push("", `[${section}]`);
    }
    lines.push(`${key.slice(dot + 1)} = ${tomlValue(value)}  # ${source}`);
  }
  return `${lines.join("\n")}\n`;
}

/** A value as TOML writes it on one line; tables inline. */
export function tomlValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(tomlValue).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)} = ${tomlValue(member)}`);
    return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
  }
  return stringify({ v: value }).trim().slice("v = ".length);
}

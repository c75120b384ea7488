import { isSectionName, keysNamed, type PlacedKey } from "./key.ts";
import { KEYS, NAMED } from "./schema.ts";
import type { Problem } from "./problem.ts";
import type { Layer } from "./setting.ts";
import { nearest } from "./suggest.ts";

/** Variables with our prefix that are no configuration of the server: the client's, and those of an unattended first run. */
export const OTHER_VARIABLES: Readonly<Record<string, string>> = {
  MARKETPLACE_URL: "The server that commands talk to (`--url`).",
  MARKETPLACE_TOKEN: "The access token or API key that commands send (`--token`).",
  MARKETPLACE_CONFIG: "The configuration file (`--config`).",
  MARKETPLACE_ADMIN_USERNAME: "Name of the first administrator, made at an unattended first start.",
  MARKETPLACE_ADMIN_EMAIL: "E-mail address of the first administrator.",
  MARKETPLACE_ADMIN_PASSWORD: "Password of the first administrator.",
  MARKETPLACE_ADMIN_PASSWORD_FILE: "A file that holds that password.",
};

/** What the environment says. Variables that begin `MARKETPLACE_` and mean nothing are problems, as they may be typing errors. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>, problems: Problem[]): Layer {
  const layer: Layer = new Map();
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith("MARKETPLACE_") || text === undefined || variable in OTHER_VARIABLES) continue;
    const placed = keyOf(variable);
    const secret = variable.endsWith("_FILE") ? keyOf(variable.slice(0, -5)) : null;
    if (placed) layer.set(placed.path, { source: variable, text });
    else if (secret?.key.secret) {
      if (env[secret.variable] === undefined) layer.set(secret.path, { source: variable, secretFile: text });
      else problems.push({ source: variable, key: null, message: `${secret.variable} is set too; keep one of them` });
    } else problems.push({ source: variable, key: null, message: unknownVariable(variable) });
  }
  return layer;
}

const FIXED = new Map(KEYS.map((placed) => [placed.variable, placed]));

/**
 * The key that a variable sets. In sections of chosen names the key is the longest that the variable ends with, and what
 * stands before it is the section's name, its hyphens written as underscores.
 */
function keyOf(variable: string): PlacedKey | null {
  const fixed = FIXED.get(variable);
  if (fixed) return fixed;
  for (const place of NAMED) {
    const prefix = `MARKETPLACE_${place.path.join("_").toUpperCase()}_`;
    if (!variable.startsWith(prefix)) continue;
    const rest = variable.slice(prefix.length).toLowerCase();
    const key = Object.keys(place.sections.entries)
      .filter((name) => rest.endsWith(`_${name}`))
      .sort((a, b) => b.length - a.length)[0];
    const name = key === undefined ? "" : rest.slice(0, -key.length - 1).replaceAll("_", "-");
    if (isSectionName(name)) return keysNamed(place, name).find((placed) => placed.name === key) ?? null;
  }
  return null;
}

function unknownVariable(variable: string): string {
  const names = [
    ...KEYS.flatMap((placed) => (placed.key.secret ? [placed.variable, `${placed.variable}_FILE`] : [placed.variable])),
    ...Object.keys(OTHER_VARIABLES),
  ];
  const near = nearest(
    variable,
    names.map((name) => name.toLowerCase()),
  );
  return `there is no such variable${near ? `; did you mean ${near.toUpperCase()}?` : ""}`;
}

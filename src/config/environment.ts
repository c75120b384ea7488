import { KEYS } from "./schema.ts";
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
  const known = new Map(KEYS.map((placed) => [placed.variable, placed]));
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith("MARKETPLACE_") || text === undefined || variable in OTHER_VARIABLES) continue;
    const placed = known.get(variable);
    const secret = variable.endsWith("_FILE") ? known.get(variable.slice(0, -5)) : undefined;
    if (placed) layer.set(placed.path, { source: variable, text });
    else if (secret?.key.secret) {
      if (env[secret.variable] === undefined) layer.set(secret.path, { source: variable, secretFile: text });
      else problems.push({ source: variable, key: null, message: `${secret.variable} is set too; keep one of them` });
    } else problems.push({ source: variable, key: null, message: unknownVariable(variable) });
  }
  return layer;
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

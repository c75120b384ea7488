import { stat } from "node:fs/promises";
import { sealingKeys } from "./app-sealing.ts";
import { paths } from "./app-settings.ts";
import type { Config } from "./config/index.ts";
import { checkSealing, isSealed } from "./modules/accounts/index.ts";
import { counted, inspectSealed, type Inspection, ok, warning, wrong } from "./modules/administration/index.ts";
import type { Database } from "./platform/database/index.ts";
import { KeyFileError } from "./platform/sealing/key-file.ts";
import { createSealer, SealBroken, type Sealer } from "./platform/sealing/sealer.ts";

const NAME = "secrets";
const FIND_KEY =
  "Put the key back from where you keep it: [secrets] key, previous_keys, or secrets.key in the data folder.";

/** Whether the key opens what is sealed, who else could read it, and whether an older one is still needed. */
export async function inspectSealing(config: Config, database: Database): Promise<Inspection> {
  try {
    const keys = await sealingKeys(config);
    if (keys.length > 0) return await inspectWith(config, database, createSealer(keys));
    if (await isSealed(database)) return wrong(NAME, "the key that opens the database's secrets is missing", FIND_KEY);
    return ok(NAME, "nothing is sealed yet; the next start makes a key");
  } catch (error) {
    if (error instanceof KeyFileError) return wrong(NAME, error.message, FIND_KEY);
    if (error instanceof SealBroken) return wrong(NAME, "the database's secrets are sealed with another key", FIND_KEY);
    throw error;
  }
}

async function inspectWith(config: Config, database: Database, sealer: Sealer): Promise<Inspection> {
  await checkSealing(database, sealer);
  const { columns, outdated, lost } = await inspectSealed(database.read, sealer);
  const at = (state: string) =>
    columns.flatMap(({ table, counts }) =>
      counts.filter((one) => one.state === state).map(({ count }) => `${table}: ${count}`),
    );
  if (lost > 0) return wrong(NAME, `${counted(lost, "secret")} open with no key that is here`, FIND_KEY, at("missing"));
  if (outdated > 0)
    return warning(
      NAME,
      `${counted(outdated, "secret")} sealed with an older key`,
      'Run "marketplace admin secrets rotate"; then the older key can be taken away.',
      at("older"),
    );
  const path = paths(config).sealingKey;
  const file = await stat(path).catch(() => null);
  if (file && (file.mode & 0o077) !== 0)
    return warning(NAME, `${path} can be read by other users of this machine`, `Run "chmod 600 ${path}".`);
  if (config.database.url && config.secrets.key === "")
    return warning(
      NAME,
      "the key that seals secrets in PostgreSQL lies in this data folder alone",
      `Set [secrets] key to the content of ${path}, on every server that uses this database.`,
    );
  return ok(NAME, "all are sealed with the newest key");
}

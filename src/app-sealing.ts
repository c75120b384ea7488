import { paths } from "./app-settings.ts";
import type { Config } from "./config/index.ts";
import type { Clock } from "./core/clock.ts";
import { adoptSealing, isSealed } from "./modules/accounts/index.ts";
import type { Database } from "./platform/database/index.ts";
import { makeKeyFile, readKeyFile } from "./platform/sealing/key-file.ts";
import { createSealer, SealBroken, type Sealer } from "./platform/sealing/sealer.ts";

/** The server must not start: secrets in its database would not open. The message says what to do. */
export class SealingKeyError extends Error {
  override name = "SealingKeyError";
}

/**
 * The keys that are there, the newest first: configured ones before those of the key file, so that a key can be moved from
 * the file to the configuration. Empty when there is none yet.
 */
export async function sealingKeys(config: Config): Promise<Uint8Array[]> {
  const { key, previousKeys } = config.secrets;
  const configured = [key, ...previousKeys].filter((text) => text !== "").map((text) => Buffer.from(text, "hex"));
  return [...configured, ...((await readKeyFile(paths(config).sealingKey)) ?? [])];
}

/**
 * What seals and opens secrets of this database, which is bound to the key at the first start. A key is made only for a
 * database that was never sealed. Throws SealingKeyError when the key is missing or another.
 */
export async function openSealer(config: Config, database: Database, clock: Clock): Promise<Sealer> {
  let keys = await sealingKeys(config);
  if (config.secrets.key === "" && config.secrets.previousKeys.length > 0)
    throw new SealingKeyError(
      "[secrets] previous_keys are set, but key is not: set the key that is to seal from now on.",
    );
  if (keys.length === 0) {
    if (await isSealed(database)) throw new SealingKeyError(missingKey(config));
    keys = await makeKeyFile(paths(config).sealingKey);
  }
  const sealer = createSealer(keys);
  try {
    await adoptSealing({ database, clock, sealer });
  } catch (error) {
    if (error instanceof SealBroken) throw new SealingKeyError(wrongKey(config), { cause: error });
    throw error;
  }
  return sealer;
}

const missingKey = (config: Config): string =>
  "The secrets in this database are sealed with a key that is not here: put " +
  `${paths(config).sealingKey} back from where you keep it, or set [secrets] key to it.`;

const wrongKey = (config: Config): string =>
  "The secrets in this database are sealed with another key: set [secrets] key (or " +
  `${paths(config).sealingKey}) to the one it was used with, ` +
  "or add that one to [secrets] previous_keys. Servers that share a database need the same key.";

import { type Clock, instant } from "../../core/clock.ts";
import type { Database } from "../../platform/database/index.ts";
import { keyIdOf, SealBroken, type Sealer } from "../../platform/sealing/sealer.ts";
import * as repository from "./repository.ts";

/** What the installation made for itself once, the same in every process over one database; sealed where it lies. */
export interface InstanceSecrets {
  /** The secret of that name; `make` is asked for it the first time. Kept in memory afterwards. Throws SealBroken. */
  get(name: string, make: () => Promise<string> | string): Promise<string>;
}

export const secretPlace = (name: string): string => `instance_secrets:${name}`;

export function createInstanceSecrets(deps: { database: Database; clock: Clock; sealer: Sealer }): InstanceSecrets {
  const { database, clock, sealer } = deps;
  const known = new Map<string, Promise<string>>();
  const load = async (name: string, make: () => Promise<string> | string): Promise<string> => {
    const stored = await repository.findSecret(database.read, name);
    if (stored !== null) return sealer.open(stored, secretPlace(name));
    const value = sealer.seal(await make(), secretPlace(name));
    // Another process may have been quicker: what is stored counts.
    const kept = await database.write(async (tx) => {
      await repository.addSecret(tx, { name, value, createdAt: instant(clock.now()) });
      return (await repository.findSecret(tx, name)) ?? value;
    });
    return sealer.open(kept, secretPlace(name));
  };
  return {
    get(name, make) {
      const loading = known.get(name) ?? load(name, make);
      known.set(name, loading);
      loading.catch(() => known.delete(name));
      return loading;
    },
  };
}

const CHECK = "sealing-check";
const CHECK_TEXT = "opens";

/** Whether a database was ever sealed; then a key must be there already. */
export const isSealed = async (database: Database): Promise<boolean> =>
  (await repository.findSecret(database.read, CHECK)) !== null;

/** Throws SealBroken when the keys are not those that this database is sealed with; a database that was never sealed passes. */
export async function checkSealing(database: Database, sealer: Sealer): Promise<void> {
  const check = await repository.findSecret(database.read, CHECK);
  if (check !== null && sealer.open(check, secretPlace(CHECK)) !== CHECK_TEXT)
    throw new SealBroken("the check of the sealing key is damaged");
}

/**
 * Binds a database to the sealing key: at the first start the secrets that lie there plain are sealed, together with a
 * check, so that from then on no plain one is believed. Throws SealBroken when it is bound to another key, also when
 * another process was quicker.
 */
export async function adoptSealing(deps: { database: Database; clock: Clock; sealer: Sealer }): Promise<void> {
  const { database, clock, sealer } = deps;
  if (!(await isSealed(database)))
    await database.exclusively("accounts.sealing", async (tx) => {
      if ((await repository.findSecret(tx, CHECK)) !== null) return;
      for (const { name, value } of await repository.listSecrets(tx))
        if (keyIdOf(value) === null) await repository.replaceSecret(tx, name, sealer.seal(value, secretPlace(name)));
      const value = sealer.seal(CHECK_TEXT, secretPlace(CHECK));
      await repository.addSecret(tx, { name: CHECK, value, createdAt: instant(clock.now()) });
    });
  await checkSealing(database, sealer);
}

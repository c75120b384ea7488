import { type Clock, instant } from "../../core/clock.ts";
import type { Database } from "../../platform/database/index.ts";
import * as repository from "./repository.ts";

/** What the installation made for itself once, the same in every process over one database. */
export interface InstanceSecrets {
  /** The secret of that name; `make` is asked for it the first time. Kept in memory afterwards. */
  get(name: string, make: () => Promise<string> | string): Promise<string>;
}

export function createInstanceSecrets(deps: { database: Database; clock: Clock }): InstanceSecrets {
  const known = new Map<string, Promise<string>>();
  const load = async (name: string, make: () => Promise<string> | string): Promise<string> => {
    const stored = await repository.findSecret(deps.database.read, name);
    if (stored !== null) return stored;
    const made = await make();
    // Another process may have been quicker: what is stored counts.
    return deps.database.write(async (tx) => {
      await repository.addSecret(tx, { name, value: made, createdAt: instant(deps.clock.now()) });
      return (await repository.findSecret(tx, name)) ?? made;
    });
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

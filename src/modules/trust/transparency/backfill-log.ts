import type { Database } from "../../../platform/database/index.ts";
import type { NewTransparencyEntry, TransparencyLog } from "../../../platform/transparency/transparency-log.ts";
import * as repository from "./backfill-repository.ts";

const BATCH = 200;
const LOCK = "transparency-backfill";

/**
 * Records, once for a server, what happened before it had a log: in the order of time, each with `occurred_at`. Answers how much it
 * was. What happens meanwhile is recorded as always and is not recorded again. Running it twice, or at two places, does no harm.
 */
export async function backfillLog(
  deps: { database: Database; transparency: TransparencyLog },
  signal: AbortSignal,
): Promise<number> {
  const { database, transparency } = deps;
  if (await repository.isBackfilled(database.read)) return 0;
  for (let recorded = 0; ; ) {
    signal.throwIfAborted();
    const batch = await database.exclusively(LOCK, async (tx) => {
      const found = await repository.unrecorded(tx, BATCH);
      await transparency.append(tx, ...found.map(entryOf));
      if (found.length < BATCH) await repository.markBackfilled(tx);
      return found.length;
    });
    recorded += batch;
    if (batch < BATCH) return recorded;
  }
}

function entryOf(happened: repository.Unrecorded): NewTransparencyEntry {
  const { type, subject, assetId, userId, at, fingerprint, publicKey, username, ref, version, digest, number } =
    happened;
  const facts = { fingerprint, public_key: publicKey, username, ref, version, digest, number, occurred_at: at };
  return {
    type,
    subject,
    assetId,
    userId,
    facts: Object.fromEntries(
      Object.entries(facts).filter(([, value]) => value !== null),
    ) as NewTransparencyEntry["facts"],
  };
}

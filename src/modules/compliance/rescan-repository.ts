import type { Id } from "../../core/id.ts";
import { fromFlag, type Queries, toFlag, toNumber } from "../../platform/database/index.ts";

/** A version that waits for a fresh scan after rules or advisories changed. */
export interface QueuedRescan {
  versionId: Id;
  /** Every scanner, or only those that changed since its last scan. */
  whole: boolean;
  /** Changes when it is asked for again. */
  at: string;
}

/** Asks for rescans; one that waits already becomes whole when either is. */
export async function queueRescans(tx: Queries, ids: readonly Id[], whole: boolean, at: string): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .insertInto("rescan_queue")
    .values(ids.map((id) => ({ version_id: id, whole: toFlag(whole), created_at: at })))
    .onConflict((conflict) =>
      conflict.column("version_id").doUpdateSet(whole ? { whole: 1, created_at: at } : { created_at: at }),
    )
    .execute();
}

export async function nextRescan(q: Queries): Promise<QueuedRescan | null> {
  const row = await q.selectFrom("rescan_queue").selectAll().orderBy("version_id").limit(1).executeTakeFirst();
  return row ? { versionId: row.version_id, whole: fromFlag(row.whole), at: row.created_at } : null;
}

/** Without effect when it was asked for again meanwhile. */
export async function endRescan(tx: Queries, rescan: QueuedRescan): Promise<void> {
  await tx
    .deleteFrom("rescan_queue")
    .where("version_id", "=", rescan.versionId)
    .where("created_at", "=", rescan.at)
    .where("whole", "=", toFlag(rescan.whole))
    .execute();
}

/** How many versions wait for a rescan, and since when. */
export async function rescanProgress(q: Queries): Promise<{ waiting: number; since: string | null }> {
  const row = await q
    .selectFrom("rescan_queue")
    .select((eb) => [eb.fn.countAll().as("waiting"), eb.fn.min("created_at").as("since")])
    .executeTakeFirstOrThrow();
  return { waiting: toNumber(row.waiting), since: row.since };
}

/** A version that was never scanned waits for its scan. */
export async function isFirstScanWaiting(q: Queries): Promise<boolean> {
  const row = await q
    .selectFrom("versions")
    .innerJoin("scans", "scans.version_id", "versions.id")
    .select("versions.id")
    .where("versions.status", "=", "scanning")
    .where("scans.status", "in", ["queued", "running"])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

import type { Instant } from "../../core/clock.ts";
import type { Digest } from "../../core/digest.ts";
import type { BlobInfo, BlobStore } from "./blob-store.ts";

const BATCH = 200;
const DELETES_AT_ONCE = 8;
/**
 * How long after its condemnation a blob may still be deleted. A run that is held up longer leaves the rest to a later
 * one, which takes over only after TAKEOVER_MS: so a deletion never comes after somebody else declared it done.
 */
const DELETE_WITHIN_MS = 60_000;
export const TAKEOVER_MS = 10 * 60_000;

/** What one run may delete: condemned by it, at an instant that no other run's condemnation of them has. */
export interface Condemned {
  digests: Digest[];
  at: Instant;
}

/** The memory of what is being removed; the database's, so that every replica and every publication sees it. */
export interface GarbageLedger {
  /** Of these, what nothing refers to; a cheap first look that holds no lock. */
  unreferenced(digests: Digest[]): Promise<Digest[]>;
  /** In one transaction: looks again, and condemns what nothing refers to and no other run is removing. Answers those. */
  condemn(digests: Digest[]): Promise<Condemned>;
  /** The bytes are gone (they may be put again from now on). Without effect on what another run took over. */
  removed(digests: Digest[], at: Instant): Promise<void>;
  /** They were not deleted after all. Without effect on what another run took over. */
  spared(digests: Digest[], at: Instant): Promise<void>;
  /** Condemns anew what a run condemned more than TAKEOVER_MS ago and never finished, and answers those. */
  takeOver(): Promise<Condemned>;
  /** Forgets removals so old that no publication of that time can still be under way. */
  forget(): Promise<void>;
}

export interface GarbageReport {
  /** Blobs in the store. */
  seen: number;
  removed: number;
  removedBytes: number;
  /** Whether an abort ended it before every blob was seen. */
  stopped: boolean;
}

/**
 * Removes blobs that nothing refers to and that nobody put for `graceMs`. May run beside publications and beside itself
 * in other processes; killed half-way it loses nothing. Why no referenced blob can be lost: docs/decisions/0007-garbage-collection.md.
 */
export async function collectGarbage(
  store: BlobStore,
  ledger: GarbageLedger,
  options: { graceMs: number; now: () => Date; signal?: AbortSignal },
): Promise<GarbageReport> {
  const report: GarbageReport = { seen: 0, removed: 0, removedBytes: 0, stopped: false };
  const cutoff = options.now().getTime() - options.graceMs;

  async function removeAll({ digests, at }: Condemned, sizes: Map<Digest, number>): Promise<void> {
    const started = elapsedSince();
    const removed: Digest[] = [];
    const spared: Digest[] = [];
    try {
      await eachOf(digests, DELETES_AT_ONCE, async (digest) => {
        const info = await store.stat(digest);
        // Put again since it was listed: its publication need not be troubled.
        if (info && info.touchedAt.getTime() > cutoff) return void spared.push(digest);
        if (started() > DELETE_WITHIN_MS) return;
        await store.delete(digest);
        removed.push(digest);
      });
    } finally {
      if (spared.length > 0) await ledger.spared(spared, at);
      if (removed.length > 0) await ledger.removed(removed, at);
    }
    report.removed += removed.length;
    for (const digest of removed) report.removedBytes += sizes.get(digest) ?? 0;
  }

  async function weigh(batch: BlobInfo[]): Promise<void> {
    const orphans = await ledger.unreferenced(batch.map((info) => info.digest));
    if (orphans.length === 0) return;
    await removeAll(await ledger.condemn(orphans), new Map(batch.map((info) => [info.digest, info.size])));
  }

  await removeAll(await ledger.takeOver(), new Map());
  let batch: BlobInfo[] = [];
  for await (const info of store.list()) {
    if (options.signal?.aborted) return { ...report, stopped: true };
    report.seen++;
    if (info.touchedAt.getTime() > cutoff) continue;
    batch.push(info);
    if (batch.length < BATCH) continue;
    await weigh(batch);
    batch = [];
  }
  await weigh(batch);
  await ledger.forget();
  return report;
}

/** Milliseconds since now, by whichever of the two clocks went further: one stands still in suspension, one may be set. */
function elapsedSince(): () => number {
  const [steady, wall] = [performance.now(), Date.now()];
  return () => Math.max(performance.now() - steady, Date.now() - wall);
}

/** Runs `work` over all, so many at once; waits for every one that began, then throws the first failure. */
async function eachOf<T>(items: T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const lane = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  const lanes = await Promise.allSettled(Array.from({ length: atOnce }, lane));
  const failed = lanes.find((lane) => lane.status === "rejected");
  if (failed) throw failed.reason;
}

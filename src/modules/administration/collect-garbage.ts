import { type Clock, instant, later } from "../../core/clock.ts";
import type { BlobStore } from "../../platform/blobs/blob-store.ts";
import {
  collectGarbage as collect,
  type GarbageLedger,
  type GarbageReport,
  TAKEOVER_MS,
} from "../../platform/blobs/collect-garbage.ts";
import type { Database } from "../../platform/database/index.ts";
import {
  BLOB_GC,
  condemnUnreferenced,
  forgetOldRemovals,
  markRemoved,
  referencedDigests,
  takeOverUnfinished,
  uncondemn,
} from "./repository.ts";

export interface GarbageDeps {
  database: Database;
  blobs: BlobStore;
  clock: Clock;
  /** How long a blob that nothing refers to is kept after it was last put; longer than any publication takes. */
  graceMs: number;
}

/** Removes blobs that nothing refers to; safe beside publications and beside itself, on every replica. */
export function collectGarbage(deps: GarbageDeps, options: { signal?: AbortSignal } = {}): Promise<GarbageReport> {
  const { blobs, clock, graceMs } = deps;
  return collect(blobs, garbageLedger(deps), { graceMs, now: () => clock.now(), signal: options.signal });
}

export function garbageLedger({ database, clock }: Pick<GarbageDeps, "database" | "clock">): GarbageLedger {
  return {
    async unreferenced(digests) {
      const referenced = await referencedDigests(database.read, digests);
      return digests.filter((digest) => !referenced.has(digest));
    },
    async condemn(digests) {
      const at = instant(clock.now());
      return { at, digests: await database.exclusively(BLOB_GC, (tx) => condemnUnreferenced(tx, digests, at)) };
    },
    removed: (digests, at) => database.write((tx) => markRemoved(tx, digests, at)),
    spared: (digests, at) => database.write((tx) => uncondemn(tx, digests, at)),
    async takeOver() {
      const now = clock.now();
      const [at, before] = [instant(now), later(now, -TAKEOVER_MS)];
      return { at, digests: await database.exclusively(BLOB_GC, (tx) => takeOverUnfinished(tx, before, at)) };
    },
    forget: () => database.exclusively(BLOB_GC, (tx) => forgetOldRemovals(tx, clock.now())),
  };
}

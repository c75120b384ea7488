import type { Digest } from "../../core/digest.ts";
import { AppError } from "../../core/error.ts";
import type { Database, Queries } from "../../platform/database/index.ts";
import { goneSince, removalEpoch } from "./repository.ts";

/** The moment before a publication put its first byte, in finished removals. */
export type BlobTicket = number & { readonly ticket: unique symbol };

/** Bytes that a publication put may have been collected since; it puts them again, or answers 503. */
class BlobsCollectedError extends AppError {
  constructor() {
    super("SERVICE_UNAVAILABLE", "The storage was being cleaned up just now. Send it again.", {
      headers: { "Retry-After": "2" },
    });
  }
}

/** What everything that refers to blobs uses, so that garbage collection never removes what it refers to. */
export interface BlobGuard {
  /** Taken before the first put of what one transaction will refer to. */
  takeTicket(): Promise<BlobTicket>;
  /**
   * Called first in the transaction that writes the references. Throws (`isCollected`) when bytes put since the ticket
   * may be gone: then roll back, take a new ticket, put every byte again, and commit again.
   */
  assertNotCondemned(tx: Queries, digests: readonly Digest[], ticket: BlobTicket): Promise<void>;
  isCollected(error: unknown): boolean;
}

export function createBlobGuard(database: Database): BlobGuard {
  return {
    takeTicket: async () => (await removalEpoch(database.read)) as BlobTicket,
    async assertNotCondemned(tx, digests, ticket) {
      if ((await goneSince(tx, database.engine, digests, ticket)).length > 0) throw new BlobsCollectedError();
    },
    isCollected: (error) => error instanceof BlobsCollectedError,
  };
}

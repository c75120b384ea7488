import type { Clock } from "../../core/clock.ts";
import type { BlobStore } from "../../platform/blobs/blob-store.ts";
import type { Database } from "../../platform/database/index.ts";
import type { JobQueue } from "../../platform/jobs/job-queue.ts";
import type { CatalogModule } from "../catalog/index.ts";

export interface RetrievalDeps {
  database: Database;
  clock: Clock;
  jobs: JobQueue;
  blobs: BlobStore;
  catalog: CatalogModule;
  /**
   * Answer downloads with a redirect to a URL that is signed for so long, where the store can make one; null: never. A URL that
   * was given right before a recall opens the bytes until it ends.
   */
  redirectSeconds: number | null;
  /** Salts the hashes of visitors' addresses; a secret of this installation. */
  visitorSalt(): Promise<string>;
}

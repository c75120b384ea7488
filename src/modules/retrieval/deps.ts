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
  /** Answer downloads with a redirect to a signed URL where the store can make one. */
  redirect: boolean;
  /** Salts the hashes of visitors' addresses; a secret of this installation. */
  visitorSalt(): Promise<string>;
}

import type { Clock } from "../../core/clock.ts";
import type { Actor } from "../../core/actor.ts";
import type { Id } from "../../core/id.ts";
import type { AuditLog } from "../../platform/audit/audit-log.ts";
import type { BlobStore } from "../../platform/blobs/blob-store.ts";
import type { Database, Queries } from "../../platform/database/index.ts";
import type { Outbox } from "../../platform/events/outbox.ts";
import type { JobQueue } from "../../platform/jobs/job-queue.ts";
import type { Mailer } from "../../platform/mail/mailer.ts";
import type { CatalogModule } from "../catalog/index.ts";

/** Bytes of an address that the administrator allows, or that nothing changed since the answer with this tag. */
export type Download = (
  url: string,
  etag: string | null,
  signal: AbortSignal,
) => Promise<{ etag: string | null; bytes: AsyncIterable<Uint8Array> } | null>;

export interface AdvisoriesDeps {
  database: Database;
  clock: Clock;
  outbox: Outbox;
  audit: AuditLog;
  jobs: JobQueue;
  blobs: BlobStore;
  mailer: Mailer;
  catalog: CatalogModule;
  /** The server's own address for links in mails, without a slash at the end. */
  origin(): string;
  /** Where bytes of an import lie while they are read. */
  spoolFolder: string;
  /** Addresses that are fetched by the schedule. */
  sources: readonly string[];
  /** Throws what is told to whoever imports. */
  download: Download;
  /** In the transaction that found another set of advisories for versions. */
  requestRescans(tx: Queries, versionIds: readonly Id[]): Promise<void>;
  /** What a person may read, for mails; null for nobody. */
  readerOf(userId: Id): Promise<Actor | null>;
}

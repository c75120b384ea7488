import type { SignedIn } from "../../core/actor.ts";
import type { Clock } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { AuditLog } from "../../platform/audit/audit-log.ts";
import type { BlobStore } from "../../platform/blobs/blob-store.ts";
import type { Database, Queries } from "../../platform/database/index.ts";
import type { JobQueue } from "../../platform/jobs/job-queue.ts";
import type { BlobGuard } from "../administration/index.ts";

export interface PrivacyDeps {
  database: Database;
  clock: Clock;
  audit: AuditLog;
  jobs: JobQueue;
  blobs: BlobStore;
  guard: BlobGuard;
  /** Where exports are gathered before they become a blob. */
  spoolFolder: string;
  /** How long an export can be fetched. */
  exportLifetimeMs: number;
  /** Between the wish to be erased and the erasure: time to change one's mind. */
  graceMs: number;
  /** Ends what the person is signed in with, and their API keys. */
  endAccess(tx: Queries, userId: Id): Promise<void>;
  /** The person as somebody who reads, with the rights they have now. Throws UNAUTHORIZED for nobody. */
  readerOf(userId: Id): Promise<SignedIn>;
  /** Takes their names and addresses out of the audit log. */
  eraseAudit(userId: Id): Promise<number>;
}

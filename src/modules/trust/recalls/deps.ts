import type { Clock } from "../../../core/clock.ts";
import type { AuditLog } from "../../../platform/audit/audit-log.ts";
import type { Database } from "../../../platform/database/index.ts";
import type { Outbox } from "../../../platform/events/outbox.ts";
import type { JobQueue } from "../../../platform/jobs/job-queue.ts";
import type { Mailer } from "../../../platform/mail/mailer.ts";
import type { ServerSigner } from "../../../platform/signing/server-signer.ts";
import type { TransparencyLog } from "../../../platform/transparency/transparency-log.ts";

export interface RecallDeps {
  database: Database;
  clock: Clock;
  outbox: Outbox;
  audit: AuditLog;
  transparency: TransparencyLog;
  jobs: JobQueue;
  mailer: Mailer;
  signer: ServerSigner;
  /** How this server calls itself in the list. */
  serverName: string;
  /** Where this server is reached, without a slash at the end: for links in mails. */
  origin(): string;
}

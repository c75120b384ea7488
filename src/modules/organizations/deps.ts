import type { Clock } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { AuditLog } from "../../platform/audit/audit-log.ts";
import type { Database, Queries } from "../../platform/database/index.ts";
import type { Outbox } from "../../platform/events/outbox.ts";
import type { JobQueue } from "../../platform/jobs/job-queue.ts";
import type { Mailer } from "../../platform/mail/mailer.ts";
import type { CatalogModule } from "../catalog/index.ts";
import type { Policy } from "../compliance/index.ts";

export interface OrganizationsDeps {
  database: Database;
  clock: Clock;
  outbox: Outbox;
  audit: AuditLog;
  mailer: Mailer;
  catalog: CatalogModule;
  /** `[accounts] organization_creation`. */
  creation: "everyone" | "admins";
  /** What every version is judged by, whoever owns it. */
  serverPolicy: Policy;
  /** In the transaction in which an organization came to ask something else of its versions. */
  onPolicyChanged(tx: Queries, namespaceId: Id): Promise<void>;
  jobs: Pick<JobQueue, "wake">;
  /** Bytes a namespace may store; 0: no limit. */
  namespaceQuotaBytes: number;
  /** Charges a namespace for bytes unless its quota forbids it; answers whether it did. */
  reserveStorage(tx: Queries, namespaceId: Id, bytes: number, quota: number): Promise<boolean>;
}

import type { Clock } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { AuditLog } from "../../platform/audit/audit-log.ts";
import type { Database, Queries } from "../../platform/database/index.ts";
import type { Outbox } from "../../platform/events/outbox.ts";
import type { JobQueue } from "../../platform/jobs/job-queue.ts";
import type { Mailer } from "../../platform/mail/mailer.ts";
import type { ScanEngine } from "../../platform/scanning/scanner.ts";
import type { CatalogueCheck } from "./catalogue-check.ts";
import type { NamespacePolicy } from "./organization-rules.ts";
import type { Policy } from "./policy.ts";
import type { ReviewRules } from "./review.ts";

export interface ComplianceDeps {
  database: Database;
  clock: Clock;
  outbox: Outbox;
  audit: AuditLog;
  jobs: JobQueue;
  engine: ScanEngine;
  /** Run after the engine's scanners, in this order. */
  checks: readonly CatalogueCheck[];
  policy: Policy;
  /** Who decides. */
  review: ReviewRules;
  mailer: Mailer;
  /** Where the server is reached, for links in mails. */
  origin: () => string;
  /** What the owner of a namespace asks beyond it; null where nothing. */
  namespacePolicy(q: Queries, namespaceId: Id): Promise<NamespacePolicy | null>;
  /** In the transaction that gives a version its verdict: what else follows from it (archives to write …). */
  onDecided(tx: Queries, versionId: Id, verdict: "passed" | "review" | "blocked"): Promise<void>;
}

import type { Clock } from "../../core/clock.ts";
import type { AuditLog } from "../../platform/audit/audit-log.ts";
import type { Database } from "../../platform/database/index.ts";
import type { Outbox } from "../../platform/events/outbox.ts";

export interface CatalogDeps {
  database: Database;
  clock: Clock;
  outbox: Outbox;
  audit: AuditLog;
}

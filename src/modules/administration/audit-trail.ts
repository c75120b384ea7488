import type { Actor } from "../../core/actor.ts";
import { requireAdmin } from "../../core/permission.ts";
import type { AuditLog } from "../../platform/audit/audit-log.ts";
import type {
  AuditFilter,
  AuditReader,
  AuditRecord,
  Verification,
  VerifyOptions,
} from "../../platform/audit/audit-reader.ts";
import { CSV_HEAD, csvLine, type ExportFormat, jsonLine } from "./audit-format.ts";
import { type AuditQuery, type NameLookup, QUERY_FIELDS, readFilter } from "./audit-query.ts";

const EXPORT_BATCH = 500;
/** Entries that one request verifies at most: some seconds of work. */
const VERIFY_AT_ONCE = 20_000;

/** Reading the audit log. Every one throws UNAUTHORIZED for strangers and FORBIDDEN for all but administrators. */
export interface AuditTrail {
  /** Newest first, older than the entry `before`; `next` is what to ask for the page behind. */
  list(
    actor: Actor,
    query: AuditQuery,
    page: { before: number | null; limit: number },
  ): Promise<{ records: AuditRecord[]; next: number | null }>;
  /**
   * All entries that match, oldest first, up to the one that is the newest now; made while it is read, a batch at a time. That
   * somebody exported is an entry too.
   */
  export(actor: Actor, query: AuditQuery, format: ExportFormat): Promise<AsyncIterable<string>>;
  /** A part of the log at a time: go on `after` what `through` says until it is `complete`. */
  verify(actor: Actor, options: Omit<VerifyOptions, "maxEntries">): Promise<Verification>;
}

export function createAuditTrail(deps: { audit: AuditLog & AuditReader; names: NameLookup }): AuditTrail {
  const { audit, names } = deps;
  return {
    async list(actor, query, { before, limit }) {
      requireAdmin(actor);
      const filter = await readFilter(query, names);
      const found = await audit.read(filter, { after: before, limit: limit + 1 });
      const records = found.slice(0, limit);
      return { records, next: found.length > limit ? (records.at(-1)?.seq ?? null) : null };
    },
    async export(actor, query, format) {
      requireAdmin(actor);
      const filter = await readFilter(query, names);
      const { seq: last } = await audit.head();
      const filtered = QUERY_FIELDS.filter((field) => query[field]);
      await audit.record({
        action: "audit.exported",
        outcome: "success",
        actor,
        subject: { type: "server", id: null },
        details: { format, filtered },
      });
      return exported(audit, filter, format, last);
    },
    async verify(actor, options) {
      requireAdmin(actor);
      return audit.verify({ ...options, maxEntries: VERIFY_AT_ONCE });
    },
  };
}

async function* exported(
  audit: AuditReader,
  filter: AuditFilter,
  format: ExportFormat,
  last: number,
): AsyncIterable<string> {
  const line = format === "csv" ? csvLine : jsonLine;
  if (format === "csv") yield CSV_HEAD;
  for (let after = 0; ; ) {
    const batch = await audit.read(filter, { after, limit: EXPORT_BATCH, ascending: true });
    const records = batch.filter(({ seq }) => seq <= last);
    if (records.length > 0) yield records.map(line).join("");
    if (records.length < EXPORT_BATCH) return;
    after = records.at(-1)?.seq ?? last;
  }
}

import { type Queries, toNumber } from "../database/index.ts";
import { isErased, type PersonalPart, readPersonal, type StoredEntry } from "./audit-entry.ts";
import type { AuditFilter, AuditRecord } from "./audit-reader.ts";

/** Entries that match, newest first or oldest first, beyond the entry `after` in that direction. */
export async function readEntries(
  q: Queries,
  filter: AuditFilter,
  page: { after: number | null; limit: number; ascending?: boolean },
): Promise<AuditRecord[]> {
  let query = q.selectFrom("audit_entries").selectAll();
  if (page.after !== null) query = query.where("seq", page.ascending ? ">" : "<", page.after);
  if (filter.actorId) query = query.where("actor_id", "=", filter.actorId);
  if (filter.subjectId) query = query.where("subject_id", "=", filter.subjectId);
  if (filter.outcome) query = query.where("outcome", "=", filter.outcome);
  if (filter.from) query = query.where("created_at", ">=", filter.from);
  if (filter.to) query = query.where("created_at", "<", filter.to);
  const { action } = filter;
  // Actions are ASCII, so what begins alike lies between these two in every collation's byte order.
  if (action)
    query = query.where((eb) => eb(eb.fn("substr", ["action", eb.lit(1), eb.lit(action.length)]), "=", action));
  const rows = await query
    .orderBy("seq", page.ascending ? "asc" : "desc")
    .limit(page.limit)
    .execute();
  return rows.map((row) => recordOf({ ...row, seq: toNumber(row.seq) }));
}

export function recordOf(row: StoredEntry): AuditRecord {
  const personal = readPersonal(row.personal);
  const { name = null, address = null, user_agent: userAgent = null } = said(personal?.actor);
  const { name: subjectName = null, salt: _salt, ...rest } = said(personal?.subject);
  return {
    seq: row.seq,
    at: row.created_at,
    action: row.action,
    outcome: row.outcome,
    actor: { id: row.actor_id, name, via: row.via },
    subject: { type: row.subject_type, id: row.subject_id, name: subjectName },
    address,
    userAgent,
    requestId: row.request_id,
    details: readDetails(row.details),
    personal: rest,
    erased: personal !== null && (isErased(personal.actor) || isErased(personal.subject)),
    previousHash: row.previous_hash,
    hash: row.hash,
  };
}

const said = (part: PersonalPart | undefined): Record<string, string> =>
  part === undefined || isErased(part) ? {} : (part as Record<string, string>);

/** A row that somebody changed by hand is shown as far as it can be; verification names it. */
function readDetails(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

import type { AuditRecord } from "./audit-reader.ts";

/** An entry as the API, exports and forwarded lines name its parts. */
export const auditWire = (record: AuditRecord) => ({
  seq: record.seq,
  time: record.at,
  action: record.action,
  outcome: record.outcome,
  actor: record.actor,
  subject: record.subject,
  address: record.address,
  user_agent: record.userAgent,
  request_id: record.requestId,
  details: record.details,
  personal: record.personal,
  erased: record.erased,
  previous_hash: record.previousHash,
  hash: record.hash,
});

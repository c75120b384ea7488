import type { AuditRecord } from "../../platform/audit/audit-reader.ts";
import { auditWire } from "../../platform/audit/audit-wire.ts";

export const EXPORT_FORMATS = { jsonl: "application/jsonl", csv: "text/csv;charset=utf-8" } as const;
export type ExportFormat = keyof typeof EXPORT_FORMATS;

/** One line of JSON Lines, with its end. */
export const jsonLine = (record: AuditRecord): string => `${JSON.stringify(auditWire(record))}\n`;

const COLUMNS: readonly [name: string, value: (record: AuditRecord) => string | number | null][] = [
  ["seq", (r) => r.seq],
  ["time", (r) => r.at],
  ["action", (r) => r.action],
  ["outcome", (r) => r.outcome],
  ["actor_id", (r) => r.actor.id],
  ["actor_name", (r) => r.actor.name],
  ["via", (r) => r.actor.via],
  ["subject_type", (r) => r.subject.type],
  ["subject_id", (r) => r.subject.id],
  ["subject_name", (r) => r.subject.name],
  ["address", (r) => r.address],
  ["user_agent", (r) => r.userAgent],
  ["request_id", (r) => r.requestId],
  ["details", (r) => JSON.stringify(r.details)],
  ["personal", (r) => JSON.stringify(r.personal)],
  ["hash", (r) => r.hash],
];

export const CSV_HEAD = `${COLUMNS.map(([name]) => name).join(",")}\r\n`;

/** One row of CSV (RFC 4180), with its end. */
export const csvLine = (record: AuditRecord): string =>
  `${COLUMNS.map(([, value]) => cell(value(record))).join(",")}\r\n`;

/** A cell that a spreadsheet would take for a formula gets an apostrophe before it (OWASP, CSV injection). */
function cell(value: string | number | null): string {
  const text = String(value ?? "");
  const plain = typeof value === "string" && /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

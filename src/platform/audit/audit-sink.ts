import type { AuditRecord } from "./audit-reader.ts";

/** A place outside this server that gets every entry of the audit log. */
export interface AuditSink {
  /** Hands a batch over, whole and in order; throws when it may not have arrived, and is then given the same entries again. */
  send(records: readonly AuditRecord[]): Promise<void>;
  close(): Promise<void>;
}

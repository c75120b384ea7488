import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { AuditOutcome } from "./audit-log.ts";

/** Which entries; what is left out or null matches everything. */
export interface AuditFilter {
  actorId?: Id | null;
  /** The beginning of an action: `session.` or `session.started`. */
  action?: string | null;
  subjectId?: Id | null;
  outcome?: AuditOutcome | null;
  /** From this instant on … */
  from?: Instant | null;
  /** … and before this one. */
  to?: Instant | null;
}

/** An entry as readers see it; names and addresses are null once they were erased. */
export interface AuditRecord {
  seq: number;
  at: Instant;
  action: string;
  outcome: AuditOutcome;
  actor: { id: Id | null; name: string | null; via: string };
  subject: { type: string; id: Id | null; name: string | null };
  address: string | null;
  userAgent: string | null;
  requestId: string | null;
  details: Record<string, unknown>;
  /** Further personal data of the subject, such as the name that was tried. */
  personal: Record<string, string>;
  /** Personal data of actor or subject was erased. */
  erased: boolean;
  previousHash: string;
  hash: string;
}

/** A place in the log: an entry's number and hash. */
export interface Head {
  seq: number;
  hash: string;
}

/** What was found wrong, and the first entry it is about. */
export interface AuditProblem {
  seq: number;
  problem: string;
}

export interface Verification {
  /** Entries that were read. */
  entries: number;
  /** The last of them: where to go on from when the end was not reached. */
  through: Head;
  /** Whether the end of the log was reached. */
  complete: boolean;
  /** The end of the log, to be noted down elsewhere and given as anchor another time. */
  head: Head;
  /** Empty when the log is whole; at most 100. */
  problems: AuditProblem[];
}

export interface VerifyOptions {
  /** A place noted down earlier, which must still be in the log. */
  anchor?: Head;
  /** Where an earlier verification ended; default: the beginning. */
  after?: Head;
  /** Reads at most so many entries; default: all. */
  maxEntries?: number;
  signal?: AbortSignal;
}

export interface AuditReader {
  /** The entries that match beyond the entry `after`, newest first or (`ascending`) oldest first. */
  read(filter: AuditFilter, page: { after: number | null; limit: number; ascending?: boolean }): Promise<AuditRecord[]>;
  /** Reads the log and finds entries that were changed, taken out, put in, moved or cut off. Changes nothing. */
  verify(options?: VerifyOptions): Promise<Verification>;
  /** The end of the log; number 0 for an empty one. */
  head(): Promise<Head>;
}

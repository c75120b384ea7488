import type { Anonymous, SignedIn } from "../../core/actor.ts";
import type { Id } from "../../core/id.ts";
import type { Queries } from "../database/database.ts";

export type AuditOutcome = "success" | "denied" | "failure";

/** Who did it, as far as the log needs to know. */
export type AuditActor = Anonymous | Pick<SignedIn, "kind" | "userId" | "username" | "via">;

/** A security-relevant act. */
export interface AuditEvent {
  /** A dotted name, the thing first, in the past tense: `session.started`, `organization.member.removed`. */
  action: string;
  outcome: AuditOutcome;
  /** Who did it; for an attempt to sign in, nobody. */
  actor: AuditActor;
  /** What it was done to; `name` is for readers and is personal data for people. */
  subject: { type: string; id: Id | null; name?: string };
  /** Small and without personal data, secrets or file contents. */
  details?: Record<string, unknown>;
  /** Personal data beside it (the name that was tried, an address); erased with the person, and never chained in clear. */
  personal?: Record<string, string>;
}

/** Keeps security-relevant acts for good: append-only, each entry's hash covering the one before. */
export interface AuditLog {
  /**
   * Writes entries in the transaction of what happened. Call it right before `outbox.append`, which is last: both take a lock
   * that lasts to the transaction's end, always in this order.
   */
  append(tx: Queries, ...events: AuditEvent[]): Promise<void>;
  /** The same in a transaction of its own, for what changes nothing else (a refused sign-in). */
  record(...events: AuditEvent[]): Promise<void>;
}

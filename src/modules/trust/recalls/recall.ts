import type { Instant } from "../../../core/clock.ts";
import type { Digest } from "../../../core/digest.ts";
import type { Id } from "../../../core/id.ts";
import type { RecallSeverity } from "../../../core/signing/recall-list.ts";

/** An administrator's order that a digest must not be used any more. */
export interface Recall {
  /** Without gaps, in the order in which they were ordered. */
  number: number;
  digest: Digest;
  assetId: Id;
  /** What it was ordered for, under its name at that time. */
  ref: string;
  version: string;
  reason: string;
  severity: RecallSeverity;
  /** A user name; null: a command on the server. */
  recalledBy: string | null;
  recalledAt: Instant;
  lifted: { at: Instant; by: string | null; reason: string } | null;
}

export const MAX_REASON = 1000;

import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";

/** A publisher's word against a refusal, and what came of it. */
export interface Appeal {
  id: Id;
  versionId: Id;
  /** The moderator's decision that it is against (its id), or `policy`. */
  decision: string;
  text: string;
  status: "open" | "granted" | "refused";
  appealedBy: string;
  createdAt: Instant;
  decidedBy: string | null;
  decidedAt: Instant | null;
  /** What the moderator said. */
  answer: string | null;
}

/** With what it is about, for lists of moderators. */
export interface AppealEntry extends Appeal {
  ref: string;
  version: string;
}

/** A refusal by the policy rather than by a person can be appealed once, however often the version is scanned. */
export const BY_POLICY = "policy";

/** Shorter ones say nothing. */
export const MIN_APPEAL = 10;

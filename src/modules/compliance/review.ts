import { type Instant, MINUTE } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { Kind, Severity } from "../../core/kind.ts";
import { SEVERITIES } from "../../core/kind.ts";

/** How long a moderator has a version after claiming it; acts on it begin the time anew. */
export const CLAIM_MS = 30 * MINUTE;

/** Texts that moderators and publishers write to each other, in characters. */
export const MAX_MESSAGE = 2000;

/** Who looks at a version, until when. */
export interface Claim {
  moderatorId: Id;
  moderator: string;
  claimedAt: Instant;
  expiresAt: Instant;
}

/** The first of two approvals. */
export interface FirstApproval {
  moderatorId: Id;
  moderator: string;
  /** The scan whose findings were seen. */
  scanId: Id | null;
  reason: string;
  at: Instant;
}

/** What a publisher was asked to change; there until it is answered or decided. */
export interface ChangeRequest {
  requestedBy: Id;
  moderator: string;
  message: string;
  at: Instant;
  /** The number of the version that was published instead. */
  supersededBy: string | null;
}

/** What is done on the way to a decision. */
export const REVIEW_ACTS = [
  "claimed",
  "taken-over",
  "released",
  "first-approval",
  "changes-requested",
  "changes-answered",
  "superseded",
  "put-back",
  "report-resolved",
  "report-dismissed",
] as const;
export type ReviewActKind = (typeof REVIEW_ACTS)[number];

/** One line of an asset's history: an act or a decision, with who and when. */
export interface ReviewAct {
  id: Id;
  versionId: Id;
  version: string;
  who: string;
  act: ReviewActKind | "approved" | "rejected";
  text: string;
  at: Instant;
}

/** What a moderator last said of a version: `held` when it was put back, or is to be changed, since the last decision. */
export interface Standing {
  standing: "approved" | "rejected" | "held";
  reason: string;
  at: Instant;
}

/** The newest decision about a version. */
export interface LastDecision {
  id: Id;
  moderatorId: Id;
  moderator: string;
  decision: "approved" | "rejected";
  reason: string;
  at: Instant;
}

/** `[policy]` of the configuration, as far as it says who decides. */
export interface ReviewRules {
  /** Moderators may approve what they published themselves. */
  allowSelfReview: boolean;
  /** Every version wants two approvals. */
  twoPerson: boolean;
  /** Versions with a finding of this severity and above want two. */
  twoPersonSeverity: Severity | "none";
  /** Versions of these kinds want two. */
  twoPersonKinds: readonly Kind[];
}

/** Whether a version of this kind with these findings needs two moderators to be approved. */
export function needsTwo(rules: ReviewRules, subject: { kind: Kind; severities: readonly Severity[] }): boolean {
  if (rules.twoPerson || rules.twoPersonKinds.includes(subject.kind)) return true;
  const { twoPersonSeverity: least } = rules;
  if (least === "none") return false;
  return subject.severities.some((severity) => SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least));
}

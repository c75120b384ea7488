import type { Instant } from "../../core/clock.ts";
import { validationError } from "../../core/error.ts";
import type { Id } from "../../core/id.ts";
import { KINDS, type Kind, SEVERITIES, type Severity } from "../../core/kind.ts";

/** What there is to look at in a version; one can have several. */
export const REVIEW_CAUSES = [
  "findings",
  "capabilities",
  "first-version",
  "unsigned",
  "report",
  "appeal",
  "scan-failed",
] as const;
export type ReviewCause = (typeof REVIEW_CAUSES)[number];

/** `waiting`: for a moderator. `changes`: for the publisher, who was asked for changes. */
export const QUEUE_STATES = ["waiting", "changes"] as const;
export const QUEUE_CLAIMS = ["mine", "unclaimed", "others"] as const;

export interface QueueFilter {
  state: (typeof QUEUE_STATES)[number];
  kind: Kind | null;
  /** The gravest finding is at least this. */
  severity: Severity | null;
  cause: ReviewCause | null;
  claim: (typeof QUEUE_CLAIMS)[number] | null;
}

/** Reads the filters as a query string gives them: empty means any. Throws VALIDATION_ERROR. */
export function parseQueueFilter(query: Record<string, string | undefined>): QueueFilter {
  const oneOf = <T extends string>(field: string, allowed: readonly T[]): T | null => {
    const value = query[field] ?? "";
    if (value === "") return null;
    const found = allowed.find((one) => one === value);
    if (found === undefined) throw validationError({ field, message: `must be one of ${allowed.join(", ")}.` });
    return found;
  };
  return {
    state: oneOf("state", QUEUE_STATES) ?? "waiting",
    kind: oneOf("kind", KINDS),
    severity: oneOf("severity", SEVERITIES),
    cause: oneOf("reason", REVIEW_CAUSES),
    claim: oneOf("claim", QUEUE_CLAIMS),
  };
}

/** A version that waits for a moderator or its publisher; the longest waiting comes first in the queue. */
export interface QueueEntry {
  versionId: Id;
  assetId: Id;
  ref: string;
  kind: Kind;
  title: string;
  version: string;
  status: "under_review" | "scan_failed" | "appealed";
  /** Why the policy sent it here, or why its scan failed. */
  reason: string | null;
  causes: ReviewCause[];
  publisher: string;
  findings: number;
  /** The gravest finding's severity. */
  worst: Severity | null;
  /** Abilities, of the kinds that the policy watches, that the latest version does not have. */
  gained: number;
  /** Nothing of this asset is published. */
  firstVersion: boolean;
  /** Open reports on the asset. */
  reports: number;
  claim: { moderator: string; mine: boolean; expiresAt: Instant } | null;
  /** Who approved it first, where it wants two. */
  firstApproval: string | null;
  waitingSince: Instant;
}

/** How much there is to do. */
export interface QueueCounts {
  waiting: number;
  changes: number;
  reports: number;
}

import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { Severity } from "../../core/kind.ts";
import type { Finding, ScannerOutcome } from "../../platform/scanning/scanner.ts";

/** One run of every scanner over one version. `failed` means that no verdict was reached: the version stays pending. */
export interface Scan {
  id: Id;
  versionId: Id;
  status: "queued" | "running" | "completed" | "failed";
  verdict: "passed" | "review" | "blocked" | null;
  outcomes: ScannerOutcome[];
  error: string | null;
  policyReason: string | null;
  createdAt: Instant;
  startedAt: Instant | null;
  finishedAt: Instant | null;
}

export interface ScanWithFindings extends Scan {
  findings: Finding[];
}

/** What a moderator decided, as the asset's page and the queue show it. */
export interface ModerationDecision {
  decision: "approved" | "rejected";
  reason: string;
  moderator: string;
  at: Instant;
}

/** A version that waits for a moderator, oldest first in the queue. */
export interface QueueEntry {
  versionId: Id;
  assetId: Id;
  ref: string;
  kind: string;
  title: string;
  version: string;
  status: "under_review" | "scan_failed";
  reason: string | null;
  publisher: string;
  findings: number;
  /** The gravest finding's severity. */
  worst: Severity | null;
  /** Nothing of this asset was published before. */
  firstVersion: boolean;
  waitingSince: Instant;
}

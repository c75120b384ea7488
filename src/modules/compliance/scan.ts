import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { Finding, ScannerOutcome } from "../../platform/scanning/scanner.ts";
import type { Consequence } from "./policy.ts";

/** One run of every scanner over one version. `failed` means that no verdict was reached: the version stays pending. */
export interface Scan {
  id: Id;
  versionId: Id;
  status: "queued" | "running" | "completed" | "failed";
  verdict: "passed" | "review" | "blocked" | null;
  outcomes: ScannerOutcome[];
  error: string | null;
  policyReason: string | null;
  /** What the policy alone said; null for scans of before it was kept. */
  policyVerdict: "passed" | "review" | "blocked" | null;
  createdAt: Instant;
  startedAt: Instant | null;
  finishedAt: Instant | null;
}

/** A finding with what it led to when it was judged; null where that was not kept. */
export interface ShownFinding extends Finding {
  consequence: Consequence | null;
  /** The setting that said so. */
  because: string | null;
  /** The accepted explanation that let it pass. */
  suppressionId: Id | null;
}

export interface ScanWithFindings extends Scan {
  findings: ShownFinding[];
}

/** What a moderator decided, as the asset's page and the queue show it. */
export interface ModerationDecision {
  decision: "approved" | "rejected";
  reason: string;
  moderator: string;
  at: Instant;
}

import { type Id, newId } from "../../core/id.ts";
import type { Severity } from "../../core/kind.ts";
import type { Queries } from "../../platform/database/index.ts";
import type { Finding, ScannerOutcome } from "../../platform/scanning/scanner.ts";
import type { JudgedFinding } from "./judge-report.ts";
import type { Consequence } from "./policy.ts";
import type { ModerationDecision, Scan, ShownFinding } from "./scan.ts";

type ScanRow = Awaited<ReturnType<ReturnType<typeof scanQuery>["execute"]>>[number];
const scanQuery = (q: Queries) => q.selectFrom("scans").selectAll();

const toScan = (row: ScanRow): Scan => ({
  id: row.id,
  versionId: row.version_id,
  status: row.status,
  verdict: row.verdict as Scan["verdict"],
  outcomes: JSON.parse(row.outcomes) as ScannerOutcome[],
  error: row.error,
  policyReason: row.policy_reason,
  policyVerdict: row.policy_verdict as Scan["policyVerdict"],
  createdAt: row.created_at,
  startedAt: row.started_at,
  finishedAt: row.finished_at,
});

/** Newest first, at most `limit`. */
export const scansOf = async (q: Queries, versionId: Id, limit = 20): Promise<Scan[]> =>
  (
    await scanQuery(q)
      .where("version_id", "=", versionId)
      .orderBy("created_at", "desc")
      .orderBy("id", "desc")
      .limit(limit)
      .execute()
  ).map(toScan);

/** The scan that is still to be done (also one that a crash left running). */
export const openScanOf = async (q: Queries, versionId: Id): Promise<Scan | null> =>
  (
    await scanQuery(q)
      .where("version_id", "=", versionId)
      .where("status", "in", ["queued", "running"])
      .orderBy("created_at", "desc")
      .limit(1)
      .execute()
  ).map(toScan)[0] ?? null;

export async function insertScan(tx: Queries, scan: { id: Id; versionId: Id; requestedBy: Id | null; at: string }) {
  await tx
    .insertInto("scans")
    .values({
      id: scan.id,
      version_id: scan.versionId,
      status: "queued",
      verdict: null,
      error: null,
      policy_reason: null,
      requested_by: scan.requestedBy,
      created_at: scan.at,
      started_at: null,
      finished_at: null,
    })
    .execute();
}

export async function markRunning(tx: Queries, scanId: Id, at: string): Promise<void> {
  await tx.updateTable("scans").set({ status: "running", started_at: at }).where("id", "=", scanId).execute();
}

/** No verdict came of it; `again` says that the job will be tried once more. */
export async function markFailed(
  tx: Queries,
  scanId: Id,
  failure: { error: string; outcomes: ScannerOutcome[]; again: boolean; at: string },
): Promise<void> {
  await tx
    .updateTable("scans")
    .set({
      status: failure.again ? "queued" : "failed",
      error: failure.error.slice(0, 1000),
      outcomes: JSON.stringify(failure.outcomes),
      finished_at: failure.again ? null : failure.at,
    })
    .where("id", "=", scanId)
    .execute();
}

const FINDING_ROWS_PER_INSERT = 200;

/** Findings and verdict of a scan that every scanner completed. Running it twice leaves the same rows. */
export async function completeScan(
  tx: Queries,
  scanId: Id,
  result: {
    verdict: "passed" | "review" | "blocked";
    reason: string | null;
    policyVerdict: "passed" | "review" | "blocked";
    outcomes: ScannerOutcome[];
    findings: (Finding & { judged: JudgedFinding })[];
    at: string;
  },
): Promise<void> {
  await tx.deleteFrom("findings").where("scan_id", "=", scanId).execute();
  const rows = result.findings.map((finding, position) => ({
    id: newId(),
    scan_id: scanId,
    position,
    scanner: finding.scanner,
    rule_id: finding.ruleId,
    severity: finding.severity,
    category: finding.category,
    path: finding.path,
    line: finding.line,
    column_number: finding.column,
    excerpt: finding.excerpt,
    message: finding.message,
    remedy: finding.remedy,
    consequence: finding.judged.consequence,
    because: finding.judged.because,
    suppression_id: finding.judged.suppressionId,
  }));
  for (let i = 0; i < rows.length; i += FINDING_ROWS_PER_INSERT)
    await tx
      .insertInto("findings")
      .values(rows.slice(i, i + FINDING_ROWS_PER_INSERT))
      .execute();
  await tx
    .updateTable("scans")
    .set({
      status: "completed",
      verdict: result.verdict,
      policy_reason: result.reason,
      policy_verdict: result.policyVerdict,
      outcomes: JSON.stringify(result.outcomes),
      error: null,
      finished_at: result.at,
    })
    .where("id", "=", scanId)
    .execute();
}

/** What a scan found, each with what it led to when it was judged. */
export async function findingsOf(q: Queries, scanId: Id): Promise<ShownFinding[]> {
  const rows = await q.selectFrom("findings").selectAll().where("scan_id", "=", scanId).orderBy("position").execute();
  return rows.map((row) => ({
    scanner: row.scanner,
    ruleId: row.rule_id,
    severity: row.severity as Severity,
    category: row.category,
    path: row.path,
    line: row.line,
    column: row.column_number,
    excerpt: row.excerpt,
    message: row.message,
    remedy: row.remedy,
    consequence: row.consequence as Consequence | null,
    because: row.because,
    suppressionId: row.suppression_id,
  }));
}

/** Writes what the findings of a scan lead to by now, in their order. */
export async function rejudgeScan(
  tx: Queries,
  scanId: Id,
  result: Pick<Scan, "verdict" | "policyReason" | "policyVerdict"> & { byFinding: readonly JudgedFinding[] },
): Promise<void> {
  const groups = Map.groupBy(result.byFinding.entries(), ([, judged]) => JSON.stringify(judged));
  for (const members of groups.values()) {
    const [[, judged]] = members as [[number, JudgedFinding]];
    const positions = members.map(([position]) => position);
    for (let i = 0; i < positions.length; i += FINDING_ROWS_PER_INSERT)
      await tx
        .updateTable("findings")
        .set({ consequence: judged.consequence, because: judged.because, suppression_id: judged.suppressionId })
        .where("scan_id", "=", scanId)
        .where("position", "in", positions.slice(i, i + FINDING_ROWS_PER_INSERT))
        .execute();
  }
  await tx
    .updateTable("scans")
    .set({ verdict: result.verdict, policy_reason: result.policyReason, policy_verdict: result.policyVerdict })
    .where("id", "=", scanId)
    .execute();
}

export async function insertDecision(
  tx: Queries,
  decision: { versionId: Id; moderatorId: Id; decision: "approved" | "rejected"; reason: string; at: string },
): Promise<void> {
  await tx
    .insertInto("moderation_decisions")
    .values({
      id: newId(),
      version_id: decision.versionId,
      moderator_id: decision.moderatorId,
      decision: decision.decision,
      reason: decision.reason,
      created_at: decision.at,
    })
    .execute();
}

/** Newest first. */
export async function decisionsOf(q: Queries, versionId: Id): Promise<ModerationDecision[]> {
  const rows = await q
    .selectFrom("moderation_decisions")
    .innerJoin("users", "users.id", "moderation_decisions.moderator_id")
    .select([
      "moderation_decisions.decision",
      "moderation_decisions.reason",
      "moderation_decisions.created_at",
      "users.username",
    ])
    .where("version_id", "=", versionId)
    .orderBy("moderation_decisions.created_at", "desc")
    .orderBy("moderation_decisions.id", "desc")
    .execute();
  return rows.map((r) => ({ decision: r.decision, reason: r.reason, moderator: r.username, at: r.created_at }));
}

/** Signatures of the version by keys that are not revoked. */
export async function liveSignatures(q: Queries, versionId: Id): Promise<number> {
  const rows = await q
    .selectFrom("signatures")
    .innerJoin("signing_keys", "signing_keys.id", "signatures.signing_key_id")
    .select("signatures.id")
    .where("signatures.version_id", "=", versionId)
    .where("signing_keys.revoked_at", "is", null)
    .execute();
  return rows.length;
}

/** What the newest completed scan of each version found (nothing, where there was none), in order of version id behind `after`. */
export async function latestCompletedScans(
  q: Queries,
  after: Id,
  limit: number,
): Promise<{ versionId: Id; outcomes: ScannerOutcome[] }[]> {
  const versions = await q
    .selectFrom("versions")
    .select("id")
    .where("id", ">", after)
    .orderBy("id")
    .limit(limit)
    .execute();
  if (versions.length === 0) return [];
  const ids = versions.map((version) => version.id);
  const scans = await q
    .selectFrom("scans")
    .select(["version_id", "outcomes", "created_at"])
    .where("version_id", "in", ids)
    .where("status", "=", "completed")
    .orderBy("created_at")
    .execute();
  const newest = new Map(scans.map((scan) => [scan.version_id, scan.outcomes]));
  return ids.map((versionId) => ({ versionId, outcomes: JSON.parse(newest.get(versionId) ?? "[]") }));
}

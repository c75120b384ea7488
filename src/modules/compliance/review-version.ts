import type { Actor } from "../../core/actor.ts";
import { AppError, conflict, forbidden } from "../../core/error.ts";
import type { Id } from "../../core/id.ts";
import type { Queries } from "../../platform/database/index.ts";
import type { Finding } from "../../platform/scanning/scanner.ts";
import { decideVersion } from "../catalog/index.ts";
import type { ComplianceDeps } from "./deps.ts";
import * as repository from "./repository.ts";
import { type LastDecision, needsTwo } from "./review.ts";
import * as reviews from "./review-repository.ts";
import { messageOf, requireFree, reviewStep, type Subject, type Traces } from "./review-step.ts";
import { mayLetThrough, settleAppeal } from "./settle-appeal.ts";

/** What came of an approval: the version is let through, or waits for another moderator's. */
export type Approval = "approved" | "first-approval";

/**
 * Lets a version in review through (an administrator also a blocked one). The reason is shown to everyone. `seenScan` is the scan
 * whose findings the moderator read: CONFLICT with the new ones when a later scan found more. Doing it again changes nothing.
 * FORBIDDEN for what the moderator published, unless the configuration allows it; it is never one of two approvals.
 */
export async function approveVersion(
  deps: ComplianceDeps,
  actor: Actor,
  versionId: Id,
  reason: string,
  seenScan: Id | null = null,
): Promise<Approval> {
  let approval: Approval = "approved";
  await reviewStep(deps, actor, versionId, async (tx, subject) => {
    approval = "approved";
    const text = messageOf("reason", reason, { optional: true, empty: "" });
    if (await repeats(tx, subject, "approved")) return null;
    requireOthersWork(deps, subject);
    await requireApprovable(tx, deps, subject);
    requireFree(subject);
    const scan = await reviews.newestCompletedScan(tx, subject.version.id);
    await requireSeen(tx, scan, seenScan);
    const severities = scan ? (await repository.findingsOf(tx, scan)).map((finding) => finding.severity) : [];
    if (!needsTwo(deps.review, { kind: subject.asset.kind, severities }))
      return decide(tx, deps, subject, "approved", text);
    if (isOwnWork(subject)) throw forbidden("Two other moderators decide about your own publication.");
    const first = await standingFirst(tx, subject, scan);
    if (first !== null && first !== subject.moderator.userId) return decide(tx, deps, subject, "approved", text);
    approval = "first-approval";
    return first === null ? approveFirst(tx, subject, scan, text) : null;
  });
  return approval;
}

/**
 * Refuses a version in review, or takes a published one back. The reason is told to the publisher, so it is required. Doing it again
 * changes nothing.
 */
export function rejectVersion(deps: ComplianceDeps, actor: Actor, versionId: Id, reason: string): Promise<void> {
  return reviewStep(deps, actor, versionId, async (tx, subject) => {
    const text = messageOf("reason", reason, { empty: "tell the publisher why." });
    if (await repeats(tx, subject, "rejected")) return null;
    if (subject.version.status === "blocked")
      throw await decidedAlready(tx, subject, "This version is blocked already.");
    if (subject.version.status === "scanning") throw conflict("This version is still being scanned.");
    requireFree(subject);
    return decide(tx, deps, subject, "rejected", text);
  });
}

const SETTLED = { approved: ["published", "ready"], rejected: ["blocked"] } as const;

/** Whether the moderator decided just this before, and it still holds. */
async function repeats(tx: Queries, { version, moderator }: Subject, decision: "approved" | "rejected") {
  const last = await reviews.lastDecision(tx, version.id);
  const holds = (SETTLED[decision] as readonly string[]).includes(version.status);
  return holds && last?.decision === decision && last.moderatorId === moderator.userId;
}

const isOwnWork = ({ asset, version, moderator }: Subject): boolean =>
  version.publishedBy === moderator.userId || asset.namespaceId === moderator.namespaceId;

function requireOthersWork(deps: ComplianceDeps, subject: Subject): void {
  if (isOwnWork(subject) && !deps.review.allowSelfReview)
    throw forbidden(
      "This is your own publication: another moderator decides about it. (An administrator can allow it: policy.allow_self_review.)",
    );
}

async function requireApprovable(tx: Queries, deps: ComplianceDeps, subject: Subject): Promise<void> {
  const { status } = subject.version;
  if (status === "under_review" || (status === "blocked" && (await mayLetThrough(tx, deps, subject)))) return;
  throw await decidedAlready(
    tx,
    subject,
    status === "blocked"
      ? `This version is blocked; only ${deps.policy.override === "admin" ? "an administrator" : "a moderator"} may let it through.`
      : `This version is ${status}; there is nothing to approve.`,
  );
}

/** CONFLICT that says who decided what, where somebody did. */
async function decidedAlready(tx: Queries, { version }: Subject, otherwise: string): Promise<AppError> {
  const last = await reviews.lastDecision(tx, version.id);
  return last === null ? conflict(otherwise) : decidedBy(last, otherwise);
}

const decidedBy = (last: LastDecision, otherwise: string): AppError =>
  new AppError(
    "CONFLICT",
    `${otherwise} ${last.moderator} ${last.decision} it at ${last.at}${last.reason === "" ? "." : `: ${last.reason}`}`,
    { details: { decision: last.decision, moderator: last.moderator, reason: last.reason, decided_at: last.at } },
  );

const placeOf = ({ ruleId, path, line, message }: Finding): string => JSON.stringify([ruleId, path, line, message]);

/** Findings of one scan that another did not have. */
async function added(tx: Queries, since: Id, now: Id): Promise<Finding[]> {
  const seen = new Set((await repository.findingsOf(tx, since)).map(placeOf));
  return (await repository.findingsOf(tx, now)).filter((finding) => !seen.has(placeOf(finding)));
}

const SHOWN = 20;

async function requireSeen(tx: Queries, newest: Id | null, seen: Id | null): Promise<void> {
  if (newest === null || seen === null || seen === newest) return;
  const fresh = await added(tx, seen, newest);
  if (fresh.length === 0) return;
  const named = fresh
    .slice(0, 3)
    .map(({ message, path, line }) => `${message}${path ? ` (${path}:${line ?? 1})` : ""}`);
  throw new AppError(
    "CONFLICT",
    `A scan found more since you looked: ${named.join(" ")} Look at the version again before you approve it.`,
    {
      details: {
        scan_id: newest,
        findings: fresh
          .slice(0, SHOWN)
          .map(({ ruleId, severity, path, line, message }) => ({ rule_id: ruleId, severity, path, line, message })),
      },
    },
  );
}

/** Who approved it first, as long as no scan found more since; what is outdated goes. */
async function standingFirst(tx: Queries, { version }: Subject, newest: Id | null): Promise<Id | null> {
  const first = await reviews.firstApprovalOf(tx, version.id);
  if (first === null) return null;
  if (first.scanId === newest || newest === null) return first.moderatorId;
  if (first.scanId !== null && (await added(tx, first.scanId, newest)).length === 0) return first.moderatorId;
  await reviews.deleteFirstApproval(tx, version.id);
  return null;
}

async function approveFirst(tx: Queries, subject: Subject, scanId: Id | null, reason: string): Promise<Traces> {
  const { version, moderator, at } = subject;
  await reviews.insertFirstApproval(tx, { versionId: version.id, moderatorId: moderator.userId, scanId, reason, at });
  await reviews.deleteClaim(tx, version.id);
  await reviews.insertAct(tx, {
    versionId: version.id,
    actorId: moderator.userId,
    act: "first-approval",
    text: reason,
    at,
  });
  return { action: "review.first_approval" };
}

async function decide(
  tx: Queries,
  deps: ComplianceDeps,
  subject: Subject,
  decision: "approved" | "rejected",
  reason: string,
): Promise<Traces> {
  const { version, moderator, at } = subject;
  await settleAppeal(tx, deps, subject, decision, reason);
  await repository.insertDecision(tx, { versionId: version.id, moderatorId: moderator.userId, decision, reason, at });
  await reviews.endReview(tx, version.id);
  const verdict = decision === "approved" ? "passed" : "blocked";
  const events = await decideVersion(tx, deps.clock, version.id, { verdict, reason: reason || null });
  await deps.onDecided(tx, version.id, verdict);
  return { action: `asset.version.${decision}`, details: { was: version.status }, events };
}

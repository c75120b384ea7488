import type { Instant } from "../../core/clock.ts";
import { type Id, newId } from "../../core/id.ts";
import type { Queries } from "../../platform/database/index.ts";
import type { ChangeRequest, Claim, FirstApproval, LastDecision, ReviewActKind, Standing } from "./review.ts";

/** The claim that holds at `at`; null for none. */
export async function claimOf(q: Queries, versionId: Id, at: Instant): Promise<Claim | null> {
  const row = await q
    .selectFrom("review_claims")
    .innerJoin("users", "users.id", "review_claims.moderator_id")
    .select(["moderator_id", "users.username", "claimed_at", "expires_at"])
    .where("version_id", "=", versionId)
    .where("expires_at", ">", at)
    .executeTakeFirst();
  return row
    ? { moderatorId: row.moderator_id, moderator: row.username, claimedAt: row.claimed_at, expiresAt: row.expires_at }
    : null;
}

/** Gives a version to a moderator, whoever had it; the caller has locked its asset. */
export async function putClaim(
  tx: Queries,
  claim: { versionId: Id; moderatorId: Id; at: Instant; expiresAt: Instant },
): Promise<void> {
  const { moderatorId, at, expiresAt } = claim;
  await tx
    .insertInto("review_claims")
    .values({ version_id: claim.versionId, moderator_id: moderatorId, claimed_at: at, expires_at: expiresAt })
    .onConflict((conflict) =>
      conflict.column("version_id").doUpdateSet({ moderator_id: moderatorId, claimed_at: at, expires_at: expiresAt }),
    )
    .execute();
}

/** Moves the end of a claim on, where it is still this moderator's. */
export async function renewClaim(
  tx: Queries,
  claim: { versionId: Id; moderatorId: Id; at: Instant; expiresAt: Instant },
): Promise<void> {
  await tx
    .updateTable("review_claims")
    .set({ expires_at: claim.expiresAt })
    .where("version_id", "=", claim.versionId)
    .where("moderator_id", "=", claim.moderatorId)
    .where("expires_at", ">", claim.at)
    .execute();
}

export async function deleteClaim(tx: Queries, versionId: Id): Promise<void> {
  await tx.deleteFrom("review_claims").where("version_id", "=", versionId).execute();
}

export async function firstApprovalOf(q: Queries, versionId: Id): Promise<FirstApproval | null> {
  const row = await q
    .selectFrom("review_first_approvals")
    .innerJoin("users", "users.id", "review_first_approvals.moderator_id")
    .select(["moderator_id", "users.username", "scan_id", "reason", "review_first_approvals.created_at"])
    .where("version_id", "=", versionId)
    .executeTakeFirst();
  return row
    ? {
        moderatorId: row.moderator_id,
        moderator: row.username,
        scanId: row.scan_id,
        reason: row.reason,
        at: row.created_at,
      }
    : null;
}

export async function insertFirstApproval(
  tx: Queries,
  approval: { versionId: Id; moderatorId: Id; scanId: Id | null; reason: string; at: Instant },
): Promise<void> {
  await tx
    .insertInto("review_first_approvals")
    .values({
      version_id: approval.versionId,
      moderator_id: approval.moderatorId,
      scan_id: approval.scanId,
      reason: approval.reason,
      created_at: approval.at,
    })
    .execute();
}

export async function deleteFirstApproval(tx: Queries, versionId: Id): Promise<void> {
  await tx.deleteFrom("review_first_approvals").where("version_id", "=", versionId).execute();
}

export async function changeRequestOf(q: Queries, versionId: Id): Promise<ChangeRequest | null> {
  const row = await q
    .selectFrom("review_change_requests")
    .innerJoin("users", "users.id", "review_change_requests.requested_by")
    .leftJoin("versions as successor", "successor.id", "review_change_requests.successor_id")
    .select(["requested_by", "users.username", "message", "review_change_requests.created_at", "successor.version"])
    .where("version_id", "=", versionId)
    .executeTakeFirst();
  return row
    ? {
        requestedBy: row.requested_by,
        moderator: row.username,
        message: row.message,
        at: row.created_at,
        supersededBy: row.version,
      }
    : null;
}

export async function insertChangeRequest(
  tx: Queries,
  request: { versionId: Id; requestedBy: Id; message: string; at: Instant },
): Promise<void> {
  await tx
    .insertInto("review_change_requests")
    .values({
      version_id: request.versionId,
      requested_by: request.requestedBy,
      message: request.message,
      successor_id: null,
      created_at: request.at,
    })
    .execute();
}

export async function deleteChangeRequest(tx: Queries, versionId: Id): Promise<void> {
  await tx.deleteFrom("review_change_requests").where("version_id", "=", versionId).execute();
}

/** Notes of all other versions of the asset whose publisher was asked for changes that this one takes their place; answers which. */
export async function supersedeChangeRequests(tx: Queries, asset: { id: Id }, successorId: Id): Promise<Id[]> {
  const rows = await tx
    .selectFrom("review_change_requests")
    .innerJoin("versions", "versions.id", "review_change_requests.version_id")
    .select("versions.id")
    .where("versions.id", "<>", successorId)
    .where("versions.asset_id", "=", asset.id)
    .where("successor_id", "is", null)
    .execute();
  const ids = rows.map((row) => row.id);
  if (ids.length > 0)
    await tx
      .updateTable("review_change_requests")
      .set({ successor_id: successorId })
      .where("version_id", "in", ids)
      .execute();
  return ids;
}

export async function insertAct(
  tx: Queries,
  act: { versionId: Id; actorId: Id; act: ReviewActKind; text?: string; at: Instant },
): Promise<void> {
  await tx
    .insertInto("review_acts")
    .values({
      id: newId(),
      version_id: act.versionId,
      actor_id: act.actorId,
      act: act.act,
      text: act.text ?? "",
      created_at: act.at,
    })
    .execute();
}

/** Acts that keep a version in review until a moderator decides, whatever a scan says meanwhile. */
const HOLDING: readonly ReviewActKind[] = ["put-back", "changes-requested"];

export async function lastDecision(q: Queries, versionId: Id): Promise<LastDecision | null> {
  const row = await q
    .selectFrom("moderation_decisions")
    .innerJoin("users", "users.id", "moderation_decisions.moderator_id")
    .select([
      "moderation_decisions.id",
      "moderator_id",
      "users.username",
      "decision",
      "reason",
      "moderation_decisions.created_at",
    ])
    .where("version_id", "=", versionId)
    .orderBy("moderation_decisions.created_at", "desc")
    .orderBy("moderation_decisions.id", "desc")
    .limit(1)
    .executeTakeFirst();
  return row
    ? {
        id: row.id,
        moderatorId: row.moderator_id,
        moderator: row.username,
        decision: row.decision,
        reason: row.reason,
        at: row.created_at,
      }
    : null;
}

/** What a moderator last said of a version; null: nobody said anything. */
export async function standingOf(q: Queries, versionId: Id): Promise<Standing | null> {
  const decision = await lastDecision(q, versionId);
  const hold = await q
    .selectFrom("review_acts")
    .select(["text", "created_at as at", "id"])
    .where("version_id", "=", versionId)
    .where("act", "in", HOLDING)
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  const order = (row: { at: string; id: string }) => `${row.at} ${row.id}`;
  if (hold && (!decision || order(hold) > order(decision))) return { standing: "held", reason: hold.text, at: hold.at };
  return decision ? { standing: decision.decision, reason: decision.reason, at: decision.at } : null;
}

/** Nobody has the version any more, half an approval is gone, and nothing is asked of its publisher. */
export async function endReview(tx: Queries, versionId: Id): Promise<void> {
  await deleteClaim(tx, versionId);
  await deleteFirstApproval(tx, versionId);
  await deleteChangeRequest(tx, versionId);
}

/** The scan whose findings stand; null when none completed. */
export async function newestCompletedScan(q: Queries, versionId: Id): Promise<Id | null> {
  const row = await q
    .selectFrom("scans")
    .select("id")
    .where("version_id", "=", versionId)
    .where("status", "=", "completed")
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? null;
}

/** The scan whose findings stood at that time; null when none had completed. */
export async function completedScanAt(q: Queries, versionId: Id, at: Instant): Promise<Id | null> {
  const row = await q
    .selectFrom("scans")
    .select("id")
    .where("version_id", "=", versionId)
    .where("status", "=", "completed")
    .where("finished_at", "<=", at)
    .orderBy("finished_at", "desc")
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? null;
}

/** Where a person is written to; null for an account that is disabled or erased. */
export async function recipientOf(q: Queries, userId: Id): Promise<{ email: string; username: string } | null> {
  const row = await q
    .selectFrom("users")
    .select(["email", "username"])
    .where("id", "=", userId)
    .where("status", "=", "active")
    .where("erased_at", "is", null)
    .executeTakeFirst();
  return row ?? null;
}

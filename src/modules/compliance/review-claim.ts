import type { Actor } from "../../core/actor.ts";
import type { Id } from "../../core/id.ts";
import type { ComplianceDeps } from "./deps.ts";
import type { Claim } from "./review.ts";
import * as repository from "./review-repository.ts";
import { requireFree, reviewStep } from "./review-step.ts";

/**
 * Takes a version for 30 minutes, or for 30 more; of several moderators at once one gets it, the others CONFLICT with who has it.
 * `takeOver` takes it from whoever has it.
 */
export async function claimVersion(
  deps: ComplianceDeps,
  actor: Actor,
  versionId: Id,
  takeOver: boolean,
): Promise<Claim> {
  let made: Claim | null = null;
  await reviewStep(deps, actor, versionId, async (tx, subject) => {
    if (!takeOver) requireFree(subject);
    const { claim, moderator, at, claimEnds: expiresAt } = subject;
    const mine = claim?.moderatorId === moderator.userId;
    made = {
      moderatorId: moderator.userId,
      moderator: moderator.username,
      claimedAt: mine ? claim.claimedAt : at,
      expiresAt,
    };
    const term = { versionId: subject.version.id, moderatorId: moderator.userId, at, expiresAt };
    if (mine) {
      await repository.renewClaim(tx, term);
      return null;
    }
    await repository.putClaim(tx, term);
    const act = claim === null ? "claimed" : "taken-over";
    await repository.insertAct(tx, {
      versionId: subject.version.id,
      actorId: moderator.userId,
      act,
      text: claim === null ? "" : `from ${claim.moderator}`,
      at,
    });
    return { action: `review.${act.replace("-", "_")}` };
  });
  return made as unknown as Claim;
}

/** Gives a version back to the queue. Without effect when nobody has it; CONFLICT when somebody else does. */
export function releaseVersion(deps: ComplianceDeps, actor: Actor, versionId: Id): Promise<void> {
  return reviewStep(deps, actor, versionId, async (tx, subject) => {
    if (subject.claim === null) return null;
    requireFree(subject);
    await repository.deleteClaim(tx, subject.version.id);
    await repository.insertAct(tx, {
      versionId: subject.version.id,
      actorId: subject.moderator.userId,
      act: "released",
      at: subject.at,
    });
    return { action: "review.released" };
  });
}

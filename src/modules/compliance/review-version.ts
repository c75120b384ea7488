import type { Actor } from "../../core/actor.ts";
import { instant } from "../../core/clock.ts";
import { conflict, validationError, versionNotFound } from "../../core/error.ts";
import type { Id } from "../../core/id.ts";
import { isAdmin, requireModerator } from "../../core/permission.ts";
import { assetById, auditSubject, decideVersion, lockAsset, type Version, versionById } from "../catalog/index.ts";
import type { ComplianceDeps } from "./deps.ts";
import * as repository from "./repository.ts";

const MAX_REASON = 2000;

/** Lets a version in review through (an administrator also a blocked one). The reason is shown to everyone. */
export function approveVersion(deps: ComplianceDeps, actor: Actor, versionId: Id, reason: string): Promise<void> {
  return decide(deps, actor, versionId, "approved", reason, (version) => {
    if (version.status === "under_review") return;
    if (version.status === "blocked" && isAdmin(actor)) return;
    throw conflict(
      version.status === "blocked"
        ? "This version is blocked; only an administrator may let it through."
        : `This version is ${version.status}; there is nothing to approve.`,
    );
  });
}

/** Refuses a version in review, or takes a published one back. The reason is told to the publisher, so it is required. */
export function rejectVersion(deps: ComplianceDeps, actor: Actor, versionId: Id, reason: string): Promise<void> {
  if (reason.trim() === "") throw validationError({ field: "reason", message: "tell the publisher why." });
  return decide(deps, actor, versionId, "rejected", reason, (version) => {
    if (version.status === "blocked") throw conflict("This version is blocked already.");
    if (version.status === "scanning") throw conflict("This version is still being scanned.");
  });
}

async function decide(
  deps: ComplianceDeps,
  actor: Actor,
  versionId: Id,
  decision: "approved" | "rejected",
  reason: string,
  check: (version: Version) => void,
): Promise<void> {
  requireModerator(actor);
  const { database, clock } = deps;
  await database.write(async (tx) => {
    const found = await versionById(tx, versionId);
    if (!found) throw versionNotFound(versionId);
    await lockAsset(tx, found.assetId);
    const version = (await versionById(tx, versionId)) as Version;
    const asset = await assetById(tx, version.assetId);
    if (!asset || asset.deletedAt !== null) throw versionNotFound(versionId);
    check(version);
    await repository.insertDecision(tx, {
      versionId,
      moderatorId: actor.userId,
      decision,
      reason: reason.slice(0, MAX_REASON),
      at: instant(clock.now()),
    });
    const verdict = decision === "approved" ? "passed" : "blocked";
    const events = await decideVersion(tx, clock, versionId, { verdict, reason: reason.slice(0, MAX_REASON) || null });
    await deps.onDecided(tx, versionId, verdict);
    await deps.audit.append(tx, {
      action: `asset.version.${decision}`,
      outcome: "success",
      actor,
      subject: auditSubject(asset),
      details: { versionId, version: version.version, was: version.status },
    });
    await deps.outbox.append(tx, ...events.map((event) => ({ ...event, actorId: actor.userId })));
  });
  deps.outbox.announce();
  deps.jobs.wake();
}

import type { Actor, SignedIn } from "../../core/actor.ts";
import { instant } from "../../core/clock.ts";
import { conflict, forbidden } from "../../core/error.ts";
import type { Id } from "../../core/id.ts";
import { mayAsset, requireScope } from "../../core/permission.ts";
import type { Queries } from "../../platform/database/index.ts";
import {
  auditSubject,
  type CatalogModule,
  decideVersion,
  factsOf,
  lockAsset,
  refOf,
  versionById,
  waitAgain,
} from "../catalog/index.ts";
import type { ComplianceDeps } from "./deps.ts";
import { changesRequestedMail } from "./review-mails.ts";
import * as reviews from "./review-repository.ts";
import { messageOf, requireFree, reviewStep } from "./review-step.ts";

/**
 * Asks the publisher of a version in review to change something; it leaves the queue until they answer, or publish another version.
 * They read the message, and get it as a mail.
 */
export function requestChanges(deps: ComplianceDeps, actor: Actor, versionId: Id, message: string): Promise<void> {
  return reviewStep(deps, actor, versionId, async (tx, subject) => {
    const { asset, version, moderator, at } = subject;
    const text = messageOf("reason", message, { empty: "tell the publisher what to change." });
    if (version.status !== "under_review")
      throw conflict(`This version is ${version.status}; changes are asked for while it is in review.`);
    requireFree(subject);
    const open = await reviews.changeRequestOf(tx, version.id);
    if (open?.requestedBy === moderator.userId && open.message === text) return null;
    if (open) throw conflict(`${open.moderator} asked for changes at ${open.at} already: ${open.message}`);
    await reviews.endReview(tx, version.id);
    await reviews.insertChangeRequest(tx, {
      versionId: version.id,
      requestedBy: moderator.userId,
      message: text,
      at,
    });
    await reviews.insertAct(tx, {
      versionId: version.id,
      actorId: moderator.userId,
      act: "changes-requested",
      text,
      at,
    });
    const to = deps.mailer.delivers ? await reviews.recipientOf(tx, version.publishedBy) : null;
    if (to)
      await deps.mailer.queue(
        tx,
        changesRequestedMail(deps, { ...to, userId: version.publishedBy, asset, version: version.version, text }),
      );
    return {
      action: "asset.version.changes_requested",
      events: [
        {
          type: "asset.version.changes_requested",
          subjectId: asset.id,
          payload: { versionId: version.id, version: version.version },
        },
      ],
    };
  });
}

/**
 * The publisher's answer to what they were asked to change: puts the version back into the queue. Throws CONFLICT when nothing is
 * asked for any more.
 */
export async function answerChanges(
  deps: ComplianceDeps & { catalog: CatalogModule },
  actor: Actor,
  ref: string,
  selector: string,
  comment: string,
): Promise<void> {
  requireScope(actor, "publish");
  const { asset, version } = await deps.catalog.findVersion(actor, ref, selector);
  if (!mayAsset(actor, "publish", factsOf(asset))) throw forbidden("Only those who may publish it may answer.");
  const text = messageOf("comment", comment, { empty: "say what you changed, or why it is fine as it is." });
  await deps.database.write(async (tx) => {
    await lockAsset(tx, asset.id);
    const found = await versionById(tx, version.id);
    const open = await reviews.changeRequestOf(tx, version.id);
    if (open === null || found?.status !== "under_review")
      throw conflict(`Nobody waits for an answer about ${refOf(asset)} ${version.version}.`);
    if (open.supersededBy !== null)
      throw conflict(`You published ${open.supersededBy} instead; that is what moderators look at.`);
    const at = instant(deps.clock.now());
    await reviews.deleteChangeRequest(tx, version.id);
    await waitAgain(tx, version.id, at);
    await reviews.insertAct(tx, {
      versionId: version.id,
      actorId: (actor as SignedIn).userId,
      act: "changes-answered",
      text,
      at,
    });
    await deps.audit.append(tx, {
      action: "asset.version.changes_answered",
      outcome: "success",
      actor,
      subject: auditSubject(asset),
      details: { versionId: version.id, version: version.version },
    });
    await deps.outbox.append(tx, {
      type: "asset.version.changes_answered",
      subjectId: asset.id,
      payload: { versionId: version.id, version: version.version },
      actorId: (actor as SignedIn).userId,
    });
  });
  deps.outbox.announce();
}

/** In the transaction that publishes a version: it takes the place of those whose publisher was asked for changes. */
export async function supersede(
  tx: Queries,
  deps: Pick<ComplianceDeps, "clock">,
  versionId: Id,
  publisherId: Id | null,
): Promise<void> {
  const version = await versionById(tx, versionId);
  if (!version) return;
  const at = instant(deps.clock.now());
  for (const id of await reviews.supersedeChangeRequests(tx, { id: version.assetId }, versionId))
    await reviews.insertAct(tx, {
      versionId: id,
      actorId: publisherId ?? version.publishedBy,
      act: "superseded",
      text: `by ${version.version}`,
      at,
    });
}

/** Puts a version that was released, or is ready to be, before the moderators again; nobody gets it meanwhile. */
export function putBack(deps: ComplianceDeps, actor: Actor, versionId: Id, reason: string): Promise<void> {
  return reviewStep(deps, actor, versionId, async (tx, subject) => {
    const { version, moderator, at } = subject;
    const text = messageOf("reason", reason, { empty: "tell the publisher why." });
    requireFree(subject);
    if (version.status === "under_review") return null;
    if (version.status !== "published" && version.status !== "ready")
      throw conflict(`This version is ${version.status}; it cannot be put back into review.`);
    await reviews.endReview(tx, version.id);
    await reviews.insertAct(tx, { versionId: version.id, actorId: moderator.userId, act: "put-back", text, at });
    const events = await decideVersion(tx, deps.clock, version.id, { verdict: "review", reason: text });
    await deps.onDecided(tx, version.id, "review");
    return { action: "asset.version.put_back", details: { was: version.status }, events };
  });
}

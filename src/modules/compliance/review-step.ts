import type { Actor, SignedIn } from "../../core/actor.ts";
import { type Instant, instant, later } from "../../core/clock.ts";
import { AppError, validationError, versionNotFound } from "../../core/error.ts";
import { type Id, isId } from "../../core/id.ts";
import { requireModerator } from "../../core/permission.ts";
import type { Queries } from "../../platform/database/index.ts";
import type { NewEvent } from "../../platform/events/outbox.ts";
import { type Asset, assetById, auditSubject, lockAsset, type Version, versionById } from "../catalog/index.ts";
import type { ComplianceDeps } from "./deps.ts";
import { CLAIM_MS, type Claim, MAX_MESSAGE } from "./review.ts";
import { claimOf } from "./review-repository.ts";

/** A version that a moderator is at work on, locked until the end of the transaction. */
export interface Subject {
  asset: Asset;
  version: Version;
  moderator: SignedIn;
  /** The claim that holds; null for none. */
  claim: Claim | null;
  at: Instant;
  /** When a claim that is made or renewed now ends. */
  claimEnds: Instant;
}

/** What a step leaves behind for the audit log and the event log. */
export interface Traces {
  action: string;
  details?: Record<string, unknown>;
  events?: readonly NewEvent[];
}

/**
 * Runs one step of a review in a transaction that holds its asset's lock: of moderators who act at the same time each sees what the
 * one before did. `step` answers null when there was nothing to do. Throws VERSION_NOT_FOUND.
 */
export async function reviewStep(
  deps: ComplianceDeps,
  actor: Actor,
  versionId: Id,
  step: (tx: Queries, subject: Subject) => Promise<Traces | null>,
): Promise<void> {
  requireModerator(actor);
  const { database, clock } = deps;
  await database.write(async (tx) => {
    const found = isId(versionId) ? await versionById(tx, versionId) : null;
    if (!found) throw versionNotFound(versionId.slice(0, 40));
    await lockAsset(tx, found.assetId);
    const version = (await versionById(tx, found.id)) as Version;
    const asset = await assetById(tx, version.assetId);
    if (!asset || asset.deletedAt !== null) throw versionNotFound(versionId);
    const at = instant(clock.now());
    const claim = await claimOf(tx, version.id, at);
    const subject = { asset, version, moderator: actor, claim, at, claimEnds: later(clock.now(), CLAIM_MS) };
    const traces = await step(tx, subject);
    if (traces === null) return;
    await deps.audit.append(tx, {
      action: traces.action,
      outcome: "success",
      actor,
      subject: auditSubject(asset),
      details: { versionId: version.id, version: version.version, ...traces.details },
    });
    const events = traces.events ?? [];
    if (events.length > 0)
      await deps.outbox.append(tx, ...events.map((event) => ({ ...event, actorId: actor.userId })));
  });
  deps.outbox.announce();
  deps.jobs.wake();
}

/** Throws CONFLICT when another moderator has claimed the version. */
export function requireFree({ claim, moderator }: Subject): void {
  if (claim === null || claim.moderatorId === moderator.userId) return;
  throw new AppError(
    "CONFLICT",
    `${claim.moderator} is looking at this version, until ${claim.expiresAt}. Take it over first, if you have to.`,
    { details: { claimed_by: claim.moderator, claim_expires_at: claim.expiresAt } },
  );
}

/** The text without spaces around it. Throws VALIDATION_ERROR when it is empty, unless `optional`, or too long. */
export function messageOf(field: string, text: string, rule: { optional?: boolean; empty: string }): string {
  const trimmed = text.trim();
  if (trimmed === "" && !rule.optional) throw validationError({ field, message: rule.empty });
  if (trimmed.length > MAX_MESSAGE)
    throw validationError({ field, message: `is longer than ${MAX_MESSAGE} characters.` });
  return trimmed;
}

import { type Actor, type SignedIn, SYSTEM } from "../../../core/actor.ts";
import { instant } from "../../../core/clock.ts";
import { type Digest, isDigest } from "../../../core/digest.ts";
import { AppError, assetNotFound, notFound, validationError, versionNotFound } from "../../../core/error.ts";
import { type Id, isId } from "../../../core/id.ts";
import { parseRef } from "../../../core/name.ts";
import { requireAdmin, requireRecent } from "../../../core/permission.ts";
import {
  isRecallSeverity,
  RECALL_SEVERITIES,
  type RecallSeverity,
  reasonSentence,
} from "../../../core/signing/recall-list.ts";
import type { Queries } from "../../../platform/database/index.ts";
import type { TransparencyType } from "../../../platform/transparency/transparency-log.ts";
import {
  type Asset,
  assetById,
  assetByName,
  auditSubject,
  highestFirst,
  markRecalled,
  type RecallMark,
  refOf,
  versionsWithDigest,
} from "../../catalog/index.ts";
import type { RecallDeps } from "./deps.ts";
import { MAX_REASON, type Recall } from "./recall.ts";
import * as repository from "./repository.ts";
import { TELL_JOB } from "./tell-people.ts";

export interface RecallOrder {
  /** namespace/slug, or the asset's id. */
  ref: string;
  /** Of the manifest, exactly. */
  digest: string;
  /** For everybody who may see a version with this content. */
  reason: string;
  /** null: critical. */
  severity: string | null;
}

/**
 * Orders that a digest must not be used any more, wherever on this server it is: administrators alone. A key may order it,
 * because that only closes; a person proves who they are first. Again: the recall that there is.
 */
export async function recallVersion(
  deps: RecallDeps,
  actor: Actor,
  order: RecallOrder,
): Promise<{ recall: Recall; created: boolean }> {
  requireAdmin(actor);
  if (actor.via !== "api-key") requireRecent(actor, deps.clock.now());
  const { digest, reason, severity } = checkOrder(order);
  const { database, clock } = deps;
  const result = await database.exclusively(repository.RECALLS_LOCK, async (tx) => {
    const known = await repository.liveRecall(tx, digest);
    const asset = await assetNamed(tx, order.ref);
    const version = (await versionsWithDigest(tx, digest))
      .filter(({ assetId }) => assetId === asset.id)
      .sort(highestFirst)[0];
    if (!version) throw versionNotFound(`${refOf(asset)}@${digest}`);
    if (known) return { recall: known, created: false };
    const at = instant(clock.now());
    const number = await repository.nextRecallNumber(tx);
    const facts = { number, digest, assetId: asset.id, ref: refOf(asset), version: version.version, reason, severity };
    await repository.insertRecall(tx, { ...facts, recalledBy: personOf(actor), recalledAt: at });
    for (const shown of await repository.wronglyShown(tx, 1, number))
      await repository.showAs(tx, shown.number, shown.name, await repository.nextListNumber(tx));
    await deps.jobs.enqueue(tx, {
      kind: TELL_JOB,
      payload: { number },
      key: String(number),
      // Downloads are counted in batches: those of the last second are told too.
      runAt: new Date(clock.now().getTime() + 3000),
    });
    await carryOut(tx, deps, actor, { number, digest, mark: { number, reason, at }, asset, severity });
    return { recall: (await repository.recallNumbered(tx, number)) as Recall, created: true };
  });
  deps.outbox.announce();
  deps.jobs.wake();
  return result;
}

/** Takes a recall back: what it named may be used again. Channels other than `latest` are not set again. */
export async function liftRecall(deps: RecallDeps, actor: Actor, number: number, reason: string): Promise<Recall> {
  requireAdmin(actor);
  requireRecent(actor, deps.clock.now());
  const why = checkReason(reason);
  const recall = await deps.database.exclusively(repository.RECALLS_LOCK, async (tx) => {
    const found = await repository.recallNumbered(tx, number);
    if (!found) throw notFound("recall");
    if (found.lifted) return found;
    const asset = (await assetById(tx, found.assetId)) as Asset;
    await repository.liftRecall(tx, number, { at: instant(deps.clock.now()), by: personOf(actor), reason: why });
    await carryOut(tx, deps, actor, { number, digest: found.digest, mark: null, asset, severity: found.severity });
    return (await repository.recallNumbered(tx, number)) as Recall;
  });
  deps.outbox.announce();
  return recall;
}

interface Change {
  number: number;
  digest: Digest;
  mark: RecallMark | null;
  /** What it was ordered for. */
  asset: Asset;
  severity: RecallSeverity;
}

async function carryOut(tx: Queries, deps: RecallDeps, actor: SignedIn, change: Change): Promise<void> {
  const { number, digest, mark, severity } = change;
  const { assets, events } = await markRecalled(tx, deps.clock, digest, mark);
  const type: TransparencyType = mark ? "version.recalled" : "version.recall-lifted";
  const entries = events.flatMap(({ subjectId, payload }) => {
    const asset = assets.find(({ id }) => id === subjectId);
    if (!asset || asset.deletedAt !== null) return [];
    const facts = { ref: refOf(asset), version: String(payload["version"]), digest, number };
    return [{ type, assetId: asset.id, subject: `${number} ${payload["versionId"]}`, facts }];
  });
  await deps.audit.append(tx, {
    action: mark ? "asset.version.recalled" : "asset.version.recall_lifted",
    outcome: "success",
    actor,
    subject: auditSubject(change.asset),
    details: { number, digest, severity, versions: events.length, assets: assets.map(({ id }) => id).slice(0, 100) },
  });
  await deps.transparency.append(tx, ...entries);
  await deps.outbox.append(tx, ...events.map((event) => ({ ...event, actorId: actor.userId })));
}

/** The server itself has no account. */
const personOf = (actor: SignedIn): Id | null => (actor.userId === SYSTEM.userId ? null : actor.userId);

/** Also a deleted one: people may still have what it was. */
async function assetNamed(tx: Queries, ref: string): Promise<Asset> {
  const name = parseRef(ref);
  const asset = isId(ref)
    ? await assetById(tx, ref.toLowerCase())
    : name && (await assetByName(tx, name.namespace, name.slug));
  if (!asset) throw assetNotFound(ref.slice(0, 160));
  return asset;
}

function checkOrder({ digest, reason, severity }: RecallOrder) {
  if (!isDigest(digest))
    throw validationError({ field: "digest", message: "must be sha256: and 64 hexadecimal digits, of the version." });
  if (severity !== null && !isRecallSeverity(severity))
    throw validationError({ field: "severity", message: `must be one of ${RECALL_SEVERITIES.join(", ")}.` });
  return { digest, reason: checkReason(reason), severity: severity ?? ("critical" as const) };
}

function checkReason(reason: string): string {
  const trimmed = reason.trim();
  if (trimmed === "" || trimmed.length > MAX_REASON)
    throw validationError({ field: "reason", message: `say why, in at most ${MAX_REASON} characters.` });
  return trimmed;
}

/** Throws POLICY_VIOLATION when the content is recalled: nobody publishes it again under any name. In the publication's transaction. */
export async function requirePublishableContent(
  tx: Queries,
  deps: Pick<RecallDeps, "database">,
  digest: Digest,
): Promise<void> {
  const recall = await repository.liveRecallForPublication(tx, deps.database.engine, digest);
  if (recall)
    throw new AppError(
      "POLICY_VIOLATION",
      `This content was recalled (no. ${recall.number}): ${reasonSentence(recall.reason)} It cannot be published again. Change what is wrong with it.`,
      { details: { recall: { number: recall.number, reason: recall.reason, recalled_at: recall.recalledAt } } },
    );
}

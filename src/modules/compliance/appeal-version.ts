import type { Actor, SignedIn } from "../../core/actor.ts";
import { instant } from "../../core/clock.ts";
import { conflict, forbidden, notFound, validationError } from "../../core/error.ts";
import { type Id, newId } from "../../core/id.ts";
import { isModerator, mayAsset, requireScope } from "../../core/permission.ts";
import type { Queries } from "../../platform/database/index.ts";
import {
  type Asset,
  assetById,
  auditSubject,
  type CatalogModule,
  factsOf,
  lockAsset,
  refOf,
  type Version,
  versionById,
} from "../catalog/index.ts";
import { type Appeal, BY_POLICY, MIN_APPEAL } from "./appeal.ts";
import * as repository from "./appeal-repository.ts";
import type { ComplianceDeps } from "./deps.ts";
import { messageOf } from "./review-step.ts";

type Deps = ComplianceDeps & { catalog: CatalogModule };

/** A version's appeals, newest first, and whether another may be made now. */
export interface Appeals {
  appeals: Appeal[];
  mayAppeal: boolean;
}

/** For those who write to the asset, and moderators. Throws VERSION_NOT_FOUND or FORBIDDEN for others. */
export async function appealsOfVersion(deps: Deps, actor: Actor, ref: string, selector: string): Promise<Appeals> {
  const { asset, version } = await deps.catalog.findVersion(actor, ref, selector);
  requireScope(actor, "read");
  const own = mayAsset(actor, "update", factsOf(asset));
  if (!own && !isModerator(actor)) throw forbidden("Only its publishers and moderators see the appeals of a version.");
  const q = deps.database.read;
  const appeals = await repository.appealsOf(q, version.id);
  const mayAppeal = own && (await obstacle(q, asset, version, appeals)) === null;
  return { appeals, mayAppeal };
}

/**
 * The publisher asks another moderator to look at a refusal: once per decision. Throws VALIDATION_ERROR for words that say nothing,
 * and CONFLICT when nothing is refused or the decision was appealed before.
 */
export async function appealVersion(
  deps: Deps,
  actor: Actor,
  ref: string,
  selector: string,
  words: string,
): Promise<Appeal> {
  const found = await deps.catalog.findVersion(actor, ref, selector);
  const who = requirePublisher(actor, found.asset);
  const text = messageOf("text", words, { empty: "say why the refusal is wrong." });
  if (text.length < MIN_APPEAL)
    throw validationError({
      field: "text",
      message: `say why the refusal is wrong, in at least ${MIN_APPEAL} characters.`,
    });
  const id = newId();
  await deps.database.write(async (tx) => {
    await lockAsset(tx, found.asset.id);
    const version = (await versionById(tx, found.version.id)) as Version;
    const asset = await assetById(tx, version.assetId);
    if (!asset || asset.deletedAt !== null) throw notFound("version");
    const refusal = await obstacle(tx, asset, version, await repository.appealsOf(tx, version.id));
    if (refusal !== null) throw conflict(refusal);
    const decision = (await repository.standingRejection(tx, version.id))?.id ?? BY_POLICY;
    const at = instant(deps.clock.now());
    await repository.insertAppeal(tx, { id, versionId: version.id, decision, text, by: who.userId, at });
    await tell(tx, deps, who, asset, version, id);
  });
  deps.outbox.announce();
  return (await repository.appealById(deps.database.read, id)) as Appeal;
}

function requirePublisher(actor: Actor, asset: Asset): SignedIn {
  requireScope(actor, "publish");
  if (!mayAsset(actor, "update", factsOf(asset))) throw forbidden(`You may not appeal for ${refOf(asset)}.`);
  return actor;
}

/** Why no appeal can be made now, in words for the publisher; null for nothing. */
async function obstacle(
  q: Queries,
  asset: Asset,
  version: Version,
  appeals: readonly Appeal[],
): Promise<string | null> {
  if (version.status !== "blocked")
    return `${refOf(asset)} ${version.version} is not refused, so there is nothing to appeal against.`;
  if (appeals.some(({ status }) => status === "open")) return "An appeal is open already; a moderator will answer it.";
  const decision = (await repository.standingRejection(q, version.id))?.id ?? BY_POLICY;
  return appeals.some((appeal) => appeal.decision === decision)
    ? "This decision was appealed before. Mend the version and publish it under the next number."
    : null;
}

async function tell(
  tx: Queries,
  deps: ComplianceDeps,
  actor: SignedIn,
  asset: Asset,
  version: Version,
  appealId: Id,
): Promise<void> {
  await deps.audit.append(tx, {
    action: "asset.version.appealed",
    outcome: "success",
    actor,
    subject: auditSubject(asset),
    details: { versionId: version.id, version: version.version, appealId },
  });
  await deps.outbox.append(tx, {
    type: "asset.version.appealed",
    subjectId: asset.id,
    actorId: actor.userId,
    payload: { versionId: version.id, version: version.version },
  });
}

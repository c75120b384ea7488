import type { Actor, SignedIn } from "../../core/actor.ts";
import { type Instant, instant } from "../../core/clock.ts";
import { conflict, forbidden, notFound, validationError } from "../../core/error.ts";
import { type Id, newId } from "../../core/id.ts";
import { type DeclaredSuppression, suppressionProblem } from "../../core/package/declared-suppression.ts";
import { isModerator, mayAsset, requireScope } from "../../core/permission.ts";
import type { Queries } from "../../platform/database/index.ts";
import { type Asset, assetById, auditSubject, type CatalogModule, factsOf, lockAsset } from "../catalog/index.ts";
import type { ComplianceDeps } from "./deps.ts";
import { requestJudgement } from "./judge-again.ts";
import type { Suppression } from "./suppression.ts";
import * as repository from "./suppression-repository.ts";

type Deps = ComplianceDeps & { catalog: CatalogModule };

/** Explanations that an asset may have open at once. */
const MAX_OPEN = 200;

/** Whoever writes to the asset, and moderators, see all of its explanations; other readers those that were accepted. */
export async function listSuppressions(deps: Deps, actor: Actor, ref: string): Promise<Suppression[]> {
  const asset = await deps.catalog.findAsset(actor, ref);
  const all = await repository.suppressionsOf(deps.database.read, asset.id);
  if (mayAsset(actor, "update", factsOf(asset)) || isModerator(actor)) return all;
  return all.filter(({ status }) => status === "accepted");
}

/**
 * Proposes an explanation. It changes no verdict until a moderator accepts it. Asking again for the same rule and path rewords a
 * proposal that nobody has answered. Throws VALIDATION_ERROR, FORBIDDEN, and CONFLICT for what is accepted already.
 */
export async function proposeSuppression(
  deps: Deps,
  actor: Actor,
  ref: string,
  proposal: DeclaredSuppression,
): Promise<Suppression> {
  const { seen, who } = await requireUpdatable(deps, actor, ref);
  const problem = suppressionProblem(proposal);
  if (problem !== null) throw validationError(problem);
  const id = await deps.database.write(async (tx) => {
    const asset = await lockedAsset(tx, seen);
    const at = instant(deps.clock.now());
    const same = (await repository.suppressionsOf(tx, asset.id)).find((one) => isOpenFor(one, proposal));
    if (same?.status === "accepted") throw conflict("An explanation of this rule is accepted already.");
    if (!same && (await repository.countOpen(tx, asset.id)) >= MAX_OPEN)
      throw conflict(`At most ${MAX_OPEN} explanations can be open; withdraw some first.`);
    const known = same?.id ?? newId();
    if (same) await repository.rewordSuppression(tx, same.id, proposal.reason, at);
    else await insert(tx, { id: known, asset, proposal, source: "person", versionId: null, by: who.userId, at });
    await tell(tx, deps, who, asset, "proposed", proposal, known);
    return known;
  });
  return (await repository.suppressionById(deps.database.read, id)) as Suppression;
}

/** The publisher takes it back. What passed with it and is out stays out until it is scanned again. */
export async function withdrawSuppression(deps: Deps, actor: Actor, ref: string, id: Id): Promise<void> {
  const { seen, who } = await requireUpdatable(deps, actor, ref);
  await deps.database.write(async (tx) => {
    const asset = await lockedAsset(tx, seen);
    const found = await repository.suppressionById(tx, id);
    if (!found || found.assetId !== asset.id) throw notFound("explanation");
    if (found.status === "withdrawn") return;
    await repository.withdrawSuppression(tx, id);
    if (found.status === "accepted") await requestJudgement(tx, deps, { assetId: asset.id });
    await tell(tx, deps, who, asset, "withdrawn", found, id);
  });
  deps.jobs.wake();
}

/**
 * In the transaction that makes a version: what its `marketplace.toml` proposes. What was refused in the same words is not asked
 * again, and what is open or accepted stays as it is; nothing beyond the limit is taken.
 */
export async function proposeFromPackage(
  tx: Queries,
  deps: Pick<ComplianceDeps, "clock">,
  version: { id: Id; asset: Asset; publishedBy: Id },
  declared: readonly DeclaredSuppression[],
): Promise<void> {
  if (declared.length === 0) return;
  const at = instant(deps.clock.now());
  const known = await repository.suppressionsOf(tx, version.asset.id);
  let open = known.filter(({ status }) => status === "proposed" || status === "accepted").length;
  for (const proposal of declared) {
    const same = known.find((one) => isOpenFor(one, proposal));
    if (same?.status === "proposed" && same.reason !== proposal.reason)
      await repository.rewordSuppression(tx, same.id, proposal.reason, at);
    const refused = known.some(
      (one) => one.status === "refused" && isSamePlace(one, proposal) && one.reason === proposal.reason,
    );
    if (same || refused || open >= MAX_OPEN) continue;
    const { asset, id: versionId, publishedBy: by } = version;
    await insert(tx, { id: newId(), asset, proposal, source: "package", versionId, by, at });
    open++;
  }
}

const isSamePlace = (one: Suppression, { rule, path }: DeclaredSuppression): boolean =>
  one.ruleId === rule && one.path === path;
const isOpenFor = (one: Suppression, proposal: DeclaredSuppression): boolean =>
  (one.status === "proposed" || one.status === "accepted") && isSamePlace(one, proposal);

async function requireUpdatable(deps: Deps, actor: Actor, ref: string): Promise<{ seen: Asset; who: SignedIn }> {
  const seen = await deps.catalog.findAsset(actor, ref);
  requireScope(actor, "publish");
  if (!mayAsset(actor, "update", factsOf(seen)))
    throw forbidden("Only its publishers explain what is found in an asset.");
  return { seen, who: actor };
}

async function lockedAsset(tx: Queries, seen: Asset): Promise<Asset> {
  await lockAsset(tx, seen.id);
  const asset = await assetById(tx, seen.id);
  if (!asset || asset.deletedAt !== null) throw notFound("asset");
  return asset;
}

const insert = (
  tx: Queries,
  one: {
    id: Id;
    asset: Asset;
    proposal: DeclaredSuppression;
    source: Suppression["source"];
    versionId: Id | null;
    by: Id;
    at: Instant;
  },
): Promise<void> =>
  repository.insertSuppression(tx, {
    id: one.id,
    assetId: one.asset.id,
    ruleId: one.proposal.rule,
    path: one.proposal.path,
    reason: one.proposal.reason,
    source: one.source,
    versionId: one.versionId,
    proposedBy: one.by,
    at: one.at,
  });

async function tell(
  tx: Queries,
  deps: ComplianceDeps,
  actor: SignedIn,
  asset: Asset,
  action: "proposed" | "withdrawn",
  about: { path: string | null; reason: string } & ({ rule: string } | { ruleId: string }),
  id: Id,
): Promise<void> {
  const rule = "rule" in about ? about.rule : about.ruleId;
  await deps.audit.append(tx, {
    action: `asset.suppression.${action}`,
    outcome: "success",
    actor,
    subject: auditSubject(asset),
    details: { suppressionId: id, rule, path: about.path, reason: about.reason },
  });
}

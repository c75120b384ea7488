import type { Actor } from "../../core/actor.ts";
import { instant } from "../../core/clock.ts";
import { AppError, conflict, type FieldProblem, forbidden, validationError } from "../../core/error.ts";
import type { Id } from "../../core/id.ts";
import { isVisibility, VISIBILITIES, type Visibility } from "../../core/kind.ts";
import { isName } from "../../core/name.ts";
import { type AssetAction, mayAsset, requireScope } from "../../core/permission.ts";
import type { Queries } from "../../platform/database/index.ts";
import type { NewEvent } from "../../platform/events/outbox.ts";
import { type Asset, factsOf, refOf } from "./asset.ts";
import { auditChange } from "./audit-asset.ts";
import type { CatalogDeps } from "./deps.ts";
import { findAsset } from "./find.ts";
import { requireVisibility } from "./place.ts";
import { releaseReadyVersions, settleAsset } from "./release-version.ts";
import * as repository from "./repository.ts";

/** What an owner may change by hand. */
export interface AssetEdit {
  title?: string;
  description?: string;
  visibility?: string;
  tags?: string[];
  categories?: string[];
  homepage?: string | null;
  repository?: string | null;
  license?: string | null;
}

export const MAX_TITLE = 120;
export const MAX_DESCRIPTION = 1024;
export const MAX_TAGS = 20;

/** Throws 404 when the actor may not see the asset, 401 or 403 when they may not do this to it. */
export function requireAsset(actor: Actor, action: AssetAction, asset: Asset): void {
  requireScope(actor, action === "read" || action === "list" ? "read" : "publish");
  if (!mayAsset(actor, action, factsOf(asset))) throw forbidden(`You may not change ${refOf(asset)}.`);
}

/** One change of one asset: found with the actor's eyes, allowed, locked, done, told. */
export async function changeAsset(
  deps: CatalogDeps,
  actor: Actor,
  ref: string,
  action: AssetAction,
  change: (tx: Queries, asset: Asset) => Promise<NewEvent[]>,
): Promise<Asset> {
  const changed = await deps.database.write(async (tx) => {
    const found = await findAsset(tx, actor, ref);
    requireAsset(actor, action, found);
    await repository.lockAsset(tx, found.id);
    // Whoever had it locked before may have deleted or suspended it.
    const asset = await findAsset(tx, actor, found.id);
    requireAsset(actor, action, asset);
    if (refOf(asset) !== refOf(found))
      throw conflict(`${refOf(found)} has just become ${refOf(asset)}. Look at it there, and repeat your change.`);
    const events = await change(tx, asset);
    const after = (await repository.assetById(tx, found.id)) as Asset;
    const actorId = actor.kind === "user" ? actor.userId : null;
    await deps.audit.append(tx, ...auditChange(actor, asset, after, events));
    await deps.outbox.append(tx, ...events.map((event) => ({ actorId, ...event })));
    return after;
  });
  deps.outbox.announce();
  return changed;
}

const updated = (asset: Asset): NewEvent => ({ type: "asset.updated", subjectId: asset.id, payload: {} });

/** `ifMatch`: the ETag that the caller saw (its `updatedAt`); throws PRECONDITION_FAILED when the asset changed since. */
export function updateAsset(deps: CatalogDeps, actor: Actor, ref: string, edit: AssetEdit, ifMatch?: string) {
  checkEdit(edit);
  return changeAsset(deps, actor, ref, "update", async (tx, asset) => {
    if (ifMatch !== undefined && ifMatch !== asset.updatedAt)
      throw new AppError(
        "PRECONDITION_FAILED",
        "The asset changed since you read it. Read it again and repeat your change.",
      );
    if (edit.visibility !== undefined && edit.visibility !== asset.visibility) {
      requireAsset(actor, "manage", asset);
      await requireVisibility(tx, deps.database, asset, edit.visibility as Visibility);
    }
    await applyEdit(tx, asset.id, edit, instant(deps.clock.now()));
    return [updated(asset)];
  });
}

/** Writes an edit that `checkEdit` let through; throws VALIDATION_ERROR for categories that do not exist. */
export async function applyEdit(tx: Queries, assetId: Id, edit: AssetEdit, at: string): Promise<void> {
  await repository.updateAsset(
    tx,
    assetId,
    {
      title: edit.title,
      description: edit.description,
      visibility: edit.visibility as Visibility | undefined,
      homepage: edit.homepage,
      repository: edit.repository,
      license: edit.license,
    },
    at,
  );
  if (edit.tags) await repository.replaceTags(tx, assetId, [...new Set(edit.tags)]);
  if (edit.categories) {
    const unknown = await repository.replaceCategories(tx, assetId, [...new Set(edit.categories)]);
    if (unknown.length > 0)
      throw validationError({ field: "categories", message: `There is no category ${unknown.join(", ")}.` });
  }
}

/** Throws VALIDATION_ERROR with every field that cannot be as it is asked for. */
export function checkEdit(edit: AssetEdit): void {
  const problems: FieldProblem[] = [];
  const check = (field: keyof AssetEdit, fine: boolean, message: string) => {
    if (edit[field] !== undefined && !fine) problems.push({ field, message });
  };
  const { title = "", description = "", tags = [] } = edit;
  check("title", title.trim() !== "" && title.length <= MAX_TITLE, `must be 1 to ${MAX_TITLE} characters.`);
  check("description", description.length <= MAX_DESCRIPTION, `must be at most ${MAX_DESCRIPTION} characters.`);
  check("visibility", isVisibility(edit.visibility ?? ""), `must be one of ${VISIBILITIES.join(", ")}.`);
  const fineTags = tags.length <= MAX_TAGS && tags.every(isName);
  check("tags", fineTags, `at most ${MAX_TAGS}, each of a-z, 0-9 and single hyphens.`);
  for (const field of ["homepage", "repository"] as const)
    check(field, !edit[field] || WEB_ADDRESS.test(edit[field]), "must be an http or https address.");
  if (problems.length > 0) throw validationError(...problems);
}

const WEB_ADDRESS = /^https?:\/\/\S{1,500}$/;

/** Opens a draft: versions that have passed are published now, those still scanned as soon as they pass. */
export function publishAsset(deps: CatalogDeps, actor: Actor, ref: string) {
  return changeAsset(deps, actor, ref, "publish", async (tx, asset) => {
    const at = instant(deps.clock.now());
    if (asset.status === "deprecated" || asset.status === "archived") {
      await repository.updateAsset(tx, asset.id, { status: "published", statusReason: null }, at);
      return [updated(asset)];
    }
    if ((await repository.countVersions(tx, asset.id)).length === 0)
      throw conflict(`${refOf(asset)} has no version yet. Upload one first.`);
    await repository.updateAsset(tx, asset.id, { publishRequested: true }, at);
    const opened = { ...asset, publishRequested: true };
    const events = await releaseReadyVersions(tx, deps.clock, opened);
    if (events.length === 0) await settleAsset(tx, deps.clock, opened);
    return [updated(asset), ...events];
  });
}

/** Still found and installed, with a warning that gives the reason. */
export const deprecateAsset = (deps: CatalogDeps, actor: Actor, ref: string, reason: string) =>
  closeAsset(deps, actor, ref, "deprecated", reason);

/** Read-only: no new versions; what is there stays installable. */
export const archiveAsset = (deps: CatalogDeps, actor: Actor, ref: string, reason: string) =>
  closeAsset(deps, actor, ref, "archived", reason);

function closeAsset(deps: CatalogDeps, actor: Actor, ref: string, status: "deprecated" | "archived", reason: string) {
  return changeAsset(deps, actor, ref, "update", async (tx, asset) => {
    if (asset.latest === null)
      throw conflict(`${refOf(asset)} is not published, so it cannot be ${status}. Delete it instead.`);
    await repository.updateAsset(
      tx,
      asset.id,
      { status, statusReason: reason.slice(0, 1000) || null },
      instant(deps.clock.now()),
    );
    return [{ type: `asset.${status}`, subjectId: asset.id, payload: { reason } }];
  });
}

/** Hides the asset for good. Its name and versions are never given away again; exact bytes go with garbage collection. */
export async function deleteAsset(deps: CatalogDeps, actor: Actor, ref: string): Promise<void> {
  await changeAsset(deps, actor, ref, "delete", async (tx, asset) => {
    const at = instant(deps.clock.now());
    await repository.updateAsset(tx, asset.id, { deletedAt: at }, at);
    return [{ type: "asset.deleted", subjectId: asset.id, payload: { ref: refOf(asset) } }];
  });
}

import type { Actor } from "../../core/actor.ts";
import { conflict, forbidden, validationError } from "../../core/error.ts";
import { mayCreateIn, requireRecent } from "../../core/permission.ts";
import type { Queries } from "../../platform/database/index.ts";
import { isUniqueViolation } from "../../platform/database/index.ts";
import type { NewEvent } from "../../platform/events/outbox.ts";
import { type Asset, assetById, assetsIn, deleteAssets, lockAsset } from "../catalog/index.ts";
import { changeOrganization } from "./change-organization.ts";
import type { OrganizationsDeps } from "./deps.ts";
import { assetsChanged } from "./edit-organization.ts";
import { moveAsset } from "./move-asset.ts";
import type { Organization } from "./organization.ts";
import * as repository from "./repository.ts";

/** What becomes of an organization's assets when it is deleted; without a word it must have none. */
export type AssetsFate = "delete" | { transferTo: string } | null;

/** Deletes an organization for good: nobody has a right in it any more, and its name is never given away again. */
export async function deleteOrganization(
  deps: OrganizationsDeps,
  actor: Actor,
  name: string,
  fate: AssetsFate,
): Promise<void> {
  if (actor.kind === "user") requireRecent(actor, deps.clock.now());
  try {
    await changeOrganization(
      deps,
      actor,
      name,
      "own",
      async (tx, { organization, at }) => {
        const events = await disposeOf(tx, deps, actor, organization, fate, at);
        await repository.deleteOffersTo(tx, organization.namespaceId);
        await repository.removeEverybody(tx, organization.id);
        await repository.updateOrganization(tx, organization.id, { deletedAt: at }, at);
        const how = fate === null ? "none" : fate === "delete" ? "deleted" : "transferred";
        return { action: "deleted", details: { assets: how, count: events.length }, events };
      },
      { alone: true },
    );
  } catch (error) {
    if (isUniqueViolation(error))
      throw conflict("An asset of the organization has a name that is taken where it should go. Rename it first.");
    throw error;
  }
}

async function disposeOf(
  tx: Queries,
  deps: OrganizationsDeps,
  actor: Actor,
  organization: Organization,
  fate: AssetsFate,
  at: string,
): Promise<NewEvent[]> {
  const ids = await assetsIn(tx, organization.namespaceId);
  if (ids.length === 0) return [];
  if (fate === null)
    throw conflict(
      `${organization.slug} has ${ids.length} assets. Say what becomes of them: "delete", or where they are transferred to.`,
    );
  if (fate === "delete") {
    const deleted = await deleteAssets(tx, organization.namespaceId, at);
    return assetsChanged("asset.deleted", deleted);
  }
  const to = await repository.namespaceNamed(tx, actor, fate.transferTo);
  if (!to || to.id === organization.namespaceId)
    throw validationError({ field: "assets.transfer_to", message: "there is no such other namespace." });
  if (actor.kind !== "user" || !mayCreateIn(actor, to.id))
    throw forbidden(`You may not publish in the namespace ${to.name}.`);
  const events: NewEvent[] = [];
  for (const id of ids) {
    await lockAsset(tx, id);
    const asset = (await assetById(tx, id)) as Asset;
    events.push(await moveAsset(tx, deps, actor, asset, { namespace: to, slug: asset.slug }, at));
  }
  return events;
}

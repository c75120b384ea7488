import { type Actor, ASSET_ACCESS, type AssetAccess } from "../../core/actor.ts";
import { instant } from "../../core/clock.ts";
import { conflict, forbidden, notFound, validationError } from "../../core/error.ts";
import { mayAsset, requireScope } from "../../core/permission.ts";
import { type Asset, changeAsset, factsOf, refOf } from "../catalog/index.ts";
import type { OrganizationsDeps } from "./deps.ts";
import type { Collaborator } from "./organization.ts";
import * as repository from "./repository.ts";

export const requireAccess = (text: string): AssetAccess => {
  const access = ASSET_ACCESS.find((one) => one === text);
  if (!access) throw validationError({ field: "access", message: `must be one of ${ASSET_ACCESS.join(", ")}.` });
  return access;
};

/** Who has a right of their own on an asset: for whoever may manage it. */
export async function listCollaborators(deps: OrganizationsDeps, actor: Actor, ref: string): Promise<Collaborator[]> {
  const asset = await manageable(deps, actor, ref);
  return repository.collaboratorsOf(deps.database.read, asset.id);
}

/** Throws 404 for an asset that the actor may not see, FORBIDDEN for one that they may not manage. */
export async function manageable(deps: OrganizationsDeps, actor: Actor, ref: string): Promise<Asset> {
  const asset = await deps.catalog.findAsset(actor, ref);
  requireScope(actor, "publish");
  if (!mayAsset(actor, "manage", factsOf(asset))) throw forbidden(`You may not say who may work on ${refOf(asset)}.`);
  return asset;
}

/** Gives a person a right on one asset, or another one than they had. */
export async function setCollaborator(
  deps: OrganizationsDeps,
  actor: Actor,
  ref: string,
  username: string,
  text: string,
): Promise<Collaborator> {
  const access = requireAccess(text);
  const asset = await changeAsset(deps, actor, ref, "manage", async (tx, asset) => {
    const user = await repository.activeUser(tx, { username });
    if (!user) throw notFound("user");
    if (user.namespaceId === asset.namespaceId) throw conflict(`${refOf(asset)} is ${username}'s own.`);
    const addedBy = actor.kind === "user" ? actor.userId : user.id;
    const at = instant(deps.clock.now());
    await repository.putCollaborator(tx, { assetId: asset.id, userId: user.id, access, addedBy, at });
    return [{ type: "asset.collaborator.set", subjectId: asset.id, payload: { userId: user.id, access } }];
  });
  const all = await repository.collaboratorsOf(deps.database.read, asset.id);
  return all.find((one) => one.username === username) as Collaborator;
}

/** Takes a person's right away, at once; everybody may give up their own. */
export async function removeCollaborator(
  deps: OrganizationsDeps,
  actor: Actor,
  ref: string,
  username: string,
): Promise<void> {
  requireScope(actor, "publish");
  const own = actor.username === username && actor.confinement === null;
  await changeAsset(deps, actor, ref, own ? "read" : "manage", async (tx, asset) => {
    const collaborators = await repository.collaboratorsOf(tx, asset.id);
    const found = collaborators.find((one) => one.username === username);
    if (!found) throw notFound("collaborator");
    await repository.removeCollaborator(tx, asset.id, found.userId);
    return [{ type: "asset.collaborator.removed", subjectId: asset.id, payload: { userId: found.userId } }];
  });
}

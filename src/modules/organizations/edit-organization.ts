import type { Actor } from "../../core/actor.ts";
import { forbidden } from "../../core/error.ts";
import type { Id } from "../../core/id.ts";
import { isAdmin, requireRecent } from "../../core/permission.ts";
import { isUniqueViolation } from "../../platform/database/index.ts";
import type { NewEvent } from "../../platform/events/outbox.ts";
import { assetsIn, closeAssets } from "../catalog/index.ts";
import { changeOrganization } from "./change-organization.ts";
import type { OrganizationsDeps } from "./deps.ts";
import {
  nameTaken,
  type Organization,
  type OrganizationPolicy,
  type OrganizationProfile,
  requireOrganizationName,
  requireProfile,
} from "./organization.ts";
import * as repository from "./repository.ts";

/** Each of these assets is to be read anew by the search index and whoever follows the event log. */
export const assetsChanged = (
  type: "asset.updated" | "asset.moved" | "asset.deleted",
  ids: readonly Id[],
): NewEvent[] => ids.map((subjectId) => ({ type, subjectId, payload: {} }));

/** Changes what stands on the organization's page. */
export async function editProfile(deps: OrganizationsDeps, actor: Actor, name: string, profile: OrganizationProfile) {
  requireProfile(profile);
  return changeOrganization(deps, actor, name, "manage", async (tx, { organization, at }) => {
    await repository.updateOrganization(tx, organization.id, profile, at);
    const changed = Object.entries(profile).flatMap(([field, value]) => (value === undefined ? [] : [field]));
    return { action: "updated", details: { changed } };
  });
}

/** Opens or closes an organization; what its assets were to others closes with it, in the same transaction. */
export async function setVisibility(
  deps: OrganizationsDeps,
  actor: Actor,
  name: string,
  visibility: "public" | "private",
): Promise<Organization> {
  if (actor.kind === "user") requireRecent(actor, deps.clock.now());
  return changeOrganization(
    deps,
    actor,
    name,
    "own",
    async (tx, { organization, at }) => {
      await repository.updateOrganization(tx, organization.id, { visibility }, at);
      const closed = visibility === "private" ? await closeAssets(tx, organization.namespaceId, at) : [];
      return {
        action: "visibility.changed",
        details: { from: organization.visibility, to: visibility, assetsClosed: closed.length },
        events: assetsChanged("asset.updated", closed),
      };
    },
    { alone: true },
  );
}

/** What the organization asks of its members and versions. A second factor is asked for only by who used one. */
export async function setPolicy(
  deps: OrganizationsDeps,
  actor: Actor,
  name: string,
  policy: Partial<OrganizationPolicy>,
): Promise<{ organization: Organization; withoutSecondFactor: string[] }> {
  if (actor.kind === "user") requireRecent(actor, deps.clock.now());
  const organization = await changeOrganization(deps, actor, name, "own", async (tx, { organization, at }) => {
    const asks = policy.requireTwoFactor && !organization.policy.requireTwoFactor;
    if (asks && actor.kind === "user" && !actor.twoFactor && !isAdmin(actor))
      throw forbidden("Sign in with a second factor of your own first: without one you would lose the organization.");
    await repository.updateOrganization(tx, organization.id, policy, at);
    await deps.onPolicyChanged(tx, organization.namespaceId);
    return { action: "policy.changed", details: { ...policy } };
  });
  deps.jobs.wake();
  return {
    organization,
    withoutSecondFactor: organization.policy.requireTwoFactor
      ? await repository.membersWithoutSecondFactor(deps.database.read, organization.id)
      : [],
  };
}

/** Gives another name; the old one leads to it and is never given to anybody else. */
export async function renameOrganization(
  deps: OrganizationsDeps,
  actor: Actor,
  name: string,
  to: string,
): Promise<Organization> {
  if (actor.kind === "user") requireRecent(actor, deps.clock.now());
  requireOrganizationName("slug", to);
  try {
    return await changeOrganization(deps, actor, name, "own", async (tx, { organization, at }) => {
      if (organization.slug === to) return { action: "updated", details: { changed: [] } };
      await repository.renameNamespace(tx, { id: organization.namespaceId, name: organization.slug }, to, at);
      if (await repository.wasAnothersName(tx, to, organization.namespaceId)) throw nameTaken("slug", to);
      await repository.updateOrganization(tx, organization.id, {}, at);
      return {
        action: "renamed",
        details: { from: organization.slug, to },
        events: assetsChanged("asset.moved", await assetsIn(tx, organization.namespaceId)),
      };
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw nameTaken("slug", to);
    throw error;
  }
}

/** The badge: an administrator says that the organization is who it says it is. */
export async function setVerified(deps: OrganizationsDeps, actor: Actor, name: string, verified: boolean) {
  return changeOrganization(deps, actor, name, "verify", async (tx, { organization, at }) => {
    const verifiedBy = verified && actor.kind === "user" ? actor.userId : null;
    await repository.updateOrganization(tx, organization.id, { verifiedAt: verified ? at : null, verifiedBy }, at);
    return { action: verified ? "verified" : "verification.removed" };
  });
}

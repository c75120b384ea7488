import type { Actor } from "../../core/actor.ts";
import { instant } from "../../core/clock.ts";
import { forbidden } from "../../core/error.ts";
import { newId } from "../../core/id.ts";
import { isAdmin, requireScope } from "../../core/permission.ts";
import { isUniqueViolation } from "../../platform/database/index.ts";
import { tell } from "./change-organization.ts";
import type { OrganizationsDeps } from "./deps.ts";
import {
  nameTaken,
  type Organization,
  type OrganizationProfile,
  requireOrganizationName,
  requireProfile,
} from "./organization.ts";
import * as repository from "./repository.ts";

export interface NewOrganization extends OrganizationProfile {
  slug: string;
  visibility?: "public" | "private";
}

/** Makes an organization with the actor as its owner. Throws CONFLICT when the name is or was anybody's. */
export async function createOrganization(
  deps: OrganizationsDeps,
  actor: Actor,
  input: NewOrganization,
): Promise<Organization> {
  requireScope(actor, "publish");
  if (actor.confinement) throw forbidden("A key that is confined cannot make an organization.");
  if (deps.creation === "admins" && !isAdmin(actor))
    throw forbidden("On this server administrators make organizations: ask one.");
  requireOrganizationName("slug", input.slug);
  requireProfile(input);
  const id = newId();
  const namespaceId = newId();
  const at = instant(deps.clock.now());
  try {
    return await deps.database.write(async (tx) => {
      await repository.insertOrganization(tx, {
        id,
        namespaceId,
        slug: input.slug,
        displayName: input.displayName?.trim() || input.slug,
        description: input.description ?? "",
        website: input.website ?? "",
        visibility: input.visibility ?? "public",
        createdBy: actor.userId,
        at,
      });
      if (await repository.wasAnothersName(tx, input.slug, namespaceId)) throw nameTaken("slug", input.slug);
      await repository.putMember(tx, { organizationId: id, userId: actor.userId, role: "owner", at });
      const organization = (await repository.organizationById(tx, id)) as Organization;
      const { visibility } = organization;
      await tell(tx, deps, actor, organization, { action: "created", details: { visibility } });
      return organization;
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw nameTaken("slug", input.slug);
    throw error;
  } finally {
    deps.outbox.announce();
  }
}

import type { Actor, OrganizationRole, Scope } from "./actor.ts";
import type { Id } from "./id.ts";
import { hasScope, isAdmin, isLimitedKey, isModerator } from "./permission.ts";

/** What a decision about an organization needs to know of it. */
export interface OrganizationFacts {
  id: Id;
  namespaceId: Id;
  visibility: "public" | "private";
  deleted: boolean;
}

/**
 * What each act on an organization needs: one of the roles, and a scope of the token. Administrators of the site may all of
 * them; an API key manages nobody, and a confined one only reads, within its confinement.
 */
export const ORGANIZATION_ACTIONS = {
  /** That it exists, its profile. Everybody for a public one. */
  view: { roles: ["owner", "admin", "member", "viewer"], scope: "read", byKey: true },
  /** Members and teams. */
  viewPeople: { roles: ["owner", "admin", "member", "viewer"], scope: "read", byKey: true },
  /** Profile, teams, invitations; members other than owners. */
  manage: { roles: ["owner", "admin"], scope: "publish", byKey: false },
  /** Who is an owner; policy, visibility, name, deletion. */
  own: { roles: ["owner"], scope: "publish", byKey: false },
  /** Its part of the audit log. */
  audit: { roles: ["owner", "admin"], scope: "read", byKey: true },
  /** The badge. */
  verify: { roles: [], scope: "admin", byKey: true },
} as const satisfies Record<string, { roles: readonly OrganizationRole[]; scope: Scope; byKey: boolean }>;

export type OrganizationAction = keyof typeof ORGANIZATION_ACTIONS;

/** The one decision about organizations; the list filter `visibleOrganizations` says `view` in SQL. */
export function mayOrganization(actor: Actor, action: OrganizationAction, organization: OrganizationFacts): boolean {
  if (organization.deleted) return false;
  if (actor.kind === "user" && !hasScope(actor, "read")) return false;
  if (action === "view" && (organization.visibility === "public" || isModerator(actor))) return true;
  const { roles, scope, byKey } = ORGANIZATION_ACTIONS[action];
  if (actor.kind === "anonymous" || !hasScope(actor, scope) || (!byKey && isLimitedKey(actor))) return false;
  if (isAdmin(actor)) return true;
  if (actor.confinement && (scope !== "read" || !actor.confinement.namespaceIds.includes(organization.namespaceId)))
    return false;
  const role = actor.memberships.find(({ organizationId }) => organizationId === organization.id)?.role;
  return role !== undefined && (roles as readonly OrganizationRole[]).includes(role);
}

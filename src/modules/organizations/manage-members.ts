import type { Actor, OrganizationRole } from "../../core/actor.ts";
import { conflict, forbidden, notFound, validationError } from "../../core/error.ts";
import type { PageRequest } from "../../core/page.ts";
import { requireRecent, requireScope } from "../../core/permission.ts";
import { instant } from "../../core/clock.ts";
import type { Queries } from "../../platform/database/index.ts";
import { changeOrganization, findOrganization, requireOrganization, tell } from "./change-organization.ts";
import type { OrganizationsDeps } from "./deps.ts";
import { isAtMost, isOrganizationRole, type Member, noOrganization, type Organization } from "./organization.ts";
import * as repository from "./repository.ts";

/** By name. Throws NOT_FOUND, or FORBIDDEN for those who see the organization and are not in it. */
export async function listMembers(deps: OrganizationsDeps, actor: Actor, name: string, page: PageRequest) {
  const organization = await findOrganization(deps.database.read, actor, name);
  requireOrganization(actor, "viewPeople", organization);
  return { ...(await repository.listMembers(deps.database.read, organization.id, page)), ...page };
}

/** Adds a person or gives them another role, none stronger than the actor's own; owners are changed by owners alone, after a recent proof of who they are. */
export async function setMember(
  deps: OrganizationsDeps,
  actor: Actor,
  name: string,
  username: string,
  role: string,
): Promise<Member> {
  if (!isOrganizationRole(role))
    throw validationError({ field: "role", message: "must be one of owner, admin, member, viewer." });
  const organization = await changeOrganization(
    deps,
    actor,
    name,
    "manage",
    async (tx, { organization, role: own, at }) => {
      const user = await repository.activeUser(tx, { username });
      if (!user) throw notFound("user");
      const before = await repository.roleOf(tx, organization.id, user.id);
      requireNotStronger(role, own);
      if (before !== null) requireNotStronger(before, own);
      if (role === "owner" || before === "owner") requireProof(deps, actor);
      await repository.putMember(tx, { organizationId: organization.id, userId: user.id, role, at });
      await requireAnOwner(tx, organization);
      const action = before === null ? "member.added" : "member.changed";
      return { action, details: { userId: user.id, role, ...(before === null ? {} : { from: before }) } };
    },
  );
  return (await repository.memberNamed(deps.database.read, organization.id, username)) as Member;
}

/** Throws FORBIDDEN when the role is stronger than the actor's own. */
export function requireNotStronger(role: OrganizationRole, own: OrganizationRole): void {
  if (!isAtMost(role, own)) throw forbidden("Only owners make, change and remove owners.");
}

/** Throws FORBIDDEN with `reauthenticate`, and for every API key: an owner can take the whole organization. */
export function requireProof(deps: Pick<OrganizationsDeps, "clock">, actor: Actor): void {
  if (actor.kind === "user") requireRecent(actor, deps.clock.now());
}

/** Throws, and so rolls back, when the change would leave the organization without an owner who can sign in. */
async function requireAnOwner(tx: Queries, organization: Organization): Promise<void> {
  if ((await repository.countOwners(tx, organization.id)) === 0)
    throw conflict(`${organization.slug} would be left without an owner: make somebody else one first.`);
}

/** Ends a membership and every right that came with it, at once. Everybody may leave; the last owner may not. */
export async function removeMember(deps: OrganizationsDeps, actor: Actor, name: string, username: string) {
  if (actor.kind === "user" && actor.username === username) return leave(deps, actor, name);
  await changeOrganization(deps, actor, name, "manage", async (tx, { organization, role: own }) => {
    const member = await repository.memberNamed(tx, organization.id, username);
    if (!member) throw notFound("member");
    requireNotStronger(member.role, own);
    if (member.role === "owner") requireProof(deps, actor);
    await repository.removeMember(tx, organization, member.userId);
    await requireAnOwner(tx, organization);
    return { action: "member.removed", details: { userId: member.userId, role: member.role } };
  });
}

/** Also for those whose membership does not count, because they signed in without the second factor that it wants. */
async function leave(deps: OrganizationsDeps, actor: Actor, name: string): Promise<void> {
  requireScope(actor, "publish");
  if (actor.confinement) throw forbidden("A key that is confined cannot leave an organization.");
  await deps.database.write(async (tx) => {
    const organization = await repository.organizationByName(tx, name);
    if (!organization) throw noOrganization();
    await repository.lockOrganization(tx, organization.id);
    const role = await repository.roleOf(tx, organization.id, actor.userId);
    if (role === null) {
      await findOrganization(tx, actor, name);
      throw notFound("member");
    }
    await repository.removeMember(tx, organization, actor.userId);
    await requireAnOwner(tx, organization);
    await tell(tx, deps, actor, organization, { action: "member.left", details: { userId: actor.userId, role } });
  });
  deps.outbox.announce();
}

/** The organizations of whoever asks, with their role; `withheld`: it wants a second factor that this sign-in lacks. */
export async function myOrganizations(deps: OrganizationsDeps, actor: Actor) {
  requireScope(actor, "read");
  const all = await repository.organizationsOfUser(deps.database.read, actor.userId);
  const counts = new Set(actor.memberships.map(({ organizationId }) => organizationId));
  const within = (organization: Organization) =>
    actor.confinement === null || actor.confinement.namespaceIds.includes(organization.namespaceId);
  return all
    .filter(({ organization }) => within(organization))
    .map(({ organization, role }) => ({ organization, role, withheld: !counts.has(organization.id) }));
}

/** Puts the person in with at least this role; whoever has a stronger one keeps it. For invitations. */
export async function join(
  tx: Queries,
  deps: OrganizationsDeps,
  organization: Organization,
  userId: string,
  role: OrganizationRole,
): Promise<void> {
  const before = await repository.roleOf(tx, organization.id, userId);
  if (before !== null && isAtMost(role, before)) return;
  const at = instant(deps.clock.now());
  await repository.putMember(tx, { organizationId: organization.id, userId, role, at });
}

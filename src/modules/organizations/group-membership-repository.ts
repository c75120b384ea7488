import type { OrganizationRole } from "../../core/actor.ts";
import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import { type Queries, toNumber } from "../../platform/database/index.ts";

export interface KnownOrganization {
  id: Id;
  name: string;
  /** Its teams' ids by slug. */
  teams: ReadonlyMap<string, Id>;
}

/** Those of the names that are organizations now, with their teams. */
export async function findOrganizations(q: Queries, names: readonly string[]): Promise<KnownOrganization[]> {
  if (names.length === 0) return [];
  const found = await q
    .selectFrom("organizations as o")
    .innerJoin("namespaces as n", "n.id", "o.namespace_id")
    .select(["o.id as id", "n.name as name"])
    .where("n.name", "in", [...names])
    .where("o.deleted_at", "is", null)
    .execute();
  if (found.length === 0) return [];
  const teams = await q
    .selectFrom("teams")
    .select(["id", "slug", "organization_id"])
    .where(
      "organization_id",
      "in",
      found.map(({ id }) => id),
    )
    .execute();
  return found.map(({ id, name }) => ({
    id,
    name,
    teams: new Map(teams.filter((team) => team.organization_id === id).map((team) => [team.slug, team.id])),
  }));
}

export interface HeldMembership {
  organizationId: Id;
  name: string;
  role: OrganizationRole;
  source: string;
}

/** Everything the person belongs to, whoever put them there. */
export const listMemberships = (q: Queries, userId: Id): Promise<HeldMembership[]> =>
  q
    .selectFrom("organization_members as m")
    .innerJoin("organizations as o", "o.id", "m.organization_id")
    .innerJoin("namespaces as n", "n.id", "o.namespace_id")
    .select(["m.organization_id as organizationId", "n.name as name", "m.role as role", "m.source as source"])
    .where("m.user_id", "=", userId)
    .where("o.deleted_at", "is", null)
    .execute();

/** Makes others who change the organization's members wait until the transaction ends. */
export async function lockOrganization(tx: Queries, id: Id): Promise<void> {
  await tx
    .updateTable("organizations")
    .set((e) => ({ updated_at: e.ref("updated_at") }))
    .where("id", "=", id)
    .execute();
}

export async function countOwners(q: Queries, organizationId: Id): Promise<number> {
  const row = await q
    .selectFrom("organization_members")
    .select((e) => e.fn.countAll<number>().as("n"))
    .where("organization_id", "=", organizationId)
    .where("role", "=", "owner")
    .executeTakeFirst();
  return toNumber(row?.n);
}

/** Keeps a membership that is there. */
export async function addMembership(
  tx: Queries,
  row: { organizationId: Id; userId: Id; role: OrganizationRole; source: string; at: Instant },
): Promise<void> {
  await tx
    .insertInto("organization_members")
    .values({
      organization_id: row.organizationId,
      user_id: row.userId,
      role: row.role,
      source: row.source,
      created_at: row.at,
    })
    .onConflict((conflict) => conflict.columns(["organization_id", "user_id"]).doNothing())
    .execute();
}

export async function changeMembership(
  tx: Queries,
  of: { organizationId: Id; userId: Id; source: string },
  role: OrganizationRole,
): Promise<void> {
  await tx
    .updateTable("organization_members")
    .set({ role })
    .where("organization_id", "=", of.organizationId)
    .where("user_id", "=", of.userId)
    .where("source", "=", of.source)
    .execute();
}

/** The places in its teams go too. */
export async function removeMembership(
  tx: Queries,
  of: { organizationId: Id; userId: Id; source: string },
): Promise<void> {
  await tx
    .deleteFrom("team_members")
    .where("user_id", "=", of.userId)
    .where("team_id", "in", (team) =>
      team.selectFrom("teams").select("id").where("organization_id", "=", of.organizationId),
    )
    .execute();
  await tx
    .deleteFrom("organization_members")
    .where("organization_id", "=", of.organizationId)
    .where("user_id", "=", of.userId)
    .where("source", "=", of.source)
    .execute();
}

/** The teams that this source put the person in. */
export async function listTeamsFrom(q: Queries, userId: Id, source: string): Promise<Id[]> {
  const rows = await q
    .selectFrom("team_members")
    .select("team_id")
    .where("user_id", "=", userId)
    .where("source", "=", source)
    .execute();
  return rows.map((row) => row.team_id);
}

export async function addToTeam(
  tx: Queries,
  row: { teamId: Id; userId: Id; source: string; at: Instant },
): Promise<void> {
  await tx
    .insertInto("team_members")
    .values({ team_id: row.teamId, user_id: row.userId, source: row.source, created_at: row.at })
    .onConflict((conflict) => conflict.columns(["team_id", "user_id"]).doNothing())
    .execute();
}

export async function removeFromTeam(tx: Queries, of: { teamId: Id; userId: Id; source: string }): Promise<void> {
  await tx
    .deleteFrom("team_members")
    .where("team_id", "=", of.teamId)
    .where("user_id", "=", of.userId)
    .where("source", "=", of.source)
    .execute();
}

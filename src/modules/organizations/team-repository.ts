import type { AssetAccess } from "../../core/actor.ts";
import type { Instant } from "../../core/clock.ts";
import { type Id, newId } from "../../core/id.ts";
import { type Queries, toNumber } from "../../platform/database/index.ts";
import type { Team, TeamAsset } from "./organization.ts";

const teams = (q: Queries, organizationId: Id) =>
  q
    .selectFrom("teams")
    .select((eb) => [
      "teams.id",
      "teams.slug",
      "teams.name",
      "teams.description",
      eb
        .selectFrom("team_members")
        .select((e) => e.fn.countAll<string>().as("n"))
        .whereRef("team_id", "=", "teams.id")
        .as("members"),
      eb
        .selectFrom("team_assets")
        .select((e) => e.fn.countAll<string>().as("n"))
        .whereRef("team_id", "=", "teams.id")
        .as("assets"),
    ])
    .where("organization_id", "=", organizationId);

const toTeam = (row: Awaited<ReturnType<ReturnType<typeof teams>["execute"]>>[number]): Team => ({
  id: row.id,
  slug: row.slug,
  name: row.name,
  description: row.description,
  members: toNumber(row.members),
  assets: toNumber(row.assets),
});

export const listTeams = async (q: Queries, organizationId: Id): Promise<Team[]> =>
  (await teams(q, organizationId).orderBy("slug").execute()).map(toTeam);

export async function teamNamed(q: Queries, organizationId: Id, slug: string): Promise<Team | null> {
  const row = await teams(q, organizationId).where("slug", "=", slug).executeTakeFirst();
  return row ? toTeam(row) : null;
}

/** Throws a unique violation when the organization has a team of this name. */
export async function insertTeam(
  tx: Queries,
  team: { organizationId: Id; slug: string; name: string; description: string; at: Instant },
): Promise<Id> {
  const id = newId();
  await tx
    .insertInto("teams")
    .values({
      id,
      organization_id: team.organizationId,
      slug: team.slug,
      name: team.name,
      description: team.description,
      created_at: team.at,
      updated_at: team.at,
    })
    .execute();
  return id;
}

export async function updateTeam(
  tx: Queries,
  id: Id,
  change: { slug?: string; name?: string; description?: string },
  at: Instant,
): Promise<void> {
  await tx
    .updateTable("teams")
    .set({ ...change, updated_at: at })
    .where("id", "=", id)
    .execute();
}

export async function deleteTeam(tx: Queries, id: Id): Promise<void> {
  await tx.deleteFrom("teams").where("id", "=", id).execute();
}

export async function teamMembers(q: Queries, teamId: Id): Promise<{ username: string; displayName: string }[]> {
  const rows = await q
    .selectFrom("team_members")
    .innerJoin("users", "users.id", "team_members.user_id")
    .select(["users.username", "users.display_name"])
    .where("team_id", "=", teamId)
    .orderBy("users.username")
    .execute();
  return rows.map((row) => ({ username: row.username, displayName: row.display_name }));
}

export async function addTeamMember(tx: Queries, teamId: Id, userId: Id, at: Instant): Promise<void> {
  await tx
    .insertInto("team_members")
    .values({ team_id: teamId, user_id: userId, source: "manual", created_at: at })
    .onConflict((conflict) => conflict.columns(["team_id", "user_id"]).doNothing())
    .execute();
}

/** Answers whether the person was in it. */
export async function removeTeamMember(tx: Queries, teamId: Id, username: string): Promise<boolean> {
  const rows = await tx
    .deleteFrom("team_members")
    .where("team_id", "=", teamId)
    .where("user_id", "in", (eb) => eb.selectFrom("users").select("users.id").where("username", "=", username))
    .returning("user_id")
    .execute();
  return rows.length > 0;
}

export async function teamAssets(q: Queries, teamId: Id): Promise<TeamAsset[]> {
  const rows = await q
    .selectFrom("team_assets")
    .innerJoin("assets", "assets.id", "team_assets.asset_id")
    .innerJoin("namespaces", "namespaces.id", "assets.namespace_id")
    .select(["assets.id", "namespaces.name", "assets.slug", "team_assets.access"])
    .where("team_id", "=", teamId)
    .where("assets.deleted_at", "is", null)
    .orderBy("assets.slug")
    .execute();
  return rows.map((row) => ({ assetId: row.id, ref: `${row.name}/${row.slug}`, access: row.access }));
}

export async function putTeamAsset(tx: Queries, teamId: Id, assetId: Id, access: AssetAccess, at: Instant) {
  await tx
    .insertInto("team_assets")
    .values({ team_id: teamId, asset_id: assetId, access, created_at: at })
    .onConflict((conflict) => conflict.columns(["team_id", "asset_id"]).doUpdateSet({ access }))
    .execute();
}

export async function removeTeamAsset(tx: Queries, teamId: Id, assetId: Id): Promise<boolean> {
  const rows = await tx
    .deleteFrom("team_assets")
    .where("team_id", "=", teamId)
    .where("asset_id", "=", assetId)
    .returning("asset_id")
    .execute();
  return rows.length > 0;
}

/** The teams that have a right on an asset. */
export async function teamsOfAsset(q: Queries, assetId: Id): Promise<{ slug: string; access: AssetAccess }[]> {
  return q
    .selectFrom("team_assets")
    .innerJoin("teams", "teams.id", "team_assets.team_id")
    .select(["teams.slug", "team_assets.access"])
    .where("asset_id", "=", assetId)
    .orderBy("teams.slug")
    .execute();
}

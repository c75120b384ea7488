import { sql } from "kysely";
import type { OrganizationRole } from "../../core/actor.ts";
import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import { offsetOf, type PageRequest } from "../../core/page.ts";
import { fromFlag, type Queries, toNumber } from "../../platform/database/index.ts";
import type { Member } from "./organization.ts";

const secondFactor = sql<number>`(CASE WHEN
  EXISTS (SELECT 1 FROM totp_credentials t WHERE t.user_id = users.id AND t.confirmed_at IS NOT NULL)
  OR EXISTS (SELECT 1 FROM passkeys p WHERE p.user_id = users.id) THEN 1 ELSE 0 END)`;

const members = (q: Queries, organizationId: Id) =>
  q
    .selectFrom("organization_members")
    .innerJoin("users", "users.id", "organization_members.user_id")
    .select([
      "organization_members.user_id",
      "organization_members.role",
      "organization_members.source",
      "organization_members.created_at",
      "users.username",
      "users.display_name",
      secondFactor.as("second_factor"),
    ])
    .where("organization_members.organization_id", "=", organizationId);

type MemberRow = Awaited<ReturnType<ReturnType<typeof members>["execute"]>>[number];

const toMember = (row: MemberRow): Member => ({
  userId: row.user_id,
  username: row.username,
  displayName: row.display_name,
  role: row.role,
  source: row.source,
  hasSecondFactor: fromFlag(row.second_factor),
  since: row.created_at,
});

/** By name. */
export async function listMembers(q: Queries, organizationId: Id, page: PageRequest) {
  const rows = await members(q, organizationId)
    .orderBy("users.username")
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute();
  return { items: rows.map(toMember), total: await countMembers(q, organizationId) };
}

export async function countMembers(q: Queries, organizationId: Id): Promise<number> {
  const { n } = await q
    .selectFrom("organization_members")
    .select((eb) => eb.fn.countAll<string>().as("n"))
    .where("organization_id", "=", organizationId)
    .executeTakeFirstOrThrow();
  return toNumber(n);
}

/** Names of members who have no second factor, at most 200. */
export async function membersWithoutSecondFactor(q: Queries, organizationId: Id): Promise<string[]> {
  const rows = await members(q, organizationId)
    .where(sql<boolean>`${secondFactor} = 0`)
    .orderBy("users.username")
    .limit(200)
    .execute();
  return rows.map(({ username }) => username);
}

export async function memberNamed(q: Queries, organizationId: Id, username: string): Promise<Member | null> {
  const row = await members(q, organizationId).where("users.username", "=", username).executeTakeFirst();
  return row ? toMember(row) : null;
}

export async function roleOf(q: Queries, organizationId: Id, userId: Id): Promise<OrganizationRole | null> {
  const row = await q
    .selectFrom("organization_members")
    .select("role")
    .where("organization_id", "=", organizationId)
    .where("user_id", "=", userId)
    .executeTakeFirst();
  return row?.role ?? null;
}

/** Owners who can sign in. */
export async function countOwners(q: Queries, organizationId: Id): Promise<number> {
  const { n } = await q
    .selectFrom("organization_members")
    .innerJoin("users", "users.id", "organization_members.user_id")
    .select((eb) => eb.fn.countAll<string>().as("n"))
    .where("organization_id", "=", organizationId)
    .where("organization_members.role", "=", "owner")
    .where("users.status", "=", "active")
    .executeTakeFirstOrThrow();
  return toNumber(n);
}

/** An account that can sign in. */
export async function activeUser(q: Queries, by: { username: string } | { id: Id }) {
  const query = q
    .selectFrom("users")
    .select(["id", "username", "email", "email_verified_at", "namespace_id"])
    .where("status", "=", "active");
  const row = await ("id" in by
    ? query.where("id", "=", by.id)
    : query.where("username", "=", by.username)
  ).executeTakeFirst();
  return row
    ? {
        id: row.id,
        username: row.username,
        email: row.email,
        emailVerified: row.email_verified_at !== null,
        namespaceId: row.namespace_id,
      }
    : null;
}

export async function putMember(
  tx: Queries,
  member: { organizationId: Id; userId: Id; role: OrganizationRole; at: Instant },
): Promise<void> {
  await tx
    .insertInto("organization_members")
    .values({
      organization_id: member.organizationId,
      user_id: member.userId,
      role: member.role,
      source: "manual",
      created_at: member.at,
    })
    .onConflict((conflict) =>
      conflict.columns(["organization_id", "user_id"]).doUpdateSet({ role: member.role, source: "manual" }),
    )
    .execute();
}

/** Takes a person out, with every right that came with it: teams, single assets, and so what keys and offers of theirs could do. */
export async function removeMember(tx: Queries, organization: { id: Id; namespaceId: Id }, userId: Id): Promise<void> {
  const ofOrganization = tx.selectFrom("teams").select("id").where("organization_id", "=", organization.id);
  await tx.deleteFrom("team_members").where("user_id", "=", userId).where("team_id", "in", ofOrganization).execute();
  const itsAssets = tx.selectFrom("assets").select("id").where("namespace_id", "=", organization.namespaceId);
  await tx.deleteFrom("asset_collaborators").where("user_id", "=", userId).where("asset_id", "in", itsAssets).execute();
  await tx
    .deleteFrom("organization_members")
    .where("organization_id", "=", organization.id)
    .where("user_id", "=", userId)
    .execute();
}

/** Everything that gives people rights in an organization. */
export async function removeEverybody(tx: Queries, organizationId: Id): Promise<void> {
  for (const table of ["teams", "invitations", "organization_members"] as const)
    await tx.deleteFrom(table).where("organization_id", "=", organizationId).execute();
}

export async function isSiteAdmin(q: Queries, userId: Id): Promise<boolean> {
  const row = await q
    .selectFrom("users")
    .select("id")
    .where("id", "=", userId)
    .where("role", "=", "admin")
    .where("status", "=", "active")
    .executeTakeFirst();
  return row !== undefined;
}

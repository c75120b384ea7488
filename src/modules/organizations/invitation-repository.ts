import { sql } from "kysely";
import type { OrganizationRole } from "../../core/actor.ts";
import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { Queries } from "../../platform/database/index.ts";

export interface Invitation {
  id: Id;
  organizationId: Id;
  /** For whom: an address, a person who is here already, or (both null) whoever holds the link. */
  email: string | null;
  userId: Id | null;
  username: string | null;
  role: OrganizationRole;
  teamId: Id | null;
  team: string | null;
  invitedBy: Id;
  inviter: string;
  createdAt: Instant;
  expiresAt: Instant;
}

const open = (q: Queries, now: Instant) =>
  q
    .selectFrom("invitations")
    .innerJoin("users as inviters", "inviters.id", "invitations.invited_by")
    .leftJoin("users as invitees", "invitees.id", "invitations.user_id")
    .leftJoin("teams", "teams.id", "invitations.team_id")
    .selectAll("invitations")
    .select(["inviters.username as inviter", "invitees.username as invitee", "teams.slug as team"])
    .where("invitations.revoked_at", "is", null)
    .where("invitations.accepted_at", "is", null)
    .where("invitations.expires_at", ">", now);

const toInvitation = (row: Awaited<ReturnType<ReturnType<typeof open>["execute"]>>[number]): Invitation => ({
  id: row.id,
  organizationId: row.organization_id,
  email: row.email,
  userId: row.user_id,
  username: row.invitee,
  role: row.role,
  teamId: row.team_id,
  team: row.team,
  invitedBy: row.invited_by,
  inviter: row.inviter,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
});

/** Those of an organization that can still be accepted, the newest first. */
export async function openInvitations(q: Queries, organizationId: Id, now: Instant): Promise<Invitation[]> {
  const rows = await open(q, now)
    .where("invitations.organization_id", "=", organizationId)
    .orderBy("invitations.created_at", "desc")
    .orderBy("invitations.id", "desc")
    .limit(200)
    .execute();
  return rows.map(toInvitation);
}

/** Those for a person: by name, or by an address that is proved to be theirs. */
export async function invitationsFor(
  q: Queries,
  person: { id: Id; email: string; emailVerified: boolean },
  now: Instant,
): Promise<Invitation[]> {
  const rows = await open(q, now)
    .where((eb) =>
      eb.or([
        eb("invitations.user_id", "=", person.id),
        ...(person.emailVerified
          ? [sql<boolean>`lower(invitations.email) = ${person.email.normalize("NFC").toLowerCase()}`]
          : []),
      ]),
    )
    .orderBy("invitations.created_at", "desc")
    .limit(100)
    .execute();
  return rows.map(toInvitation);
}

export async function invitationByHash(q: Queries, hash: string, now: Instant): Promise<Invitation | null> {
  const row = await open(q, now).where("invitations.token_hash", "=", hash).executeTakeFirst();
  return row ? toInvitation(row) : null;
}

export async function invitationById(q: Queries, id: Id, now: Instant): Promise<Invitation | null> {
  const row = await open(q, now).where("invitations.id", "=", id).executeTakeFirst();
  return row ? toInvitation(row) : null;
}

export async function countOpenInvitations(q: Queries, organizationId: Id, now: Instant): Promise<number> {
  const { n } = await q
    .selectFrom("invitations")
    .select((eb) => eb.fn.countAll<string>().as("n"))
    .where("organization_id", "=", organizationId)
    .where("revoked_at", "is", null)
    .where("accepted_at", "is", null)
    .where("expires_at", ">", now)
    .executeTakeFirstOrThrow();
  return Number(n);
}

export async function insertInvitation(
  tx: Queries,
  one: Pick<Invitation, "id" | "organizationId" | "email" | "userId" | "role" | "teamId" | "invitedBy"> & {
    tokenHash: string;
    at: Instant;
    expiresAt: Instant;
  },
): Promise<void> {
  await tx
    .insertInto("invitations")
    .values({
      id: one.id,
      organization_id: one.organizationId,
      email: one.email,
      user_id: one.userId,
      role: one.role,
      team_id: one.teamId,
      token_hash: one.tokenHash,
      invited_by: one.invitedBy,
      created_at: one.at,
      expires_at: one.expiresAt,
      accepted_at: null,
      accepted_by: null,
      revoked_at: null,
    })
    .execute();
}

/** Uses a personal invitation up; false when somebody was first, or it was revoked. */
export async function useInvitation(tx: Queries, id: Id, userId: Id | null, at: Instant): Promise<boolean> {
  const rows = await tx
    .updateTable("invitations")
    .set(userId === null ? { revoked_at: at } : { accepted_at: at, accepted_by: userId })
    .where("id", "=", id)
    .where("accepted_at", "is", null)
    .where("revoked_at", "is", null)
    .returning("id")
    .execute();
  return rows.length > 0;
}

/** Invitations that ended long ago are forgotten, and with them the addresses they were for. */
export async function deleteOldInvitations(tx: Queries, before: Instant): Promise<void> {
  await tx.deleteFrom("invitations").where("expires_at", "<", before).execute();
}

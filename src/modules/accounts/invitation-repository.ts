import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import { offsetOf, type PageRequest } from "../../core/page.ts";
import { type Queries, toNumber } from "../../platform/database/index.ts";

/** An invitation to make an account. */
export interface AccountInvitation {
  id: Id;
  /** Null: for whoever holds the link. */
  email: string | null;
  /** User name. */
  invitedBy: string;
  createdAt: Instant;
  expiresAt: Instant;
}

const open = (q: Queries, now: Instant) =>
  q
    .selectFrom("account_invitations")
    .where("used_at", "is", null)
    .where("revoked_at", "is", null)
    .where("account_invitations.expires_at", ">", now);

export async function addInvitation(
  tx: Queries,
  row: { id: Id; email: string | null; tokenHash: string; invitedBy: Id; createdAt: Instant; expiresAt: Instant },
): Promise<void> {
  await tx
    .insertInto("account_invitations")
    .values({
      id: row.id,
      email: row.email,
      token_hash: row.tokenHash,
      invited_by: row.invitedBy,
      created_at: row.createdAt,
      expires_at: row.expiresAt,
      used_at: null,
      used_by: null,
      revoked_at: null,
    })
    .execute();
}

/** The newest first. */
export async function listInvitations(
  q: Queries,
  now: Instant,
  page: PageRequest,
): Promise<{ invitations: AccountInvitation[]; total: number }> {
  const [rows, count] = await Promise.all([
    open(q, now)
      .innerJoin("users", "users.id", "account_invitations.invited_by")
      .select([
        "account_invitations.id",
        "account_invitations.email",
        "account_invitations.created_at",
        "account_invitations.expires_at",
        "users.username",
      ])
      .orderBy("account_invitations.created_at", "desc")
      .orderBy("account_invitations.id", "desc")
      .limit(page.perPage)
      .offset(offsetOf(page))
      .execute(),
    open(q, now)
      .select((e) => e.fn.countAll<number>().as("n"))
      .executeTakeFirst(),
  ]);
  const invitations = rows.map((row) => ({
    id: row.id,
    email: row.email,
    invitedBy: row.username,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }));
  return { invitations, total: toNumber(count?.n) };
}

/** The invitation that still holds. */
export async function findInvitation(
  q: Queries,
  tokenHash: string,
  now: Instant,
): Promise<{ id: Id; email: string | null } | null> {
  const row = await open(q, now).select(["id", "email"]).where("token_hash", "=", tokenHash).executeTakeFirst();
  return row ?? null;
}

/** Of many at once one gets true. */
export async function useInvitation(tx: Queries, id: Id, now: Instant): Promise<boolean> {
  const rows = await tx
    .updateTable("account_invitations")
    .set({ used_at: now })
    .where("id", "=", id)
    .where("used_at", "is", null)
    .where("revoked_at", "is", null)
    .where("expires_at", ">", now)
    .returning("id")
    .execute();
  return rows.length === 1;
}

export async function noteInvited(tx: Queries, id: Id, userId: Id): Promise<void> {
  await tx.updateTable("account_invitations").set({ used_by: userId }).where("id", "=", id).execute();
}

export async function revokeInvitation(tx: Queries, id: Id, now: Instant): Promise<boolean> {
  const rows = await tx
    .updateTable("account_invitations")
    .set({ revoked_at: now })
    .where("id", "=", id)
    .where("used_at", "is", null)
    .where("revoked_at", "is", null)
    .returning("id")
    .execute();
  return rows.length === 1;
}

/** Used and revoked ones as well: the audit log remembers them. */
export async function deleteExpiredInvitations(tx: Queries, now: Instant): Promise<void> {
  await tx.deleteFrom("account_invitations").where("expires_at", "<=", now).execute();
}

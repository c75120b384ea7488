import type { Selectable } from "kysely";
import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { Queries, Schema } from "../../platform/database/index.ts";
import { findUser } from "./repository.ts";
import type { User } from "./user.ts";

/** A browser session; its id is the hash of the secret in the cookie. */
export interface SessionRow {
  id: string;
  userId: Id;
  createdAt: Instant;
  expiresAt: Instant;
  userAgent: string;
  /** Where it was last seen from; "" for one from before addresses were kept. */
  address: string;
  seenAt: Instant | null;
  /** When it was last proved who this is; null when nobody says. */
  authenticatedAt: Instant | null;
  twoFactor: boolean;
  /** "Remember me" was chosen. */
  persistent: boolean;
}

const toSession = (row: Selectable<Schema["sessions"]>): SessionRow => ({
  id: row.id,
  userId: row.user_id,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  userAgent: row.user_agent,
  address: row.address,
  seenAt: row.seen_at,
  authenticatedAt: row.authenticated_at,
  twoFactor: row.two_factor === 1,
  persistent: row.persistent === 1,
});

export async function addSession(tx: Queries, row: SessionRow): Promise<void> {
  await tx
    .insertInto("sessions")
    .values({
      id: row.id,
      user_id: row.userId,
      created_at: row.createdAt,
      expires_at: row.expiresAt,
      user_agent: row.userAgent,
      address: row.address,
      seen_at: row.seenAt,
      authenticated_at: row.authenticatedAt,
      two_factor: row.twoFactor ? 1 : 0,
      persistent: row.persistent ? 1 : 0,
    })
    .execute();
}

/** The session with its person, when that one is active. */
export async function findSession(q: Queries, id: string): Promise<{ session: SessionRow; user: User } | null> {
  const session = await q.selectFrom("sessions").selectAll().where("id", "=", id).executeTakeFirst();
  const user = session && (await findUser(q, { id: session.user_id }));
  return session && user?.status === "active" ? { session: toSession(session), user } : null;
}

/** The living sessions, the newest first; at most 100. */
export async function listSessions(q: Queries, userId: Id, now: Instant): Promise<SessionRow[]> {
  const rows = await q
    .selectFrom("sessions")
    .selectAll()
    .where("user_id", "=", userId)
    .where("expires_at", ">", now)
    .orderBy("created_at", "desc")
    .limit(100)
    .execute();
  return rows.map(toSession);
}

export async function prolongSession(tx: Queries, id: string, expiresAt: Instant): Promise<void> {
  await tx.updateTable("sessions").set({ expires_at: expiresAt }).where("id", "=", id).execute();
}

/** Gives a session another id, and says how it was proved anew who this is; false when it is not there (any more). */
export async function renameSession(
  tx: Queries,
  id: string,
  to: { id: string; authenticatedAt: Instant; twoFactor: boolean },
): Promise<boolean> {
  const rows = await tx
    .updateTable("sessions")
    .set({ id: to.id, authenticated_at: to.authenticatedAt, two_factor: to.twoFactor ? 1 : 0 })
    .where("id", "=", id)
    .returning("id")
    .execute();
  return rows.length === 1;
}

/** Notes where and when the session was seen, unless that was noted after `before`. */
export async function touchSession(
  tx: Queries,
  id: string,
  seen: { at: Instant; before: Instant; address: string },
): Promise<void> {
  await tx
    .updateTable("sessions")
    .set({ seen_at: seen.at, address: seen.address })
    .where("id", "=", id)
    .where((e) => e.or([e("seen_at", "is", null), e("seen_at", "<=", seen.before)]))
    .execute();
}

/** Answers whether it was there, and this person's. */
export async function deleteSession(tx: Queries, id: string, userId?: Id): Promise<boolean> {
  const query = tx.deleteFrom("sessions").where("id", "=", id);
  const rows = await (userId === undefined ? query : query.where("user_id", "=", userId)).returning("id").execute();
  return rows.length > 0;
}

/** Ends all sessions of a person, but for `except`; answers how many. */
export async function deleteSessionsOf(tx: Queries, userId: Id, except?: string): Promise<number> {
  const query = tx.deleteFrom("sessions").where("user_id", "=", userId);
  const rows = await (except === undefined ? query : query.where("id", "!=", except)).returning("id").execute();
  return rows.length;
}

export async function deleteExpiredSessions(tx: Queries, now: Instant): Promise<number> {
  return (await tx.deleteFrom("sessions").where("expires_at", "<=", now).returning("id").execute()).length;
}

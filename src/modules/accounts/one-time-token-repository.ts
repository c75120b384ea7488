import { sql } from "kysely";
import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import { type Queries, toNumber } from "../../platform/database/index.ts";

export interface OneTimeRow {
  id: string;
  userId: Id | null;
  payload: string;
}

export async function addOneTimeToken(
  tx: Queries,
  row: OneTimeRow & { purpose: string; createdAt: Instant; expiresAt: Instant },
): Promise<void> {
  await tx
    .insertInto("one_time_tokens")
    .values({
      id: row.id,
      purpose: row.purpose,
      user_id: row.userId,
      payload: row.payload,
      created_at: row.createdAt,
      expires_at: row.expiresAt,
      used_at: null,
    })
    .execute();
}

export async function findOneTimeToken(
  q: Queries,
  purpose: string,
  id: string,
  now: Instant,
): Promise<OneTimeRow | null> {
  const row = await q
    .selectFrom("one_time_tokens")
    .select(["id", "user_id", "payload"])
    .where("id", "=", id)
    .where("purpose", "=", purpose)
    .where("used_at", "is", null)
    .where("expires_at", ">", now)
    .executeTakeFirst();
  return row ? { id: row.id, userId: row.user_id, payload: row.payload } : null;
}

export async function useOneTimeToken(
  tx: Queries,
  purpose: string,
  id: string,
  now: Instant,
): Promise<OneTimeRow | null> {
  const row = await tx
    .updateTable("one_time_tokens")
    .set({ used_at: now })
    .where("id", "=", id)
    .where("purpose", "=", purpose)
    .where("used_at", "is", null)
    .where("expires_at", ">", now)
    .returning(["id", "user_id", "payload"])
    .executeTakeFirst();
  return row ? { id: row.id, userId: row.user_id, payload: row.payload } : null;
}

export async function failOneTimeToken(
  tx: Queries,
  purpose: string,
  id: string,
  most: number,
  now: Instant,
): Promise<number> {
  const row = await tx
    .updateTable("one_time_tokens")
    .set({
      attempts: sql<number>`attempts + 1`,
      used_at: sql<string | null>`CASE WHEN attempts + 1 >= ${most} THEN ${now} ELSE used_at END`,
    })
    .where("id", "=", id)
    .where("purpose", "=", purpose)
    .returning("attempts")
    .executeTakeFirst();
  return toNumber(row?.attempts);
}

export async function forgetOneTimeTokens(tx: Queries, purpose: string, userId: Id, now: Instant): Promise<void> {
  await tx
    .updateTable("one_time_tokens")
    .set({ used_at: now })
    .where("user_id", "=", userId)
    .where("purpose", "=", purpose)
    .where("used_at", "is", null)
    .execute();
}

export async function rememberTokenId(tx: Queries, id: string, now: Instant, until: Instant): Promise<boolean> {
  const rows = await tx
    .insertInto("one_time_tokens")
    .values({ id, purpose: "token-id", user_id: null, created_at: now, expires_at: until, used_at: now })
    .onConflict((conflict) => conflict.column("id").doNothing())
    .returning("id")
    .execute();
  return rows.length === 1;
}

export async function deleteExpiredOneTimeTokens(tx: Queries, now: Instant): Promise<void> {
  await tx.deleteFrom("one_time_tokens").where("expires_at", "<=", now).execute();
}

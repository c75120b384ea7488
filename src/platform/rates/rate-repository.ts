import { type RawBuilder, sql } from "kysely";
import { type Queries, toNumber } from "../database/index.ts";

/** Postgres guesses a parameter's type from its surroundings, and guesses 32 bits. */
const wide = (value: number): RawBuilder<number> => sql<number>`CAST(${Math.round(value)} AS BIGINT)`;

interface Step {
  keyHash: string;
  /** Milliseconds since the epoch. */
  nowMs: number;
  /** How far one use moves the arrival time. */
  intervalMs: number;
  windowMs: number;
  expiresAt: string;
}

/**
 * Moves the arrival time by one interval if that stays within the window, in one statement; answers the new one, or null
 * when it does not.
 */
export async function takeOne(tx: Queries, { keyHash, nowMs, ...step }: Step): Promise<number | null> {
  const row = await tx
    .insertInto("rate_limits")
    .values({ key_hash: keyHash, arrival_ms: nowMs + step.intervalMs, expires_at: step.expiresAt })
    .onConflict((conflict) =>
      conflict
        .column("key_hash")
        .doUpdateSet({
          arrival_ms: sql<number>`CASE WHEN rate_limits.arrival_ms > ${wide(nowMs)} THEN rate_limits.arrival_ms ELSE ${wide(nowMs)} END + ${wide(step.intervalMs)}`,
          expires_at: step.expiresAt,
        })
        .where("rate_limits.arrival_ms", "<=", wide(nowMs + step.windowMs - step.intervalMs)),
    )
    .returning("arrival_ms")
    .executeTakeFirst();
  return row ? toNumber(row.arrival_ms) : null;
}

export async function findArrival(q: Queries, keyHash: string): Promise<number> {
  const row = await q.selectFrom("rate_limits").select("arrival_ms").where("key_hash", "=", keyHash).executeTakeFirst();
  return toNumber(row?.arrival_ms);
}

/** Nothing is further ahead than `mostMs`: a clock that was set back leaves such times behind. */
export async function lowerArrival(tx: Queries, keyHash: string, mostMs: number): Promise<void> {
  await tx
    .updateTable("rate_limits")
    .set({ arrival_ms: mostMs })
    .where("key_hash", "=", keyHash)
    .where("arrival_ms", ">", mostMs)
    .execute();
}

export async function takeBack(tx: Queries, keyHash: string, intervalMs: number): Promise<void> {
  await tx
    .updateTable("rate_limits")
    .set({ arrival_ms: sql<number>`arrival_ms - ${wide(intervalMs)}` })
    .where("key_hash", "=", keyHash)
    .execute();
}

/** Moves the arrival time on from itself, or from `sinceMs` when that is later; answers the new one. */
export async function addUse(
  tx: Queries,
  use: { keyHash: string; sinceMs: number; addedMs: number; mostMs: number; expiresAt: string },
): Promise<number> {
  const from = sql<number>`(CASE WHEN rate_limits.arrival_ms > ${wide(use.sinceMs)} THEN rate_limits.arrival_ms ELSE ${wide(use.sinceMs)} END)`;
  const moved = sql<number>`${from} + ${wide(use.addedMs)}`;
  const row = await tx
    .insertInto("rate_limits")
    .values({
      key_hash: use.keyHash,
      arrival_ms: Math.round(use.sinceMs) + Math.round(use.addedMs),
      expires_at: use.expiresAt,
    })
    .onConflict((conflict) =>
      conflict.column("key_hash").doUpdateSet({
        arrival_ms: sql<number>`CASE WHEN ${moved} > ${wide(use.mostMs)} THEN ${wide(use.mostMs)} ELSE ${moved} END`,
        expires_at: use.expiresAt,
      }),
    )
    .returning("arrival_ms")
    .executeTakeFirstOrThrow();
  return toNumber(row.arrival_ms);
}

export async function latestArrivals(q: Queries, after: string, limit: number): Promise<Map<string, number>> {
  const rows = await q
    .selectFrom("rate_limits")
    .select(["key_hash", "arrival_ms"])
    .where("expires_at", ">", after)
    .orderBy("expires_at", "desc")
    .limit(limit)
    .execute();
  return new Map(rows.map((row) => [row.key_hash, toNumber(row.arrival_ms)]));
}

/** Removes at most `limit` keys that expired before; answers how many. */
export async function removeExpired(tx: Queries, before: string, limit: number): Promise<number> {
  const expired = tx.selectFrom("rate_limits").select("key_hash").where("expires_at", "<", before).limit(limit);
  const rows = await tx.deleteFrom("rate_limits").where("key_hash", "in", expired).returning("key_hash").execute();
  return rows.length;
}

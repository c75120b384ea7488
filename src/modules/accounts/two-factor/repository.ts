import type { Instant } from "../../../core/clock.ts";
import { type Id, newId } from "../../../core/id.ts";
import { type Queries, toNumber } from "../../../platform/database/index.ts";

export interface TotpRow {
  userId: Id;
  /** Sealed. */
  secret: string;
  confirmedAt: Instant | null;
  lastStep: number | null;
  createdAt: Instant;
}

export async function findTotp(q: Queries, userId: Id): Promise<TotpRow | null> {
  const row = await q.selectFrom("totp_credentials").selectAll().where("user_id", "=", userId).executeTakeFirst();
  if (!row) return null;
  return {
    userId,
    secret: row.secret,
    confirmedAt: row.confirmed_at,
    lastStep: row.last_step === null ? null : toNumber(row.last_step),
    createdAt: row.created_at,
  };
}

/** Keeps a seed that waits for its first code, in place of one that waited before; false when one is confirmed. */
export async function addTotp(tx: Queries, row: { userId: Id; secret: string; createdAt: Instant }): Promise<boolean> {
  const values = { secret: row.secret, created_at: row.createdAt, confirmed_at: null, last_step: null };
  const rows = await tx
    .insertInto("totp_credentials")
    .values({ user_id: row.userId, ...values })
    .onConflict((conflict) =>
      conflict.column("user_id").doUpdateSet(values).where("totp_credentials.confirmed_at", "is", null),
    )
    .returning("user_id")
    .execute();
  return rows.length === 1;
}

/** Notes that the code of `step` was used; false when it, or a newer one, was used before: of many at once one gets true. */
export async function useStep(tx: Queries, userId: Id, step: number): Promise<boolean> {
  const rows = await tx
    .updateTable("totp_credentials")
    .set({ last_step: step })
    .where("user_id", "=", userId)
    .where((e) => e.or([e("last_step", "is", null), e("last_step", "<", step)]))
    .returning("user_id")
    .execute();
  return rows.length === 1;
}

/** False when it was confirmed before, or is another seed by now. */
export async function confirmTotp(tx: Queries, of: { userId: Id; secret: string }, at: Instant): Promise<boolean> {
  const rows = await tx
    .updateTable("totp_credentials")
    .set({ confirmed_at: at })
    .where("user_id", "=", of.userId)
    .where("secret", "=", of.secret)
    .where("confirmed_at", "is", null)
    .returning("user_id")
    .execute();
  return rows.length === 1;
}

export async function deleteTotp(tx: Queries, userId: Id): Promise<boolean> {
  return (
    (await tx.deleteFrom("totp_credentials").where("user_id", "=", userId).returning("user_id").execute()).length > 0
  );
}

/** Everything that a person has beside a password. */
export async function deleteSecondFactors(tx: Queries, userId: Id): Promise<void> {
  await deleteTotp(tx, userId);
  await deleteRecoveryCodes(tx, userId);
  await tx.deleteFrom("passkeys").where("user_id", "=", userId).execute();
}

export async function countPasskeys(q: Queries, userId: Id): Promise<number> {
  const row = await q
    .selectFrom("passkeys")
    .select((e) => e.fn.countAll<number>().as("n"))
    .where("user_id", "=", userId)
    .executeTakeFirst();
  return toNumber(row?.n);
}

/** Puts these in place of all that the person had. */
export async function replaceRecoveryCodes(tx: Queries, userId: Id, hashes: string[], at: Instant): Promise<void> {
  await deleteRecoveryCodes(tx, userId);
  await tx
    .insertInto("recovery_codes")
    .values(hashes.map((code_hash) => ({ id: newId(), user_id: userId, code_hash, created_at: at, used_at: null })))
    .execute();
}

export async function deleteRecoveryCodes(tx: Queries, userId: Id): Promise<void> {
  await tx.deleteFrom("recovery_codes").where("user_id", "=", userId).execute();
}

/** Uses a code up; of many at once one gets true. */
export async function useRecoveryCode(tx: Queries, userId: Id, hash: string, at: Instant): Promise<boolean> {
  const rows = await tx
    .updateTable("recovery_codes")
    .set({ used_at: at })
    .where("user_id", "=", userId)
    .where("code_hash", "=", hash)
    .where("used_at", "is", null)
    .returning("id")
    .execute();
  return rows.length > 0;
}

export async function countRecoveryCodes(q: Queries, userId: Id): Promise<number> {
  const row = await q
    .selectFrom("recovery_codes")
    .select((e) => e.fn.countAll<number>().as("n"))
    .where("user_id", "=", userId)
    .where("used_at", "is", null)
    .executeTakeFirst();
  return toNumber(row?.n);
}

import type { Role } from "../../../core/actor.ts";
import type { Instant } from "../../../core/clock.ts";
import type { Id } from "../../../core/id.ts";
import { type Queries, toNumber } from "../../../platform/database/index.ts";

/** An account elsewhere that somebody signs in with. */
export interface Identity {
  id: Id;
  userId: Id;
  provider: string;
  issuer: string;
  subject: string;
  email: string;
  createdAt: Instant;
  lastUsedAt: Instant | null;
}

const COLUMNS = [
  "id",
  "user_id as userId",
  "provider",
  "issuer",
  "subject",
  "email",
  "created_at as createdAt",
  "last_used_at as lastUsedAt",
] as const;

export async function findIdentity(q: Queries, issuer: string, subject: string): Promise<Identity | null> {
  const query = q.selectFrom("identities").select(COLUMNS);
  return (await query.where("issuer", "=", issuer).where("subject", "=", subject).executeTakeFirst()) ?? null;
}

export const listIdentities = (q: Queries, userId: Id): Promise<Identity[]> =>
  q.selectFrom("identities").select(COLUMNS).where("user_id", "=", userId).orderBy("created_at").execute();

export async function addIdentity(tx: Queries, identity: Identity): Promise<void> {
  await tx
    .insertInto("identities")
    .values({
      id: identity.id,
      user_id: identity.userId,
      provider: identity.provider,
      issuer: identity.issuer,
      subject: identity.subject,
      email: identity.email,
      created_at: identity.createdAt,
      last_used_at: identity.lastUsedAt,
    })
    .execute();
}

export async function touchIdentity(
  tx: Queries,
  id: Id,
  seen: { provider: string; email: string; at: Instant },
): Promise<void> {
  await tx
    .updateTable("identities")
    .set({ provider: seen.provider, email: seen.email, last_used_at: seen.at })
    .where("id", "=", id)
    .execute();
}

/** Answers the one that is gone; null when it was not this person's. */
export async function deleteIdentity(tx: Queries, id: Id, userId: Id): Promise<Identity | null> {
  const query = tx.deleteFrom("identities").where("id", "=", id).where("user_id", "=", userId);
  return (await query.returning(COLUMNS).executeTakeFirst()) ?? null;
}

/** What a person could still sign in with, besides identities. The row is locked: of two who ask at once the second waits. */
export async function lockWaysIn(tx: Queries, userId: Id): Promise<{ password: boolean; passkeys: number }> {
  const row = await tx
    .updateTable("users")
    .set((e) => ({ updated_at: e.ref("updated_at") }))
    .where("id", "=", userId)
    .returning("password_hash")
    .executeTakeFirst();
  const passkeys = await tx
    .selectFrom("passkeys")
    .select((e) => e.fn.countAll<number>().as("n"))
    .where("user_id", "=", userId)
    .executeTakeFirst();
  return { password: (row?.password_hash ?? "") !== "", passkeys: toNumber(passkeys?.n) };
}

/** An account that the directory made (SCIM) under one of these ids. */
export async function findByExternalId(q: Queries, externalIds: readonly string[]): Promise<Id | null> {
  if (externalIds.length === 0) return null;
  const query = q
    .selectFrom("users")
    .select("id")
    .where("external_id", "in", [...externalIds]);
  return (await query.executeTakeFirst())?.id ?? null;
}

export async function isFromDirectory(q: Queries, userId: Id): Promise<boolean> {
  const row = await q.selectFrom("users").select("directory_name").where("id", "=", userId).executeTakeFirst();
  return (row?.directory_name ?? null) !== null;
}

export async function roleOf(q: Queries, userId: Id): Promise<{ role: Role; source: string }> {
  const row = await q.selectFrom("users").select(["role", "role_source"]).where("id", "=", userId).executeTakeFirst();
  return { role: row?.role ?? "user", source: row?.role_source ?? "manual" };
}

export async function setRoleFrom(
  tx: Queries,
  userId: Id,
  to: { role: Role; source: string; at: Instant },
): Promise<void> {
  await tx
    .updateTable("users")
    .set({ role: to.role, role_source: to.source, updated_at: to.at })
    .where("id", "=", userId)
    .execute();
}

export async function hasPassword(q: Queries, userId: Id): Promise<boolean> {
  const row = await q.selectFrom("users").select("password_hash").where("id", "=", userId).executeTakeFirst();
  return (row?.password_hash ?? "") !== "";
}

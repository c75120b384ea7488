import type { Selectable } from "kysely";
import type { Confinement, Scope } from "../../core/actor.ts";
import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import { type Queries, type Schema, fromFlag, toFlag, toNumber } from "../../platform/database/index.ts";
import type { ApiKey } from "./api-key.ts";
import { findUser } from "./repository.ts";
import type { User } from "./user.ts";

/* Refresh tokens */

export interface RefreshTokenRow {
  id: Id;
  familyId: Id;
  userId: Id;
  tokenHash: string;
  createdAt: Instant;
  expiresAt: Instant;
  signIn: FamilySignIn;
}

/** What the sign-in that a family began with was; every token of the family carries it on. */
export interface FamilySignIn {
  twoFactor: boolean;
  authenticatedAt: Instant | null;
  client: string;
  /** How it was proved, as in RFC 8176; empty when that is not known. */
  methods: readonly string[];
}

export async function addRefreshToken(tx: Queries, row: RefreshTokenRow): Promise<void> {
  await tx
    .insertInto("refresh_tokens")
    .values({
      id: row.id,
      family_id: row.familyId,
      user_id: row.userId,
      token_hash: row.tokenHash,
      created_at: row.createdAt,
      expires_at: row.expiresAt,
      used_at: null,
      revoked_at: null,
      two_factor: toFlag(row.signIn.twoFactor),
      authenticated_at: row.signIn.authenticatedAt,
      client: row.signIn.client,
      methods: row.signIn.methods.join(" "),
    })
    .execute();
}

/** Marks the token as used and answers it; null when it is unknown, used, revoked or expired. Of many at once one gets it. */
export async function useRefreshToken(
  tx: Queries,
  tokenHash: string,
  now: Instant,
): Promise<{ familyId: Id; userId: Id; signIn: FamilySignIn } | null> {
  const row = await tx
    .updateTable("refresh_tokens")
    .set({ used_at: now })
    .where("token_hash", "=", tokenHash)
    .where("used_at", "is", null)
    .where("revoked_at", "is", null)
    .where("expires_at", ">", now)
    .returning(["family_id", "user_id", "two_factor", "authenticated_at", "client", "methods"])
    .executeTakeFirst();
  if (!row) return null;
  const { client, authenticated_at: authenticatedAt } = row;
  const methods = row.methods.split(" ").filter((method) => method !== "");
  const signIn = { twoFactor: fromFlag(row.two_factor), authenticatedAt, client, methods };
  return { familyId: row.family_id, userId: row.user_id, signIn };
}

export async function findRefreshToken(q: Queries, tokenHash: string): Promise<{ familyId: Id; used: boolean } | null> {
  const row = await q
    .selectFrom("refresh_tokens")
    .select(["family_id", "used_at"])
    .where("token_hash", "=", tokenHash)
    .executeTakeFirst();
  return row ? { familyId: row.family_id, used: row.used_at !== null } : null;
}

/** What the sign-in of a family that was not revoked was; null when there is none. */
export async function livingFamily(
  q: Queries,
  familyId: Id,
  userId: Id,
): Promise<{ twoFactor: boolean; authenticatedAt: Instant | null } | null> {
  const row = await q
    .selectFrom("refresh_tokens")
    .select(["two_factor", "authenticated_at"])
    .where("family_id", "=", familyId)
    .where("user_id", "=", userId)
    .where("revoked_at", "is", null)
    .orderBy("created_at", "desc")
    .limit(1)
    .executeTakeFirst();
  return row ? { twoFactor: toNumber(row.two_factor) === 1, authenticatedAt: row.authenticated_at } : null;
}

/** Answers whose they were; null when none was left to revoke. */
export async function revokeTokens(
  tx: Queries,
  of: { familyId: Id } | { userId: Id },
  at: Instant,
): Promise<Id | null> {
  const update = tx.updateTable("refresh_tokens").set({ revoked_at: at }).where("revoked_at", "is", null);
  const rows = await ("familyId" in of
    ? update.where("family_id", "=", of.familyId)
    : update.where("user_id", "=", of.userId)
  )
    .returning("user_id")
    .execute();
  return rows[0]?.user_id ?? null;
}

/** Ends every family there is. */
export async function revokeAllTokens(tx: Queries, at: Instant): Promise<void> {
  await tx.updateTable("refresh_tokens").set({ revoked_at: at }).where("revoked_at", "is", null).execute();
}

export async function deleteExpiredTokens(tx: Queries, now: Instant): Promise<number> {
  return (await tx.deleteFrom("refresh_tokens").where("expires_at", "<=", now).returning("id").execute()).length;
}

/* API keys */

const toApiKey = (row: Selectable<Schema["api_keys"]>): ApiKey => ({
  id: row.id,
  userId: row.user_id,
  name: row.name,
  hint: row.hint,
  scopes: JSON.parse(row.scopes) as Scope[],
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  lastUsedAt: row.last_used_at,
  confinement: toConfinement(row),
  kind: row.kind,
  provenance: row.provenance === null ? null : (JSON.parse(row.provenance) as Record<string, unknown>),
});

function toConfinement(row: Selectable<Schema["api_keys"]>): Confinement | null {
  if (row.namespace_ids === null && row.asset_ids === null && row.slug === null) return null;
  const ids = (text: string | null) => (text === null ? [] : (JSON.parse(text) as Id[]));
  const [namespaceId, slug] = row.slug?.split("/") ?? [];
  return {
    namespaceIds: ids(row.namespace_ids),
    assetIds: ids(row.asset_ids),
    slug: namespaceId && slug ? { namespaceId, slug } : null,
  };
}

export async function addApiKey(tx: Queries, key: ApiKey, keyHash: string): Promise<void> {
  await tx
    .insertInto("api_keys")
    .values({
      id: key.id,
      user_id: key.userId,
      name: key.name,
      hint: key.hint,
      key_hash: keyHash,
      scopes: JSON.stringify(key.scopes),
      created_at: key.createdAt,
      expires_at: key.expiresAt,
      last_used_at: null,
      revoked_at: null,
      kind: key.kind,
      provenance: key.provenance && JSON.stringify(key.provenance),
      ...(key.confinement && {
        namespace_ids: JSON.stringify(key.confinement.namespaceIds),
        asset_ids: JSON.stringify(key.confinement.assetIds),
        slug: key.confinement.slug && `${key.confinement.slug.namespaceId}/${key.confinement.slug.slug}`,
      }),
    })
    .execute();
}

/** Keys that were not revoked, the newest first; those that a CI job had for some minutes only while they live. */
export async function listApiKeys(q: Queries, userId: Id, now: Instant): Promise<ApiKey[]> {
  const rows = await q
    .selectFrom("api_keys")
    .selectAll()
    .where("user_id", "=", userId)
    .where("revoked_at", "is", null)
    .where((e) => e.or([e("kind", "!=", "trusted-publisher"), e("expires_at", ">", now)]))
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .execute();
  return rows.map(toApiKey);
}

/** Living keys that the person made, of whichever kind. */
export async function countApiKeys(q: Queries, userId: Id, now: Instant): Promise<number> {
  const row = await q
    .selectFrom("api_keys")
    .select((e) => e.fn.countAll<number>().as("n"))
    .where("user_id", "=", userId)
    .where("revoked_at", "is", null)
    .where("kind", "!=", "trusted-publisher")
    .where((e) => e.or([e("expires_at", "is", null), e("expires_at", ">", now)]))
    .executeTakeFirst();
  return toNumber(row?.n);
}

/** The living key with its person, when that one is active. */
export async function findApiKey(
  q: Queries,
  keyHash: string,
  now: Instant,
): Promise<{ key: ApiKey; user: User } | null> {
  const row = await q
    .selectFrom("api_keys")
    .selectAll()
    .where("key_hash", "=", keyHash)
    .where("revoked_at", "is", null)
    .executeTakeFirst();
  if (!row || (row.expires_at !== null && row.expires_at <= now)) return null;
  const user = await findUser(q, { id: row.user_id });
  return user?.status === "active" ? { key: toApiKey(row), user } : null;
}

export async function revokeApiKeys(tx: Queries, of: { userId: Id; id?: Id }, at: Instant): Promise<number> {
  const update = tx
    .updateTable("api_keys")
    .set({ revoked_at: at })
    .where("user_id", "=", of.userId)
    .where("revoked_at", "is", null);
  return (await (of.id === undefined ? update : update.where("id", "=", of.id)).returning("id").execute()).length;
}

export async function touchApiKey(tx: Queries, id: Id, at: Instant): Promise<void> {
  await tx.updateTable("api_keys").set({ last_used_at: at }).where("id", "=", id).execute();
}

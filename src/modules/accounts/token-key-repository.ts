import type { Instant } from "../../core/clock.ts";
import type { Queries } from "../../platform/database/index.ts";

export interface TokenKeyRow {
  /** RFC 7638 thumbprint. */
  id: string;
  publicJwk: string;
  /** Sealed. */
  privateJwk: string;
  createdAt: Instant;
  /** When it stops to sign; null for the newest. */
  retiredAt: Instant | null;
}

/** All that still verify, the oldest first. */
export async function listTokenKeys(q: Queries): Promise<TokenKeyRow[]> {
  const rows = await q.selectFrom("token_keys").selectAll().orderBy("created_at").orderBy("id").execute();
  return rows.map((row) => ({
    id: row.id,
    publicJwk: row.public_jwk,
    privateJwk: row.private_jwk,
    createdAt: row.created_at,
    retiredAt: row.retired_at,
  }));
}

export async function addTokenKey(tx: Queries, row: TokenKeyRow): Promise<void> {
  await tx
    .insertInto("token_keys")
    .values({
      id: row.id,
      public_jwk: row.publicJwk,
      private_jwk: row.privateJwk,
      created_at: row.createdAt,
      retired_at: row.retiredAt,
    })
    .execute();
}

/** Those that are not retired yet stop to sign at `at`. */
export async function retireTokenKeys(tx: Queries, at: Instant): Promise<void> {
  await tx.updateTable("token_keys").set({ retired_at: at }).where("retired_at", "is", null).execute();
}

export async function deleteTokenKeys(tx: Queries): Promise<void> {
  await tx.deleteFrom("token_keys").execute();
}

/** Deletes what stopped to sign at `before` or earlier; answers how many. */
export async function deleteRetiredTokenKeys(tx: Queries, before: Instant): Promise<number> {
  return (await tx.deleteFrom("token_keys").where("retired_at", "<=", before).returning("id").execute()).length;
}

import { type Id, newId } from "../../core/id.ts";
import type { Queries } from "../../platform/database/index.ts";
import type { SigningKey } from "./signing-key.ts";

const keyQuery = (q: Queries) =>
  q
    .selectFrom("signing_keys")
    .innerJoin("users", "users.id", "signing_keys.user_id")
    .selectAll("signing_keys")
    .select("users.username");

type KeyRow = Awaited<ReturnType<ReturnType<typeof keyQuery>["execute"]>>[number];

const toKey = (row: KeyRow): SigningKey => ({
  id: row.id,
  userId: row.user_id,
  username: row.username,
  fingerprint: row.fingerprint,
  publicKey: row.public_key,
  name: row.name,
  createdAt: row.created_at,
  revokedAt: row.revoked_at,
  revokeReason: row.revoke_reason,
});

export const keysOf = async (q: Queries, userId: Id): Promise<SigningKey[]> =>
  (await keyQuery(q).where("signing_keys.user_id", "=", userId).orderBy("signing_keys.created_at").execute()).map(
    toKey,
  );

export const keysOfUsername = async (q: Queries, username: string): Promise<SigningKey[]> =>
  (await keyQuery(q).where("users.username", "=", username).orderBy("signing_keys.created_at").execute()).map(toKey);

export const keyByFingerprint = async (q: Queries, userId: Id, fingerprint: string): Promise<SigningKey | null> =>
  (
    await keyQuery(q)
      .where("signing_keys.user_id", "=", userId)
      .where("signing_keys.fingerprint", "=", fingerprint)
      .execute()
  ).map(toKey)[0] ?? null;

export async function insertKey(tx: Queries, key: Omit<SigningKey, "username">): Promise<void> {
  await tx
    .insertInto("signing_keys")
    .values({
      id: key.id,
      user_id: key.userId,
      fingerprint: key.fingerprint,
      public_key: key.publicKey,
      name: key.name,
      created_at: key.createdAt,
      revoked_at: null,
      revoke_reason: null,
    })
    .execute();
}

/** Answers false when there is no such key of this user, or it is revoked already. */
export async function revokeKey(tx: Queries, userId: Id, id: Id, reason: string, at: string): Promise<boolean> {
  const result = await tx
    .updateTable("signing_keys")
    .set({ revoked_at: at, revoke_reason: reason })
    .where("id", "=", id)
    .where("user_id", "=", userId)
    .where("revoked_at", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** The assets that carry a signature of this key, to be indexed anew when it is revoked. */
export async function assetsSignedBy(q: Queries, keyId: Id): Promise<Id[]> {
  const rows = await q
    .selectFrom("signatures")
    .innerJoin("versions", "versions.id", "signatures.version_id")
    .select("versions.asset_id")
    .distinct()
    .where("signatures.signing_key_id", "=", keyId)
    .execute();
  return rows.map((row) => row.asset_id);
}

/** Writes a signature; one by the same key replaces it, as after the asset was given another name. */
export async function insertSignature(
  tx: Queries,
  signature: { versionId: Id; signingKeyId: Id; envelope: string; at: string },
): Promise<void> {
  await tx
    .insertInto("signatures")
    .values({
      id: newId(),
      version_id: signature.versionId,
      signing_key_id: signature.signingKeyId,
      envelope: signature.envelope,
      created_at: signature.at,
    })
    .onConflict((conflict) =>
      conflict
        .columns(["version_id", "signing_key_id"])
        .doUpdateSet({ envelope: signature.envelope, created_at: signature.at }),
    )
    .execute();
}

import type { Selectable } from "kysely";
import type { Instant } from "../../../core/clock.ts";
import type { Id } from "../../../core/id.ts";
import { type Queries, type Schema, toNumber } from "../../../platform/database/index.ts";
import type { Passkey } from "./passkey.ts";

const toPasskey = (row: Selectable<Schema["passkeys"]>): Passkey => ({
  id: row.id,
  userId: row.user_id,
  credentialId: row.credential_id,
  publicKey: row.public_key,
  counter: toNumber(row.counter),
  transports: JSON.parse(row.transports) as string[],
  name: row.name,
  backedUp: row.backed_up === 1,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
});

/** A credential that is registered already is a unique violation. */
export async function addPasskey(tx: Queries, passkey: Passkey): Promise<void> {
  await tx
    .insertInto("passkeys")
    .values({
      id: passkey.id,
      user_id: passkey.userId,
      credential_id: passkey.credentialId,
      public_key: passkey.publicKey,
      counter: passkey.counter,
      transports: JSON.stringify(passkey.transports),
      name: passkey.name,
      backed_up: passkey.backedUp ? 1 : 0,
      created_at: passkey.createdAt,
      last_used_at: null,
    })
    .execute();
}

/** The oldest first. */
export async function listPasskeys(q: Queries, userId: Id): Promise<Passkey[]> {
  const rows = await q
    .selectFrom("passkeys")
    .selectAll()
    .where("user_id", "=", userId)
    .orderBy("created_at")
    .orderBy("id")
    .execute();
  return rows.map(toPasskey);
}

export async function findPasskey(q: Queries, credentialId: string): Promise<Passkey | null> {
  const row = await q.selectFrom("passkeys").selectAll().where("credential_id", "=", credentialId).executeTakeFirst();
  return row ? toPasskey(row) : null;
}

/** Notes a use; false when the counter did not grow (WebAuthn 7.2, step 22): there are two of this passkey. */
export async function usePasskey(
  tx: Queries,
  id: Id,
  use: { counter: number; backedUp: boolean; at: Instant },
): Promise<boolean> {
  const rows = await tx
    .updateTable("passkeys")
    .set({ counter: use.counter, backed_up: use.backedUp ? 1 : 0, last_used_at: use.at })
    .where("id", "=", id)
    .where((e) => (use.counter === 0 ? e("counter", "=", 0) : e("counter", "<", use.counter)))
    .returning("id")
    .execute();
  return rows.length === 1;
}

export async function renamePasskey(tx: Queries, of: { id: Id; userId: Id }, name: string): Promise<boolean> {
  const rows = await tx
    .updateTable("passkeys")
    .set({ name })
    .where("id", "=", of.id)
    .where("user_id", "=", of.userId)
    .returning("id")
    .execute();
  return rows.length === 1;
}

export async function deletePasskey(tx: Queries, of: { id: Id; userId: Id }): Promise<boolean> {
  const rows = await tx
    .deleteFrom("passkeys")
    .where("id", "=", of.id)
    .where("user_id", "=", of.userId)
    .returning("id")
    .execute();
  return rows.length === 1;
}

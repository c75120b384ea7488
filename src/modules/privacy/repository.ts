import type { Digest } from "../../core/digest.ts";
import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import { type Queries, toNumber } from "../../platform/database/index.ts";
import type { DataExport } from "./data-export.ts";
import { PERSON_TABLES } from "./person-tables.ts";

/* Exports */

export async function addExport(tx: Queries, row: { id: Id; userId: Id; createdAt: Instant }): Promise<void> {
  await tx
    .insertInto("data_exports")
    .values({ id: row.id, user_id: row.userId, status: "waiting", created_at: row.createdAt })
    .execute();
}

/** The person's newest export that has not expired. */
export async function newestExport(q: Queries, userId: Id, now: Instant): Promise<DataExport | null> {
  const row = await q
    .selectFrom("data_exports")
    .selectAll()
    .where("user_id", "=", userId)
    .where((eb) => eb.or([eb("expires_at", "is", null), eb("expires_at", ">", now)]))
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  return row
    ? {
        id: row.id,
        status: row.status,
        digest: row.digest as Digest | null,
        size: row.size === null ? null : toNumber(row.size),
        createdAt: row.created_at,
        expiresAt: row.expires_at,
      }
    : null;
}

export async function finishExport(
  tx: Queries,
  id: Id,
  change:
    | { status: "ready"; digest: Digest; size: number; at: Instant; expiresAt: Instant }
    | { status: "failed"; at: Instant },
): Promise<void> {
  await tx
    .updateTable("data_exports")
    .set({
      status: change.status,
      finished_at: change.at,
      ...(change.status === "ready"
        ? { digest: change.digest, size: change.size, expires_at: change.expiresAt }
        : { expires_at: change.at }),
    })
    .where("id", "=", id)
    .execute();
}

export async function deleteExpiredExports(tx: Queries, now: Instant): Promise<void> {
  await tx.deleteFrom("data_exports").where("expires_at", "<=", now).execute();
}

/* Erasure */

export interface ErasureState {
  requestedAt: Instant | null;
  eraseAfter: Instant | null;
}

export async function erasureOf(q: Queries, userId: Id): Promise<ErasureState> {
  const row = await q
    .selectFrom("users")
    .select(["erasure_requested_at", "erase_after"])
    .where("id", "=", userId)
    .executeTakeFirst();
  return { requestedAt: row?.erasure_requested_at ?? null, eraseAfter: row?.erase_after ?? null };
}

export async function scheduleErasure(tx: Queries, userId: Id, state: ErasureState): Promise<void> {
  await tx
    .updateTable("users")
    .set({ erasure_requested_at: state.requestedAt, erase_after: state.eraseAfter })
    .where("id", "=", userId)
    .where("erased_at", "is", null)
    .execute();
}

export async function dueErasures(q: Queries, now: Instant, limit: number): Promise<Id[]> {
  const rows = await q
    .selectFrom("users")
    .select("id")
    .where("erase_after", "<=", now)
    .where("erased_at", "is", null)
    .orderBy("erase_after")
    .limit(limit)
    .execute();
  return rows.map((row) => row.id);
}

/** Names of organizations that would be left without an owner. */
export async function soleOwnerships(q: Queries, userId: Id): Promise<string[]> {
  const rows = await q
    .selectFrom("organization_members as own")
    .innerJoin("organizations", "organizations.id", "own.organization_id")
    .innerJoin("namespaces", "namespaces.id", "organizations.namespace_id")
    .select("namespaces.name")
    .where("own.user_id", "=", userId)
    .where("own.role", "=", "owner")
    .where("organizations.deleted_at", "is", null)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom("organization_members as other")
            .select("other.user_id")
            .whereRef("other.organization_id", "=", "own.organization_id")
            .where("other.role", "=", "owner")
            .where("other.user_id", "<>", userId),
        ),
      ),
    )
    .orderBy("namespaces.name")
    .execute();
  return rows.map((row) => row.name);
}

export async function isLastAdmin(q: Queries, userId: Id): Promise<boolean> {
  const admins = await q
    .selectFrom("users")
    .select("id")
    .where("role", "=", "admin")
    .where("status", "=", "active")
    .limit(2)
    .execute();
  return admins.length === 1 && admins[0]?.id === userId;
}

/** Takes everything personal of somebody out of every table but the audit log. False when it was done before. */
export async function erasePerson(tx: Queries, userId: Id, at: Instant): Promise<boolean> {
  const alias = `erased-${userId.slice(-12)}`;
  const user = await tx
    .updateTable("users")
    .set({
      username: alias,
      email: `${alias}@erased.invalid`,
      email_key: `${alias}@erased.invalid`,
      display_name: "",
      bio: "",
      website: "",
      password_hash: "",
      role: "user",
      status: "disabled",
      external_id: null,
      directory_name: null,
      email_verified_at: null,
      updated_at: at,
      erased_at: at,
    })
    .where("id", "=", userId)
    .where("erased_at", "is", null)
    .returning("namespace_id")
    .executeTakeFirst();
  if (!user) return false;
  for (const { table, column, erasure } of PERSON_TABLES) {
    if (erasure === "keep") continue;
    // As in the export: names from our own list.
    if (erasure === "delete")
      await tx
        .deleteFrom(table as "sessions")
        .where(column as "user_id", "=", userId)
        .execute();
    else
      await tx
        .updateTable(table as "users")
        .set(Object.fromEntries(erasure.empty.map((name) => [name, ""])))
        .where(column as "id", "=", userId)
        .execute();
  }
  await forgetName(tx, user.namespace_id, alias);
  return true;
}

/** A name under which nothing was ever published goes too; one that others install from stays as it is. */
async function forgetName(tx: Queries, namespaceId: Id, alias: string): Promise<void> {
  const asset = await tx
    .selectFrom("assets")
    .select("id")
    .where("namespace_id", "=", namespaceId)
    .union(tx.selectFrom("asset_redirects").select("asset_id as id").where("namespace_id", "=", namespaceId))
    .limit(1)
    .executeTakeFirst();
  if (asset) return;
  await tx.deleteFrom("namespace_redirects").where("namespace_id", "=", namespaceId).execute();
  await tx.updateTable("namespaces").set({ name: alias }).where("id", "=", namespaceId).execute();
}

import { sql } from "kysely";
import type { Actor } from "../../core/actor.ts";
import type { Id } from "../../core/id.ts";
import type { Visibility } from "../../core/kind.ts";
import { knownNamespace, lockShared, type Queries, type Engine } from "../../platform/database/index.ts";

// Where assets are and were: places that were left lead to the asset for good and are never used for another one.

/** The asset that was at a place before it was renamed or transferred, or before its namespace was renamed. */
export async function assetIdByFormerPlace(q: Queries, actor: Actor, namespace: string, slug: string) {
  const { rows } = await sql<{ id: Id }>`
    SELECT r.asset_id AS id FROM asset_redirects r JOIN namespaces n ON n.id = r.namespace_id
    WHERE n.name = ${namespace} AND r.slug = ${slug} AND ${knownNamespace(actor, "n.id")}
    UNION ALL
    SELECT a.id FROM assets a JOIN namespace_redirects f ON f.namespace_id = a.namespace_id
    WHERE f.name = ${namespace} AND a.slug = ${slug} AND ${knownNamespace(actor, "f.namespace_id")}
    UNION ALL
    SELECT r.asset_id FROM asset_redirects r JOIN namespace_redirects f ON f.namespace_id = r.namespace_id
    WHERE f.name = ${namespace} AND r.slug = ${slug} AND ${knownNamespace(actor, "f.namespace_id")}
    LIMIT 1`.execute(q);
  return rows[0]?.id ?? null;
}

/** Every name that an asset had, as far as the actor may know them, without the one that it has. */
export async function formerRefs(q: Queries, actor: Actor, assetId: Id): Promise<string[]> {
  const { rows } = await sql<{ namespace: string; slug: string }>`
    WITH places AS (
      SELECT namespace_id, slug, 0 AS here FROM asset_redirects WHERE asset_id = ${assetId}
      UNION ALL SELECT namespace_id, slug, 1 FROM assets WHERE id = ${assetId}
    )
    SELECT n.name AS namespace, p.slug FROM places p JOIN namespaces n ON n.id = p.namespace_id
    WHERE p.here = 0 AND ${knownNamespace(actor, "p.namespace_id")}
    UNION ALL
    SELECT f.name, p.slug FROM places p JOIN namespace_redirects f ON f.namespace_id = p.namespace_id
    WHERE ${knownNamespace(actor, "p.namespace_id")}
    ORDER BY 1, 2`.execute(q);
  return rows.map(({ namespace, slug }) => `${namespace}/${slug}`);
}

/** The present name of a namespace that was called so before. */
export async function namespaceFormerly(q: Queries, actor: Actor, name: string): Promise<string | null> {
  const { rows } = await sql<{ name: string }>`
    SELECT n.name FROM namespace_redirects f JOIN namespaces n ON n.id = f.namespace_id
    WHERE f.name = ${name} AND ${knownNamespace(actor, "n.id")}`.execute(q);
  return rows[0]?.name ?? null;
}

/** Whether another asset was at this place. Ask after writing: whoever leaves it at this moment was waited for by then. */
export async function isFormerPlace(tx: Queries, namespaceId: Id, slug: string, assetId: Id): Promise<boolean> {
  const row = await tx
    .selectFrom("asset_redirects")
    .select("asset_id")
    .where("namespace_id", "=", namespaceId)
    .where("slug", "=", slug)
    .executeTakeFirst();
  return row !== undefined && row.asset_id !== assetId;
}

/** Puts an asset elsewhere and leaves a redirect where it was. Throws a unique violation where another asset is or was deleted. */
export async function placeAsset(
  tx: Queries,
  asset: { id: Id; namespaceId: Id; slug: string },
  to: { namespaceId: Id; slug: string; visibility: Visibility },
  at: string,
): Promise<void> {
  await tx
    .updateTable("assets")
    .set({ namespace_id: to.namespaceId, slug: to.slug, visibility: to.visibility, updated_at: at })
    .where("id", "=", asset.id)
    .execute();
  await tx
    .insertInto("asset_redirects")
    .values({ namespace_id: asset.namespaceId, slug: asset.slug, asset_id: asset.id, created_at: at })
    .execute();
  await tx
    .deleteFrom("asset_redirects")
    .where("namespace_id", "=", to.namespaceId)
    .where("slug", "=", to.slug)
    .where("asset_id", "=", asset.id)
    .execute();
}

/** The bytes of all its versions, as its namespace is charged for them. */
export async function storedBytes(tx: Queries, assetId: Id): Promise<number> {
  const row = await tx
    .selectFrom("versions")
    .select((eb) => eb.fn.sum<string>("total_size").as("bytes"))
    .where("asset_id", "=", assetId)
    .executeTakeFirst();
  return Number(row?.bytes ?? 0);
}

/** The name of the lock under which a namespace turns private; those who place assets in it hold it shared. */
export const audienceLock = (namespaceId: Id): string => `namespace.audience:${namespaceId}`;

/** What may be seen of a namespace's assets at most. */
export interface Audience {
  kind: "user" | "organization";
  /** Of a private organization: its assets are for its members alone. */
  hidden: boolean;
}

/** Holds off whoever turns the namespace private until the transaction ends. */
export async function audienceOf(tx: Queries, engine: Engine, namespaceId: Id): Promise<Audience> {
  await lockShared(tx, engine, audienceLock(namespaceId));
  const row = await tx
    .selectFrom("namespaces")
    .leftJoin("organizations", "organizations.namespace_id", "namespaces.id")
    .select(["namespaces.kind", "organizations.visibility"])
    .where("namespaces.id", "=", namespaceId)
    .executeTakeFirst();
  return { kind: row?.kind ?? "user", hidden: row?.visibility === "private" };
}

/** Gives whoever makes an asset the right on it that their role alone would not give. */
export async function addFounder(tx: Queries, assetId: Id, userId: Id, at: string): Promise<void> {
  await tx
    .insertInto("asset_collaborators")
    .values({ asset_id: assetId, user_id: userId, access: "admin", added_by: userId, created_at: at })
    .onConflict((conflict) => conflict.columns(["asset_id", "user_id"]).doUpdateSet({ access: "admin" }))
    .execute();
}

/** Closes what a private organization's assets may not be to others; answers the assets that changed. */
export async function closeAssets(tx: Queries, namespaceId: Id, at: string): Promise<Id[]> {
  const rows = await tx
    .updateTable("assets")
    .set({ visibility: "organization", updated_at: at })
    .where("namespace_id", "=", namespaceId)
    .where("visibility", "not in", ["organization", "private"])
    .returning("id")
    .execute();
  return rows.map(({ id }) => id);
}

/** Ids of a namespace's assets that are not deleted. */
export async function assetsIn(q: Queries, namespaceId: Id): Promise<Id[]> {
  const rows = await q
    .selectFrom("assets")
    .select("id")
    .where("namespace_id", "=", namespaceId)
    .where("deleted_at", "is", null)
    .orderBy("id")
    .execute();
  return rows.map(({ id }) => id);
}

/** Deletes all assets of a namespace; answers those that were there. */
export async function deleteAssets(tx: Queries, namespaceId: Id, at: string): Promise<Id[]> {
  const rows = await tx
    .updateTable("assets")
    .set({ deleted_at: at, updated_at: at })
    .where("namespace_id", "=", namespaceId)
    .where("deleted_at", "is", null)
    .returning("id")
    .execute();
  return rows.map(({ id }) => id);
}

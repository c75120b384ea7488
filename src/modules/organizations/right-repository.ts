import type { AssetAccess } from "../../core/actor.ts";
import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { Queries } from "../../platform/database/index.ts";
import type { Collaborator } from "./organization.ts";

/** People with a right of their own on an asset, by name. */
export async function collaboratorsOf(q: Queries, assetId: Id): Promise<Collaborator[]> {
  const rows = await q
    .selectFrom("asset_collaborators")
    .innerJoin("users", "users.id", "asset_collaborators.user_id")
    .select(["users.id", "users.username", "users.display_name", "asset_collaborators.access"])
    .select("asset_collaborators.created_at")
    .where("asset_id", "=", assetId)
    .orderBy("users.username")
    .execute();
  return rows.map((row) => ({
    userId: row.id,
    username: row.username,
    displayName: row.display_name,
    access: row.access,
    since: row.created_at,
  }));
}

export async function putCollaborator(
  tx: Queries,
  one: { assetId: Id; userId: Id; access: AssetAccess; addedBy: Id; at: Instant },
): Promise<void> {
  await tx
    .insertInto("asset_collaborators")
    .values({
      asset_id: one.assetId,
      user_id: one.userId,
      access: one.access,
      added_by: one.addedBy,
      created_at: one.at,
    })
    .onConflict((conflict) => conflict.columns(["asset_id", "user_id"]).doUpdateSet({ access: one.access }))
    .execute();
}

/** Answers whether there was one. */
export async function removeCollaborator(tx: Queries, assetId: Id, userId: Id): Promise<boolean> {
  const rows = await tx
    .deleteFrom("asset_collaborators")
    .where("asset_id", "=", assetId)
    .where("user_id", "=", userId)
    .returning("user_id")
    .execute();
  return rows.length > 0;
}

/** Ends every right on an asset that its former owner gave: people, teams, CI jobs, offers, keys for it alone. */
export async function removeRights(
  tx: Queries,
  asset: { id: Id; namespaceId: Id; slug: string },
  at: Instant,
): Promise<void> {
  for (const table of ["asset_collaborators", "team_assets", "asset_transfers"] as const)
    await tx.deleteFrom(table).where("asset_id", "=", asset.id).execute();
  await tx
    .deleteFrom("trusted_publishers")
    .where("namespace_id", "=", asset.namespaceId)
    .where("slug", "=", asset.slug)
    .execute();
  await tx
    .updateTable("api_keys")
    .set({ revoked_at: at })
    .where("kind", "=", "trusted-publisher")
    .where("asset_ids", "=", JSON.stringify([asset.id]))
    .where("revoked_at", "is", null)
    .execute();
}

/** CI jobs that may publish an asset go on under its new name in the same namespace. */
export async function renameTrustedPublishers(tx: Queries, namespaceId: Id, from: string, to: string): Promise<void> {
  await tx
    .updateTable("trusted_publishers")
    .set({ slug: to })
    .where("namespace_id", "=", namespaceId)
    .where("slug", "=", from)
    .execute();
}

/** Signatures say the asset's name: one in a private organization is nobody else's business. */
export async function removeSignatures(tx: Queries, assetId: Id): Promise<void> {
  await tx
    .deleteFrom("signatures")
    .where("version_id", "in", (eb) => eb.selectFrom("versions").select("versions.id").where("asset_id", "=", assetId))
    .execute();
}

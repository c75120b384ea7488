import { sql } from "kysely";
import type { Instant } from "../../core/clock.ts";
import { type Id, newId } from "../../core/id.ts";
import type { Queries } from "../../platform/database/index.ts";

/** An asset offered to a namespace whose owner has to agree. */
export interface TransferOffer {
  id: Id;
  assetId: Id;
  /** As it is now. */
  ref: string;
  title: string;
  toNamespaceId: Id;
  toNamespace: string;
  /** What it is to be called there. */
  slug: string;
  requestedBy: Id;
  requester: string;
  createdAt: Instant;
  expiresAt: Instant;
}

const offers = (q: Queries, now: Instant) =>
  q
    .selectFrom("asset_transfers")
    .innerJoin("assets", "assets.id", "asset_transfers.asset_id")
    .innerJoin("namespaces", "namespaces.id", "assets.namespace_id")
    .innerJoin("namespaces as target", "target.id", "asset_transfers.to_namespace_id")
    .innerJoin("users", "users.id", "asset_transfers.requested_by")
    .selectAll("asset_transfers")
    .select([
      "namespaces.name",
      "assets.slug as present_slug",
      "assets.title",
      "target.name as target",
      "users.username",
    ])
    .where("asset_transfers.expires_at", ">", now)
    .where("assets.deleted_at", "is", null);

const toOffer = (row: Awaited<ReturnType<ReturnType<typeof offers>["execute"]>>[number]): TransferOffer => ({
  id: row.id,
  assetId: row.asset_id,
  ref: `${row.name}/${row.present_slug}`,
  title: row.title,
  toNamespaceId: row.to_namespace_id,
  toNamespace: row.target,
  slug: row.slug,
  requestedBy: row.requested_by,
  requester: row.username,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
});

/** Offers to any of these namespaces that still stand. */
export async function offersTo(q: Queries, namespaceIds: readonly Id[], now: Instant): Promise<TransferOffer[]> {
  if (namespaceIds.length === 0) return [];
  const rows = await offers(q, now)
    .where("asset_transfers.to_namespace_id", "in", [...namespaceIds])
    .orderBy("asset_transfers.created_at")
    .limit(100)
    .execute();
  return rows.map(toOffer);
}

export async function offerById(q: Queries, id: Id, now: Instant): Promise<TransferOffer | null> {
  const row = await offers(q, now).where("asset_transfers.id", "=", id).executeTakeFirst();
  return row ? toOffer(row) : null;
}

export async function offerOfAsset(q: Queries, assetId: Id, now: Instant): Promise<TransferOffer | null> {
  const row = await offers(q, now).where("asset_transfers.asset_id", "=", assetId).executeTakeFirst();
  return row ? toOffer(row) : null;
}

/** Replaces what was offered of the asset before. */
export async function putOffer(
  tx: Queries,
  offer: { assetId: Id; toNamespaceId: Id; slug: string; requestedBy: Id; at: Instant; expiresAt: Instant },
): Promise<Id> {
  const id = newId();
  await deleteOffer(tx, offer.assetId);
  await tx
    .insertInto("asset_transfers")
    .values({
      id,
      asset_id: offer.assetId,
      to_namespace_id: offer.toNamespaceId,
      slug: offer.slug,
      requested_by: offer.requestedBy,
      created_at: offer.at,
      expires_at: offer.expiresAt,
    })
    .execute();
  return id;
}

/** Answers whether there was one. */
export async function deleteOffer(tx: Queries, assetId: Id): Promise<boolean> {
  const rows = await tx.deleteFrom("asset_transfers").where("asset_id", "=", assetId).returning("id").execute();
  return rows.length > 0;
}

export async function deleteExpiredOffers(tx: Queries, now: Instant): Promise<void> {
  await tx.deleteFrom("asset_transfers").where("expires_at", "<=", now).execute();
}

/** Whether who offered an asset could still give it away: offers outlive neither membership nor role. */
export async function mayStillOffer(q: Queries, offer: TransferOffer): Promise<boolean> {
  const { rows } = await sql<{ id: Id }>`
    SELECT u.id FROM users u JOIN assets a ON a.id = ${offer.assetId}
    WHERE u.id = ${offer.requestedBy} AND u.status = 'active' AND (
      u.role = 'admin' OR u.namespace_id = a.namespace_id
      OR EXISTS (SELECT 1 FROM organization_members m JOIN organizations o ON o.id = m.organization_id
        WHERE o.namespace_id = a.namespace_id AND m.user_id = u.id AND m.role IN ('owner', 'admin'))
      OR EXISTS (SELECT 1 FROM asset_rights r WHERE r.asset_id = a.id AND r.user_id = u.id AND r.access = 'admin'))`.execute(
    q,
  );
  return rows.length > 0;
}

/** Offers to a namespace that nobody answers for any more. */
export async function deleteOffersTo(tx: Queries, namespaceId: Id): Promise<void> {
  await tx.deleteFrom("asset_transfers").where("to_namespace_id", "=", namespaceId).execute();
}

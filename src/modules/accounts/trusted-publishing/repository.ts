import type { Selectable } from "kysely";
import type { Instant } from "../../../core/clock.ts";
import type { Id } from "../../../core/id.ts";
import type { Queries, Schema } from "../../../platform/database/index.ts";
import type { PublisherClaims, TrustedPublisher } from "./trusted-publisher.ts";

const toPublisher = (row: Selectable<Schema["trusted_publishers"]>): TrustedPublisher => ({
  id: row.id,
  namespaceId: row.namespace_id,
  slug: row.slug,
  issuer: row.issuer,
  claims: JSON.parse(row.claims) as PublisherClaims,
  createdBy: row.created_by,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
});

export async function addPublisher(tx: Queries, publisher: TrustedPublisher): Promise<void> {
  await tx
    .insertInto("trusted_publishers")
    .values({
      id: publisher.id,
      namespace_id: publisher.namespaceId,
      slug: publisher.slug,
      issuer: publisher.issuer,
      claims: JSON.stringify(publisher.claims),
      created_by: publisher.createdBy,
      created_at: publisher.createdAt,
      last_used_at: null,
    })
    .execute();
}

/** Those of some namespaces, or of one slug in one, in the order of their names. */
export async function publishersIn(
  q: Queries,
  namespaceIds: readonly Id[],
  slug: string | null = null,
): Promise<TrustedPublisher[]> {
  if (namespaceIds.length === 0) return [];
  const query = q
    .selectFrom("trusted_publishers")
    .selectAll()
    .where("namespace_id", "in", [...namespaceIds])
    .orderBy("slug")
    .orderBy("id");
  return (await (slug === null ? query : query.where("slug", "=", slug)).execute()).map(toPublisher);
}

export async function publisherById(q: Queries, id: Id): Promise<TrustedPublisher | null> {
  const row = await q.selectFrom("trusted_publishers").selectAll().where("id", "=", id).executeTakeFirst();
  return row ? toPublisher(row) : null;
}

export interface NamedPublisher extends TrustedPublisher {
  namespace: string;
}

/** Those that trust an issuer, with the names of their namespaces. */
export async function publishersTrusting(
  q: Queries,
  issuer: string,
  target: { namespace?: string; slug?: string },
): Promise<NamedPublisher[]> {
  let query = q
    .selectFrom("trusted_publishers")
    .innerJoin("namespaces", "namespaces.id", "trusted_publishers.namespace_id")
    .selectAll("trusted_publishers")
    .select("namespaces.name as namespace")
    .where("issuer", "=", issuer);
  if (target.namespace !== undefined) query = query.where("namespaces.name", "=", target.namespace);
  if (target.slug !== undefined) query = query.where("trusted_publishers.slug", "=", target.slug);
  const rows = await query.orderBy("trusted_publishers.id").execute();
  return rows.map(({ namespace, ...row }) => ({ ...toPublisher(row), namespace }));
}

export async function deletePublisher(tx: Queries, id: Id): Promise<boolean> {
  return (await tx.deleteFrom("trusted_publishers").where("id", "=", id).returning("id").execute()).length === 1;
}

/**
 * Ends what jobs got by a publisher, for its asset or for the slug before there was one; answers how many keys. A job of another
 * publisher of the same person and asset exchanges its token anew.
 */
export async function revokeKeys(
  tx: Queries,
  { namespaceId, slug, createdBy }: TrustedPublisher,
  assetId: Id | null,
  at: Instant,
): Promise<number> {
  const revoked = await tx
    .updateTable("api_keys")
    .set({ revoked_at: at })
    .where("kind", "=", "trusted-publisher")
    .where("user_id", "=", createdBy)
    .where("revoked_at", "is", null)
    .where((e) =>
      e.or([
        e("slug", "=", `${namespaceId}/${slug}`),
        ...(assetId === null ? [] : [e("asset_ids", "=", JSON.stringify([assetId]))]),
      ]),
    )
    .returning("id")
    .execute();
  return revoked.length;
}

export async function touchPublisher(tx: Queries, id: Id, at: Instant): Promise<void> {
  await tx.updateTable("trusted_publishers").set({ last_used_at: at }).where("id", "=", id).execute();
}

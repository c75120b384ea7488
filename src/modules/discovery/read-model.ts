import { sql } from "kysely";
import type { Id } from "../../core/id.ts";
import type { AssetStatus, Kind, Verdict, Visibility } from "../../core/kind.ts";
import { type Queries, toNumber } from "../../platform/database/index.ts";
import type { SearchDocument } from "../../platform/search/search-index.ts";

/** A document before its trending score, which is not in the database. */
export type StoredDocument = Omit<SearchDocument, "trending">;

/** The documents of these assets (at most some hundred), in no particular order; deleted and unknown ones are left out. */
export async function documentsOf(q: Queries, ids: readonly Id[]): Promise<StoredDocument[]> {
  if (ids.length === 0) return [];
  const [rows, tags, categories] = await Promise.all([
    documentRows(q, ids),
    q.selectFrom("asset_tags").selectAll().where("asset_id", "in", ids).orderBy("tag").execute(),
    q
      .selectFrom("asset_categories")
      .innerJoin("categories", "categories.id", "asset_categories.category_id")
      .select(["asset_categories.asset_id", "categories.slug"])
      .where("asset_categories.asset_id", "in", ids)
      .orderBy("categories.slug")
      .execute(),
  ]);
  const tagsOf = Map.groupBy(tags, (row) => row.asset_id);
  const categoriesOf = Map.groupBy(categories, (row) => row.asset_id);
  return rows.map((row) => ({
    id: row.id,
    namespaceId: row.namespace_id,
    namespace: row.namespace,
    slug: row.slug,
    kind: row.kind as Kind,
    title: row.title,
    description: row.description,
    tags: tagsOf.get(row.id)?.map(({ tag }) => tag) ?? [],
    categories: categoriesOf.get(row.id)?.map(({ slug }) => slug) ?? [],
    license: row.license,
    verdict: (row.verdict ?? "pending") as Verdict,
    signed: toNumber(row.signatures) > 0,
    visibility: row.visibility as Visibility,
    status: row.status as AssetStatus,
    version: row.version,
    downloads: toNumber(row.downloads),
    rating: 0,
    updatedAt: row.updated_at,
    publishedAt: row.published_at,
  }));
}

const documentRows = (q: Queries, ids: readonly Id[]) =>
  q
    .selectFrom("assets")
    .innerJoin("namespaces", "namespaces.id", "assets.namespace_id")
    .leftJoin("versions as latest", "latest.id", "assets.latest_version_id")
    .select([
      "assets.id",
      "assets.namespace_id",
      "namespaces.name as namespace",
      "assets.slug",
      "assets.kind",
      "assets.title",
      "assets.description",
      "assets.license",
      "assets.visibility",
      "assets.status",
      "assets.downloads",
      "assets.updated_at",
      "assets.published_at",
      "latest.version",
      "latest.verdict",
      sql<number>`(SELECT COUNT(*) FROM signatures JOIN signing_keys ON signing_keys.id = signatures.signing_key_id
        WHERE signatures.version_id = assets.latest_version_id AND signing_keys.revoked_at IS NULL)`.as("signatures"),
    ])
    .where("assets.id", "in", ids)
    .where("assets.deleted_at", "is", null)
    // Nothing of them is left to install since a recall.
    .where(
      sql<boolean>`(assets.latest_version_id IS NOT NULL OR NOT EXISTS
        (SELECT 1 FROM versions AS gone WHERE gone.asset_id = assets.id AND gone.recalled_at IS NOT NULL))`,
    )
    .execute();

/** Ids of assets that are not deleted, in order, after `after`. */
export async function assetIdsAfter(q: Queries, after: Id, limit: number): Promise<Id[]> {
  const rows = await q
    .selectFrom("assets")
    .select("id")
    .where("id", ">", after)
    .where("deleted_at", "is", null)
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** Downloads of one day, of every asset that had any. */
export async function downloadsOn(q: Queries, day: string): Promise<{ assetId: Id; downloads: number }[]> {
  const rows = await q
    .selectFrom("daily_downloads")
    .select(["asset_id", (eb) => eb.fn.sum<string | number>("downloads").as("downloads")])
    .where("day", "=", day)
    .groupBy("asset_id")
    .execute();
  return rows.map((row) => ({ assetId: row.asset_id, downloads: toNumber(row.downloads) }));
}

/** All-time downloads of these assets. */
export async function totalDownloads(q: Queries, ids: readonly Id[]): Promise<Map<Id, number>> {
  if (ids.length === 0) return new Map();
  const rows = await q.selectFrom("assets").select(["id", "downloads"]).where("id", "in", ids).execute();
  return new Map(rows.map((row) => [row.id, toNumber(row.downloads)]));
}

import { type SelectQueryBuilder, sql } from "kysely";
import type { Actor } from "../../core/actor.ts";
import type { Id } from "../../core/id.ts";
import type { AssetStatus, Kind, Verdict, Visibility } from "../../core/kind.ts";
import { offsetOf, type PageRequest } from "../../core/page.ts";
import {
  fromFlag,
  type Queries,
  readableAssets,
  type Schema,
  toFlag,
  toNumber,
} from "../../platform/database/index.ts";
import type { Asset } from "./asset.ts";
import type { AssetFilter } from "./catalog.ts";

const assetQuery = (q: Queries) =>
  q
    .selectFrom("assets")
    .innerJoin("namespaces", "namespaces.id", "assets.namespace_id")
    .leftJoin("versions as latest", "latest.id", "assets.latest_version_id")
    .selectAll("assets")
    .select([
      "namespaces.name as namespace",
      "latest.version as latest_version",
      "latest.verdict as latest_verdict",
      sql<number>`(SELECT COUNT(*) FROM signatures JOIN signing_keys ON signing_keys.id = signatures.signing_key_id
        WHERE signatures.version_id = assets.latest_version_id AND signing_keys.revoked_at IS NULL)`.as(
        "latest_signatures",
      ),
    ]);

/** Leaves out assets of which nothing is left to install since a recall. */
const notWhollyRecalled = sql<boolean>`(assets.latest_version_id IS NOT NULL OR NOT EXISTS
  (SELECT 1 FROM versions AS gone WHERE gone.asset_id = assets.id AND gone.recalled_at IS NOT NULL))`;

type AssetRow = Awaited<ReturnType<ReturnType<typeof assetQuery>["execute"]>>[number];

async function toAssets(q: Queries, rows: AssetRow[]): Promise<Asset[]> {
  if (rows.length === 0) return [];
  const ids = rows.map((r) => r.id);
  const [tags, categories] = await Promise.all([
    q.selectFrom("asset_tags").selectAll().where("asset_id", "in", ids).orderBy("tag").execute(),
    q
      .selectFrom("asset_categories")
      .innerJoin("categories", "categories.id", "asset_categories.category_id")
      .select(["asset_categories.asset_id", "categories.slug"])
      .where("asset_categories.asset_id", "in", ids)
      .orderBy("categories.slug")
      .execute(),
  ]);
  return rows.map((row) => ({
    id: row.id,
    namespaceId: row.namespace_id,
    namespace: row.namespace,
    slug: row.slug,
    kind: row.kind as Kind,
    title: row.title,
    description: row.description,
    license: row.license,
    homepage: row.homepage,
    repository: row.repository,
    visibility: row.visibility as Visibility,
    status: row.status as AssetStatus,
    statusReason: row.status_reason,
    publishRequested: fromFlag(row.publish_requested),
    tags: tags.filter((t) => t.asset_id === row.id).map((t) => t.tag),
    categories: categories.filter((c) => c.asset_id === row.id).map((c) => c.slug),
    latest:
      row.latest_version_id && row.latest_version
        ? {
            id: row.latest_version_id,
            version: row.latest_version,
            verdict: row.latest_verdict as Verdict,
            signed: toNumber(row.latest_signatures) > 0,
          }
        : null,
    downloads: toNumber(row.downloads),
    createdBy: row.created_by,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    publishedAt: row.published_at,
    deletedAt: row.deleted_at,
  }));
}

const first = async (q: Queries, rows: AssetRow[]): Promise<Asset | null> => (await toAssets(q, rows))[0] ?? null;

export const assetById = async (q: Queries, id: Id): Promise<Asset | null> =>
  first(q, await assetQuery(q).where("assets.id", "=", id).execute());

export const assetByName = async (q: Queries, namespace: string, slug: string): Promise<Asset | null> =>
  first(q, await assetQuery(q).where("namespaces.name", "=", namespace).where("assets.slug", "=", slug).execute());

type AssetSelection = SelectQueryBuilder<Schema, "assets" | "namespaces", object>;

function filtered(q: Queries, actor: Actor, filter: AssetFilter): AssetSelection {
  let query = q
    .selectFrom("assets")
    .innerJoin("namespaces", "namespaces.id", "assets.namespace_id")
    .where(readableAssets(actor)) as AssetSelection;
  // Whoever publishes there sees them: with all of their versions recalled they are of no use to others.
  if (!filter.namespaceIds) query = query.where(notWhollyRecalled);
  if (filter.kinds?.length) query = query.where("assets.kind", "in", filter.kinds);
  if (filter.statuses?.length) query = query.where("assets.status", "in", filter.statuses);
  if (filter.namespace) query = query.where("namespaces.name", "=", filter.namespace);
  if (filter.namespaceIds) query = query.where("assets.namespace_id", "in", [...filter.namespaceIds]);
  if (filter.license) query = query.where("assets.license", "=", filter.license);
  if (filter.tag) {
    const tag = filter.tag;
    query = query.where("assets.id", "in", (eb) =>
      eb.selectFrom("asset_tags").select("asset_tags.asset_id").where("asset_tags.tag", "=", tag),
    );
  }
  if (filter.category) {
    const category = filter.category;
    query = query.where("assets.id", "in", (eb) =>
      eb
        .selectFrom("asset_categories")
        .innerJoin("categories", "categories.id", "asset_categories.category_id")
        .select("asset_categories.asset_id")
        .where("categories.slug", "=", category),
    );
  }
  return query;
}

/** Ratings and trending scores are not kept here: both sort like downloads, the nearest fact this table has. */
export async function listAssets(
  q: Queries,
  actor: Actor,
  filter: AssetFilter,
  page: PageRequest,
): Promise<{ items: Asset[]; total: number }> {
  const order = filter.sort === "downloads" || filter.sort === "rating" || filter.sort === "trending";
  const ids = await filtered(q, actor, filter)
    .select("assets.id")
    .orderBy(order ? "assets.downloads" : "assets.updated_at", "desc")
    .orderBy("assets.id", "desc")
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute();
  const { total } = await filtered(q, actor, filter)
    .select((eb) => eb.fn.countAll<string>().as("total"))
    .executeTakeFirstOrThrow();
  if (ids.length === 0) return { items: [], total: toNumber(total) };
  const wanted = ids.map((r) => r.id);
  const assets = await toAssets(q, await assetQuery(q).where("assets.id", "in", wanted).execute());
  return { items: wanted.flatMap((id) => assets.find((a) => a.id === id) ?? []), total: toNumber(total) };
}

export interface NewAsset {
  id: Id;
  namespaceId: Id;
  slug: string;
  kind: Kind;
  title: string;
  description: string;
  license: string | null;
  homepage: string | null;
  repository: string | null;
  visibility: Visibility;
  publishRequested: boolean;
  createdBy: Id;
  at: string;
}

/** Throws a unique violation when the name is taken, also by a deleted asset. */
export async function insertAsset(tx: Queries, asset: NewAsset): Promise<void> {
  await tx
    .insertInto("assets")
    .values({
      id: asset.id,
      namespace_id: asset.namespaceId,
      slug: asset.slug,
      kind: asset.kind,
      title: asset.title,
      description: asset.description,
      license: asset.license,
      homepage: asset.homepage,
      repository: asset.repository,
      visibility: asset.visibility,
      status: "draft",
      publish_requested: toFlag(asset.publishRequested),
      status_reason: null,
      latest_version_id: null,
      created_by: asset.createdBy,
      created_at: asset.at,
      updated_at: asset.at,
      published_at: null,
      deleted_at: null,
    })
    .execute();
}

export interface AssetChanges {
  kind?: Kind;
  title?: string;
  description?: string;
  license?: string | null;
  homepage?: string | null;
  repository?: string | null;
  visibility?: Visibility;
  status?: AssetStatus;
  statusReason?: string | null;
  publishRequested?: boolean;
  latestVersionId?: Id | null;
  publishedAt?: string;
  deletedAt?: string;
}

export async function updateAsset(tx: Queries, id: Id, changes: AssetChanges, at: string): Promise<void> {
  await tx
    .updateTable("assets")
    .set({
      kind: changes.kind,
      title: changes.title,
      description: changes.description,
      license: changes.license,
      homepage: changes.homepage,
      repository: changes.repository,
      visibility: changes.visibility,
      status: changes.status,
      status_reason: changes.statusReason,
      publish_requested: changes.publishRequested === undefined ? undefined : toFlag(changes.publishRequested),
      latest_version_id: changes.latestVersionId,
      published_at: changes.publishedAt,
      deleted_at: changes.deletedAt,
      updated_at: at,
    })
    .where("id", "=", id)
    .execute();
}

/** Takes the asset's row for the rest of the transaction: changes of one asset happen one after the other. */
export async function lockAsset(tx: Queries, id: Id): Promise<void> {
  await tx.updateTable("assets").set({ id }).where("id", "=", id).execute();
}

export async function replaceTags(tx: Queries, assetId: Id, tags: readonly string[]): Promise<void> {
  await tx.deleteFrom("asset_tags").where("asset_id", "=", assetId).execute();
  if (tags.length === 0) return;
  await tx
    .insertInto("asset_tags")
    .values(tags.map((tag) => ({ asset_id: assetId, tag })))
    .execute();
}

/** Sets the categories with these slugs; slugs that name none are answered and left out. */
export async function replaceCategories(tx: Queries, assetId: Id, slugs: readonly string[]): Promise<string[]> {
  await tx.deleteFrom("asset_categories").where("asset_id", "=", assetId).execute();
  if (slugs.length === 0) return [];
  const known = await tx
    .selectFrom("categories")
    .select(["id", "slug"])
    .where("slug", "in", [...slugs])
    .execute();
  if (known.length > 0)
    await tx
      .insertInto("asset_categories")
      .values(known.map((c) => ({ asset_id: assetId, category_id: c.id })))
      .execute();
  return slugs.filter((slug) => !known.some((c) => c.slug === slug));
}

/** Assets whose latest version depends on one of these names, as the actor may list them. */
export async function dependentsOf(
  q: Queries,
  actor: Actor,
  refs: readonly string[],
  page: PageRequest,
): Promise<{ items: { asset: Asset; range: string }[]; total: number }> {
  const selection = q
    .selectFrom("dependencies")
    .innerJoin("assets", "assets.latest_version_id", "dependencies.version_id")
    .where("dependencies.ref", "in", [...refs])
    .where(readableAssets(actor));
  const rows = await selection
    .select(["assets.id", "dependencies.version_range"])
    .orderBy("assets.downloads", "desc")
    .orderBy("assets.id")
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute();
  const { total } = await selection.select((eb) => eb.fn.countAll<string>().as("total")).executeTakeFirstOrThrow();
  if (rows.length === 0) return { items: [], total: toNumber(total) };
  const assets = await toAssets(
    q,
    await assetQuery(q)
      .where(
        "assets.id",
        "in",
        rows.map((r) => r.id),
      )
      .execute(),
  );
  const items = rows.flatMap((row) => {
    const asset = assets.find((a) => a.id === row.id);
    return asset ? [{ asset, range: row.version_range }] : [];
  });
  return { items, total: toNumber(total) };
}

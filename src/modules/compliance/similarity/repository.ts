import type { Expression, ExpressionBuilder, SqlBool } from "kysely";
import type { Instant } from "../../../core/clock.ts";
import type { Id } from "../../../core/id.ts";
import { OPEN_STATUSES } from "../../../core/permission.ts";
import { type Queries, type Schema, toNumber } from "../../../platform/database/index.ts";

/** Another owner's asset that everybody, or everybody who is signed in, may find. */
export interface OtherAsset {
  assetId: Id;
  namespace: string;
  slug: string;
  title: string;
  downloads: number;
  visibility: "public" | "internal";
  createdAt: Instant;
}

/** Whose assets are never compared with one another. */
export interface Owner {
  assetId: Id;
  namespaceId: Id;
  /** Who published the version that is looked at, and who made the asset. */
  people: readonly Id[];
}

/** Assets that share most keys, of everybody; beyond them nothing is looked at. */
const MOST_FOUND = 1000;
const MOST_NAMES = 200;
const MOST_SKETCHES = 50;

const columns = [
  "assets.id",
  "namespaces.name as namespace",
  "assets.slug",
  "assets.title",
  "assets.downloads",
  "assets.visibility",
  "assets.created_at",
] as const;

const toOther = (row: {
  id: string;
  namespace: string;
  slug: string;
  title: string;
  downloads: number | string | bigint;
  visibility: string;
  created_at: string;
}): OtherAsset => ({
  assetId: row.id,
  namespace: row.namespace,
  slug: row.slug,
  title: row.title,
  downloads: toNumber(row.downloads),
  visibility: row.visibility as OtherAsset["visibility"],
  createdAt: row.created_at,
});

/** Published, findable by all who are signed in at least, and of nobody who has to do with the owner. */
function foreign(eb: ExpressionBuilder<Schema, "assets">, owner: Owner): Expression<SqlBool> {
  const people = [...owner.people];
  return eb.and([
    eb("assets.id", "<>", owner.assetId),
    eb("assets.deleted_at", "is", null),
    eb("assets.status", "in", OPEN_STATUSES),
    eb("assets.visibility", "in", ["public", "internal"]),
    eb("assets.namespace_id", "<>", owner.namespaceId),
    eb("assets.created_by", "not in", people),
    eb.not(
      eb.exists(
        eb
          .selectFrom("users")
          .select("users.id")
          .whereRef("users.namespace_id", "=", "assets.namespace_id")
          .where("users.id", "in", people),
      ),
    ),
    eb.not(
      eb.exists(
        eb
          .selectFrom("organizations")
          .innerJoin("organization_members", "organization_members.organization_id", "organizations.id")
          .select("organizations.id")
          .whereRef("organizations.namespace_id", "=", "assets.namespace_id")
          .where("organization_members.user_id", "in", people)
          .where("organization_members.role", "<>", "viewer"),
      ),
    ),
    eb.not(
      eb.exists(
        eb
          .selectFrom("asset_rights")
          .select("asset_rights.asset_id")
          .whereRef("asset_rights.asset_id", "=", "assets.id")
          .where("asset_rights.user_id", "in", people)
          .where("asset_rights.access", "<>", "read"),
      ),
    ),
  ]);
}

/** Whose assets: other owners' that people can find, or the owner's own. */
export type Whose = "foreign" | "own";

function belonging(eb: ExpressionBuilder<Schema, "assets">, whose: Whose, owner: Owner): Expression<SqlBool> {
  if (whose === "foreign") return foreign(eb, owner);
  return eb.and([
    eb("assets.deleted_at", "is", null),
    eb.or([eb("assets.namespace_id", "=", owner.namespaceId), eb("assets.created_by", "in", [...owner.people])]),
  ]);
}

/** Assets that share a key, most downloaded first; at most 200. */
export async function assetsByNameKeys(
  q: Queries,
  whose: Whose,
  owner: Owner,
  keys: readonly string[],
): Promise<OtherAsset[]> {
  // What the keys lead to is gathered first: otherwise the planner walks through all assets.
  const found = await q
    .selectFrom("asset_name_keys")
    .select("asset_id")
    .where("name_key", "in", [...keys])
    .groupBy("asset_id")
    .orderBy((eb) => eb.fn.countAll(), "desc")
    .limit(MOST_FOUND)
    .execute();
  if (found.length === 0) return [];
  const rows = await q
    .selectFrom("assets")
    .innerJoin("namespaces", "namespaces.id", "assets.namespace_id")
    .select(columns)
    .where(
      "assets.id",
      "in",
      found.map(({ asset_id }) => asset_id),
    )
    .where((eb) => belonging(eb as unknown as ExpressionBuilder<Schema, "assets">, whose, owner))
    .orderBy("assets.downloads", "desc")
    .orderBy("assets.id")
    .limit(MOST_NAMES)
    .execute();
  return rows.map(toOther);
}

/** Puts an asset's keys in the place of those it had. */
export async function replaceNameKeys(
  tx: Queries,
  asset: { assetId: Id; revision: number; slug: string; title: string },
  keys: readonly string[],
): Promise<void> {
  await tx.deleteFrom("asset_name_keys").where("asset_id", "=", asset.assetId).execute();
  await tx
    .insertInto("asset_name_keys")
    .values(keys.map((name_key) => ({ name_key, asset_id: asset.assetId })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { revision, slug, title } = asset;
  await tx
    .insertInto("asset_name_index")
    .values({ asset_id: asset.assetId, revision, slug, title })
    .onConflict((conflict) => conflict.column("asset_id").doUpdateSet({ revision, slug, title }))
    .execute();
}

/** Assets behind `after` whose keys are missing, of another revision or of a former name, in order of their ids. */
export async function unindexedAssets(
  q: Queries,
  revision: number,
  after: Id,
  limit: number,
): Promise<{ assetId: Id; slug: string; title: string }[]> {
  const rows = await q
    .selectFrom("assets")
    .leftJoin("asset_name_index", "asset_name_index.asset_id", "assets.id")
    .select(["assets.id", "assets.slug", "assets.title"])
    .where("assets.id", ">", after)
    .where("assets.deleted_at", "is", null)
    .where((eb) =>
      eb.or([
        eb("asset_name_index.asset_id", "is", null),
        eb("asset_name_index.revision", "<>", revision),
        eb("asset_name_index.slug", "<>", eb.ref("assets.slug")),
        eb("asset_name_index.title", "<>", eb.ref("assets.title")),
      ]),
    )
    .orderBy("assets.id")
    .limit(limit)
    .execute();
  return rows.map((row) => ({ assetId: row.id, slug: row.slug, title: row.title }));
}

/** Writes what a version's text is like. Its asset keeps the bands of its other versions, too. */
export async function saveSketch(
  tx: Queries,
  row: { versionId: Id; assetId: Id; revision: number; sketch: string; at: string },
  bands: readonly string[],
): Promise<void> {
  const { revision, sketch } = row;
  await tx
    .insertInto("content_sketches")
    .values({ version_id: row.versionId, asset_id: row.assetId, revision, sketch, sketched_at: row.at })
    .onConflict((conflict) => conflict.column("version_id").doUpdateSet({ revision, sketch, sketched_at: row.at }))
    .execute();
  if (bands.length === 0) return;
  await tx
    .insertInto("content_bands")
    .values(bands.map((band_key) => ({ band_key, asset_id: row.assetId })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** A released version with the sketch of its text. */
export interface SketchedVersion extends OtherAsset {
  versionId: Id;
  version: string;
  releasedAt: Instant;
  sketch: string;
}

/** Released versions, older than `before`, of the 50 assets that share most bands; at most 200, the newest first. */
export async function versionsByBands(
  q: Queries,
  whose: Whose,
  owner: Owner,
  search: { bands: readonly string[]; revision: number; before: Instant },
): Promise<SketchedVersion[]> {
  const found = await q
    .selectFrom("content_bands")
    .select("asset_id")
    .where("band_key", "in", [...search.bands])
    .groupBy("asset_id")
    .orderBy((eb) => eb.fn.countAll(), "desc")
    .limit(MOST_FOUND)
    .execute();
  if (found.length === 0) return [];
  const rank = new Map(found.map(({ asset_id }, place) => [asset_id, place]));
  const assets = await q
    .selectFrom("assets")
    .innerJoin("namespaces", "namespaces.id", "assets.namespace_id")
    .select(columns)
    .where("assets.id", "in", [...rank.keys()])
    .where((eb) => belonging(eb as unknown as ExpressionBuilder<Schema, "assets">, whose, owner))
    .execute();
  if (assets.length === 0) return [];
  const nearest = assets.toSorted((a, b) => rank.get(a.id)! - rank.get(b.id)!).slice(0, MOST_SKETCHES);
  const byAsset = new Map(nearest.map((asset) => [asset.id, toOther(asset)]));
  const rows = await q
    .selectFrom("content_sketches")
    .innerJoin("versions", "versions.id", "content_sketches.version_id")
    .select(["versions.id", "versions.version", "versions.released_at"])
    .select(["content_sketches.asset_id", "content_sketches.sketch"])
    .where("content_sketches.asset_id", "in", [...byAsset.keys()])
    .where("content_sketches.revision", "=", search.revision)
    .where("versions.status", "=", "published")
    .where("versions.released_at", "<", search.before)
    .orderBy("versions.released_at", "desc")
    .limit(MOST_SKETCHES * 4)
    .execute();
  return rows.map((row) => ({
    ...byAsset.get(row.asset_id)!,
    versionId: row.id,
    version: row.version,
    releasedAt: row.released_at!,
    sketch: row.sketch,
  }));
}

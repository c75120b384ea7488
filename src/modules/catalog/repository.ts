import { type SelectQueryBuilder, sql } from "kysely";
import type { Actor } from "../../core/actor.ts";
import type { Digest } from "../../core/digest.ts";
import type { Id } from "../../core/id.ts";
import type { AssetStatus, Kind, Verdict, VersionStatus, Visibility } from "../../core/kind.ts";
import type { DeclaredDependency, PackageFile, PackageMetadata } from "../../core/package/package.ts";
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
import type { Version } from "./version.ts";

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
  if (filter.kinds?.length) query = query.where("assets.kind", "in", filter.kinds);
  if (filter.statuses?.length) query = query.where("assets.status", "in", filter.statuses);
  if (filter.namespace) query = query.where("namespaces.name", "=", filter.namespace);
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

type VersionRow = Awaited<ReturnType<ReturnType<typeof versionQuery>["execute"]>>[number];
const versionQuery = (q: Queries) => q.selectFrom("versions").selectAll();

const toVersion = (row: VersionRow): Version => ({
  id: row.id,
  assetId: row.asset_id,
  version: row.version,
  digest: row.manifest_digest as Digest,
  configDigest: row.config_digest as Digest,
  metadata: JSON.parse(row.metadata) as PackageMetadata,
  changelog: row.changelog,
  readmePath: row.readme_path,
  status: row.status as VersionStatus,
  verdict: row.verdict as Verdict,
  verdictReason: row.verdict_reason,
  totalSize: toNumber(row.total_size),
  fileCount: row.file_count,
  requestedChannel: row.requested_channel,
  publishedBy: row.published_by,
  createdAt: row.created_at,
  releasedAt: row.released_at,
  yankedAt: row.yanked_at,
  yankReason: row.yank_reason,
  downloads: toNumber(row.downloads),
});

export const versionById = async (q: Queries, id: Id): Promise<Version | null> =>
  (await versionQuery(q).where("id", "=", id).execute()).map(toVersion)[0] ?? null;

export const versionByName = async (q: Queries, assetId: Id, version: string): Promise<Version | null> =>
  (await versionQuery(q).where("asset_id", "=", assetId).where("version", "=", version).execute()).map(toVersion)[0] ??
  null;

/** Of versions with the same content, the newest. */
export const versionByDigest = async (q: Queries, assetId: Id, digest: Digest): Promise<Version | null> =>
  (
    await versionQuery(q)
      .where("asset_id", "=", assetId)
      .where("manifest_digest", "=", digest)
      .orderBy("created_at", "desc")
      .limit(1)
      .execute()
  ).map(toVersion)[0] ?? null;

export const versionByChannel = async (q: Queries, assetId: Id, channel: string): Promise<Version | null> =>
  (
    await versionQuery(q)
      .where("id", "in", (eb) =>
        eb.selectFrom("channels").select("version_id").where("asset_id", "=", assetId).where("name", "=", channel),
      )
      .execute()
  ).map(toVersion)[0] ?? null;

export const versionsOf = async (q: Queries, assetId: Id): Promise<Version[]> =>
  (await versionQuery(q).where("asset_id", "=", assetId).execute()).map(toVersion);

export interface NewVersion {
  id: Id;
  assetId: Id;
  version: string;
  digest: Digest;
  manifestSize: number;
  configDigest: Digest;
  metadata: PackageMetadata;
  changelog: string;
  files: readonly PackageFile[];
  requestedChannel: string | null;
  publishedBy: Id;
  at: string;
}

const FILE_ROWS_PER_INSERT = 500;

/** Throws a unique violation when the version exists. */
export async function insertVersion(tx: Queries, version: NewVersion): Promise<void> {
  await tx
    .insertInto("versions")
    .values({
      id: version.id,
      asset_id: version.assetId,
      version: version.version,
      manifest_digest: version.digest,
      manifest_size: version.manifestSize,
      config_digest: version.configDigest,
      metadata: JSON.stringify(version.metadata),
      changelog: version.changelog,
      readme_path: version.metadata.readmePath,
      status: "scanning",
      verdict: "pending",
      verdict_reason: null,
      total_size: version.files.reduce((sum, file) => sum + file.size, 0),
      file_count: version.files.length,
      requested_channel: version.requestedChannel,
      published_by: version.publishedBy,
      created_at: version.at,
      released_at: null,
      yanked_at: null,
      yank_reason: null,
    })
    .execute();
  const rows = version.files.map((file) => ({
    version_id: version.id,
    path: file.path,
    size: file.size,
    digest: file.digest,
    media_type: file.mediaType,
    executable: toFlag(file.executable),
  }));
  for (let i = 0; i < rows.length; i += FILE_ROWS_PER_INSERT)
    await tx
      .insertInto("files")
      .values(rows.slice(i, i + FILE_ROWS_PER_INSERT))
      .execute();
  if (version.metadata.dependencies.length > 0)
    await tx
      .insertInto("dependencies")
      .values(
        version.metadata.dependencies.map((dependency, position) => ({
          version_id: version.id,
          position,
          ref: dependency.ref,
          version_range: dependency.range,
          optional: toFlag(dependency.optional),
        })),
      )
      .execute();
}

export interface VersionChanges {
  status?: VersionStatus;
  verdict?: Verdict;
  verdictReason?: string | null;
  releasedAt?: string;
  yankedAt?: string | null;
  yankReason?: string | null;
}

export async function updateVersion(tx: Queries, id: Id, changes: VersionChanges): Promise<void> {
  await tx
    .updateTable("versions")
    .set({
      status: changes.status,
      verdict: changes.verdict,
      verdict_reason: changes.verdictReason,
      released_at: changes.releasedAt,
      yanked_at: changes.yankedAt,
      yank_reason: changes.yankReason,
    })
    .where("id", "=", id)
    .execute();
}

const toFile = (row: Schema["files"]): PackageFile => ({
  path: row.path,
  size: toNumber(row.size),
  digest: row.digest as Digest,
  mediaType: row.media_type,
  executable: fromFlag(row.executable),
});

/** Paths in byte order, whatever the database's collation. */
export async function filesOf(q: Queries, versionId: Id): Promise<PackageFile[]> {
  const rows = await q.selectFrom("files").selectAll().where("version_id", "=", versionId).execute();
  return rows.map(toFile).sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}

export async function fileOf(q: Queries, versionId: Id, path: string): Promise<PackageFile | null> {
  const row = await q
    .selectFrom("files")
    .selectAll()
    .where("version_id", "=", versionId)
    .where("path", "=", path)
    .executeTakeFirst();
  return row ? toFile(row) : null;
}

export async function dependenciesOf(q: Queries, versionId: Id): Promise<DeclaredDependency[]> {
  const rows = await q
    .selectFrom("dependencies")
    .selectAll()
    .where("version_id", "=", versionId)
    .orderBy("position")
    .execute();
  return rows.map((row) => ({ ref: row.ref, range: row.version_range, optional: fromFlag(row.optional) }));
}

/** Assets whose latest version depends on `ref`, as the actor may list them. */
export async function dependentsOf(
  q: Queries,
  actor: Actor,
  ref: string,
  page: PageRequest,
): Promise<{ items: { asset: Asset; range: string }[]; total: number }> {
  const selection = q
    .selectFrom("dependencies")
    .innerJoin("assets", "assets.latest_version_id", "dependencies.version_id")
    .where("dependencies.ref", "=", ref)
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

export async function channelsOf(q: Queries, assetId: Id): Promise<{ name: string; version: string }[]> {
  return q
    .selectFrom("channels")
    .innerJoin("versions", "versions.id", "channels.version_id")
    .select(["channels.name", "versions.version"])
    .where("channels.asset_id", "=", assetId)
    .orderBy("channels.name")
    .execute();
}

export async function setChannel(tx: Queries, assetId: Id, name: string, versionId: Id, at: string): Promise<void> {
  await tx
    .insertInto("channels")
    .values({ asset_id: assetId, name, version_id: versionId, updated_at: at })
    .onConflict((conflict) =>
      conflict.columns(["asset_id", "name"]).doUpdateSet({ version_id: versionId, updated_at: at }),
    )
    .execute();
}

export async function removeChannel(tx: Queries, assetId: Id, name: string): Promise<boolean> {
  const result = await tx
    .deleteFrom("channels")
    .where("asset_id", "=", assetId)
    .where("name", "=", name)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** Channels that name the version go with it when it is hidden. */
export async function removeChannelsTo(tx: Queries, versionId: Id): Promise<void> {
  await tx.deleteFrom("channels").where("version_id", "=", versionId).execute();
}

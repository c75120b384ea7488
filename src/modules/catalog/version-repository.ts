import type { Digest } from "../../core/digest.ts";
import type { Id } from "../../core/id.ts";
import type { Verdict, VersionStatus } from "../../core/kind.ts";
import type { DeclaredDependency, PackageFile, PackageMetadata } from "../../core/package/package.ts";
import { fromFlag, type Queries, type Schema, toFlag, toNumber } from "../../platform/database/index.ts";
import type { RecallMark, Version } from "./version.ts";

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
  provenance: row.provenance === null ? null : (JSON.parse(row.provenance) as Record<string, string>),
  createdAt: row.created_at,
  releasedAt: row.released_at,
  yankedAt: row.yanked_at,
  yankReason: row.yank_reason,
  downloads: toNumber(row.downloads),
  recall:
    row.recalled_at === null
      ? null
      : { number: toNumber(row.recall_number), reason: row.recall_reason ?? "", at: row.recalled_at },
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

export async function countVersions(q: Queries, assetId: Id): Promise<{ status: VersionStatus; count: number }[]> {
  const rows = await q
    .selectFrom("versions")
    .select(["status", (eb) => eb.fn.countAll<string>().as("n")])
    .where("asset_id", "=", assetId)
    .groupBy("status")
    .execute();
  return rows.map((row) => ({ status: row.status as VersionStatus, count: toNumber(row.n) }));
}

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
  provenance: Readonly<Record<string, unknown>> | null;
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
      provenance: version.provenance && JSON.stringify(version.provenance),
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
  reviewSince?: string;
  yankedAt?: string | null;
  yankReason?: string | null;
  recall?: RecallMark | null;
}

export async function updateVersion(tx: Queries, id: Id, changes: VersionChanges): Promise<void> {
  await tx
    .updateTable("versions")
    .set({
      status: changes.status,
      verdict: changes.verdict,
      verdict_reason: changes.verdictReason,
      released_at: changes.releasedAt,
      review_since: changes.reviewSince,
      yanked_at: changes.yankedAt,
      yank_reason: changes.yankReason,
      ...(changes.recall === undefined ? {} : recallColumns(changes.recall)),
    })
    .where("id", "=", id)
    .execute();
}

const recallColumns = (recall: RecallMark | null) => ({
  recalled_at: recall?.at ?? null,
  recall_number: recall?.number ?? null,
  recall_reason: recall?.reason ?? null,
});

/** Every version anywhere with this content, deleted assets' too, in one order everywhere. */
export const versionsWithDigest = async (q: Queries, digest: Digest): Promise<Version[]> =>
  (await versionQuery(q).where("manifest_digest", "=", digest).orderBy("asset_id").orderBy("id").execute()).map(
    toVersion,
  );

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

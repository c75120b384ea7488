import { sql } from "kysely";
import type { Digest } from "../../core/digest.ts";
import { type Id, newId } from "../../core/id.ts";
import { fromFlag, type Queries, toFlag, toNumber } from "../../platform/database/index.ts";

export type ArchiveFormat = "tar.gz" | "zip";

/** A version as one file: what its bytes hash to, and whether they are kept as a blob. */
export interface VersionArchive {
  format: ArchiveFormat;
  digest: Digest;
  size: number;
  stored: boolean;
}

export async function archiveOf(q: Queries, versionId: Id, format: ArchiveFormat): Promise<VersionArchive | null> {
  const row = await q
    .selectFrom("version_archives")
    .selectAll()
    .where("version_id", "=", versionId)
    .where("format", "=", format)
    .executeTakeFirst();
  return row
    ? { format: row.format, digest: row.digest as Digest, size: toNumber(row.size), stored: fromFlag(row.stored) }
    : null;
}

/** Writes what the archive is; the digest never changes, only whether its bytes are kept. */
export async function saveArchive(tx: Queries, versionId: Id, archive: VersionArchive, at: string): Promise<void> {
  await tx
    .insertInto("version_archives")
    .values({
      version_id: versionId,
      format: archive.format,
      digest: archive.digest,
      size: archive.size,
      stored: toFlag(archive.stored),
      created_at: at,
    })
    .onConflict((conflict) =>
      conflict.columns(["version_id", "format"]).doUpdateSet({ stored: toFlag(archive.stored) }),
    )
    .execute();
}

export interface Download {
  assetId: Id;
  versionId: Id;
  day: string;
  visitorHash: string;
  client: string;
  /** Who was signed in; null: nobody. */
  userId: Id | null;
  at: string;
}

const ROWS_PER_INSERT = 200;

/** Counts downloads: one a visitor, version and day, however often it is asked for. */
export async function countDownloads(tx: Queries, downloads: readonly Download[]): Promise<void> {
  const fresh: { asset_id: string; version_id: string; day: string }[] = [];
  for (let i = 0; i < downloads.length; i += ROWS_PER_INSERT) {
    const rows = downloads.slice(i, i + ROWS_PER_INSERT).map((download) => ({
      id: newId(),
      asset_id: download.assetId,
      version_id: download.versionId,
      day: download.day,
      visitor_hash: download.visitorHash,
      client: download.client,
      user_id: download.userId,
      created_at: download.at,
    }));
    fresh.push(
      ...(await tx
        .insertInto("download_events")
        .values(rows)
        .onConflict((conflict) => conflict.columns(["version_id", "day", "visitor_hash"]).doNothing())
        .returning(["asset_id", "version_id", "day"])
        .execute()),
    );
  }
  const counts = Map.groupBy(fresh, (row) => `${row.version_id} ${row.day}`);
  // In one order everywhere, so that two replicas never wait for each other crosswise.
  for (const key of [...counts.keys()].sort()) {
    const rows = counts.get(key) ?? [];
    await addDownloads(tx, rows[0]!, rows.length);
  }
}

async function addDownloads(
  tx: Queries,
  row: { asset_id: string; version_id: string; day: string },
  count: number,
): Promise<void> {
  await tx
    .insertInto("daily_downloads")
    .values({ ...row, downloads: count })
    .onConflict((conflict) =>
      conflict
        .columns(["version_id", "day"])
        .doUpdateSet({ downloads: sql<number>`daily_downloads.downloads + ${count}` }),
    )
    .execute();
  await tx
    .updateTable("versions")
    .set({ downloads: sql<number>`downloads + ${count}` })
    .where("id", "=", row.version_id)
    .execute();
  await tx
    .updateTable("assets")
    .set({ downloads: sql<number>`downloads + ${count}` })
    .where("id", "=", row.asset_id)
    .execute();
}

/** Single downloads older than their retention; the daily numbers stay. */
export async function forgetDownloads(tx: Queries, beforeDay: string): Promise<void> {
  await tx.deleteFrom("download_events").where("day", "<", beforeDay).execute();
}

export async function dailyDownloads(
  q: Queries,
  assetId: Id,
  sinceDay: string,
): Promise<{ day: string; downloads: number }[]> {
  const rows = await q
    .selectFrom("daily_downloads")
    .select(["day", (eb) => eb.fn.sum<string>("downloads").as("downloads")])
    .where("asset_id", "=", assetId)
    .where("day", ">=", sinceDay)
    .groupBy("day")
    .orderBy("day")
    .execute();
  return rows.map((row) => ({ day: row.day, downloads: toNumber(row.downloads) }));
}

export async function dailyDownloadsOfNamespaces(
  q: Queries,
  namespaceIds: readonly Id[],
  sinceDay: string,
): Promise<{ day: string; downloads: number }[]> {
  if (namespaceIds.length === 0) return [];
  const rows = await q
    .selectFrom("daily_downloads")
    .innerJoin("assets", "assets.id", "daily_downloads.asset_id")
    .select(["daily_downloads.day", (eb) => eb.fn.sum<string>("daily_downloads.downloads").as("downloads")])
    .where("assets.namespace_id", "in", [...namespaceIds])
    .where("daily_downloads.day", ">=", sinceDay)
    .groupBy("daily_downloads.day")
    .orderBy("daily_downloads.day")
    .execute();
  return rows.map((row) => ({ day: row.day, downloads: toNumber(row.downloads) }));
}

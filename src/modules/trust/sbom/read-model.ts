import type { Digest } from "../../../core/digest.ts";
import type { Id } from "../../../core/id.ts";
import type { PackageFile } from "../../../core/package/package.ts";
import { fromFlag, type Queries, toNumber } from "../../../platform/database/index.ts";

/** The first files of a version by path, at most `most`: so many are read, however many there are. */
export async function firstFiles(q: Queries, versionId: Id, most: number): Promise<PackageFile[]> {
  const rows = await q
    .selectFrom("files")
    .selectAll()
    .where("version_id", "=", versionId)
    .orderBy("path")
    .limit(most)
    .execute();
  return rows
    .map((row) => ({
      path: row.path,
      size: toNumber(row.size),
      digest: row.digest as Digest,
      mediaType: row.media_type,
      executable: fromFlag(row.executable),
    }))
    .sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}

/** Whether a scan has looked for packages of other ecosystems in a version. */
export const packagesLookedFor = async (q: Queries, versionId: Id): Promise<boolean> =>
  (await q
    .selectFrom("package_extractions")
    .select("version_id")
    .where("version_id", "=", versionId)
    .executeTakeFirst()) !== undefined;

import type { Id } from "../../core/id.ts";
import type { Ecosystem, PackageReference } from "../../core/package-reference.ts";
import { fromFlag, type Queries, toFlag } from "../../platform/database/index.ts";

const ROWS_PER_INSERT = 200;

/** Puts the packages that a version names in the place of those it had. */
export async function replacePackages(
  tx: Queries,
  versionId: Id,
  extraction: { extractor: string; packages: readonly PackageReference[]; at: string },
): Promise<void> {
  await tx.deleteFrom("package_references").where("version_id", "=", versionId).execute();
  const rows = extraction.packages.map((reference, position) => ({
    version_id: versionId,
    position,
    ecosystem: reference.ecosystem,
    name: reference.name,
    version: reference.version,
    version_range: reference.range,
    transitive: toFlag(reference.transitive),
    path: reference.path,
    line: reference.line,
  }));
  for (let i = 0; i < rows.length; i += ROWS_PER_INSERT)
    await tx
      .insertInto("package_references")
      .values(rows.slice(i, i + ROWS_PER_INSERT))
      .execute();
  await tx
    .insertInto("package_extractions")
    .values({ version_id: versionId, extractor: extraction.extractor, extracted_at: extraction.at })
    .onConflict((conflict) =>
      conflict.column("version_id").doUpdateSet({ extractor: extraction.extractor, extracted_at: extraction.at }),
    )
    .execute();
}

/** Which revision looked for packages last; null when none has. */
export const packageExtractorOf = async (q: Queries, versionId: Id): Promise<string | null> =>
  (await q.selectFrom("package_extractions").select("extractor").where("version_id", "=", versionId).executeTakeFirst())
    ?.extractor ?? null;

/** The packages that a version names, direct ones first. */
export async function packagesOf(q: Queries, versionId: Id): Promise<PackageReference[]> {
  const rows = await q
    .selectFrom("package_references")
    .selectAll()
    .where("version_id", "=", versionId)
    .orderBy("position")
    .execute();
  return rows.map((row) => ({
    ecosystem: row.ecosystem as Ecosystem,
    name: row.name,
    version: row.version,
    range: row.version_range,
    transitive: fromFlag(row.transitive),
    path: row.path,
    line: row.line,
  }));
}

import type { Capability } from "../../core/capability.ts";
import type { Id } from "../../core/id.ts";
import type { Queries } from "../../platform/database/index.ts";

const ROWS_PER_INSERT = 200;

/** Puts the facts of a version in the place of those it had. */
export async function replaceCapabilities(
  tx: Queries,
  versionId: Id,
  extraction: { extractor: string; facts: readonly Capability[]; at: string },
): Promise<void> {
  await tx.deleteFrom("capabilities").where("version_id", "=", versionId).execute();
  const rows = extraction.facts.map((fact, position) => ({ version_id: versionId, position, ...fact }));
  for (let i = 0; i < rows.length; i += ROWS_PER_INSERT)
    await tx
      .insertInto("capabilities")
      .values(rows.slice(i, i + ROWS_PER_INSERT))
      .execute();
  await tx
    .insertInto("capability_extractions")
    .values({ version_id: versionId, extractor: extraction.extractor, extracted_at: extraction.at })
    .onConflict((conflict) =>
      conflict.column("version_id").doUpdateSet({ extractor: extraction.extractor, extracted_at: extraction.at }),
    )
    .execute();
}

/** Which revision looked at a version last; null when none has. */
export const extractorOfVersion = async (q: Queries, versionId: Id): Promise<string | null> =>
  (
    await q
      .selectFrom("capability_extractions")
      .select("extractor")
      .where("version_id", "=", versionId)
      .executeTakeFirst()
  )?.extractor ?? null;

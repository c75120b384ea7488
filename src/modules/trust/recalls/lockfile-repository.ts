import type { Instant } from "../../../core/clock.ts";
import type { Digest } from "../../../core/digest.ts";
import { type Id, newId } from "../../../core/id.ts";
import { type Queries, toNumber } from "../../../platform/database/index.ts";

export interface LockfileEntry {
  /** namespace/slug, as the lockfile names it. */
  ref: string;
  version: string;
  digest: Digest;
}

const ROWS_PER_INSERT = 200;

/** Writes what a person's project has now, in place of what it had. */
export async function saveReport(
  tx: Queries,
  report: { userId: Id; project: string; at: Instant },
  entries: readonly LockfileEntry[],
): Promise<void> {
  const { id } = await tx
    .insertInto("lockfile_reports")
    .values({
      id: newId(),
      user_id: report.userId,
      project: report.project,
      created_at: report.at,
      seen_at: report.at,
    })
    .onConflict((conflict) => conflict.columns(["user_id", "project"]).doUpdateSet({ seen_at: report.at }))
    .returning("id")
    .executeTakeFirstOrThrow();
  await tx.deleteFrom("lockfile_entries").where("report_id", "=", id).execute();
  for (let i = 0; i < entries.length; i += ROWS_PER_INSERT)
    await tx
      .insertInto("lockfile_entries")
      .values(entries.slice(i, i + ROWS_PER_INSERT).map((entry) => ({ report_id: id, ...entry })))
      .execute();
}

/** The projects that a person reported. */
export async function countProjects(q: Queries, userId: Id, except: string): Promise<number> {
  const { n } = await q
    .selectFrom("lockfile_reports")
    .select((eb) => eb.fn.countAll<string>().as("n"))
    .where("user_id", "=", userId)
    .where("project", "<>", except)
    .executeTakeFirstOrThrow();
  return toNumber(n);
}

/** Answers false when this person reported no such project. */
export async function forgetReport(tx: Queries, userId: Id, project: string): Promise<boolean> {
  const result = await tx
    .deleteFrom("lockfile_reports")
    .where("user_id", "=", userId)
    .where("project", "=", project)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** Projects that were not reported again since. */
export async function forgetReportsBefore(tx: Queries, before: Instant): Promise<void> {
  await tx.deleteFrom("lockfile_reports").where("seen_at", "<", before).execute();
}

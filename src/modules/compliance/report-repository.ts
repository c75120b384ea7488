import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import { offsetOf, type PageRequest } from "../../core/page.ts";
import { type Queries, toNumber } from "../../platform/database/index.ts";
import type { OwnReport, Report, ReportCategory, ReportFilter } from "./reports.ts";

/** Throws a unique violation when the person has an open report on the asset. */
export async function insertReport(
  tx: Queries,
  report: {
    id: Id;
    assetId: Id;
    versionId: Id | null;
    ref: string;
    reporterId: Id;
    category: ReportCategory;
    text: string;
    at: Instant;
  },
): Promise<void> {
  await tx
    .insertInto("reports")
    .values({
      id: report.id,
      asset_id: report.assetId,
      version_id: report.versionId,
      ref: report.ref,
      reporter_id: report.reporterId,
      category: report.category,
      text: report.text,
      status: "open",
      answer: "",
      handled_by: null,
      created_at: report.at,
      handled_at: null,
    })
    .execute();
}

/** Whether this closed it: false when it was not open any more. */
export async function closeReport(
  tx: Queries,
  report: { id: Id; status: "resolved" | "dismissed"; answer: string; handledBy: Id; at: Instant },
): Promise<boolean> {
  const [done] = await tx
    .updateTable("reports")
    .set({ status: report.status, answer: report.answer, handled_by: report.handledBy, handled_at: report.at })
    .where("id", "=", report.id)
    .where("status", "=", "open")
    .execute();
  return toNumber(done?.numUpdatedRows) > 0;
}

const ownQuery = (q: Queries) =>
  q
    .selectFrom("reports")
    .leftJoin("versions as reported", "reported.id", "reports.version_id")
    .select([
      "reports.id",
      "reports.ref",
      "reported.version",
      "reports.category",
      "reports.text",
      "reports.status",
      "reports.answer",
      "reports.created_at",
      "reports.handled_at",
    ]);

type OwnRow = Awaited<ReturnType<ReturnType<typeof ownQuery>["execute"]>>[number];

const toOwn = (row: OwnRow): OwnReport => ({
  id: row.id,
  ref: row.ref,
  version: row.version,
  category: row.category as ReportCategory,
  text: row.text,
  status: row.status,
  answer: row.answer,
  createdAt: row.created_at,
  handledAt: row.handled_at,
});

/** The person's own, the newest first. */
export async function reportsBy(
  q: Queries,
  reporterId: Id,
  page: PageRequest,
): Promise<{ items: OwnReport[]; total: number }> {
  const rows = await ownQuery(q)
    .where("reports.reporter_id", "=", reporterId)
    .orderBy("reports.created_at", "desc")
    .orderBy("reports.id", "desc")
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute();
  const { total } = await q
    .selectFrom("reports")
    .select((eb) => eb.fn.countAll<string>().as("total"))
    .where("reporter_id", "=", reporterId)
    .executeTakeFirstOrThrow();
  return { items: rows.map(toOwn), total: toNumber(total) };
}

const reportQuery = (q: Queries) =>
  ownQuery(q)
    .innerJoin("assets", "assets.id", "reports.asset_id")
    .innerJoin("namespaces", "namespaces.id", "assets.namespace_id")
    .innerJoin("users as reporter", "reporter.id", "reports.reporter_id")
    .leftJoin("users as handler", "handler.id", "reports.handled_by")
    .leftJoin("versions as subject", (join) =>
      join.on((eb) => eb("subject.id", "=", eb.fn.coalesce("reports.version_id", "assets.latest_version_id"))),
    )
    .select([
      "reports.asset_id",
      "assets.slug",
      "namespaces.name as namespace",
      "reports.reporter_id",
      "reporter.username as reporter",
      "handler.username as handler",
      "subject.id as subject_id",
      "subject.version as subject_version",
      "subject.status as subject_status",
    ]);

type ReportRow = Awaited<ReturnType<ReturnType<typeof reportQuery>["execute"]>>[number];

const toReport = (row: ReportRow): Report => ({
  ...toOwn(row),
  assetId: row.asset_id,
  presentRef: `${row.namespace}/${row.slug}`,
  subject:
    row.subject_id === null
      ? null
      : { id: row.subject_id, version: row.subject_version ?? "", status: row.subject_status ?? "" },
  reporterId: row.reporter_id,
  reporter: row.reporter,
  handledBy: row.handler,
});

export const reportById = async (q: Queries, id: Id): Promise<Report | null> =>
  (await reportQuery(q).where("reports.id", "=", id).execute()).map(toReport)[0] ?? null;

/** Open ones the oldest first, handled ones the newest first. */
export async function listReports(
  q: Queries,
  filter: ReportFilter,
  page: PageRequest,
): Promise<{ items: Report[]; total: number }> {
  const direction = filter.status === "open" ? "asc" : "desc";
  const rows = await reportQuery(q)
    .$if(filter.status !== undefined, (query) => query.where("reports.status", "=", filter.status!))
    .$if(filter.category !== undefined, (query) => query.where("reports.category", "=", filter.category!))
    .$if(filter.assetId !== undefined, (query) => query.where("reports.asset_id", "=", filter.assetId!))
    .orderBy("reports.created_at", direction)
    .orderBy("reports.id", direction)
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute();
  const { total } = await q
    .selectFrom("reports")
    .select((eb) => eb.fn.countAll<string>().as("total"))
    .$if(filter.status !== undefined, (query) => query.where("status", "=", filter.status!))
    .$if(filter.category !== undefined, (query) => query.where("category", "=", filter.category!))
    .$if(filter.assetId !== undefined, (query) => query.where("asset_id", "=", filter.assetId!))
    .executeTakeFirstOrThrow();
  return { items: rows.map(toReport), total: toNumber(total) };
}

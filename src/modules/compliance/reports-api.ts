import { Elysia, t } from "elysia";
import { validationError } from "../../core/error.ts";
import { parsePage } from "../../core/page.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { jsonWithETag, ok, pageAnswer } from "../../platform/http/respond.ts";
import {
  isReportCategory,
  type OwnReport,
  REPORT_CATEGORIES,
  REPORT_STATUSES,
  type Report,
  type ReportFilter,
} from "./reports.ts";
import type { ReviewDesk } from "./review-desk.ts";

const ownWire = (report: OwnReport) => ({
  id: report.id,
  asset: report.ref,
  version: report.version,
  category: report.category,
  text: report.text,
  status: report.status,
  answer: report.answer,
  created_at: report.createdAt,
  handled_at: report.handledAt,
});

const reportWire = (report: Report) => ({
  ...ownWire(report),
  ref: report.presentRef,
  version_id: report.subject?.id ?? null,
  reporter: report.reporter,
  handled_by: report.handledBy,
});

/** Reads the filters of the moderators' list: open ones unless `status` says otherwise (`all` for any). Throws VALIDATION_ERROR. */
export function parseReportFilter(query: { status?: string; category?: string }): ReportFilter {
  const filter: ReportFilter = {};
  const status = query.status || "open";
  const known = REPORT_STATUSES.find((one) => one === status);
  if (known === undefined && status !== "all")
    throw validationError({ field: "status", message: `must be one of ${REPORT_STATUSES.join(", ")}, all.` });
  if (known) filter.status = known;
  if (query.category) {
    if (!isReportCategory(query.category))
      throw validationError({ field: "category", message: `must be one of ${REPORT_CATEGORIES.join(", ")}.` });
    filter.category = query.category;
  }
  return filter;
}

const PageQuery = { page: t.Optional(t.String()), per_page: t.Optional(t.String()) };
const Text = t.Optional(t.String({ maxLength: 4000 }));
const Words = t.Optional(t.String({ maxLength: 200 }));

/** REST of readers' reports. */
export function reportsApi(desk: ReviewDesk) {
  const close = (word: "resolve" | "dismiss", outcome: "resolved" | "dismissed") =>
    new Elysia({ name: `reports-${word}` }).post(
      `/admin/reports/:reportId/${word}`,
      async ({ request, params, body }) => {
        await desk.closeReport(contextOf(request).actor, params.reportId, outcome, body.answer ?? "");
        return ok({ id: params.reportId, status: outcome });
      },
      {
        body: t.Object({ answer: Text }),
        detail: { summary: `Close a report as ${outcome}; the answer goes to its reporter`, tags: ["Moderation"] },
      },
    );
  return new Elysia({ name: "reports-api" })
    .post(
      "/reports",
      async ({ request, body, set }) => {
        const id = await desk.report(contextOf(request).actor, body);
        set.status = 201;
        return ok({ id, status: "open" });
      },
      {
        body: t.Object({
          asset: Words,
          version: Words,
          category: t.String({ maxLength: 40 }),
          text: t.String({ maxLength: 4000 }),
        }),
        detail: {
          summary: `Report an asset to the moderators. Categories: ${REPORT_CATEGORIES.join(", ")}`,
          tags: ["Reports"],
        },
      },
    )
    .get(
      "/me/reports",
      async ({ request, query }) =>
        pageAnswer(request, await desk.ownReports(contextOf(request).actor, parsePage(query)), ownWire),
      { query: t.Object(PageQuery), detail: { summary: "Your own reports and what came of them", tags: ["Reports"] } },
    )
    .get(
      "/admin/reports",
      async ({ request, query }) =>
        pageAnswer(
          request,
          await desk.reports(contextOf(request).actor, parseReportFilter(query), parsePage(query)),
          reportWire,
        ),
      {
        query: t.Object({ status: Words, category: Words, ...PageQuery }),
        detail: { summary: "Readers' reports; open ones unless `status` says otherwise", tags: ["Moderation"] },
      },
    )
    .get(
      "/admin/reports/:reportId",
      async ({ request, params }) =>
        jsonWithETag(request, ok(reportWire(await desk.findReport(contextOf(request).actor, params.reportId)))),
      { detail: { summary: "Read a report", tags: ["Moderation"] } },
    )
    .use(close("resolve", "resolved"))
    .use(close("dismiss", "dismissed"))
    .post(
      "/admin/reports/:reportId/take-up",
      async ({ request, params, body }) => {
        const { actor } = contextOf(request);
        const versionId = await desk.takeUpReport(actor, params.reportId, body.action, body.reason);
        return ok({ id: params.reportId, version_id: versionId, action: body.action });
      },
      {
        body: t.Object({
          action: t.Union([t.Literal("review"), t.Literal("block")]),
          reason: t.String({ maxLength: 4000 }),
        }),
        detail: {
          summary: "Put the reported version (else the latest) back into review, or block it; the report stays open",
          tags: ["Moderation"],
        },
      },
    );
}

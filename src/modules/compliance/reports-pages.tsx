import { Elysia } from "elysia";
import { OwnReportsPage, ReportFormPage, ReportPage, ReportsPage } from "../../../views/compliance/reports.tsx";
import { EMPTY_FORM, type FormState, type PageProps } from "../../../views/layout/page.ts";
import { reportUrl } from "../../../views/urls.ts";
import { validationError } from "../../core/error.ts";
import { parsePage } from "../../core/page.ts";
import { requireScope } from "../../core/permission.ts";
import { answerForm, htmlPage, textFields } from "../../platform/http/forms.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { seeOther } from "../../platform/http/respond.ts";
import type { CatalogModule } from "../catalog/index.ts";
import type { ComplianceModule } from "./index.ts";
import { parseReportFilter } from "./reports-api.ts";

export interface ReportsPagesDeps {
  compliance: Pick<ComplianceModule, "review">;
  catalog: CatalogModule;
  pageProps: (request: Request) => PageProps;
}

/** Reporting an asset, one's own reports, and the moderators' list of them. */
export function reportsPages(deps: ReportsPagesDeps) {
  const { catalog, pageProps } = deps;
  const desk = deps.compliance.review;
  const formPage = async (
    request: Request,
    params: { namespace: string; slug: string },
    selector: string | undefined,
    form: FormState,
  ) => {
    const { actor } = contextOf(request);
    requireScope(actor, "publish");
    const ref = `${params.namespace}/${params.slug}`;
    const { asset, version } = selector
      ? await catalog.findVersion(actor, ref, selector)
      : { asset: await catalog.findAsset(actor, ref), version: null };
    return <ReportFormPage page={pageProps(request)} asset={asset} version={version?.version ?? null} form={form} />;
  };
  const onePage = async (request: Request, id: string, forms: { closing?: FormState; acting?: FormState }) => (
    <ReportPage
      page={pageProps(request)}
      report={await desk.findReport(contextOf(request).actor, id)}
      closing={forms.closing ?? EMPTY_FORM}
      acting={forms.acting ?? EMPTY_FORM}
    />
  );
  return new Elysia({ name: "reports-pages" })
    .get("/:namespace/:slug/report", async ({ request, params, query }) =>
      htmlPage(await formPage(request, params, query["version"], EMPTY_FORM)),
    )
    .post("/:namespace/:slug/report", ({ request, params, body }) => {
      const { version, category = "", text = "" } = textFields(body);
      return answerForm(
        { category, text },
        async () => {
          const asset = `${params.namespace}/${params.slug}`;
          await desk.report(contextOf(request).actor, { asset, category, text, ...(version ? { version } : {}) });
          return seeOther("/settings/reports?sent");
        },
        (form) => formPage(request, params, version, form),
      );
    })
    .get("/settings/reports", async ({ request, query }) => {
      const reports = await desk.ownReports(contextOf(request).actor, parsePage({ page: query["page"] }));
      const sent = new URL(request.url).searchParams.has("sent");
      const notice = sent ? "Your report was sent. What comes of it is said here." : null;
      return htmlPage(<OwnReportsPage page={{ ...pageProps(request), notice }} reports={reports} />);
    })
    .get("/moderation/reports", async ({ request, query }) => {
      const { actor } = contextOf(request);
      const filter = parseReportFilter(query);
      const reports = await desk.reports(actor, filter, parsePage({ page: query["page"] }));
      const counts = await desk.counts(actor);
      return htmlPage(
        <ReportsPage page={pageProps(request)} counts={counts} status={filter.status ?? "all"} reports={reports} />,
      );
    })
    .get("/moderation/reports/:reportId", async ({ request, params }) =>
      htmlPage(await onePage(request, params.reportId, {})),
    )
    .post("/moderation/reports/:reportId/close", ({ request, params, body }) => {
      const values = textFields(body);
      return answerForm(
        values,
        async () => {
          const { outcome } = values;
          if (outcome !== "resolved" && outcome !== "dismissed")
            throw validationError({ field: "outcome", message: "choose to resolve or to dismiss it." });
          await desk.closeReport(contextOf(request).actor, params.reportId, outcome, values["answer"] ?? "");
          return seeOther("/moderation/reports");
        },
        (closing) => onePage(request, params.reportId, { closing }),
      );
    })
    .post("/moderation/reports/:reportId/take-up", ({ request, params, body }) => {
      const values = textFields(body);
      return answerForm(
        values,
        async () => {
          const { action } = values;
          if (action !== "review" && action !== "block")
            throw validationError({ field: "action", message: "choose what to do." });
          await desk.takeUpReport(contextOf(request).actor, params.reportId, action, values["reason"] ?? "");
          return seeOther(reportUrl(params.reportId));
        },
        (acting) => onePage(request, params.reportId, { acting }),
      );
    });
}

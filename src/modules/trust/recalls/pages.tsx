import { Elysia } from "elysia";
import { RecallPage, RecallsPage } from "../../../../views/administration/recalls.tsx";
import { RecallVersionPage } from "../../../../views/compliance/recall.tsx";
import { EMPTY_FORM, type FormState, type PageProps } from "../../../../views/layout/page.ts";
import { recallUrl } from "../../../../views/urls.ts";
import type { Clock } from "../../../core/clock.ts";
import { notFound } from "../../../core/error.ts";
import { parsePage } from "../../../core/page.ts";
import { requireAdmin, requireRecent } from "../../../core/permission.ts";
import { answerForm, htmlPage, textFields } from "../../../platform/http/forms.ts";
import { contextOf } from "../../../platform/http/request-context.ts";
import { seeOther } from "../../../platform/http/respond.ts";
import { type CatalogModule, refOf } from "../../catalog/index.ts";
import type { Recalls } from "./index.ts";

export interface RecallPagesDeps {
  recalls: Recalls;
  catalog: CatalogModule;
  clock: Clock;
  pageProps: (request: Request) => PageProps;
}

/** `/moderation/{versionId}/recall` and `/admin/recalls`. */
export function recallPages(deps: RecallPagesDeps) {
  const { recalls, catalog, pageProps } = deps;
  const numberIn = (params: { number: string }): number => {
    if (!/^\d{1,15}$/.test(params.number)) throw notFound("recall");
    return Number(params.number);
  };
  const confirm = async (request: Request, versionId: string, form: FormState) => {
    const { actor } = contextOf(request);
    requireAdmin(actor);
    // Before the reason is typed, not after it.
    requireRecent(actor, deps.clock.now());
    const { asset, version } = await catalog.versionWithAsset(actor, versionId);
    return <RecallVersionPage page={pageProps(request)} asset={asset} version={version} form={form} />;
  };
  const show = async (request: Request, number: number, form: FormState) => {
    const { recall, exposure } = await recalls.exposure(contextOf(request).actor, number);
    return <RecallPage page={pageProps(request)} recall={recall} exposure={exposure} form={form} />;
  };
  return new Elysia({ name: "recall-pages" })
    .get("/moderation/:versionId/recall", async ({ request, params }) =>
      htmlPage(await confirm(request, params.versionId, EMPTY_FORM)),
    )
    .post("/moderation/:versionId/recall", ({ request, params, body }) => {
      const { actor } = contextOf(request);
      const values = textFields(body);
      return answerForm(
        values,
        async () => {
          const { asset, version } = await catalog.versionWithAsset(actor, params.versionId);
          const { recall } = await recalls.order(actor, {
            ref: refOf(asset),
            digest: version.digest,
            reason: values["reason"] ?? "",
            severity: values["severity"] ?? null,
          });
          return seeOther(recallUrl(recall.number));
        },
        (form) => confirm(request, params.versionId, form),
      );
    })
    .get("/admin/recalls", async ({ request, query }) => {
      const found = await recalls.list(contextOf(request).actor, parsePage({ page: query["page"] }));
      const { items, ...numbers } = found;
      return htmlPage(<RecallsPage page={pageProps(request)} recalls={items} numbers={numbers} />);
    })
    .get("/admin/recalls/:number", async ({ request, params }) =>
      htmlPage(await show(request, numberIn(params), EMPTY_FORM), 200, { "Cache-Control": "no-store" }),
    )
    .post("/admin/recalls/:number/lift", ({ request, params, body }) => {
      const number = numberIn(params);
      const values = textFields(body);
      return answerForm(
        values,
        async () => {
          await recalls.lift(contextOf(request).actor, number, values["reason"] ?? "");
          return seeOther(recallUrl(number));
        },
        (form) => show(request, number, form),
      );
    });
}

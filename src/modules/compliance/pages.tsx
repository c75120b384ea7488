import { Elysia } from "elysia";
import { QueuePage } from "../../../views/compliance/queue.tsx";
import { ReviewPage } from "../../../views/compliance/review.tsx";
import { ReviewAnswerPage } from "../../../views/compliance/review-answer.tsx";
import { EMPTY_FORM, type FormState, type PageProps } from "../../../views/layout/page.ts";
import { reviewUrl, versionUrl } from "../../../views/urls.ts";
import { validationError } from "../../core/error.ts";
import { parsePage } from "../../core/page.ts";
import { answerForm, htmlPage, textFields } from "../../platform/http/forms.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { localPath, seeOther } from "../../platform/http/respond.ts";
import type { CatalogModule, VersionFile } from "../catalog/index.ts";
import { compareVersions } from "./compare-versions.ts";
import type { ComplianceModule } from "./index.ts";
import { parseQueueFilter } from "./review-queue.ts";

export interface CompliancePagesDeps {
  compliance: Pick<ComplianceModule, "review" | "policy">;
  catalog: CatalogModule;
  pageProps: (request: Request) => PageProps;
  /** UTF-8 text of a file; null when it is none. */
  readText(file: VersionFile): Promise<string | null>;
}

/** `/moderation`: the queue, and one version with what changed, its findings and the decision. */
export function compliancePages(deps: CompliancePagesDeps) {
  const desk = deps.compliance.review;
  return new Elysia({ name: "compliance-pages" })
    .get("/moderation", async ({ request, query }) => {
      const { actor } = contextOf(request);
      const filter = parseQueueFilter(query);
      const queue = await desk.queue(actor, filter, parsePage({ page: query["page"] }));
      const counts = await desk.counts(actor);
      return htmlPage(<QueuePage page={deps.pageProps(request)} filter={filter} counts={counts} queue={queue} />);
    })
    .get("/moderation/:versionId", async ({ request, params }) =>
      htmlPage(await review(deps, request, params.versionId, EMPTY_FORM)),
    )
    .post("/moderation/:versionId", ({ request, params, body }) => {
      const values = textFields(body);
      return answerForm(
        values,
        async () => {
          await decide(deps, request, params.versionId, values);
          return seeOther("/moderation");
        },
        (form) => review(deps, request, params.versionId, form),
      );
    })
    .post("/moderation/:versionId/claim", ({ request, params, body }) => {
      const values = textFields(body);
      return answerForm(
        {},
        async () => {
          await desk.claim(contextOf(request).actor, params.versionId, values["take_over"] === "1");
          return seeOther(localPath(values["next"], reviewUrl(params.versionId)));
        },
        (form) => review(deps, request, params.versionId, form),
      );
    })
    .post("/moderation/:versionId/explanations/:id", ({ request, params, body }) => {
      const { decision, answer = "" } = textFields(body);
      return answerForm(
        {},
        async () => {
          const { actor } = contextOf(request);
          const { versionId, id } = params;
          if (decision === "accept") await deps.compliance.policy.acceptSuppression(actor, id, { answer, versionId });
          else await deps.compliance.policy.refuseSuppression(actor, id, answer);
          return seeOther(reviewUrl(versionId));
        },
        (form) => review(deps, request, params.versionId, form),
      );
    })
    .post("/moderation/:versionId/appeals/:id", ({ request, params, body }) => {
      const { decision, answer = "" } = textFields(body);
      return answerForm(
        {},
        async () => {
          const { actor } = contextOf(request);
          if (decision === "grant") await deps.compliance.policy.grantAppeal(actor, params.id, answer);
          else await deps.compliance.policy.refuseAppeal(actor, params.id, answer);
          return seeOther(reviewUrl(params.versionId));
        },
        (form) => review(deps, request, params.versionId, form),
      );
    })
    .post("/moderation/:versionId/release", ({ request, params, body }) =>
      answerForm(
        {},
        async () => {
          await desk.release(contextOf(request).actor, params.versionId);
          return seeOther(localPath(textFields(body)["next"], "/moderation"));
        },
        (form) => review(deps, request, params.versionId, form),
      ),
    )
    .get("/:namespace/:slug/versions/:version/review-answer", async ({ request, params }) =>
      htmlPage(await answering(deps, request, params, EMPTY_FORM)),
    )
    .post("/:namespace/:slug/versions/:version/review-answer", ({ request, params, body }) => {
      const values = textFields(body);
      return answerForm(
        values,
        async () => {
          const ref = `${params.namespace}/${params.slug}`;
          await desk.answerChanges(contextOf(request).actor, ref, params.version, values["comment"] ?? "");
          return seeOther(versionUrl(params, params.version));
        },
        (form) => answering(deps, request, params, form),
      );
    });
}

async function decide(
  { compliance }: CompliancePagesDeps,
  request: Request,
  versionId: string,
  values: Record<string, string>,
): Promise<void> {
  const { actor } = contextOf(request);
  const desk = compliance.review;
  const reason = values["reason"] ?? "";
  switch (values["decision"]) {
    case "approve":
      await desk.approve(actor, versionId, reason, values["scan"] ?? null);
      return;
    case "reject":
      return desk.reject(actor, versionId, reason);
    case "changes":
      return desk.requestChanges(actor, versionId, reason);
    case "put-back":
      return desk.putBack(actor, versionId, reason);
    default:
      throw validationError({ field: "decision", message: "choose what to do." });
  }
}

const CONTEXTS = new Map<string, number | "all">([
  ["3", 3],
  ["20", 20],
  ["all", "all"],
]);

async function review(deps: CompliancePagesDeps, request: Request, versionId: string, form: FormState) {
  const found = await deps.compliance.review.openCase(contextOf(request).actor, versionId);
  const query = new URL(request.url).searchParams;
  const context = CONTEXTS.get(query.get("context") ?? "") ?? 3;
  const only = query.get("file");
  const comparison = await compareVersions(
    found.previous ? await deps.catalog.filesOf(found.previous.id) : [],
    await deps.catalog.filesOf(found.version.id),
    deps.readText,
    { context, only, findings: found.scan?.findings ?? [] },
  );
  return <ReviewPage page={deps.pageProps(request)} found={found} diff={{ comparison, context, only }} form={form} />;
}

async function answering(
  deps: CompliancePagesDeps,
  request: Request,
  params: { namespace: string; slug: string; version: string },
  form: FormState,
) {
  const { actor } = contextOf(request);
  const { asset, version } = await deps.catalog.findVersion(
    actor,
    `${params.namespace}/${params.slug}`,
    params.version,
  );
  const asked = await deps.compliance.review.changesAsked(version.id);
  return (
    <ReviewAnswerPage
      page={deps.pageProps(request)}
      asset={asset}
      version={version.version}
      asked={asked}
      form={form}
    />
  );
}

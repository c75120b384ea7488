import { Elysia } from "elysia";
import { QueuePage } from "../../../views/compliance/queue.tsx";
import { ReviewPage } from "../../../views/compliance/review.tsx";
import { EMPTY_FORM, type FormState, type PageProps } from "../../../views/layout/page.ts";
import { validationError } from "../../core/error.ts";
import type { Kind, Severity } from "../../core/kind.ts";
import { parsePage } from "../../core/page.ts";
import { answerForm, htmlPage, textFields } from "../../platform/http/forms.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { seeOther } from "../../platform/http/respond.ts";
import { requireModerator } from "../../core/permission.ts";
import { isResolvable, highestFirst, type CatalogModule, type VersionFile } from "../catalog/index.ts";
import { compareVersions } from "./compare-versions.ts";
import type { ComplianceModule } from "./index.ts";

export interface CompliancePagesDeps {
  compliance: ComplianceModule;
  catalog: CatalogModule;
  pageProps: (request: Request) => PageProps;
  /** UTF-8 text of a file; null when it is none. */
  readText(file: VersionFile): Promise<string | null>;
  usernameOf(userId: string): Promise<string>;
}

/** `/moderation`: the queue, and one version with what changed, its findings and the decision. */
export function compliancePages(deps: CompliancePagesDeps) {
  const { compliance, pageProps } = deps;
  return new Elysia({ name: "compliance-pages" })
    .get("/moderation", async ({ request, query }) => {
      const queue = await compliance.reviewQueue(contextOf(request).actor, parsePage({ page: query["page"] }));
      const items = queue.items.map((entry) => {
        const [namespace = "", slug = ""] = entry.ref.split("/");
        return {
          versionId: entry.versionId,
          namespace,
          slug,
          version: entry.version,
          kind: entry.kind as Kind,
          publisher: entry.publisher,
          waitingSince: entry.waitingSince,
          reason: entry.reason,
          worst: entry.worst as Severity | null,
          findings: entry.findings,
          firstVersion: entry.firstVersion,
        };
      });
      return htmlPage(<QueuePage page={pageProps(request)} queue={{ ...queue, items }} />);
    })
    .get("/moderation/:versionId", async ({ request, params }) =>
      htmlPage(await review(deps, request, params.versionId, EMPTY_FORM)),
    )
    .post("/moderation/:versionId", ({ request, params, body }) => {
      const { actor } = contextOf(request);
      const values = textFields(body);
      const reason = values["reason"] ?? "";
      return answerForm(
        values,
        async () => {
          if (values["decision"] === "approve") await compliance.approve(actor, params.versionId, reason);
          else if (values["decision"] === "reject") await compliance.reject(actor, params.versionId, reason);
          else throw validationError({ field: "decision", message: "choose to approve or to reject." });
          return seeOther("/moderation");
        },
        (form) => review(deps, request, params.versionId, form),
      );
    });
}

async function review(deps: CompliancePagesDeps, request: Request, versionId: string, form: FormState) {
  const { actor } = contextOf(request);
  requireModerator(actor);
  const { asset, version } = await deps.catalog.versionWithAsset(actor, versionId);
  const scan = await deps.compliance.newestScan(version.id);
  const versions = await deps.catalog.listVersions(actor, asset);
  const previous = versions.filter((v) => isResolvable(v) && v.id !== version.id).sort(highestFirst)[0] ?? null;
  const changes = await compareVersions(
    previous ? await deps.catalog.filesOf(previous.id) : [],
    await deps.catalog.filesOf(version.id),
    deps.readText,
  );
  return (
    <ReviewPage
      page={deps.pageProps(request)}
      asset={asset}
      version={version}
      publisher={await deps.usernameOf(version.publishedBy)}
      previous={previous?.version ?? null}
      changes={changes}
      capabilities={await deps.compliance.capabilitiesSince(versions, version)}
      scanners={scan?.outcomes ?? []}
      findings={scan?.findings ?? []}
      form={form}
    />
  );
}

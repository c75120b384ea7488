import { Elysia } from "elysia";
import type { FindingModel, ScannerModel } from "../../../views/components/findings.tsx";
import { EMPTY_FORM, type PageProps } from "../../../views/layout/page.ts";
import { PublishPage } from "../../../views/publishing/publish.tsx";
import {
  type ProgressStep,
  type PublishProgress,
  PublishProgressFragment,
  PublishProgressPage,
} from "../../../views/publishing/progress.tsx";
import { progressUrl } from "../../../views/urls.ts";
import type { Actor } from "../../core/actor.ts";
import { invalidRequest, unauthorized } from "../../core/error.ts";
import type { Id } from "../../core/id.ts";
import { CSRF_FIELD } from "../../platform/http/csrf.ts";
import { answerForm, htmlPage } from "../../platform/http/forms.ts";
import { readMultipart } from "../../platform/http/multipart.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { seeOther } from "../../platform/http/respond.ts";
import type { Asset, CatalogModule, Version } from "../catalog/index.ts";
import type { PublishingModule } from "./index.ts";

export interface PublishingPagesDeps {
  publishing: PublishingModule;
  catalog: CatalogModule;
  pageProps: (request: Request) => PageProps;
  /** Names of the namespaces in which the actor may make assets, the own one first. */
  namespaces(actor: Actor): Promise<string[]>;
  limits: { archiveBytes: number; files: number; expansionRatio: number };
  newestScan(
    versionId: Id,
  ): Promise<{ status: string; scanners: ScannerModel[]; findings: FindingModel[]; error: string | null } | null>;
}

/** `/publish` and the progress of one version. */
export function publishingPages(deps: PublishingPagesDeps) {
  const { publishing, catalog, pageProps, limits } = deps;

  const form = async (request: Request, state = EMPTY_FORM) => {
    const { actor } = contextOf(request);
    if (actor.kind === "anonymous") throw unauthorized("Sign in to publish.");
    return (
      <PublishPage page={pageProps(request)} namespaces={await deps.namespaces(actor)} limits={limits} form={state} />
    );
  };

  return new Elysia({ name: "publishing-pages" })
    .get("/publish", async ({ request }) => htmlPage(await form(request)))
    .post("/publish", ({ request }) => publishForm(publishing, request, (state) => form(request, state)), {
      parse: "none",
    })
    .get("/publish/:namespace/:slug/:version", async ({ request, params }) => {
      const { actor, htmx } = contextOf(request);
      const found = await catalog.findVersion(actor, `${params.namespace}/${params.slug}`, params.version);
      const progress = await progressOf(deps, found.asset, found.version);
      return htmlPage(
        htmx ? (
          <PublishProgressFragment progress={progress} />
        ) : (
          <PublishProgressPage page={pageProps(request)} progress={progress} />
        ),
      );
    });
}

async function publishForm(
  publishing: PublishingModule,
  request: Request,
  again: (state: typeof EMPTY_FORM) => unknown,
): Promise<Response> {
  const { actor } = contextOf(request);
  if (actor.kind === "anonymous") throw unauthorized("Sign in to publish.");
  publishing.authorise(actor, null, request.headers);
  const sent = await readMultipart(
    request,
    (bytes) => publishing.spool(bytes),
    async (upload) => upload[Symbol.asyncDispose](),
  );
  const { [CSRF_FIELD]: _token, ...values } = sent.fields;
  const upload = sent.files.find((file) => file.field === "file")?.value;
  try {
    return await answerForm(
      values,
      async () => {
        if (!upload) throw invalidRequest("Choose an archive to publish.");
        const { asset, version } = await publishing.publishArchive(
          actor,
          {
            namespace: values["namespace"] || actor.username,
            slug: values["slug"] || null,
            version: values["version"] || null,
            channel: values["channel"] || null,
            visibility: values["visibility"] || null,
            changelog: values["changelog"] ?? "",
            signature: null,
            publish: true,
          },
          upload,
        );
        return seeOther(progressUrl(asset, version.version));
      },
      again,
    );
  } finally {
    for (const file of sent.files) await file.value[Symbol.asyncDispose]();
  }
}

async function progressOf(deps: PublishingPagesDeps, asset: Asset, version: Version): Promise<PublishProgress> {
  const scan = await deps.newestScan(version.id);
  const judged = version.verdict !== "pending";
  const failed = scan?.status === "failed";
  const steps: ProgressStep[] = [
    {
      label: "Stored",
      state: "done",
      detail: `${version.fileCount} ${version.fileCount === 1 ? "file" : "files"}, named by their digests`,
    },
    {
      label: "Scanned",
      state: judged ? "done" : failed ? "failed" : scan?.status === "running" ? "running" : "waiting",
      detail: failed ? scan.error : null,
    },
    {
      label: "Published",
      state: version.status === "published" ? "done" : version.status === "blocked" ? "failed" : "waiting",
      detail: version.status === "under_review" ? "waits for a moderator" : null,
    },
  ];
  return {
    namespace: asset.namespace,
    slug: asset.slug,
    version: version.version,
    kind: version.metadata.kind,
    digest: version.digest,
    steps,
    scanners: scan?.scanners ?? [],
    verdict: version.verdict,
    verdictReason: version.verdictReason,
    findings: scan?.findings ?? [],
    warnings: [],
    draft: asset.status === "draft",
  };
}

import { Elysia } from "elysia";
import type { Actor } from "../../core/actor.ts";
import { readMultipart } from "../../platform/http/multipart.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { invalidRequest } from "../../core/error.ts";
import { ok } from "../../platform/http/respond.ts";
import { assetWire, refIn, versionAnswer } from "../catalog/index.ts";
import type { PublishingModule, PublishResult } from "./index.ts";
import type { PublishingDeps } from "./deps.ts";

/** The envelope of a one-call publish: base64 of the DSSE envelope's JSON. */
const SIGNATURE_HEADER = "X-Marketplace-Signature";

/** REST of publishing. Bodies are streamed: Elysia must not parse them. */
export function publishingApi(publishing: PublishingModule, deps: Pick<PublishingDeps, "catalog">) {
  const answer = async (
    actor: Actor,
    result: PublishResult,
    set: { status?: number | string; headers: Record<string, unknown> },
  ) => {
    const { asset, version } = result;
    set.status = result.outcome === "created" ? 201 : 200;
    set.headers["location"] = `/api/v1/assets/${asset.namespace}/${asset.slug}/versions/${version.version}`;
    return ok(
      { ...(await versionAnswer(deps.catalog, actor, asset, version)), asset: assetWire(asset) },
      { outcome: result.outcome, warnings: result.warnings },
    );
  };

  const addVersion = async ({
    request,
    params,
    set,
  }: {
    request: Request;
    params: unknown;
    set: { status?: number | string; headers: Record<string, unknown> };
  }) => {
    const { actor } = contextOf(request);
    const asset = await deps.catalog.findAsset(actor, refIn(params));
    publishing.authorise(actor, asset, request.headers);
    const form = await readMultipart(
      request,
      (bytes) => publishing.spool(bytes),
      async (upload) => upload[Symbol.asyncDispose](),
    );
    const [upload, ...more] = form.files.filter((f) => f.field === "file").map((f) => f.value);
    try {
      if (!upload) throw invalidRequest('The form has no part named "file" with the archive.');
      if (more.length > 0) throw invalidRequest('The form has several parts named "file"; a version is one archive.');
      const result = await publishing.publishArchive(
        actor,
        {
          namespace: asset.namespace,
          slug: asset.slug,
          version: form.fields["version"] || null,
          channel: form.fields["channel"] || null,
          visibility: null,
          changelog: form.fields["changelog"] ?? "",
          signature: form.fields["signature"] || null,
          publish: false,
        },
        upload,
      );
      return await answer(actor, result, set);
    } finally {
      for (const file of form.files) await file.value[Symbol.asyncDispose]();
    }
  };

  return new Elysia({ name: "publishing-api" })
    .put(
      "/assets/:namespace/:slug/versions/:version",
      async ({ request, params, query, set }) => {
        const text = (name: string) => (typeof query[name] === "string" && query[name] !== "" ? query[name] : null);
        const result = await publishing.publishStream(
          contextOf(request).actor,
          {
            namespace: params.namespace,
            slug: params.slug,
            version: params.version,
            channel: text("channel"),
            visibility: text("visibility"),
            changelog: text("changelog") ?? "",
            signature: envelopeIn(request),
            publish: true,
          },
          request.body,
          request.headers,
        );
        return answer(contextOf(request).actor, result, set);
      },
      {
        parse: "none",
        detail: {
          summary: "Publish a zip or tar.gz as a version, making the asset if it is new",
          tags: ["Versions"],
          requestBody: { content: { "application/gzip": {}, "application/zip": {} } },
        },
      },
    )
    .post("/assets/:namespace/:slug/versions", addVersion, {
      parse: "none",
      detail: {
        summary: "Add a version to an asset (multipart: version, changelog, file, signature)",
        tags: ["Versions"],
      },
    })
    .post("/assets/:namespace/versions", addVersion, { parse: "none", detail: { hide: true } });
}

function envelopeIn(request: Request): string | null {
  const header = request.headers.get(SIGNATURE_HEADER);
  return header === null ? null : Buffer.from(header, "base64").toString("utf8");
}

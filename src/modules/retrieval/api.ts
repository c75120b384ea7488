import { Elysia, t } from "elysia";
import type { Actor } from "../../core/actor.ts";
import { isHead } from "../../platform/http/head.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { decodedRest, jsonWithETag, ok } from "../../platform/http/respond.ts";
import { serveBytes } from "../../platform/http/serve-bytes.ts";
import { refIn } from "../catalog/index.ts";
import type { Delivery, RetrievalModule, Visitor } from "./index.ts";

type Params = { namespace: string; slug?: string; version: string };

/** REST of downloads and dependency resolution. */
export function retrievalApi(retrieval: RetrievalModule) {
  const document = async (request: Request, params: unknown, which: "manifest" | "config") => {
    const { version } = params as Params;
    return serveBytes(
      request,
      await retrieval.downloadManifest(contextOf(request).actor, refIn(params), version, which),
    );
  };

  const at = (app: Elysia, path: string, hide: boolean) =>
    app
      .get(
        `${path}/versions/:version/download`,
        async ({ request, params, query }) => {
          const { actor, address } = contextOf(request);
          const format = query.format ?? "tar.gz";
          const delivery = await retrieval.downloadVersion(actor, refIn(params), (params as Params).version, format);
          const response = await deliver(request, delivery);
          // A range that continues a download is the same download; HEAD is none.
          if ((response.status === 200 || response.status === 302) && !isHead(request))
            retrieval.counter.count(delivery.asset.id, delivery.version.id, visitorOf(request, actor, address));
          return response;
        },
        {
          query: t.Object({ format: t.Optional(t.Union([t.Literal("tar.gz"), t.Literal("zip")])) }),
          detail: { summary: "Download a version", tags: ["Versions"], hide },
        },
      )
      .get(
        `${path}/versions/:version/files/*`,
        async ({ request, params }) => {
          const delivery = await retrieval.downloadFile(
            contextOf(request).actor,
            refIn(params),
            params.version,
            decodedRest(params),
          );
          return deliver(request, delivery);
        },
        { detail: { summary: "Download one file", tags: ["Versions"], hide } },
      )
      .get(`${path}/versions/:version/manifest`, ({ request, params }) => document(request, params, "manifest"), {
        detail: { summary: "The manifest's exact bytes", tags: ["Versions"], hide },
      })
      .get(`${path}/versions/:version/config`, ({ request, params }) => document(request, params, "config"), {
        detail: { summary: "The exact bytes of the manifest's config", tags: ["Versions"], hide },
      })
      .get(
        `${path}/dependencies`,
        async ({ request, params, query }) =>
          jsonWithETag(
            request,
            ok(await retrieval.dependencyTree(contextOf(request).actor, refIn(params), query.version ?? "latest")),
          ),
        {
          query: t.Object({ version: t.Optional(t.String({ maxLength: 80 })) }),
          detail: { summary: "What a version needs, resolved, as a tree", tags: ["Assets"], hide },
        },
      );
  return new Elysia({ name: "retrieval-api" })
    .use(at(new Elysia({ name: "retrieval-name" }), "/assets/:namespace/:slug", false))
    .use(at(new Elysia({ name: "retrieval-id" }), "/assets/:namespace", true))
    .post(
      "/resolve-dependencies",
      async ({ request, body }) => ok(await retrieval.resolveDependencies(contextOf(request).actor, body.requirements)),
      {
        body: t.Object({
          requirements: t.Array(
            t.Object({ ref: t.String({ maxLength: 160 }), range: t.String({ maxLength: 256, default: "*" }) }),
            { maxItems: 200 },
          ),
        }),
        detail: { summary: "Choose versions that fit together; 409 explains why none do", tags: ["Assets"] },
      },
    );
}

const visitorOf = (request: Request, actor: Actor, address: string): Visitor => ({
  userId: actor.kind === "user" ? actor.userId : null,
  address,
  userAgent: request.headers.get("User-Agent") ?? "",
});

function deliver(request: Request, delivery: Delivery): Promise<Response> | Response {
  if (delivery.kind === "bytes") return serveBytes(request, delivery.bytes);
  return new Response(null, {
    status: 302,
    headers: { Location: delivery.url, "X-Content-Hash": delivery.digest, "Cache-Control": "no-store" },
  });
}

import { toOpenAPISchema } from "@elysiajs/openapi";
import { type AnyElysia, Elysia } from "elysia";
import { ApiDocsPage } from "../views/docs/api.tsx";
import { GettingStartedPage } from "../views/docs/getting-started.tsx";
import type { PageProps } from "../views/layout/page.ts";
import { assetUrl } from "../views/urls.ts";
import { notFound } from "./core/error.ts";
import { BUILD } from "./core/build.ts";
import { htmlPage } from "./platform/http/forms.ts";
import { contextOf } from "./platform/http/request-context.ts";
import { jsonWithETag } from "./platform/http/respond.ts";
import type { Services } from "./services.ts";

/** Pages are not part of the API; a wildcard is a parameter like any other. */
const described = (paths: object): object =>
  Object.fromEntries(
    Object.entries(paths)
      .filter(([path]) => /^\/(?:api\/v1|\.well-known|healthz|readyz|metrics)(?:\/|$)/.test(path))
      .map(([path, operations]) => (path.endsWith("/*") ? withPathParameter(path, operations) : [path, operations]))
      .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
  );

function withPathParameter(path: string, operations: Record<string, { operationId: string; parameters: object[] }>) {
  const parameter = { name: "path", in: "path", required: true, schema: { type: "string" } };
  const named = Object.entries(operations).map(([method, operation]) => [
    method,
    {
      ...operation,
      operationId: operation.operationId.replace("*", "Path"),
      parameters: [...operation.parameters, parameter],
    },
  ]);
  return [path.replace("/*", "/{path}"), Object.fromEntries(named)];
}

/** The OpenAPI 3.1 document of these parts' routes, made from their schemas. Hidden routes are left out. */
export function openApiDocument(parts: readonly AnyElysia[]): object {
  const schemas = parts.map((part) => toOpenAPISchema(part, undefined, undefined, undefined, "3.1.0"));
  const paths = Object.assign({}, ...schemas.map((schema) => schema.paths));
  const components = Object.assign({}, ...schemas.map((schema) => schema.components));
  return {
    openapi: "3.1.0",
    info: {
      title: "marketplace",
      version: BUILD.version,
      description: "A self-hosted marketplace for LLM assets.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    security: [{ bearer: [] }, { apiKey: [] }, {}],
    paths: described(paths),
    components: {
      ...components,
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "An access token or an API key." },
        apiKey: { type: "apiKey", in: "header", name: "X-API-Key" },
      },
    },
  };
}

const FEED_ENTRIES = 30;

/** Documents about the server and its contents: OpenAPI, its pages, the Atom feed. */
export function documentRoutes(
  services: Services,
  pageProps: (request: Request) => PageProps,
  parts: () => AnyElysia[],
) {
  let document: object | null = null;
  const openApi = () => (document ??= openApiDocument(parts()));
  return new Elysia({ name: "documents" })
    .get("/openapi.json", ({ request }) => jsonWithETag(request, openApi()))
    .get("/docs", ({ request }) =>
      htmlPage(<GettingStartedPage page={pageProps(request)} origin={services.baseUrl(request)} />),
    )
    .get("/docs/api", ({ request }) =>
      htmlPage(<ApiDocsPage page={pageProps(request)} document={openApi()} origin={services.baseUrl(request)} />),
    )
    .get("/brand/logo", () => logo(services.config.brand.logo))
    .get("/feed.atom", async ({ request }) => {
      const { actor } = contextOf(request);
      const page = { page: 1, perPage: FEED_ENTRIES };
      const { items } = await services.discovery.search(actor, { sort: "recent" }, page);
      const origin = services.baseUrl(request);
      const entries = items.map(({ document }) => ({
        ...document,
        url: `${origin}${assetUrl(document)}`,
      }));
      return new Response(atom(services.config.brand.name, origin, entries), {
        headers: { "Content-Type": "application/atom+xml;charset=utf-8" },
      });
    });
}

const LOGO_TYPES: Record<string, string> = { svg: "image/svg+xml", png: "image/png", webp: "image/webp" };

/** The administrator's own picture; an SVG is sandboxed by the policy that every answer but pages carries. */
async function logo(path: string): Promise<Response> {
  const type = LOGO_TYPES[path.slice(path.lastIndexOf(".") + 1).toLowerCase()];
  const file = Bun.file(path);
  if (path === "" || type === undefined || !(await file.exists())) throw notFound("logo");
  return new Response(file, { headers: { "Content-Type": type, "Cache-Control": "public, max-age=3600" } });
}

interface FeedEntry {
  id: string;
  namespace: string;
  slug: string;
  title: string;
  description: string;
  version: string | null;
  updatedAt: string;
  url: string;
}

/** An Atom feed (RFC 4287) of the assets changed last. */
function atom(name: string, origin: string, entries: FeedEntry[]): string {
  const text = (value: string) =>
    Bun.escapeHTML(value.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, ""));
  const items = entries.map(
    (entry) =>
      `<entry><id>urn:uuid:${entry.id}</id><title>${text(`${entry.namespace}/${entry.slug} ${entry.version ?? ""}`.trim())}</title>` +
      `<link href="${text(entry.url)}"/><updated>${entry.updatedAt}</updated><author><name>${text(entry.namespace)}</name></author>` +
      `<summary>${text(entry.description || entry.title)}</summary></entry>`,
  );
  return (
    `<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><id>${text(origin)}/feed.atom</id>` +
    `<title>${text(name)}</title><link rel="self" href="${text(origin)}/feed.atom"/><link href="${text(origin)}/"/>` +
    `<updated>${entries[0]?.updatedAt ?? "1970-01-01T00:00:00.000Z"}</updated>${items.join("")}</feed>\n`
  );
}

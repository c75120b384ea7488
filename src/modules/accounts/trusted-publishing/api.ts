import { Elysia, t } from "elysia";
import { networkOf } from "../../../platform/http/rate-classes.ts";
import { contextOf } from "../../../platform/http/request-context.ts";
import { jsonWithETag, ok } from "../../../platform/http/respond.ts";
import type { ListedPublisher, TrustedPublishing } from "./index.ts";

const Short = t.String({ maxLength: 200 });
const Claims = t.Record(t.String({ maxLength: 100 }), t.String({ maxLength: 500 }), {
  description: "What the job's token must carry, exactly",
});
const Publisher = t.Object({ issuer: t.String({ maxLength: 500 }), claims: Claims });
const PublisherWire = t.Object({
  id: t.String(),
  namespace: t.String(),
  slug: t.String(),
  issuer: t.String(),
  claims: Claims,
  exists: t.Boolean({ description: "Whether the asset is there already" }),
  created_at: t.String({ format: "date-time" }),
  last_used_at: t.Nullable(t.String({ format: "date-time" })),
});
const ExchangeWire = t.Object({
  token: t.String({ description: "An API key that may publish this one asset" }),
  expires_in: t.Number({ description: "Seconds" }),
  namespace: t.String(),
  slug: t.String(),
});
const Data = <T extends Parameters<typeof t.Object>[0][string]>(data: T) => t.Object({ data });

const wire = (publisher: ListedPublisher): typeof PublisherWire.static => ({
  id: publisher.id,
  namespace: publisher.namespace,
  slug: publisher.slug,
  issuer: publisher.issuer,
  claims: { ...publisher.claims },
  exists: publisher.exists,
  created_at: publisher.createdAt,
  last_used_at: publisher.lastUsedAt,
});

/** REST of trusted publishing, below `/api/v1`. */
export function trustedPublishingApi(publishing: TrustedPublishing) {
  const routes = new Elysia({ name: "trusted-publishing-api" })
    .use(exchangeApi(publishing))
    .use(namespaceApi(publishing));
  ofAsset(publishing, routes as unknown as Elysia, "/assets/:namespace/:slug", false);
  ofAsset(publishing, routes as unknown as Elysia, "/assets/:namespace", true);
  return routes;
}

function exchangeApi(publishing: TrustedPublishing) {
  const detail = (summary: string) => ({ detail: { summary, tags: ["Authentication"] } });
  return new Elysia({ name: "trusted-publishing-api-exchange" })
    .get(
      "/auth/trusted-publishing",
      ({ request }) => jsonWithETag(request, ok({ issuers: publishing.issuers, audience: publishing.audience })),
      detail("Which CI services are trusted here, and the audience that their tokens must have"),
    )
    .post(
      "/auth/trusted-publishing/exchange",
      async ({ request, body, set }) => {
        const { address } = contextOf(request);
        const { secret, expiresIn, namespace, slug } = await publishing.exchange({
          ...body,
          address: networkOf(address),
        });
        set.headers["cache-control"] = "no-store";
        return ok({ token: secret, expires_in: expiresIn, namespace, slug });
      },
      {
        body: t.Object({
          token: t.String({ maxLength: 16_384, description: "The job's OpenID Connect token" }),
          namespace: t.Optional(Short),
          slug: t.Optional(Short),
        }),
        response: { 200: Data(ExchangeWire) },
        ...detail("Exchange a CI job's token for one that may publish one asset; each works once"),
      },
    );
}

function namespaceApi(publishing: TrustedPublishing) {
  const at = "/namespaces/:namespace/trusted-publishers";
  const detail = (summary: string) => ({ detail: { summary, tags: ["Assets"] } });
  return new Elysia({ name: "trusted-publishing-api-namespaces" })
    .get(
      at,
      async ({ request, params }) => {
        const found = await publishing.listOfNamespace(contextOf(request).actor, params.namespace);
        return jsonWithETag(request, ok(found.map(wire)));
      },
      detail("CI jobs that may publish in a namespace"),
    )
    .post(
      at,
      async ({ request, params, body, set }) => {
        const { slug, ...input } = body;
        set.status = 201;
        return ok(wire(await publishing.addToNamespace(contextOf(request).actor, params.namespace, slug, input)));
      },
      {
        body: t.Composite([Publisher, t.Object({ slug: Short })]),
        response: { 201: Data(PublisherWire) },
        ...detail("Trust a CI job with an asset, which need not exist yet"),
      },
    )
    .delete(
      `${at}/:id`,
      async ({ request, params }) => {
        await publishing.remove(contextOf(request).actor, { namespace: params.namespace }, params.id);
        return new Response(null, { status: 204 });
      },
      detail("Trust a CI job no longer"),
    );
}

/** `{ref}` is a UUID (one segment, not listed in the documents) or `namespace/slug`. */
function ofAsset(publishing: TrustedPublishing, app: Elysia, asset: string, hide: boolean) {
  const at = `${asset}/trusted-publishers`;
  const refIn = (params: unknown): string => {
    const { namespace, slug } = params as { namespace: string; slug?: string };
    return slug === undefined ? namespace : `${namespace}/${slug}`;
  };
  const detail = (summary: string) => ({ detail: { summary, tags: ["Assets"], hide } });
  return app
    .get(
      at,
      async ({ request, params }) => {
        const found = await publishing.listOfAsset(contextOf(request).actor, refIn(params));
        return jsonWithETag(request, ok(found.map(wire)));
      },
      detail("CI jobs that may publish an asset"),
    )
    .post(
      at,
      async ({ request, params, body, set }) => {
        set.status = 201;
        return ok(wire(await publishing.addToAsset(contextOf(request).actor, refIn(params), body)));
      },
      { body: Publisher, response: { 201: Data(PublisherWire) }, ...detail("Trust a CI job with an asset") },
    )
    .delete(
      `${at}/:id`,
      async ({ request, params }) => {
        const { id } = params as unknown as { id: string };
        await publishing.remove(contextOf(request).actor, { ref: refIn(params) }, id);
        return new Response(null, { status: 204 });
      },
      detail("Trust a CI job with an asset no longer"),
    );
}

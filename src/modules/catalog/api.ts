import { Elysia, t } from "elysia";
import type { Actor } from "../../core/actor.ts";
import { notFound } from "../../core/error.ts";
import { parsePage } from "../../core/page.ts";
import { isModerator, namespacesOf } from "../../core/permission.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { etagOf, jsonWithETag, ok, pageAnswer, requireMatch } from "../../platform/http/respond.ts";
import type { Asset } from "./asset.ts";
import type { AssetEdit } from "./change-asset.ts";
import { noSuchNamespace } from "./create-asset.ts";
import type { CatalogModule } from "./index.ts";
import type { Version } from "./version.ts";
import { advisoryWire, assetWire, dependencyWire, fileWire, scanWire, signatureWire, versionWire } from "./wire.ts";

const PageQuery = { page: t.Optional(t.String()), per_page: t.Optional(t.String()) };
const Text = t.Optional(t.String({ maxLength: 4000 }));
const Reason = t.Optional(t.Object({ reason: t.Optional(t.String({ maxLength: 1000 })) }));
const Edit = {
  title: Text,
  description: Text,
  visibility: Text,
  license: t.Optional(t.Nullable(t.String({ maxLength: 200 }))),
  homepage: t.Optional(t.Nullable(t.String({ maxLength: 500 }))),
  repository: t.Optional(t.Nullable(t.String({ maxLength: 500 }))),
  tags: t.Optional(t.Array(t.String({ maxLength: 64 }), { maxItems: 20 })),
  categories: t.Optional(t.Array(t.String({ maxLength: 64 }), { maxItems: 10 })),
};

/** `{ref}` is a UUID (one segment) or `namespace/slug` (two). */
export const refIn = (params: unknown): string => {
  const { namespace, slug } = params as { namespace: string; slug?: string };
  return slug === undefined ? namespace : `${namespace}/${slug}`;
};

export interface CatalogApiDeps {
  catalog: CatalogModule;
  namespaceByName(name: string): Promise<{ id: string; name: string; hidden: boolean } | null>;
}

/** REST of assets and versions: `/api/v1/assets…`. */
export function catalogApi({ catalog, namespaceByName }: CatalogApiDeps) {
  const actorOf = (request: Request): Actor => contextOf(request).actor;
  const detail = (summary: string, tag = "Assets") => ({ detail: { summary, tags: [tag] } });

  async function versionDetail(actor: Actor, ref: string, selector: string) {
    const { asset, version } = await catalog.findVersion(actor, ref, selector);
    return versionAnswer(catalog, actor, asset, version);
  }

  const routes = new Elysia({ name: "catalog-api" })
    .get(
      "/assets",
      async ({ request, query }) => {
        const page = await catalog.listAssets(
          actorOf(request),
          {
            kinds: list(query.type),
            statuses: list(query.status),
            namespace: query.author ?? query.organization,
            category: query.category,
            tag: query.tag,
            license: query.license,
            sort: query.sort,
          },
          parsePage(query),
        );
        return pageAnswer(request, page, assetWire);
      },
      {
        query: t.Object({
          type: Text,
          status: Text,
          author: Text,
          organization: Text,
          category: Text,
          tag: Text,
          license: Text,
          sort: t.Optional(
            t.Union([t.Literal("recent"), t.Literal("downloads"), t.Literal("rating"), t.Literal("trending")]),
          ),
          ...PageQuery,
        }),
        ...detail("List the assets that you may see"),
      },
    )
    .get(
      "/users/:username/assets",
      async ({ request, params, query }) => {
        const namespace = await namespaceByName(params.username);
        if (!namespace || !mayKnow(actorOf(request), namespace)) throw notFound("user");
        const filter = { namespace: params.username };
        return pageAnswer(request, await catalog.listAssets(actorOf(request), filter, parsePage(query)), assetWire);
      },
      { query: t.Object(PageQuery), ...detail("List somebody's assets that you may see") },
    )
    .post(
      "/assets",
      async ({ request, body, set }) => {
        const actor = actorOf(request);
        const name = body.namespace ?? (actor.kind === "user" ? actor.username : "");
        const namespace = await namespaceByName(name);
        if (!namespace && actor.kind === "user") throw noSuchNamespace(name);
        const { type, namespace: _namespace, ...draft } = body;
        const asset = await catalog.createAsset(actor, namespace ?? { id: "", name, hidden: false }, {
          ...draft,
          kind: type,
        });
        set.status = 201;
        set.headers["location"] = `/api/v1/assets/${asset.namespace}/${asset.slug}`;
        return ok(assetWire(asset));
      },
      {
        body: t.Object({
          slug: t.String({ maxLength: 64 }),
          type: t.String({ maxLength: 40 }),
          namespace: t.Optional(t.String({ maxLength: 64 })),
          ...Edit,
        }),
        ...detail("Make a draft"),
      },
    );

  const one = (app: Elysia, at: string, hide: boolean) => {
    const shown = (summary: string, tag = "Assets") => ({ detail: { summary, tags: [tag], hide } });
    const changed = async (request: Request, asset: Asset) =>
      jsonWithETag(request, await assetAnswer(actorOf(request), asset));
    return app
      .get(
        at,
        async ({ request, params }) => {
          const asset = await catalog.findAsset(actorOf(request), refIn(params));
          return jsonWithETag(request, await assetAnswer(actorOf(request), asset));
        },
        shown("Read an asset"),
      )
      .patch(at, async ({ request, params, body }) => changed(request, await update(request, params, body)), {
        body: t.Object(Edit),
        ...shown("Change an asset; with If-Match only if nobody else did since you read it"),
      })
      .put(at, async ({ request, params, body }) => changed(request, await update(request, params, body)), {
        body: t.Object(Edit),
        ...shown("Change an asset"),
      })
      .delete(
        at,
        async ({ request, params }) => {
          await catalog.deleteAsset(actorOf(request), refIn(params));
          return new Response(null, { status: 204 });
        },
        shown("Delete an asset; its name is never used again"),
      )
      .post(
        `${at}/publish`,
        async ({ request, params }) => changed(request, await catalog.publishAsset(actorOf(request), refIn(params))),
        shown("Publish a draft, or reopen a deprecated or archived asset"),
      )
      .post(
        `${at}/deprecate`,
        async ({ request, params, body }) =>
          changed(request, await catalog.deprecateAsset(actorOf(request), refIn(params), body?.reason ?? "")),
        { body: Reason, ...shown("Deprecate an asset") },
      )
      .post(
        `${at}/archive`,
        async ({ request, params, body }) =>
          changed(request, await catalog.archiveAsset(actorOf(request), refIn(params), body?.reason ?? "")),
        { body: Reason, ...shown("Archive an asset: no new versions") },
      )
      .get(
        `${at}/versions`,
        async ({ request, params }) => {
          const actor = actorOf(request);
          const asset = await catalog.findAsset(actor, refIn(params));
          const versions = await catalog.listVersions(actor, asset);
          const page = parsePage({
            per_page: "100",
            ...(Object.fromEntries(new URL(request.url).searchParams) as object),
          });
          const items = versions.slice((page.page - 1) * page.perPage, page.page * page.perPage);
          return pageAnswer(request, { ...page, items, total: versions.length }, versionWire);
        },
        shown("List the versions of an asset, highest first", "Versions"),
      )
      .get(
        `${at}/versions/:version`,
        async ({ request, params }) =>
          jsonWithETag(request, ok(await versionDetail(actorOf(request), refIn(params), versionParam(params)))),
        shown("Read a version by number, channel or digest", "Versions"),
      )
      .post(
        `${at}/versions/:version/yank`,
        async ({ request, params, body }) => {
          const actor = actorOf(request);
          const ref = refIn(params);
          await catalog.yankVersion(actor, ref, versionParam(params), body?.reason ?? "");
          return ok(await versionDetail(actor, ref, versionParam(params)));
        },
        { body: Reason, ...shown("Yank a version: hidden from channels and ranges", "Versions") },
      )
      .delete(
        `${at}/versions/:version/yank`,
        async ({ request, params }) => {
          const actor = actorOf(request);
          const ref = refIn(params);
          await catalog.unyankVersion(actor, ref, versionParam(params));
          return ok(await versionDetail(actor, ref, versionParam(params)));
        },
        shown("Undo a yank", "Versions"),
      )
      .put(
        `${at}/channels/:channel`,
        async ({ request, params, body }) =>
          changed(
            request,
            await catalog.setChannel(actorOf(request), refIn(params), channelParam(params), body.version),
          ),
        {
          body: t.Object({ version: t.String({ maxLength: 64 }) }),
          ...shown("Point a channel at a version", "Versions"),
        },
      )
      .delete(
        `${at}/channels/:channel`,
        async ({ request, params }) =>
          changed(request, await catalog.removeChannel(actorOf(request), refIn(params), channelParam(params))),
        shown("Remove a channel", "Versions"),
      )
      .get(
        `${at}/dependents`,
        async ({ request, params, query }) => {
          const actor = actorOf(request);
          const asset = await catalog.findAsset(actor, refIn(params));
          const page = await catalog.dependentsOf(actor, asset, parsePage(query));
          return pageAnswer(request, page, (item) => ({ ...assetWire(item.asset), range: item.range }));
        },
        { query: t.Object(PageQuery), ...shown("Who depends on this asset") },
      );
  };

  /** One shape for reading and changing: the entity tag of the one is the If-Match of the other. */
  const assetAnswer = async (actor: Actor, asset: Asset) => {
    const channels = await catalog.channelsOf(asset.id);
    const former = await catalog.formerRefs(actor, asset.id);
    return ok({
      ...assetWire(asset),
      former_refs: former,
      channels: Object.fromEntries(channels.map((c) => [c.name, c.version])),
    });
  };

  const update = async (request: Request, params: unknown, edit: AssetEdit) => {
    const actor = actorOf(request);
    if (!request.headers.has("If-Match")) return catalog.updateAsset(actor, refIn(params), edit);
    const seen = await catalog.findAsset(actor, refIn(params));
    requireMatch(request, etagOf(JSON.stringify(await assetAnswer(actor, seen))));
    return catalog.updateAsset(actor, refIn(params), edit, seen.updatedAt);
  };

  return routes
    .use(one(new Elysia({ name: "catalog-api-name" }), "/assets/:namespace/:slug", false))
    .use(one(new Elysia({ name: "catalog-api-id" }), "/assets/:namespace", true));
}

/** A private organization's name is for those who are in it, and moderators. */
const mayKnow = (actor: Actor, { id, hidden }: { id: string; hidden: boolean }): boolean =>
  !hidden || isModerator(actor) || (actor.kind === "user" && namespacesOf(actor, "read").includes(id));

const versionParam = (params: unknown): string => (params as { version: string }).version;
const channelParam = (params: unknown): string => (params as { channel: string }).channel;
const list = (text: string | undefined): string[] | undefined => text?.split(",").filter((part) => part !== "");

/** Everything the API says of one version. */
export async function versionAnswer(catalog: CatalogModule, actor: Actor, asset: Asset, version: Version) {
  const [files, dependencies, signatures, scans, capabilities, advisories, former, asked] = await Promise.all([
    catalog.filesOf(version.id),
    catalog.dependenciesOf(version.id),
    catalog.signaturesOf(version.id),
    catalog.scansOf(version.id),
    catalog.capabilitiesOf(version.id),
    catalog.advisoriesOf(actor, version.id),
    catalog.formerRefs(actor, asset.id),
    version.status === "under_review" ? catalog.changesAskedOf(version.id) : null,
  ]);
  const signature = signatures.find((s) => s.revokedAt === null) ?? signatures[0];
  return {
    ...versionWire(version),
    asset: { ...assetWire(asset), former_refs: former },
    title: version.metadata.title,
    description: version.metadata.description,
    license: version.metadata.license,
    readme_path: version.readmePath,
    compatibility: version.metadata.compatibility,
    files: files.map(fileWire),
    dependencies: dependencies.map(dependencyWire),
    signature: signature ? signatureWire(signature) : null,
    signatures: signatures.map(signatureWire),
    scans: scans.map(scanWire),
    capabilities,
    advisories: advisories.map(advisoryWire),
    // Only those who publish it, and moderators, read a version in review.
    changes_requested: asked && { message: asked.message, requested_at: asked.at },
  };
}

import { Elysia, t } from "elysia";
import { parsePage } from "../../core/page.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { jsonWithETag, ok, pageAnswer } from "../../platform/http/respond.ts";
import { assetWire, type CatalogModule } from "../catalog/index.ts";
import { assetAccessApi } from "./asset-access-api.ts";
import type { AssetsFate } from "./delete-organization.ts";
import { invitationsApi } from "./invitations-api.ts";
import { peopleApi } from "./people-api.ts";
import { type OrganizationPolicyApiDeps, organizationPolicyApi } from "./policy-api.ts";
import { myOrganizationWire, organizationWire } from "./wire.ts";

const PageQuery = t.Object({ page: t.Optional(t.String()), per_page: t.Optional(t.String()) });
const Visibility = t.Optional(t.Union([t.Literal("public"), t.Literal("private")]));
const Profile = {
  display_name: t.Optional(t.String({ maxLength: 200 })),
  description: t.Optional(t.String({ maxLength: 4000 })),
  website: t.Optional(t.String({ maxLength: 500 })),
};
export interface OrganizationsApiDeps extends OrganizationPolicyApiDeps {
  catalog: CatalogModule;
  /** Where this server is reached, without a slash at the end. */
  baseUrl: (request: Request) => string;
}

/** REST of organizations, their people, and who may do what with single assets. */
export function organizationsApi(deps: OrganizationsApiDeps) {
  return new Elysia({ name: "organizations-api" })
    .use(organizationRoutes(deps))
    .use(ownerRoutes(deps))
    .use(organizationPolicyApi(deps))
    .use(peopleApi(deps.organizations))
    .use(invitationsApi(deps))
    .use(assetAccessApi(deps.organizations));
}

const detail = (summary: string) => ({ detail: { summary, tags: ["Organizations"] } });

function organizationRoutes({ organizations, catalog }: OrganizationsApiDeps) {
  return new Elysia({ name: "organizations-api-one" })
    .get(
      "/organizations",
      async ({ request, query }) =>
        pageAnswer(request, await organizations.list(contextOf(request).actor, parsePage(query)), organizationWire),
      { query: PageQuery, ...detail("List the organizations that you may see") },
    )
    .post(
      "/organizations",
      async ({ request, body, set }) => {
        const { slug, display_name: displayName, description, website, visibility } = body;
        const input = { slug, displayName, description, website, visibility };
        const organization = await organizations.create(contextOf(request).actor, input);
        set.status = 201;
        set.headers["location"] = `/api/v1/organizations/${organization.slug}`;
        return ok(organizationWire(organization));
      },
      {
        body: t.Object({ slug: t.String({ maxLength: 64 }), visibility: Visibility, ...Profile }),
        ...detail("Make an organization; you become its owner"),
      },
    )
    .get(
      "/organizations/:slug",
      async ({ request, params }) =>
        jsonWithETag(request, ok(organizationWire(await organizations.find(contextOf(request).actor, params.slug)))),
      detail("Read an organization"),
    )
    .patch(
      "/organizations/:slug",
      async ({ request, params, body }) => {
        const { actor } = contextOf(request);
        const { display_name: displayName, description, website, visibility } = body;
        let organization = await organizations.find(actor, params.slug);
        if (visibility !== undefined && visibility !== organization.visibility)
          organization = await organizations.setVisibility(actor, params.slug, visibility);
        if (displayName !== undefined || description !== undefined || website !== undefined || visibility === undefined)
          organization = await organizations.editProfile(actor, params.slug, { displayName, description, website });
        return jsonWithETag(request, ok(organizationWire(organization)));
      },
      {
        body: t.Object({ visibility: Visibility, ...Profile }),
        ...detail("Change an organization's page; owners also who may see it"),
      },
    )
    .get(
      "/organizations/:slug/assets",
      async ({ request, params, query }) => {
        const { actor } = contextOf(request);
        const { namespaceId } = await organizations.find(actor, params.slug);
        const page = await catalog.listAssets(actor, { namespaceIds: [namespaceId] }, parsePage(query));
        return pageAnswer(request, page, assetWire);
      },
      { query: PageQuery, ...detail("List an organization's assets that you may see") },
    )
    .get(
      "/me/organizations",
      async ({ request }) => ok((await organizations.mine(contextOf(request).actor)).map(myOrganizationWire)),
      detail("Your organizations, with your role in each"),
    );
}

function ownerRoutes({ organizations }: OrganizationsApiDeps) {
  const verify = (verified: boolean) => ({
    handle: async ({ request, params }: { request: Request; params: { slug: string } }) =>
      ok(organizationWire(await organizations.setVerified(contextOf(request).actor, params.slug, verified))),
  });
  return new Elysia({ name: "organizations-api-own" })
    .delete(
      "/organizations/:slug",
      async ({ request, params, body }) => {
        const assets = body?.assets ?? null;
        const fate: AssetsFate = assets === null || assets === "delete" ? assets : { transferTo: assets.transfer_to };
        await organizations.delete(contextOf(request).actor, params.slug, fate);
        return new Response(null, { status: 204 });
      },
      {
        body: t.Optional(
          t.Object({
            assets: t.Optional(t.Union([t.Literal("delete"), t.Object({ transfer_to: t.String({ maxLength: 64 }) })])),
          }),
        ),
        ...detail("Delete an organization; its name is never used again"),
      },
    )
    .post(
      "/organizations/:slug/rename",
      async ({ request, params, body }) =>
        ok(organizationWire(await organizations.rename(contextOf(request).actor, params.slug, body.slug))),
      { body: t.Object({ slug: t.String({ maxLength: 64 }) }), ...detail("Give an organization another name") },
    )
    .put("/organizations/:slug/verification", verify(true).handle, detail("Give the badge (administrators)"))
    .delete("/organizations/:slug/verification", verify(false).handle, detail("Take the badge away (administrators)"));
}

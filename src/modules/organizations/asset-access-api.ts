import { Elysia, t } from "elysia";
import { contextOf } from "../../platform/http/request-context.ts";
import { ok } from "../../platform/http/respond.ts";
import { assetWire, refIn } from "../catalog/index.ts";
import type { OrganizationsModule } from "./index.ts";
import { collaboratorWire, offerWire } from "./wire.ts";

const none = () => new Response(null, { status: 204 });
const shown = (summary: string, hide = false) => ({ detail: { summary, tags: ["Assets"], hide } });
const Slug = t.String({ maxLength: 64 });

/** REST of collaborators, transfer and rename: `/assets/{ref}/…`. */
export function assetAccessApi(organizations: OrganizationsModule) {
  const offers = new Elysia({ name: "organizations-api-offers" })
    .get(
      "/me/transfers",
      async ({ request }) => ok((await organizations.listOffers(contextOf(request).actor)).map(offerWire)),
      shown("Assets that are offered to you or to organizations that you manage"),
    )
    .post(
      "/transfers/:id/accept",
      async ({ request, params }) =>
        ok(assetWire(await organizations.acceptTransfer(contextOf(request).actor, params.id))),
      shown("Take an asset that was offered"),
    )
    .post(
      "/transfers/:id/decline",
      async ({ request, params }) => {
        await organizations.declineTransfer(contextOf(request).actor, params.id);
        return none();
      },
      shown("Refuse an asset that was offered"),
    );
  return offers
    .use(accessRoutes(organizations, "/assets/:namespace/:slug", false))
    .use(accessRoutes(organizations, "/assets/:namespace", true));
}

function accessRoutes(organizations: OrganizationsModule, at: string, hide: boolean) {
  const usernameIn = (params: unknown) => (params as { username: string }).username;
  return new Elysia({ name: `organizations-api-access-${hide ? "id" : "name"}` })
    .get(
      `${at}/collaborators`,
      async ({ request, params }) =>
        ok((await organizations.listCollaborators(contextOf(request).actor, refIn(params))).map(collaboratorWire)),
      shown("People with a right of their own on an asset", hide),
    )
    .put(
      `${at}/collaborators/:username`,
      async ({ request, params, body }) => {
        const { actor } = contextOf(request);
        const { access } = body;
        return ok(
          collaboratorWire(await organizations.setCollaborator(actor, refIn(params), usernameIn(params), access)),
        );
      },
      {
        body: t.Object({ access: t.String({ maxLength: 20 }) }),
        ...shown("Give somebody a right on an asset: read, write or admin", hide),
      },
    )
    .delete(
      `${at}/collaborators/:username`,
      async ({ request, params }) => {
        await organizations.removeCollaborator(contextOf(request).actor, refIn(params), usernameIn(params));
        return none();
      },
      shown("Take somebody's right on an asset away", hide),
    )
    .post(
      `${at}/transfer`,
      async ({ request, params, body, set }) => {
        const to = { namespace: body.to, slug: body.slug };
        const { asset, offer } = await organizations.transfer(contextOf(request).actor, refIn(params), to);
        set.status = offer ? 202 : 200;
        return ok(assetWire(asset), { moved: offer === null, offer: offer && offerWire(offer) });
      },
      {
        body: t.Object({ to: Slug, slug: t.Optional(Slug) }),
        ...shown("Give an asset to another namespace, or offer it there", hide),
      },
    )
    .delete(
      `${at}/transfer`,
      async ({ request, params }) => {
        await organizations.cancelTransfer(contextOf(request).actor, refIn(params));
        return none();
      },
      shown("Take an offer back", hide),
    )
    .post(
      `${at}/rename`,
      async ({ request, params, body }) =>
        ok(assetWire(await organizations.renameAsset(contextOf(request).actor, refIn(params), body.slug))),
      { body: t.Object({ slug: Slug }), ...shown("Give an asset another name", hide) },
    );
}

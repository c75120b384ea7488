import { Elysia } from "elysia";
import { assetSettingsUrl, assetUrl } from "../../../views/urls.ts";
import { textFields } from "../../platform/http/forms.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { seeOther } from "../../platform/http/respond.ts";
import type { OrganizationsModule } from "./index.ts";

type Named = { namespace: string; slug: string };
const refOf = ({ namespace, slug }: Named): string => `${namespace}/${slug}`;
const saved = (asset: Named) => seeOther(`${assetSettingsUrl(asset)}?saved`);

/** What the forms of an asset's settings do about people, teams and its place. Every POST answers a redirect. */
export function assetAccessPages(organizations: OrganizationsModule) {
  const at = "/:namespace/:slug";
  return new Elysia({ name: "organization-pages-assets" })
    .post(`${at}/collaborators`, async ({ request, params, body }) => {
      const { username = "", access = "" } = textFields(body);
      await organizations.setCollaborator(contextOf(request).actor, refOf(params), username, access);
      return saved(params);
    })
    .post(`${at}/collaborators/:username/remove`, async ({ request, params }) => {
      await organizations.removeCollaborator(contextOf(request).actor, refOf(params), params.username);
      return saved(params);
    })
    .post(`${at}/teams`, async ({ request, params, body }) => {
      const { team = "", access = "" } = textFields(body);
      await organizations.setTeamAccess(contextOf(request).actor, refOf(params), team, access || null);
      return saved(params);
    })
    .post(`${at}/transfer`, async ({ request, params, body }) => {
      const { to = "" } = textFields(body);
      const { asset, offer } = await organizations.transfer(contextOf(request).actor, refOf(params), { namespace: to });
      return offer ? saved(params) : seeOther(assetUrl(asset));
    })
    .post(`${at}/transfer/cancel`, async ({ request, params }) => {
      await organizations.cancelTransfer(contextOf(request).actor, refOf(params));
      return saved(params);
    })
    .post(`${at}/rename`, async ({ request, params, body }) => {
      const { slug = "" } = textFields(body);
      return seeOther(assetUrl(await organizations.renameAsset(contextOf(request).actor, refOf(params), slug)));
    });
}

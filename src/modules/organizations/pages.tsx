import { Elysia } from "elysia";
import { EMPTY_FORM, type FormState, type PageProps } from "../../../views/layout/page.ts";
import { InvitationPage, MyOrganizationsPage, NewOrganizationPage } from "../../../views/organizations/mine.tsx";
import { assetUrl, profileUrl } from "../../../views/urls.ts";
import { isAdmin, requireScope } from "../../core/permission.ts";
import { answerForm, htmlPage, textFields } from "../../platform/http/forms.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { seeOther } from "../../platform/http/respond.ts";
import { assetAccessPages } from "./asset-access-pages.tsx";
import type { OrganizationsModule } from "./index.ts";
import { invitationModel, waitingFor } from "./shown-in-pages.ts";
import { peoplePages } from "./people-pages.tsx";
import { organizationSettingsPages } from "./settings-pages.tsx";

export interface OrganizationPagesDeps {
  organizations: OrganizationsModule;
  pageProps: (request: Request) => PageProps;
  /** `[accounts] organization_creation`. */
  creation: "everyone" | "admins";
  /** Where this server is reached, without a slash at the end. */
  origin: (request: Request) => string;
}

/** `/organizations…`, `/invitations/…`, and what the forms about people and places of assets do. */
export function organizationPages(deps: OrganizationPagesDeps) {
  return new Elysia({ name: "organization-pages" })
    .use(ownPages(deps))
    .use(answerPages(deps))
    .use(organizationSettingsPages(deps))
    .use(peoplePages(deps))
    .use(assetAccessPages(deps.organizations));
}

const noticed = (page: PageProps, said: string | undefined, notice: string): PageProps => ({
  ...page,
  notice: said === undefined ? null : notice,
});

function ownPages({ organizations, pageProps, creation }: OrganizationPagesDeps) {
  const form = (request: Request, state: FormState) => {
    requireScope(contextOf(request).actor, "publish");
    return <NewOrganizationPage page={pageProps(request)} form={state} />;
  };
  return new Elysia({ name: "organization-pages-own" })
    .get("/organizations", async ({ request, query }) => {
      const { actor } = contextOf(request);
      const mine = await organizations.mine(actor);
      return htmlPage(
        <MyOrganizationsPage
          page={noticed(pageProps(request), query["done"], "Done.")}
          organizations={mine.map(({ organization, role, withheld }) => ({
            slug: organization.slug,
            displayName: organization.displayName,
            role,
            withheld,
          }))}
          waiting={await waitingFor(organizations, actor)}
          mayCreate={creation === "everyone" || isAdmin(actor)}
        />,
      );
    })
    .get("/organizations/new", ({ request }) => htmlPage(form(request, EMPTY_FORM)))
    .post("/organizations/new", ({ request, body }) => {
      const values = textFields(body);
      return answerForm(
        values,
        async () => {
          const { slug = "", display_name: displayName, description, visibility } = values;
          const organization = await organizations.create(contextOf(request).actor, {
            slug,
            displayName: displayName || undefined,
            description,
            visibility: visibility === "private" ? "private" : "public",
          });
          return seeOther(profileUrl(organization.slug));
        },
        (state) => form(request, state),
      );
    });
}

function answerPages({ organizations, pageProps }: OrganizationPagesDeps) {
  return new Elysia({ name: "organization-pages-answers" })
    .get("/invitations/:key", async ({ request, params }) => {
      const open = await organizations.openInvitation(contextOf(request).actor, params.key);
      return htmlPage(
        <InvitationPage
          page={pageProps(request)}
          invitation={invitationModel(params.key, open)}
          obstacle={open.obstacle}
        />,
      );
    })
    .post("/invitations/:key/accept", async ({ request, params }) => {
      const { slug } = await organizations.acceptInvitation(contextOf(request).actor, params.key);
      return seeOther(profileUrl(slug));
    })
    .post("/invitations/:key/decline", async ({ request, params }) => {
      await organizations.declineInvitation(contextOf(request).actor, params.key);
      return seeOther("/organizations?done");
    })
    .post("/transfers/:id/accept", async ({ request, params }) =>
      seeOther(assetUrl(await organizations.acceptTransfer(contextOf(request).actor, params.id))),
    )
    .post("/transfers/:id/decline", async ({ request, params }) => {
      await organizations.declineTransfer(contextOf(request).actor, params.id);
      return seeOther("/organizations?done");
    });
}

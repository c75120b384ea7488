import { Elysia } from "elysia";
import { InvitationsPage } from "../../../views/administration/invitations.tsx";
import { EMPTY_FORM, type FormState, type PageProps } from "../../../views/layout/page.ts";
import { parsePage } from "../../core/page.ts";
import { answerForm, htmlPage, textFields } from "../../platform/http/forms.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { seeOther } from "../../platform/http/respond.ts";
import type { Accounts } from "./accounts.ts";

/** `/admin/invitations`, for administrators. */
export function invitationPages({
  accounts,
  pageProps,
}: {
  accounts: Accounts;
  pageProps: (request: Request) => PageProps;
}) {
  type Made = Awaited<ReturnType<Accounts["invitations"]["create"]>>;
  const page = async (request: Request, form: FormState, made: Made | null) => {
    const number = new URL(request.url).searchParams.get("page") ?? undefined;
    const { items, ...numbers } = await accounts.invitations.list(
      contextOf(request).actor,
      parsePage({ page: number }),
    );
    return (
      <InvitationsPage
        page={pageProps(request)}
        form={form}
        invitations={items}
        numbers={numbers}
        made={made && { link: made.link, mailed: made.mailed, email: made.invitation.email }}
        registration={accounts.registration}
        delivers={accounts.mailDelivers}
      />
    );
  };
  return new Elysia({ name: "accounts-pages-invitations" })
    .get("/admin/invitations", ({ request }) => htmlPage(page(request, EMPTY_FORM, null)))
    .post("/admin/invitations", ({ request, body }) => {
      const values = textFields(body);
      return answerForm(
        values,
        async () => {
          const made = await accounts.invitations.create(contextOf(request).actor, { email: values["email"] ?? null });
          // Not a redirect: the link is shown here once and stands in no URL, cookie or table.
          return htmlPage(page(request, EMPTY_FORM, made), 201, { "Cache-Control": "no-store" });
        },
        (form) => page(request, form, null),
      );
    })
    .post("/admin/invitations/:id/revoke", async ({ request, params }) => {
      await accounts.invitations.revoke(contextOf(request).actor, params.id);
      return seeOther("/admin/invitations");
    });
}

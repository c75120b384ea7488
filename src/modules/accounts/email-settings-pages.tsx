import { Elysia } from "elysia";
import { SettingsEmailPage } from "../../../views/accounts/email.tsx";
import { EMPTY_FORM, type FormState, type PageProps } from "../../../views/layout/page.ts";
import { answerForm, htmlPage, textFields } from "../../platform/http/forms.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { seeOther } from "../../platform/http/respond.ts";
import type { Accounts } from "./accounts.ts";
import { requirePerson } from "./user.ts";

/** `/settings/email` of the person who is signed in. */
export function emailSettingsPages({
  accounts,
  pageProps,
}: {
  accounts: Accounts;
  pageProps: (request: Request) => PageProps;
}) {
  const page = async (request: Request, form: FormState, notice: string | null) => {
    const { actor } = contextOf(request);
    const user = await accounts.me(actor);
    return (
      <SettingsEmailPage
        page={{ ...pageProps(request), notice }}
        form={form}
        email={user.email}
        verified={user.emailVerifiedAt !== null}
        secondFactor={(await accounts.secondFactor.methods(user.id)).some((method) => method !== "passkey")}
        delivers={accounts.mailDelivers}
      />
    );
  };
  const sent = accounts.mailDelivers
    ? "The link is on its way to that address."
    : "The link waits with an administrator: ask for it.";
  const notices = new Map([
    ["sent", sent],
    ["verified", "Your address is confirmed."],
  ]);
  return new Elysia({ name: "accounts-pages-email-settings" })
    .get("/settings/email", ({ request }) => {
      requirePerson(contextOf(request).actor);
      return htmlPage(page(request, EMPTY_FORM, notices.get(new URL(request.url).search.slice(1)) ?? null));
    })
    .post("/settings/email", ({ request, body }) => {
      const values = textFields(body);
      return answerForm(
        values,
        async () => {
          const { email = "", password, code } = values;
          await accounts.emailChange.request(contextOf(request).actor, { email, password, code });
          return seeOther("/settings/email?sent");
        },
        (form) => page(request, form, null),
      );
    })
    .post("/settings/email/verification", async ({ request }) => {
      await accounts.emailVerification.resend(contextOf(request).actor);
      return seeOther("/settings/email?sent");
    });
}

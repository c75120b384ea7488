import { Elysia } from "elysia";
import { SettingsPasswordPage, SettingsProfilePage, SettingsSessionsPage } from "../../../views/accounts/settings.tsx";
import { clientName } from "../../../views/accounts/client-name.ts";
import { EMPTY_FORM, type FormState, type PageProps } from "../../../views/layout/page.ts";
import { answerForm, htmlPage, textFields } from "../../platform/http/forms.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { seeOther } from "../../platform/http/respond.ts";
import type { Accounts } from "./accounts.ts";
import { apiKeyPages } from "./api-key-pages.tsx";
import { newSession } from "./credentials-api.ts";
import { requirePerson } from "./user.ts";

interface SettingsDeps {
  accounts: Accounts;
  pageProps: (request: Request) => PageProps;
  /** Where people reach this server. */
  origin: (request: Request) => string;
}

/** `/settings/…` of the person who is signed in. */
export function settingsPages(deps: SettingsDeps) {
  return new Elysia({ name: "accounts-pages-settings" })
    .get("/settings", () => seeOther("/settings/profile"))
    .use(profilePages(deps))
    .use(passwordPages(deps))
    .use(sessionPages(deps))
    .use(apiKeyPages(deps));
}

/** The page's answer, with what the address says was just done. */
const noticed = (page: PageProps, notice: string | undefined, said: string): PageProps => ({
  ...page,
  notice: notice === undefined ? null : said,
});

function profilePages({ accounts, pageProps }: SettingsDeps) {
  return new Elysia({ name: "accounts-pages-profile" })
    .get("/settings/profile", async ({ request, query }) => {
      const user = await accounts.me(contextOf(request).actor);
      const values = { display_name: user.displayName, bio: user.bio, website: user.website };
      const page = noticed(pageProps(request), query["saved"], "Your profile is saved.");
      return htmlPage(<SettingsProfilePage page={page} form={{ ...EMPTY_FORM, values }} />);
    })
    .post("/settings/profile", ({ request, body }) => {
      const values = textFields(body);
      return answerForm(
        values,
        async () => {
          const { actor } = contextOf(request);
          const { display_name: displayName, bio, website } = values;
          await accounts.updateProfile(actor, { displayName, bio, website });
          return seeOther("/settings/profile?saved");
        },
        (form) => <SettingsProfilePage page={pageProps(request)} form={form} />,
      );
    });
}

function passwordPages({ accounts, pageProps }: SettingsDeps) {
  const show = (page: PageProps, form: FormState) => <SettingsPasswordPage page={page} form={form} />;
  return new Elysia({ name: "accounts-pages-password" })
    .get("/settings/password", ({ request, query }) => {
      requirePerson(contextOf(request).actor);
      const said = "The password is changed, and every other session is signed out.";
      return htmlPage(show(noticed(pageProps(request), query["saved"], said), EMPTY_FORM));
    })
    .post("/settings/password", ({ request, body }) => {
      const values = textFields(body);
      return answerForm(
        values,
        async () => {
          const input = { current: values["current_password"] ?? "", next: values["new_password"] ?? "" };
          const { actor } = contextOf(request);
          const user = await accounts.changePassword(actor, input);
          const how = { method: "password", twoFactor: actor.kind === "user" && actor.twoFactor };
          const cookie = await newSession(accounts, request, user.id, how);
          return seeOther("/settings/password?saved", { "Set-Cookie": cookie });
        },
        (form) => show(pageProps(request), form),
      );
    });
}

function sessionPages({ accounts, pageProps }: SettingsDeps) {
  return new Elysia({ name: "accounts-pages-sessions" })
    .get("/settings/sessions", async ({ request }) => {
      const { actor, session } = contextOf(request);
      const sessions = (await accounts.listSessions(actor)).map((one) => ({
        id: one.id,
        client: clientName(one.userAgent),
        address: one.address || null,
        createdAt: one.createdAt,
        seenAt: one.seenAt,
        twoFactor: one.twoFactor,
        current: one.id === session?.id,
      }));
      return htmlPage(<SettingsSessionsPage page={pageProps(request)} sessions={sessions} />);
    })
    .post("/settings/sessions/revoke-others", async ({ request }) => {
      const { actor, session } = contextOf(request);
      await accounts.endOtherSessions(actor, session?.id ?? null);
      return seeOther("/settings/sessions");
    })
    .post("/settings/sessions/:id/revoke", async ({ request, params }) => {
      await accounts.endSession(contextOf(request).actor, params.id);
      return seeOther("/settings/sessions");
    });
}

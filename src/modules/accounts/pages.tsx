import { Elysia } from "elysia";
import { EMPTY_FORM, type FormState, type PageProps } from "../../../views/layout/page.ts";
import { RegisterPage, SetupPage, SignInPage } from "../../../views/accounts/sign-in.tsx";
import { notFound } from "../../core/error.ts";
import { clearCookie, cookieName, readCookie } from "../../platform/http/cookies.ts";
import { answerForm, htmlPage, textFields } from "../../platform/http/forms.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { localPath, seeOther } from "../../platform/http/respond.ts";
import type { Accounts } from "./accounts.ts";
import { continueSignIn, newSession, SESSION_COOKIE } from "./credentials-api.ts";
import { settingsPages } from "./settings-pages.tsx";

export interface AccountsPagesDeps {
  accounts: Accounts;
  pageProps: (request: Request) => PageProps;
}

/** Pages of signing in and out, registering, set-up and settings. */
export function accountsPages(deps: AccountsPagesDeps) {
  return new Elysia({ name: "accounts-pages" }).use(signInPages(deps)).use(setupPages(deps)).use(settingsPages(deps));
}

function signInPages({ accounts, pageProps }: AccountsPagesDeps) {
  const signInPage = (request: Request, form: FormState, next: string) => (
    <SignInPage page={pageProps(request)} form={form} next={next} registrationOpen={accounts.registration === "open"} />
  );
  const registerPage = (request: Request, form: FormState) => <RegisterPage page={pageProps(request)} form={form} />;
  return new Elysia({ name: "accounts-pages-sign-in" })
    .get("/sign-in", ({ request, query }) => {
      const next = localPath(query["next"]);
      return contextOf(request).actor.kind === "user"
        ? seeOther(next)
        : htmlPage(signInPage(request, EMPTY_FORM, next));
    })
    .post("/sign-in", ({ request, body }) => {
      const values = textFields(body);
      const next = localPath(values["next"]);
      return answerForm(
        values,
        async () => {
          const user = await accounts.checkPassword(values["username"] ?? "", values["password"] ?? "");
          const persistent = values["remember"] !== undefined;
          return continueSignIn(accounts, request, { user, method: "password", twoFactor: false, persistent, next });
        },
        (form) => signInPage(request, form, next),
      );
    })
    .get("/register", ({ request }) => {
      if (contextOf(request).actor.kind === "user") return seeOther("/");
      if (accounts.registration === "closed") throw notFound();
      return htmlPage(registerPage(request, EMPTY_FORM));
    })
    .post("/register", ({ request, body }) => {
      const values = textFields(body);
      return answerForm(
        values,
        async () => {
          const user = await accounts.register(accountOf(values));
          return seeOther("/", { "Set-Cookie": await newSession(accounts, request, user.id, { method: "password" }) });
        },
        (form) => registerPage(request, form),
      );
    })
    .post("/sign-out", async ({ request }) => {
      const { secure } = contextOf(request);
      const secret = readCookie(request, cookieName(SESSION_COOKIE, secure));
      if (secret !== null) await accounts.sessions.end(secret);
      return seeOther("/", { "Set-Cookie": clearCookie(SESSION_COOKIE, secure) });
    });
}

function setupPages({ accounts, pageProps }: AccountsPagesDeps) {
  const page = (request: Request, form: FormState, token: string) => (
    <SetupPage page={pageProps(request)} form={form} token={token} />
  );
  return new Elysia({ name: "accounts-pages-setup" })
    .get("/setup", async ({ request, query }) => {
      const token = query["token"] ?? "";
      if (!(await accounts.setup.accepts(token))) throw notFound("setup link (each works once)");
      return htmlPage(page(request, EMPTY_FORM, token));
    })
    .post("/setup", ({ request, body }) => {
      const { token = "", ...values } = textFields(body);
      return answerForm(
        values,
        async () => {
          const user = await accounts.setup.complete(token, accountOf(values));
          return seeOther("/", { "Set-Cookie": await newSession(accounts, request, user.id, { method: "password" }) });
        },
        (form) => page(request, form, token),
      );
    });
}

const accountOf = (values: Record<string, string>) => ({
  username: values["username"] ?? "",
  email: values["email"] ?? "",
  password: values["password"] ?? "",
  displayName: values["display_name"] ?? "",
});

import { Elysia } from "elysia";
import { EMPTY_FORM, type FormState, type PageProps } from "../../../views/layout/page.ts";
import { SetupPage, SignInPage } from "../../../views/accounts/sign-in.tsx";
import { notFound } from "../../core/error.ts";
import { clearCookie, cookieName, readCookie } from "../../platform/http/cookies.ts";
import { answerForm, htmlPage, textFields } from "../../platform/http/forms.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { localPath, seeOther } from "../../platform/http/respond.ts";
import type { Accounts } from "./accounts.ts";
import { continueSignIn, newSession, SESSION_COOKIE } from "./credentials-api.ts";
import { findSite } from "./passkeys/passkey-wire.ts";
import { recoveryPages } from "./recovery-pages.tsx";
import { secondStepPages } from "./second-step-pages.tsx";
import { signInOver } from "./second-step.ts";
import { securityPages } from "./security-pages.tsx";
import { settingsPages } from "./settings-pages.tsx";
import { rememberLink } from "./sign-on/browser-api.ts";
import type { SignOn } from "./sign-on/sign-on.ts";
import { sudoPages } from "./sudo-pages.tsx";
import { usersPages } from "./users-pages.tsx";

export interface AccountsPagesDeps {
  accounts: Accounts;
  pageProps: (request: Request) => PageProps;
  /** Where this server is reached, without a slash at the end: what passkeys are bound to. */
  origin: (request: Request) => string;
  /** Who else signs people in. */
  signOn: Pick<SignOn, "providers" | "list">;
}

/** Pages of signing in and out, registering, set-up and settings. */
export function accountsPages(deps: AccountsPagesDeps) {
  return new Elysia({ name: "accounts-pages" })
    .use(signInPages(deps))
    .use(secondStepPages({ ...deps, signInPage: signInPageOf(deps) }))
    .use(sudoPages(deps))
    .use(setupPages(deps))
    .use(recoveryPages(deps))
    .use(usersPages(deps))
    .use(settingsPages(deps))
    .use(securityPages(deps));
}

/** What the address says was just done through a link. */
const DONE = new Map([
  ["reset", "The new password is set. Sign in with it."],
  ["verified", "Your address is confirmed. Sign in."],
  ["moved", "Your account has its new address. Sign in again."],
]);

/** The way in for administrators where passwords are off: `/sign-in?password`, and its form sent. */
const asksForPassword = (request: Request): boolean =>
  request.method === "POST" || new URL(request.url).searchParams.has("password");

const signInPageOf = (deps: AccountsPagesDeps) => (request: Request, form: FormState, next: string) => (
  <SignInPage
    page={{ ...deps.pageProps(request), notice: DONE.get(new URL(request.url).search.slice(1)) ?? null }}
    form={form}
    next={next}
    registrationOpen={deps.accounts.registration === "open" || deps.accounts.registration === "domain"}
    passkeys={findSite(deps, request) !== null}
    providers={deps.signOn.providers}
    passwords={deps.accounts.passwordLogin || deps.accounts.ldapLabel !== null || asksForPassword(request)}
    ldap={deps.accounts.ldapLabel}
  />
);

function signInPages(deps: AccountsPagesDeps) {
  const { accounts } = deps;
  const signInPage = signInPageOf(deps);
  return new Elysia({ name: "accounts-pages-sign-in" })
    .get("/sign-in", ({ request, query }) => {
      const next = localPath(query["next"]);
      return contextOf(request).actor.kind === "user"
        ? seeOther(next)
        : htmlPage(signInPage(request, query["over"] === undefined ? EMPTY_FORM : OVER, next));
    })
    .post("/sign-in", ({ request, body }) => {
      const values = textFields(body);
      const next = localPath(values["next"]);
      return answerForm(
        values,
        async () => {
          const signIn = await accounts.signIn(values["username"] ?? "", values["password"] ?? "");
          if (signIn.kind === "unproven")
            return seeOther("/sign-in/connect", { "Set-Cookie": rememberLink(request, signIn.secret) });
          const { user, method } = signIn;
          const persistent = values["remember"] !== undefined;
          return continueSignIn(accounts, request, { user, method, twoFactor: false, persistent, next });
        },
        (form) => signInPage(request, form, next),
      );
    })
    .post("/sign-out", async ({ request }) => {
      const { secure } = contextOf(request);
      const secret = readCookie(request, cookieName(SESSION_COOKIE, secure));
      if (secret !== null) await accounts.sessions.end(secret);
      const cookie = { "Set-Cookie": clearCookie(SESSION_COOKIE, secure) };
      // Browsers heed it over https and on localhost alone.
      const heeded = secure || isLocalhost(request);
      return seeOther("/", heeded ? { ...cookie, "Clear-Site-Data": '"cache", "storage"' } : cookie);
    });
}

const isLocalhost = (request: Request): boolean =>
  /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(new URL(request.url).hostname);

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

/** The second step of a sign-in took too long, or had too many wrong codes. */
const OVER: FormState = { ...EMPTY_FORM, message: signInOver().message };

const accountOf = (values: Record<string, string>) => ({
  username: values["username"] ?? "",
  email: values["email"] ?? "",
  password: values["password"] ?? "",
  displayName: values["display_name"] ?? "",
});

import { Elysia } from "elysia";
import { ConnectedAccountsPage, ConnectPage, LeavingPage } from "../../../../views/accounts/sign-on.tsx";
import type { PageProps } from "../../../../views/layout/page.ts";
import { cookieName, readCookie } from "../../../platform/http/cookies.ts";
import { htmlPage } from "../../../platform/http/forms.ts";
import { contextOf } from "../../../platform/http/request-context.ts";
import { seeOther } from "../../../platform/http/respond.ts";
import { browserSecret, forgetLink, LINK_COOKIE, type SignOnRouteDeps } from "./browser-api.ts";

export interface SignOnPagesDeps extends Omit<SignOnRouteDeps, "accounts"> {
  pageProps: (request: Request) => PageProps;
}

const HOME = "/settings/connected-accounts";

/** Connecting accounts elsewhere with one's own. */
export const signOnPages = (deps: SignOnPagesDeps) =>
  new Elysia({ name: "accounts-pages-sign-on" }).use(connectPages(deps)).use(connectedPages(deps));

function connectPages({ signOn, pageProps }: SignOnPagesDeps) {
  const linkSecret = (request: Request): string =>
    readCookie(request, cookieName(LINK_COOKIE, contextOf(request).secure)) ?? "";
  return new Elysia({ name: "accounts-pages-connect" })
    .get("/sign-in/connect", async ({ request }) => {
      const waiting = await signOn.waiting(linkSecret(request));
      if (!waiting) return seeOther("/sign-in", { "Set-Cookie": forgetLink(request) });
      return htmlPage(<ConnectPage page={pageProps(request)} label={waiting.label} email={waiting.email} />);
    })
    .post("/sign-in/connect", async ({ request }) => {
      await signOn.connectWaiting(contextOf(request).actor, linkSecret(request));
      return seeOther(`${HOME}?connected`, { "Set-Cookie": forgetLink(request) });
    });
}

function connectedPages({ signOn, pageProps, origin }: SignOnPagesDeps) {
  return new Elysia({ name: "accounts-pages-connected" })
    .get(HOME, async ({ request, query }) => {
      const connected = (await signOn.list(contextOf(request).actor)).map(
        ({ id, provider, email, createdAt, lastUsedAt }) => ({
          id,
          label: signOn.labelOf(provider),
          email,
          createdAt,
          usedAt: lastUsedAt,
        }),
      );
      const page = pageProps(request);
      const notice = query["connected"] === undefined ? null : "It is connected: next time it signs you in.";
      return htmlPage(
        <ConnectedAccountsPage page={{ ...page, notice }} connected={connected} offered={signOn.providers} />,
      );
    })
    .post(`${HOME}/:id/connect`, async ({ request, params }) => {
      const { secret, cookie } = browserSecret(request);
      const href = await signOn.begin(params.id, {
        intent: "connect",
        next: `${HOME}?connected`,
        browser: secret,
        origin: origin(request),
        fresh: false,
        actor: contextOf(request).actor,
      });
      // Browsers let a form lead to no other site, not even through a redirect (form-action); a page may.
      return htmlPage(<LeavingPage page={pageProps(request)} label={signOn.labelOf(params.id)} href={href} />, 200, {
        "Set-Cookie": cookie,
        Refresh: `0; url=${href}`,
        "Cache-Control": "no-store",
      });
    })
    .post(`${HOME}/:id/disconnect`, async ({ request, params }) => {
      await signOn.disconnect(contextOf(request).actor, params.id);
      return seeOther(HOME);
    });
}

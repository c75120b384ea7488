import { Elysia, t } from "elysia";
import { clearCookie, cookieName, readCookie, setCookie } from "../../../platform/http/cookies.ts";
import { contextOf } from "../../../platform/http/request-context.ts";
import { localPath } from "../../../platform/http/respond.ts";
import type { Accounts } from "../accounts.ts";
import { continueSignIn } from "../credentials-api.ts";
import { randomSecret } from "../random.ts";
import { LINK_MS } from "./reconcile.ts";
import { type SignOn, type SignOnOutcome, STATE_MS } from "./sign-on.ts";

/** Binds a sign-in that was begun to the browser that began it. */
const BROWSER_COOKIE = "sign-on";
/** Holds who waits to be connected with an account. */
export const LINK_COOKIE = "sign-on-link";

export interface SignOnRouteDeps {
  accounts: Accounts;
  signOn: SignOn;
  /** Where this server is reached, without a slash at the end. */
  origin: (request: Request) => string;
}

const BROWSER_SECRET = /^[A-Za-z0-9_-]{43}$/;

/** The browser's secret, and the cookie that keeps it; one that is there goes on, so that two tabs do not disturb each other. */
export function browserSecret(request: Request): { secret: string; cookie: string } {
  const { secure } = contextOf(request);
  const known = readCookie(request, cookieName(BROWSER_COOKIE, secure));
  const secret = known !== null && BROWSER_SECRET.test(known) ? known : randomSecret();
  return { secret, cookie: setCookie(BROWSER_COOKIE, secret, { secure, maxAge: STATE_MS / 1000 }) };
}

const found = (location: string, cookies: string[]): Response => {
  const headers = new Headers({ Location: location, "Cache-Control": "no-store" });
  for (const cookie of cookies) headers.append("Set-Cookie", cookie);
  return new Response(null, { status: 302, headers });
};

/** A link on another site leads to the sign-in page first: nobody is signed in without meaning it (ASVS 7.6.2). */
const isFromElsewhere = (request: Request): boolean =>
  ["cross-site", "same-site"].includes(request.headers.get("Sec-Fetch-Site") ?? "");

/** `/api/v1/auth/oauth/…`: where browsers leave for a provider, and where they come back. */
export function signOnApi({ accounts, signOn, origin }: SignOnRouteDeps) {
  const params = t.Object({ provider: t.String({ maxLength: 64 }) });
  return new Elysia({ name: "accounts-api-sign-on" })
    .get(
      "/auth/oauth/:provider",
      async ({ request, params, query }) => {
        if (isFromElsewhere(request)) return found(`/sign-in?next=${encodeURIComponent(localPath(query.next))}`, []);
        const { secret, cookie } = browserSecret(request);
        const location = await signOn.begin(params.provider, {
          intent: "sign-in",
          next: localPath(query.next),
          browser: secret,
          origin: origin(request),
          fresh: query.fresh === "true",
          actor: contextOf(request).actor,
        });
        return found(location, [cookie]);
      },
      {
        params,
        query: t.Object({ next: t.Optional(t.String()), fresh: t.Optional(t.String()) }),
        detail: {
          summary: "Sign in with another provider: sends the browser there (state, PKCE, nonce)",
          tags: ["Authentication"],
        },
      },
    )
    .get(
      "/auth/oauth/:provider/callback",
      async ({ request, params }) => {
        const { secure, actor } = contextOf(request);
        const browser = readCookie(request, cookieName(BROWSER_COOKIE, secure));
        const { search } = new URL(request.url);
        const outcome = await signOn.finish(params.provider, { query: search, browser, actor });
        return answer(accounts, request, outcome);
      },
      {
        params,
        detail: {
          summary: "Where the provider sends the browser back to; works once for the browser that left",
          tags: ["Authentication"],
        },
      },
    );
}

async function answer(accounts: Accounts, request: Request, outcome: SignOnOutcome): Promise<Response> {
  switch (outcome.kind) {
    case "connected":
      return found(outcome.next, []);
    case "unproven":
      return found("/sign-in/connect", [rememberLink(request, outcome.secret)]);
    case "signed-in": {
      const { kind: _, provider, ...by } = outcome;
      const response = await continueSignIn(accounts, request, { ...by, method: provider, persistent: false });
      return found(response.headers.get("Location") ?? "/", response.headers.getSetCookie());
    }
  }
}

/** The cookie for somebody who is to connect with the account they have. */
export const rememberLink = (request: Request, secret: string): string =>
  setCookie(LINK_COOKIE, secret, { secure: contextOf(request).secure, maxAge: LINK_MS / 1000 });

export const forgetLink = (request: Request): string => clearCookie(LINK_COOKIE, contextOf(request).secure);

import type { Instant } from "../../core/clock.ts";
import { unauthorized } from "../../core/error.ts";
import { clearCookie, cookieName, readCookie, setCookie } from "../../platform/http/cookies.ts";
import { type Csrf, createCsrf } from "../../platform/http/csrf.ts";
import type { Authenticate } from "../../platform/http/pipeline.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { seeOther } from "../../platform/http/respond.ts";
import type { Accounts } from "./accounts.ts";
import { randomSecret } from "./random.ts";
import { type FirstStep, SECOND_STEP_MS } from "./second-step.ts";
import type { NewSession } from "./sessions.ts";
import type { User } from "./user.ts";

export const SESSION_COOKIE = "session";
/** Between the first step of a sign-in and the second. */
export const SECOND_STEP_COOKIE = "second-step";

/** Reads a request's credentials for the pipeline: `Authorization: Bearer`, `X-API-Key`, or the session cookie. */
export const createAuthenticator =
  (accounts: Accounts): Authenticate =>
  async (request, { secure, address }) => {
    const secret = readCookie(request, cookieName(SESSION_COOKIE, secure));
    const { actor, sessionId, cookie } = await accounts.authenticate({
      authorization: request.headers.get("Authorization"),
      apiKey: request.headers.get("X-API-Key"),
      session: secret,
      address,
    });
    const cookies: string[] = [];
    if (cookie === "renew" && secret !== null)
      cookies.push(setCookie(SESSION_COOKIE, secret, { secure, maxAge: accounts.sessionSeconds }));
    if (cookie === "forget") cookies.push(clearCookie(SESSION_COOKIE, secure));
    return { actor, sessionId, cookies };
  };

/** How a sign-in came about, whose first step is done. */
export interface SignedInBy extends FirstStep {
  user: User;
  /** The identity provider, or a passkey, saw to two factors itself. */
  twoFactor: boolean;
  /** When it was proved who this is; now, when it is left out, and null when nobody says. */
  authenticatedAt?: Instant | null | undefined;
}

/**
 * Goes on after the first step of a sign-in: to the page that asks for the second factor when the person has one and it was not
 * shown, else into a session and to `next`.
 */
export async function continueSignIn(accounts: Accounts, request: Request, by: SignedInBy): Promise<Response> {
  const { user, twoFactor, ...first } = by;
  const secret = twoFactor ? null : await accounts.secondStep.begin(user.id, first);
  if (secret === null) {
    const goal = !twoFactor && accounts.mustEnrol(user) ? "/settings/security?required" : by.next;
    return seeOther(goal, { "Set-Cookie": await newSession(accounts, request, user.id, by) });
  }
  const { secure } = contextOf(request);
  const cookie = setCookie(SECOND_STEP_COOKIE, secret, { secure, maxAge: SECOND_STEP_MS / 1000 });
  return seeOther("/sign-in/two-factor", { "Set-Cookie": cookie });
}

/** Starts a session of a new secret, ends the one the browser had, and answers the cookie. */
export async function newSession(
  accounts: Accounts,
  request: Request,
  userId: string,
  how: Pick<NewSession, "method"> & Partial<Pick<NewSession, "twoFactor" | "persistent" | "authenticatedAt">>,
): Promise<string> {
  const { secure, address } = contextOf(request);
  const old = sessionSecret(request);
  if (old !== null) await accounts.sessions.end(old);
  const { method, twoFactor = false, persistent = false, authenticatedAt } = how;
  const userAgent = request.headers.get("User-Agent") ?? "";
  const session = { userAgent, address, method, twoFactor, persistent, authenticatedAt };
  const { secret } = await accounts.sessions.start(userId, session);
  return sessionCookie(accounts, secret, { secure, persistent });
}

/** The tokens of forms, whose secret is the installation's own. */
export const csrfOf = (accounts: Accounts): Csrf => createCsrf(() => accounts.secrets.get("csrf", randomSecret));

/** Gives the browser's session a new secret after more was proved, and answers the cookie. A page that follows has its token. */
export async function rotateSession(
  accounts: Accounts,
  request: Request,
  proof: { twoFactor: boolean },
): Promise<Record<string, string>> {
  const context = contextOf(request);
  const rotated = await accounts.sessions.rotate(sessionSecret(request) ?? "", proof);
  if (!rotated) throw unauthorized("This session has ended: sign in again.");
  context.csrfToken = await csrfOf(accounts).sessionToken(rotated.id);
  context.session = { id: rotated.id, csrfToken: context.csrfToken };
  const { secret, persistent } = rotated;
  return { "Set-Cookie": sessionCookie(accounts, secret, { secure: context.secure, persistent }) };
}

const sessionSecret = (request: Request): string | null =>
  readCookie(request, cookieName(SESSION_COOKIE, contextOf(request).secure));

const sessionCookie = (accounts: Accounts, secret: string, kind: { secure: boolean; persistent: boolean }): string =>
  setCookie(SESSION_COOKIE, secret, {
    secure: kind.secure,
    ...(kind.persistent ? { maxAge: accounts.sessionSeconds } : {}),
  });

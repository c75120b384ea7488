import { clearCookie, cookieName, readCookie, setCookie } from "../../platform/http/cookies.ts";
import type { Authenticate } from "../../platform/http/pipeline.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import type { Accounts } from "./accounts.ts";
import type { NewSession } from "./sessions.ts";

export const SESSION_COOKIE = "session";

/** Reads a request's credentials for the pipeline: `Authorization: Bearer`, `X-API-Key`, or the session cookie. */
export const createAuthenticator =
  (accounts: Accounts): Authenticate =>
  async (request, { secure }) => {
    const secret = readCookie(request, cookieName(SESSION_COOKIE, secure));
    const { actor, sessionId, cookie } = await accounts.authenticate({
      authorization: request.headers.get("Authorization"),
      apiKey: request.headers.get("X-API-Key"),
      session: secret,
    });
    const cookies: string[] = [];
    if (cookie === "renew" && secret !== null)
      cookies.push(setCookie(SESSION_COOKIE, secret, { secure, maxAge: accounts.sessionSeconds }));
    if (cookie === "forget") cookies.push(clearCookie(SESSION_COOKIE, secure));
    return { actor, sessionId, cookies };
  };

/** Starts a session of a new secret, ends the one the browser had, and answers the cookie. */
export async function newSession(
  accounts: Accounts,
  request: Request,
  userId: string,
  how: Partial<Pick<NewSession, "twoFactor" | "persistent" | "authenticatedAt">> = {},
): Promise<string> {
  const { secure, address } = contextOf(request);
  const old = readCookie(request, cookieName(SESSION_COOKIE, secure));
  if (old !== null) await accounts.sessions.end(old);
  const { twoFactor = false, persistent = false, authenticatedAt } = how;
  const userAgent = request.headers.get("User-Agent") ?? "";
  const { secret } = await accounts.sessions.start(userId, {
    userAgent,
    address,
    twoFactor,
    persistent,
    authenticatedAt,
  });
  return sessionCookie(accounts, secret, { secure, persistent });
}

const sessionCookie = (accounts: Accounts, secret: string, kind: { secure: boolean; persistent: boolean }): string =>
  setCookie(SESSION_COOKIE, secret, {
    secure: kind.secure,
    ...(kind.persistent ? { maxAge: accounts.sessionSeconds } : {}),
  });

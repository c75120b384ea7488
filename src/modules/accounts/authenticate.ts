import { ANONYMOUS, type Actor } from "../../core/actor.ts";
import type { Id } from "../../core/id.ts";
import type { Database } from "../../platform/database/index.ts";
import type { AccessTokens } from "./access-tokens.ts";
import type { ApiKeys } from "./api-keys.ts";
import * as repository from "./repository.ts";
import * as tokenRepository from "./token-repository.ts";
import { accessOf } from "./access-read-model.ts";
import { actorOf } from "./actor-of.ts";
import type { Sessions } from "./sessions.ts";
import { invalidToken } from "./user.ts";

/** What a request carries, as the HTTP layer read it. */
export interface Credentials {
  /** The `Authorization` header, whole. */
  authorization: string | null;
  /** The `X-API-Key` header. */
  apiKey: string | null;
  /** The session cookie's value. */
  session: string | null;
}

export interface Authenticated {
  actor: Actor;
  /** The session's public id, when the session is what counted. */
  sessionId: Id | null;
  /** What is to happen to the cookie: sent again, forgotten, or left. */
  cookie: "renew" | "forget" | "keep";
}

/**
 * Who asks. A header counts before a cookie, and one that does not hold is INVALID_TOKEN, never silently anonymous. A cookie
 * that does not hold makes an anonymous visitor, because browsers send it long after the session ended.
 */
export async function authenticate(
  deps: { database: Database; accessTokens: AccessTokens; apiKeys: ApiKeys; sessions: Sessions },
  credentials: Credentials,
): Promise<Authenticated> {
  if (credentials.authorization !== null || credentials.apiKey !== null)
    return { actor: await bearer(deps, credentials), sessionId: null, cookie: "keep" };
  if (credentials.session === null) return { actor: ANONYMOUS, sessionId: null, cookie: "keep" };
  const session = await deps.sessions.resume(credentials.session);
  if (!session) return { actor: ANONYMOUS, sessionId: null, cookie: "forget" };
  return {
    actor: actorOf(session.user, await accessOf(deps.database.read, session.user.id), {
      via: "session",
      twoFactor: session.twoFactor,
      authenticatedAt: session.authenticatedAt,
    }),
    sessionId: session.id,
    cookie: session.prolonged ? "renew" : "keep",
  };
}

async function bearer(
  deps: { database: Database; accessTokens: AccessTokens; apiKeys: ApiKeys },
  credentials: Credentials,
): Promise<Actor> {
  const { authorization, apiKey } = credentials;
  const token = authorization === null ? apiKey : (/^Bearer +([\x21-\x7e]+) *$/i.exec(authorization)?.[1] ?? null);
  if (token === null) throw invalidToken();
  if (authorization === null || token.startsWith("mkt_")) {
    const { key, user } = await deps.apiKeys.authenticate(token);
    const access = await accessOf(deps.database.read, user.id);
    return actorOf(user, access, {
      via: "api-key",
      scopes: key.scopes,
      twoFactor: access.hasSecondFactor,
      authenticatedAt: null,
      confinement: key.confinement,
    });
  }
  const { userId, familyId } = await deps.accessTokens.verify(token);
  const user = await repository.findUser(deps.database.read, { id: userId });
  const family = await tokenRepository.livingFamily(deps.database.read, familyId, userId);
  if (user?.status !== "active" || !family) throw invalidToken();
  return actorOf(user, await accessOf(deps.database.read, userId), { via: "access-token", ...family });
}

import { ANONYMOUS, type Actor, type Role } from "../../core/actor.ts";
import type { Id } from "../../core/id.ts";
import type { Database } from "../../platform/database/index.ts";
import type { AccessTokens } from "./access-tokens.ts";
import type { ApiKeys } from "./api-keys.ts";
import * as repository from "./repository.ts";
import * as tokenRepository from "./token-repository.ts";
import { accessOf } from "./access-read-model.ts";
import { actorOf, type SignInFacts } from "./actor-of.ts";
import type { ApiKey } from "./api-key.ts";
import type { Sessions } from "./sessions.ts";
import { publisherActor } from "./trusted-publishing/publisher-rights.ts";
import { invalidToken, type User } from "./user.ts";

/** What a request carries, as the HTTP layer read it. */
export interface Credentials {
  /** The `Authorization` header, whole. */
  authorization: string | null;
  /** The `X-API-Key` header. */
  apiKey: string | null;
  /** The session cookie's value. */
  session: string | null;
  /** Where the request comes from. */
  address: string;
}

export interface Authenticated {
  actor: Actor;
  /** The session's public id, when the session is what counted. */
  sessionId: Id | null;
  /** What is to happen to the cookie: sent again, forgotten, or left. */
  cookie: "renew" | "forget" | "keep";
}

export interface AuthenticateDeps {
  database: Database;
  accessTokens: AccessTokens;
  apiKeys: ApiKeys;
  sessions: Sessions;
  /** Roles that count only for a sign-in with a second factor. */
  needTwoFactor: readonly Role[];
  /** Whether people publish only once their address is confirmed. */
  verifyEmail: boolean;
}

/**
 * Who asks. A header counts before a cookie, and one that does not hold is INVALID_TOKEN, never silently anonymous. A cookie
 * that does not hold makes an anonymous visitor, because browsers send it long after the session ended.
 */
export async function authenticate(deps: AuthenticateDeps, credentials: Credentials): Promise<Authenticated> {
  if (credentials.authorization !== null || credentials.apiKey !== null)
    return { actor: await bearer(deps, credentials), sessionId: null, cookie: "keep" };
  if (credentials.session === null) return { actor: ANONYMOUS, sessionId: null, cookie: "keep" };
  const session = await deps.sessions.resume(credentials.session, credentials.address);
  if (!session) return { actor: ANONYMOUS, sessionId: null, cookie: "forget" };
  const { user, twoFactor, authenticatedAt } = session;
  return {
    actor: await actor(deps, user, { via: "session", twoFactor, authenticatedAt }),
    sessionId: session.id,
    cookie: session.prolonged && session.persistent ? "renew" : "keep",
  };
}

async function bearer(deps: AuthenticateDeps, credentials: Credentials): Promise<Actor> {
  const { authorization, apiKey } = credentials;
  const token = authorization === null ? apiKey : (/^Bearer +([\x21-\x7e]+) *$/i.exec(authorization)?.[1] ?? null);
  if (token === null) throw invalidToken();
  if (authorization === null || token.startsWith("mkt_")) {
    const { key, user } = await deps.apiKeys.authenticate(token);
    if (key.kind === "trusted-publisher") return trustedJob(deps, key, user);
    const { scopes, confinement } = key;
    return actor(deps, user, {
      via: "api-key",
      scopes,
      twoFactor: "of its person",
      authenticatedAt: null,
      confinement,
    });
  }
  const { userId, familyId } = await deps.accessTokens.verify(token);
  const user = await repository.findUser(deps.database.read, { id: userId });
  const family = await tokenRepository.livingFamily(deps.database.read, familyId, userId);
  if (user?.status !== "active" || !family) throw invalidToken();
  return actor(deps, user, { via: "access-token", ...family });
}

async function trustedJob(deps: AuthenticateDeps, key: ApiKey, user: User): Promise<Actor> {
  const { needTwoFactor } = deps;
  const { confinement, provenance } = key;
  const job =
    confinement && (await publisherActor(deps.database.read, user, confinement, { needTwoFactor, provenance }));
  if (!job) throw invalidToken();
  return job;
}

/** `twoFactor`: "of its person" stands for whether the person has one at all. */
async function actor(
  deps: AuthenticateDeps,
  user: User,
  facts: Omit<SignInFacts, "twoFactor"> & { twoFactor: boolean | "of its person" },
): Promise<Actor> {
  const access = await accessOf(deps.database.read, user.id);
  const twoFactor = facts.twoFactor === "of its person" ? access.hasSecondFactor : facts.twoFactor;
  const unconfirmed = deps.verifyEmail && user.emailVerifiedAt === null;
  return actorOf(user, access, { ...facts, twoFactor, unconfirmed }, deps.needTwoFactor);
}

import { type Clock, instant, type Instant } from "../../core/clock.ts";
import { type Id, newId } from "../../core/id.ts";
import type { Database, Queries } from "../../platform/database/index.ts";
import type { AccessTokens } from "./access-tokens.ts";
import { hashSecret, randomSecret } from "./random.ts";
import * as repository from "./repository.ts";
import * as tokenRepository from "./token-repository.ts";
import { invalidToken, type User } from "./user.ts";

/** What a sign-in over the API gives. */
export interface TokenPair {
  accessToken: string;
  refreshToken: string;
  /** Seconds the access token lives. */
  expiresIn: number;
}

/** Access tokens with rotating refresh tokens (RFC 9700 4.14.2): each works once, and using one again ends its family. */
export interface Tokens {
  start(userId: Id): Promise<TokenPair>;
  /** Throws INVALID_TOKEN. Of many at once with one token at most one succeeds, and the others end the family. */
  refresh(refreshToken: string): Promise<{ user: User; tokens: TokenPair }>;
  /** Ends the family of a refresh token or of an access token; unknown ones are as good as ended. */
  end(given: { refreshToken?: string; accessToken?: string }): Promise<void>;
}

export interface TokenDeps {
  database: Database;
  clock: Clock;
  accessTokens: AccessTokens;
  accessLifetimeMs: number;
  refreshLifetimeMs: number;
  absoluteLifetimeMs: number;
}

const PREFIX = "mkr_";

export function createTokens(deps: TokenDeps): Tokens {
  const { database, clock, accessTokens } = deps;
  const pair = async (userId: Id, familyId: Id, refreshToken: string): Promise<TokenPair> => ({
    accessToken: await accessTokens.issue(userId, familyId),
    refreshToken,
    expiresIn: Math.floor(deps.accessLifetimeMs / 1000),
  });
  return {
    async start(userId) {
      const familyId = newId();
      const refreshToken = await database.write((tx) => addToken(tx, deps, { userId, familyId }));
      return pair(userId, familyId, refreshToken);
    },
    async refresh(refreshToken) {
      const rotated = await database.write((tx) => rotate(tx, deps, hashSecret(refreshToken)));
      // Not inside the transaction: a throw would take the family's end back.
      if (!rotated) throw invalidToken();
      return { user: rotated.user, tokens: await pair(rotated.user.id, rotated.familyId, rotated.refreshToken) };
    },
    async end({ refreshToken, accessToken }) {
      const now = instant(clock.now());
      const named =
        refreshToken && (await tokenRepository.findRefreshToken(database.read, hashSecret(refreshToken)))?.familyId;
      const borne = accessToken && (await accessTokens.verify(accessToken)).familyId;
      for (const familyId of [named, borne])
        if (familyId) await database.write((tx) => tokenRepository.revokeTokens(tx, { familyId }, now));
    },
  };
}

async function addToken(tx: Queries, deps: TokenDeps, of: { userId: Id; familyId: Id }): Promise<string> {
  const now = deps.clock.now();
  const refreshToken = `${PREFIX}${randomSecret()}`;
  const end = Math.min(now.getTime() + deps.refreshLifetimeMs, startOf(of.familyId) + deps.absoluteLifetimeMs);
  await tokenRepository.addRefreshToken(tx, {
    id: newId(),
    familyId: of.familyId,
    userId: of.userId,
    tokenHash: hashSecret(refreshToken),
    createdAt: instant(now),
    expiresAt: instant(new Date(end)),
  });
  return refreshToken;
}

interface Rotated {
  user: User;
  familyId: Id;
  refreshToken: string;
}

async function rotate(tx: Queries, deps: TokenDeps, tokenHash: string): Promise<Rotated | null> {
  const now: Instant = instant(deps.clock.now());
  const used = await tokenRepository.useRefreshToken(tx, tokenHash, now);
  if (!used) {
    const known = await tokenRepository.findRefreshToken(tx, tokenHash);
    if (known?.used) await tokenRepository.revokeTokens(tx, { familyId: known.familyId }, now);
    return null;
  }
  const user = await repository.findUser(tx, { id: used.userId });
  if (user?.status !== "active") return null;
  return { user, familyId: used.familyId, refreshToken: await addToken(tx, deps, used) };
}

/** A family's id is a UUIDv7, which begins with its time of making in milliseconds (RFC 9562 5.7). */
const startOf = (familyId: Id): number => Number.parseInt(familyId.replaceAll("-", "").slice(0, 12), 16);

import { ANONYMOUS } from "../../core/actor.ts";
import { type Clock, instant, type Instant } from "../../core/clock.ts";
import { type Id, newId } from "../../core/id.ts";
import type { AuditLog } from "../../platform/audit/audit-log.ts";
import type { Database, Queries } from "../../platform/database/index.ts";
import type { AccessTokens } from "./access-tokens.ts";
import { auditSelf, auditUser, signedIn } from "./audit-account.ts";
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
  start(userId: Id, signIn: TokenSignIn): Promise<TokenPair>;
  /** Throws INVALID_TOKEN. Of many at once with one token at most one succeeds, and the others end the family. */
  refresh(refreshToken: string): Promise<{ user: User; tokens: TokenPair }>;
  /** Ends the family of a refresh token or of an access token; unknown ones are as good as ended. */
  end(given: { refreshToken?: string; accessToken?: string }): Promise<void>;
}

/** How somebody signed in, for a family of tokens that begins; every pair of the family carries it on. */
export interface TokenSignIn {
  twoFactor: boolean;
  /** When it was proved who this is; now, when it is left out. */
  authenticatedAt?: Instant | null;
  /** What it signed in with, for its owner to know it by: the User-Agent, the machine's name. */
  client: string;
  /** Whose password it was, for the audit log; this server's own, when it is left out. */
  method?: "password" | "ldap";
  /** How it was proved (RFC 8176: pwd, otp, hwk …). */
  methods?: readonly string[];
}

export interface TokenDeps {
  database: Database;
  clock: Clock;
  audit: AuditLog;
  accessTokens: AccessTokens;
  accessLifetimeMs: number;
  refreshLifetimeMs: number;
  absoluteLifetimeMs: number;
}

const PREFIX = "mkr_";

export function createTokens(deps: TokenDeps): Tokens {
  const { database, clock, audit, accessTokens } = deps;
  const pair = async ({ refreshToken, ...family }: Family & { refreshToken: string }): Promise<TokenPair> => ({
    accessToken: await accessTokens.issue(family),
    refreshToken,
    expiresIn: Math.floor(deps.accessLifetimeMs / 1000),
  });
  return {
    async start(userId, input) {
      const familyId = newId();
      const signIn = familySignIn(input, instant(clock.now()));
      const refreshToken = await database.write(async (tx) => {
        const added = await addToken(tx, deps, { userId, familyId, signIn });
        const user = await repository.findUser(tx, { id: userId });
        const { method } = input;
        const how = { with: "tokens", ...(method ? { method } : {}), twoFactor: signIn.twoFactor } as const;
        if (user) await audit.append(tx, signedIn(user, how));
        return added;
      });
      return pair({ userId, familyId, signIn, refreshToken });
    },
    async refresh(refreshToken) {
      const rotated = await database.write((tx) => rotate(tx, deps, hashSecret(refreshToken)));
      // Not inside the transaction: a throw would take the family's end back.
      if (!rotated) throw invalidToken();
      return { user: rotated.user, tokens: await pair(rotated) };
    },
    async end({ refreshToken, accessToken }) {
      const now = instant(clock.now());
      const named =
        refreshToken && (await tokenRepository.findRefreshToken(database.read, hashSecret(refreshToken)))?.familyId;
      const borne = accessToken && (await accessTokens.verify(accessToken)).familyId;
      for (const familyId of [named, borne])
        if (familyId) await database.write((tx) => endFamily(tx, deps, familyId, now, "session.ended"));
    },
  };
}

interface Family {
  userId: Id;
  familyId: Id;
  signIn: tokenRepository.FamilySignIn;
}

const familySignIn = (signIn: TokenSignIn, now: Instant): tokenRepository.FamilySignIn => ({
  twoFactor: signIn.twoFactor,
  authenticatedAt: signIn.authenticatedAt === undefined ? now : signIn.authenticatedAt,
  client: signIn.client.slice(0, 200),
  methods: [...new Set([...(signIn.methods ?? []), ...(signIn.twoFactor ? ["mfa"] : [])])],
});

async function addToken(tx: Queries, deps: TokenDeps, of: Family): Promise<string> {
  const now = deps.clock.now();
  const refreshToken = `${PREFIX}${randomSecret()}`;
  const end = Math.min(now.getTime() + deps.refreshLifetimeMs, startOf(of.familyId) + deps.absoluteLifetimeMs);
  await tokenRepository.addRefreshToken(tx, {
    id: newId(),
    familyId: of.familyId,
    userId: of.userId,
    tokenHash: hashSecret(refreshToken),
    signIn: of.signIn,
    createdAt: instant(now),
    expiresAt: instant(new Date(end)),
  });
  return refreshToken;
}

/** Of a family that is ended already nothing is said again. */
async function endFamily(
  tx: Queries,
  { audit }: TokenDeps,
  familyId: Id,
  at: Instant,
  action: "session.ended" | "session.token_reused",
): Promise<void> {
  const userId = await tokenRepository.revokeTokens(tx, { familyId }, at);
  const user = userId && (await repository.findUser(tx, { id: userId }));
  if (!user) return;
  const reused = action === "session.token_reused";
  await audit.append(tx, {
    action,
    outcome: reused ? "denied" : "success",
    actor: reused ? ANONYMOUS : auditSelf(user, "access-token"),
    subject: auditUser(user),
    details: { with: "tokens" },
  });
}

interface Rotated extends Family {
  user: User;
  refreshToken: string;
}

async function rotate(tx: Queries, deps: TokenDeps, tokenHash: string): Promise<Rotated | null> {
  const now: Instant = instant(deps.clock.now());
  const used = await tokenRepository.useRefreshToken(tx, tokenHash, now);
  if (!used) {
    const known = await tokenRepository.findRefreshToken(tx, tokenHash);
    if (known?.used) await endFamily(tx, deps, known.familyId, now, "session.token_reused");
    return null;
  }
  const user = await repository.findUser(tx, { id: used.userId });
  if (user?.status !== "active") return null;
  return { user, ...used, refreshToken: await addToken(tx, deps, used) };
}

/** A family's id is a UUIDv7, which begins with its time of making in milliseconds (RFC 9562 5.7). */
const startOf = (familyId: Id): number => Number.parseInt(familyId.replaceAll("-", "").slice(0, 12), 16);

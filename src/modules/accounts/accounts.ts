import type { Actor } from "../../core/actor.ts";
import { type Clock, type Instant, instant } from "../../core/clock.ts";
import { notFound, unauthorized } from "../../core/error.ts";
import type { RateLedger } from "../../core/rate.ts";
import type { Id } from "../../core/id.ts";
import { requireScope } from "../../core/permission.ts";
import type { AuditLog } from "../../platform/audit/audit-log.ts";
import type { Database } from "../../platform/database/index.ts";
import type { Sealer } from "../../platform/sealing/sealer.ts";
import { type AccessTokens, createAccessTokens } from "./access-tokens.ts";
import { createUserAdministration, type UserAdministration } from "./administer-users.ts";
import { type ApiKeys, createApiKeys } from "./api-keys.ts";
import { type Authenticated, authenticate, type Credentials } from "./authenticate.ts";
import { changePassword } from "./change-password.ts";
import { createGuessLimit } from "./guess-limit.ts";
import { createInstanceSecrets, type InstanceSecrets } from "./instance-secrets.ts";
import type { AccountsOptions } from "./options.ts";
import { createPasswords } from "./passwords.ts";
import { registerUser } from "./register-user.ts";
import * as repository from "./repository.ts";
import * as tokenRepository from "./token-repository.ts";
import * as sessionRepository from "./session-repository.ts";
import { createSessions, type Sessions } from "./sessions.ts";
import { createSetup, type Setup } from "./setup.ts";
import { checkPassword } from "./sign-in.ts";
import { createTokens, type Tokens } from "./tokens.ts";
import { type NewAccount, type ProfileChange, requirePerson, requireProfile, type User } from "./user.ts";

/** People, how they prove who they are, and the first administrator. */
export interface Accounts {
  authenticate(credentials: Credentials): Promise<Authenticated>;
  registration: "open" | "closed";
  /** Seconds a session's cookie is kept. */
  sessionSeconds: number;
  register(account: NewAccount): Promise<User>;
  /** `login` is a user name or an address. Throws UNAUTHORIZED with one text for all that can be wrong. */
  checkPassword(login: string, password: string): Promise<User>;
  /** Ends every session and token of the person, who is then signed in anew by the caller. */
  changePassword(actor: Actor, input: { current: string; next: string }): Promise<User>;
  /** The person who asks. */
  me(actor: Actor): Promise<User>;
  updateProfile(actor: Actor, change: ProfileChange): Promise<User>;
  /** An active person's public face; NOT_FOUND otherwise. */
  profile(username: string): Promise<User>;
  listSessions(actor: Actor): Promise<SessionInfo[]>;
  endSession(actor: Actor, id: string): Promise<void>;
  sessions: Sessions;
  tokens: Tokens;
  apiKeys: ApiKeys;
  setup: Setup;
  administration: UserAdministration;
  secrets: InstanceSecrets;
  jwks: AccessTokens["jwks"];
  /** Forgets what has expired, and writes what waits in memory; for a schedule, and at shutdown. */
  housekeeping(): Promise<{ sessions: number; refreshTokens: number }>;
}

export interface SessionInfo {
  id: string;
  createdAt: Instant;
  expiresAt: Instant;
  userAgent: string;
}

export interface AccountsDeps {
  database: Database;
  clock: Clock;
  audit: AuditLog;
  /** For what lies in the database and must not be read from a copy of it. */
  sealer: Sealer;
  /** Where wrong guesses are counted. */
  rates: RateLedger;
  options: AccountsOptions;
}

export function createAccounts(deps: AccountsDeps): Accounts {
  const { database, clock, sealer, options } = deps;
  const secrets = createInstanceSecrets(deps);
  const passwords = createPasswords(options.argon2);
  const guessLimit = createGuessLimit({ kind: "password", rates: deps.rates, enabled: options.limitGuesses });
  const signIn = { database, clock, passwords, guessLimit };
  const { absoluteLifetimeMs } = options;
  const sessions = createSessions({
    database,
    clock,
    lifetimeMs: options.sessionLifetimeMs,
    idleMs: options.sessionIdleMs,
    absoluteLifetimeMs,
  });
  const accessLifetimeMs = options.accessTokenLifetimeMs;
  const accessTokens = createAccessTokens({ secrets, clock, issuer: options.issuer, lifetimeMs: accessLifetimeMs });
  const refreshLifetimeMs = options.refreshTokenLifetimeMs;
  const tokens = createTokens({
    database,
    clock,
    accessTokens,
    accessLifetimeMs,
    refreshLifetimeMs,
    absoluteLifetimeMs,
  });
  const apiKeys = createApiKeys(deps);
  return {
    authenticate: (credentials) => authenticate({ database, accessTokens, apiKeys, sessions }, credentials),
    registration: options.registration,
    sessionSeconds: Math.floor(options.sessionLifetimeMs / 1000),
    register: async (account) => registerUser(signIn, options.registration, account),
    checkPassword: (login, password) => checkPassword(signIn, login, password),
    changePassword: (actor, input) => changePassword(signIn, actor, input),
    ...createProfiles(deps),
    ...createSessionList(deps),
    sessions,
    tokens,
    apiKeys,
    setup: createSetup({ ...signIn, sealer }),
    administration: createUserAdministration(signIn),
    secrets,
    jwks: accessTokens.jwks,
    async housekeeping() {
      const now = instant(clock.now());
      await apiKeys.flush();
      return {
        sessions: await database.write((tx) => sessionRepository.deleteExpiredSessions(tx, now)),
        refreshTokens: await database.write((tx) => tokenRepository.deleteExpiredTokens(tx, now)),
      };
    },
  };
}

function createProfiles({ database, clock }: AccountsDeps): Pick<Accounts, "me" | "updateProfile" | "profile"> {
  const byId = async (id: Id): Promise<User> => {
    const user = await repository.findUser(database.read, { id });
    if (!user) throw unauthorized();
    return user;
  };
  return {
    async me(actor) {
      requireScope(actor, "read");
      return byId(actor.userId);
    },
    async updateProfile(actor, change) {
      requirePerson(actor);
      requireProfile(change);
      await database.write((tx) => repository.updateProfile(tx, actor.userId, change, instant(clock.now())));
      return byId(actor.userId);
    },
    async profile(username) {
      const user = await repository.findUser(database.read, { username });
      if (user?.status !== "active") throw notFound("user");
      return user;
    },
  };
}

function createSessionList({ database, clock }: AccountsDeps): Pick<Accounts, "listSessions" | "endSession"> {
  return {
    async listSessions(actor) {
      requirePerson(actor);
      return sessionRepository.listSessions(database.read, actor.userId, instant(clock.now()));
    },
    async endSession(actor, id) {
      requirePerson(actor);
      const ended = await database.write((tx) => sessionRepository.deleteSession(tx, id, actor.userId));
      if (!ended) throw notFound("session");
    },
  };
}

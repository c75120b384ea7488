import type { Actor, SignedIn } from "../../core/actor.ts";
import { type Clock, instant } from "../../core/clock.ts";
import { notFound, unauthorized } from "../../core/error.ts";
import type { RateLedger } from "../../core/rate.ts";
import type { Id } from "../../core/id.ts";
import { requireScope } from "../../core/permission.ts";
import type { AuditLog } from "../../platform/audit/audit-log.ts";
import type { Database, Queries } from "../../platform/database/index.ts";
import type { JobQueue } from "../../platform/jobs/job-queue.ts";
import type { Mailer } from "../../platform/mail/mailer.ts";
import type { Sealer } from "../../platform/sealing/sealer.ts";
import { accessOf } from "./access-read-model.ts";
import { type AccessTokens, createAccessTokens } from "./access-tokens.ts";
import { actorOf } from "./actor-of.ts";
import { createUserAdministration, type UserAdministration } from "./administer-users.ts";
import { type ApiKeys, createApiKeys } from "./api-keys.ts";
import { type Authenticated, authenticate, type Credentials } from "./authenticate.ts";
import type { BreachedPasswords } from "./breached-passwords.ts";
import { changePassword, endSignIns } from "./change-password.ts";
import { createGuessLimit } from "./guess-limit.ts";
import { deleteExpiredInvitations } from "./invitation-repository.ts";
import { createInstanceSecrets, type InstanceSecrets } from "./instance-secrets.ts";
import { createLdapPasswords, type LdapOptions } from "./ldap/ldap-passwords.ts";
import { createOneTimeTokens, type OneTimeTokens } from "./one-time-tokens.ts";
import { deleteExpiredOneTimeTokens } from "./one-time-token-repository.ts";
import type { AccountsOptions, RegistrationMode } from "./options.ts";
import { createTokenKeys, type TokenKeys } from "./rotate-token-keys.ts";
import { createTokenKeySet } from "./token-key-set.ts";
import { createOwnSessions, type OwnSessions } from "./own-sessions.ts";
import { createPasswords } from "./passwords.ts";
import { createProofs, type Proofs } from "./proofs.ts";
import { createRecovery, type Recovery } from "./recovery.ts";
import * as repository from "./repository.ts";
import * as tokenRepository from "./token-repository.ts";
import * as sessionRepository from "./session-repository.ts";
import { createSessions, type Sessions } from "./sessions.ts";
import { createSetup, type Setup } from "./setup.ts";
import { type PasswordSignIn, signInWithPassword } from "./sign-in.ts";
import { createTokens, type Tokens } from "./tokens.ts";
import { type ProfileChange, requirePerson, requireProfile, type User } from "./user.ts";

/** People, how they prove who they are, and the first administrator. */
export interface Accounts extends Proofs, OwnSessions, Recovery {
  authenticate(credentials: Credentials): Promise<Authenticated>;
  registration: RegistrationMode;
  /** Whether passwords sign in others than administrators. */
  passwordLogin: boolean;
  /** Whether this person's role counts only for sign-ins with a second factor. */
  mustEnrol(user: User): boolean;
  /** Seconds a session's cookie is kept. */
  sessionSeconds: number;
  /** What people know the directory by whose passwords sign in here too; null when there is none. */
  ldapLabel: string | null;
  /** `login` is a user name or an address. Throws UNAUTHORIZED with one text for all that can be wrong. */
  signIn(login: string, password: string): Promise<PasswordSignIn>;
  /** Ends every session and token of the person, who is then signed in anew by the caller. */
  changePassword(actor: Actor, input: { current: string; next: string }): Promise<User>;
  /** The person who asks. */
  me(actor: Actor): Promise<User>;
  updateProfile(actor: Actor, change: ProfileChange): Promise<User>;
  /** An active person's public face; NOT_FOUND otherwise. */
  profile(username: string): Promise<User>;
  /** A person as somebody who reads, without a role of the site, for jobs on their behalf. Throws UNAUTHORIZED for nobody. */
  readerOf(userId: Id): Promise<SignedIn>;
  /** Ends every session, token and API key of a person. */
  endAccess(tx: Queries, userId: Id): Promise<void>;
  sessions: Sessions;
  tokens: Tokens;
  apiKeys: ApiKeys;
  setup: Setup;
  administration: UserAdministration;
  secrets: InstanceSecrets;
  oneTimeTokens: OneTimeTokens;
  tokenKeys: TokenKeys;
  jwks: AccessTokens["jwks"];
  /** Forgets what has expired, and writes what waits in memory; for a schedule, and at shutdown. */
  housekeeping(): Promise<{ sessions: number; refreshTokens: number }>;
}

export interface AccountsDeps {
  database: Database;
  clock: Clock;
  audit: AuditLog;
  /** For what lies in the database and must not be read from a copy of it. */
  sealer: Sealer;
  /** Where wrong guesses are counted. */
  rates: RateLedger;
  mailer: Mailer;
  jobs: Pick<JobQueue, "enqueue" | "register">;
  /** Where links in mails lead to, without a slash at the end; never taken from a request. */
  origin: () => string;
  /** Null: leaked passwords are not looked up. */
  breachedPasswords: BreachedPasswords | null;
  /** Null: passwords are this server's own alone. */
  ldap: LdapOptions | null;
  options: AccountsOptions;
}

export function createAccounts(deps: AccountsDeps): Accounts {
  const { database, clock, audit, sealer, options } = deps;
  const secrets = createInstanceSecrets(deps);
  const passwords = createPasswords(options.argon2, deps.breachedPasswords);
  const guessLimit = createGuessLimit({ kind: "password", rates: deps.rates, enabled: options.limitGuesses });
  const { passwordLogin } = options;
  const oneTime = createOneTimeTokens({ clock, sealer });
  const ldap = deps.ldap && createLdapPasswords({ ...deps.ldap, database, clock, audit, oneTime, guessLimit });
  const signIn = { database, clock, audit, passwords, guessLimit, passwordLogin, ldap };
  const { absoluteLifetimeMs } = options;
  const proofs = createProofs({ ...deps, oneTime, signIn, limitGuesses: options.limitGuesses });
  const sessions = createSessions({
    database,
    clock,
    audit,
    lifetimeMs: options.sessionLifetimeMs,
    idleMs: options.sessionIdleMs,
    absoluteLifetimeMs,
  });
  const accessLifetimeMs = options.accessTokenLifetimeMs;
  const keys = createTokenKeySet(deps);
  const accessTokens = createAccessTokens({ keys, clock, issuer: options.issuer, lifetimeMs: accessLifetimeMs });
  const tokenKeys = createTokenKeys({
    ...deps,
    keys,
    keyLifetimeMs: options.tokenKeyLifetimeMs,
    tokenLifetimeMs: accessLifetimeMs,
  });
  const refreshLifetimeMs = options.refreshTokenLifetimeMs;
  const tokens = createTokens({
    database,
    clock,
    audit,
    accessTokens,
    accessLifetimeMs,
    refreshLifetimeMs,
    absoluteLifetimeMs,
  });
  const apiKeys = createApiKeys(deps);
  const needTwoFactor = options.rolesWithTwoFactor;
  const { verifyEmail } = options;
  const authentication = { database, accessTokens, apiKeys, sessions, needTwoFactor, verifyEmail };
  const recovery = createRecovery({ ...deps, ...signIn, oneTime, secondFactor: proofs.secondFactor });
  return {
    authenticate: (credentials) => authenticate(authentication, credentials),
    registration: options.registration,
    passwordLogin,
    mustEnrol: (user) => needTwoFactor.includes(user.role),
    sessionSeconds: Math.floor(options.sessionLifetimeMs / 1000),
    ...recovery,
    ldapLabel: ldap?.label ?? null,
    signIn: (login, password) => signInWithPassword(signIn, login, password),
    changePassword: (actor, input) => changePassword(signIn, actor, input),
    ...createProfiles(deps),
    ...createOwnSessions(deps),
    ...proofs,
    async readerOf(userId) {
      const user = await repository.findUser(database.read, { id: userId });
      if (!user) throw unauthorized();
      const access = await accessOf(database.read, userId);
      const facts = {
        via: "system",
        scopes: ["read"],
        twoFactor: access.hasSecondFactor,
        authenticatedAt: null,
      } as const;
      return actorOf(user, access, facts, needTwoFactor);
    },
    async endAccess(tx, userId) {
      const now = instant(clock.now());
      await endSignIns(tx, userId, now);
      await tokenRepository.revokeApiKeys(tx, { userId }, now);
    },
    sessions,
    tokens,
    apiKeys,
    setup: createSetup({ ...signIn, sealer }),
    administration: createUserAdministration({ ...signIn, passwordReset: recovery.passwordReset }),
    secrets,
    oneTimeTokens: oneTime,
    tokenKeys,
    jwks: accessTokens.jwks,
    async housekeeping() {
      const now = instant(clock.now());
      await apiKeys.flush();
      await tokenKeys.deleteExpired();
      await database.write((tx) => deleteExpiredOneTimeTokens(tx, now));
      await database.write((tx) => deleteExpiredInvitations(tx, now));
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

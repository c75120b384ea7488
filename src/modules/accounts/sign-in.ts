import { ANONYMOUS } from "../../core/actor.ts";
import { type Clock, instant } from "../../core/clock.ts";
import { AppError, forbidden } from "../../core/error.ts";
import type { AuditLog } from "../../platform/audit/audit-log.ts";
import type { Database } from "../../platform/database/index.ts";
import { auditUser, triedName } from "./audit-account.ts";
import type { GuessLimit } from "./guess-limit.ts";
import type { LdapPasswords } from "./ldap/ldap-passwords.ts";
import type { Passwords } from "./passwords.ts";
import * as repository from "./repository.ts";
import { emailKey, MAX_PASSWORD, type User } from "./user.ts";

export interface SignInDeps {
  database: Database;
  clock: Clock;
  audit: AuditLog;
  passwords: Passwords;
  guessLimit: GuessLimit;
  /** Whether passwords sign in others than administrators. */
  passwordLogin: boolean;
  /** Passwords that a directory keeps; null when there is none. */
  ldap: LdapPasswords | null;
}

/** The same words for a name nobody bears, a wrong password and a disabled account. */
const wrongCredentials = (): AppError => new AppError("UNAUTHORIZED", "The user name or the password is wrong.");

/** Said to whoever knows the password, so it tells nothing. */
const noPasswords = (): AppError =>
  forbidden("On this server only administrators sign in with a password: use single sign-on.");

/** A password that was right: this server's own or a directory's. */
export type PasswordSignIn =
  | { kind: "account"; user: User; method: "password" | "ldap" }
  /** The directory's person signs in with the account they have, and connects it with this secret. */
  | { kind: "unproven"; secret: string };

/** Checks name (or address) and this server's password; the work is the same whether or not the account exists. Throws UNAUTHORIZED, and FORBIDDEN where passwords are off. */
export async function checkPassword(deps: SignInDeps, login: string, password: string): Promise<User> {
  const { name, key } = await admit(deps, login);
  const { user, right } = await compare(deps, name, password);
  if (!right || user?.status !== "active") throw await refuse(deps, { name, key, user });
  await deps.guessLimit.right(key);
  if (!mayUsePassword(deps, user)) throw noPasswords();
  return user;
}

/**
 * As `checkPassword`, and then asks the directory, where there is one: also for names that have an account here, so that the
 * time tells nothing. Throws SERVICE_UNAVAILABLE when it is down, for whom no password here lets in.
 */
export async function signInWithPassword(deps: SignInDeps, login: string, password: string): Promise<PasswordSignIn> {
  if (deps.ldap === null)
    return { kind: "account", user: await checkPassword(deps, login, password), method: "password" };
  const { name, key } = await admit(deps, login);
  const { user, right } = await compare(deps, name, password);
  if (right && user?.status === "active" && mayUsePassword(deps, user)) {
    await deps.guessLimit.right(key);
    return { kind: "account", user, method: "password" };
  }
  const known = await deps.ldap.signIn(name, password).catch(async (error) => {
    // The password of an account here may have been guessed at all the same.
    if (error.code === "SERVICE_UNAVAILABLE") await deps.guessLimit.wrong(key);
    throw error;
  });
  if (known === null && !(right && user?.status === "active")) throw await refuse(deps, { name, key, user });
  await deps.guessLimit.right(key);
  if (known === null) throw noPasswords();
  return known.kind === "account" ? { ...known, method: "ldap" } : known;
}

/** Bounds the guesses at a name, as names are compared when they are looked up, or each spelling of an address had its own. */
async function admit({ guessLimit }: SignInDeps, login: string): Promise<{ name: string; key: string }> {
  const name = login.trim().slice(0, 320);
  const key = emailKey(name);
  await guessLimit.require(key);
  return { name, key };
}

async function compare(
  deps: SignInDeps,
  name: string,
  password: string,
): Promise<{ user: User | null; right: boolean }> {
  const found = await repository.findCredentials(deps.database.read, name);
  const right = await deps.passwords.verify(password.slice(0, 4 * MAX_PASSWORD), found?.passwordHash ?? null);
  if (found && right && found.user.status === "active" && mayUsePassword(deps, found.user))
    if (deps.passwords.outdated(found.passwordHash)) await rehash(deps, found, password);
  return { user: found?.user ?? null, right };
}

const mayUsePassword = ({ passwordLogin }: SignInDeps, user: User): boolean => passwordLogin || user.role === "admin";

async function refuse(deps: SignInDeps, tried: { name: string; key: string; user: User | null }): Promise<AppError> {
  await deps.guessLimit.wrong(tried.key);
  await recordRefusal(deps, tried.name, tried.user);
  return wrongCredentials();
}

/** One entry whether or not the account exists, so that the time tells nothing. */
function recordRefusal({ audit }: SignInDeps, name: string, user: User | null): Promise<void> {
  const known = user && (user.status === "active" ? "wrong password" : "account disabled");
  return audit.record({
    action: "password.refused",
    outcome: "failure",
    actor: ANONYMOUS,
    subject: user ? auditUser(user) : { type: "user", id: null },
    details: { why: known ?? "no such account" },
    personal: triedName(name),
  });
}

/** Parameters grow with the years; the password is at hand only now. */
async function rehash(deps: SignInDeps, found: { user: User; passwordHash: string }, password: string): Promise<void> {
  const hash = await deps.passwords.hash(password);
  const at = instant(deps.clock.now());
  await deps.database.write((tx) =>
    repository.replacePassword(tx, found.user.id, { hash, expected: found.passwordHash, at }),
  );
}

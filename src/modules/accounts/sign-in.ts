import { ANONYMOUS } from "../../core/actor.ts";
import { type Clock, instant } from "../../core/clock.ts";
import { AppError, forbidden } from "../../core/error.ts";
import type { AuditLog } from "../../platform/audit/audit-log.ts";
import type { Database } from "../../platform/database/index.ts";
import { auditUser, triedName } from "./audit-account.ts";
import type { GuessLimit } from "./guess-limit.ts";
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
}

/** The same words for a name nobody bears, a wrong password and a disabled account. */
const wrongCredentials = (): AppError => new AppError("UNAUTHORIZED", "The user name or the password is wrong.");

/** Said to whoever knows the password, so it tells nothing. */
const noPasswords = (): AppError =>
  forbidden("On this server only administrators sign in with a password: use single sign-on.");

/** Checks name (or address) and password; the work is the same whether or not the account exists. Throws UNAUTHORIZED, and FORBIDDEN where passwords are off. */
export async function checkPassword(deps: SignInDeps, login: string, password: string): Promise<User> {
  const name = login.trim().slice(0, 320);
  // As names are compared when they are looked up, or each spelling of an address had guesses of its own.
  const key = emailKey(name);
  await deps.guessLimit.require(key);
  const found = await repository.findCredentials(deps.database.read, name);
  const right = await deps.passwords.verify(password.slice(0, 4 * MAX_PASSWORD), found?.passwordHash ?? null);
  if (!found || !right || found.user.status !== "active") {
    await deps.guessLimit.wrong(key);
    await recordRefusal(deps, name, found?.user ?? null);
    throw wrongCredentials();
  }
  await deps.guessLimit.right(key);
  if (!deps.passwordLogin && found.user.role !== "admin") throw noPasswords();
  if (deps.passwords.outdated(found.passwordHash)) await rehash(deps, found, password);
  return found.user;
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

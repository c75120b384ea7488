import { ANONYMOUS, type Role } from "../../core/actor.ts";
import { type Clock, instant } from "../../core/clock.ts";
import { AppError } from "../../core/error.ts";
import { newId } from "../../core/id.ts";
import type { AuditActor, AuditLog } from "../../platform/audit/audit-log.ts";
import { type Database, isUniqueViolation, type Queries } from "../../platform/database/index.ts";
import { auditUser } from "./audit-account.ts";
import { unclaimed } from "./email-repository.ts";
import type { Passwords } from "./passwords.ts";
import * as repository from "./repository.ts";
import { emailKey, type NewAccount, requireAccount, type User } from "./user.ts";

export interface RegisterDeps {
  database: Database;
  clock: Clock;
  audit: AuditLog;
  passwords: Passwords;
}

/**
 * What is known of a new person's address. `confirmed`: it is theirs. `taken`: nobody can confirm it here, so it belongs to who
 * comes first. `claimed`: it belongs to nobody until somebody confirms it.
 */
export type EmailState = "confirmed" | "taken" | "claimed";

export interface CreateUserOptions {
  role: Role;
  /** The names kept for the first administrator are allowed. */
  administrator?: boolean;
  /** Who makes it. Default: the person, who is nobody yet. */
  actor?: AuditActor;
  /** For the audit log: `open`, `invitation`, `directory`. */
  how?: string;
  /** Default: confirmed. */
  email?: EmailState;
  /** The password's hash, when it was made before. */
  passwordHash?: string;
  /** Runs first in the transaction and may refuse by throwing. */
  before?: (tx: Queries) => Promise<void>;
  /** Runs last in the transaction. */
  after?: (tx: Queries, user: User) => Promise<void>;
}

/** Throws VALIDATION_ERROR for fields that are wrong; else hashes the password. */
export async function checkedHash(
  passwords: Passwords,
  account: NewAccount,
  options: { administrator: boolean },
): Promise<string> {
  requireAccount(account, options);
  await passwords.requireUnknown(account.password);
  return passwords.hash(account.password);
}

/** Makes namespace and person in one transaction. CONFLICT names the field that is taken. */
export async function createUser(deps: RegisterDeps, account: NewAccount, options: CreateUserOptions): Promise<User> {
  const administrator = options.administrator ?? false;
  const passwordHash = options.passwordHash ?? (await checkedHash(deps.passwords, account, { administrator }));
  const user = newUser(account, options, instant(deps.clock.now()));
  try {
    await deps.database.write(async (tx) => {
      await options.before?.(tx);
      const key = options.email === "claimed" ? unclaimed(user.id) : emailKey(user.email);
      await repository.addUser(tx, user, passwordHash, key);
      await options.after?.(tx, user);
      await deps.audit.append(tx, {
        action: "user.created",
        outcome: "success",
        actor: options.actor ?? ANONYMOUS,
        subject: auditUser(user),
        details: { role: user.role, ...(options.how ? { how: options.how } : {}) },
      });
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw await taken(deps.database, account);
    throw error;
  }
  return user;
}

function newUser(account: NewAccount, options: CreateUserOptions, now: string): User {
  const { email = "confirmed" } = options;
  return {
    id: newId(),
    namespaceId: newId(),
    username: account.username,
    email: account.email.normalize("NFC"),
    emailVerifiedAt: email === "confirmed" ? now : null,
    displayName: account.displayName?.trim() || account.username,
    bio: "",
    website: "",
    role: options.role,
    status: "active",
    createdAt: now,
    updatedAt: now,
  };
}

async function taken(database: Database, account: NewAccount): Promise<AppError> {
  return (await repository.nameTaken(database.read, account.username))
    ? nameTaken(account.username)
    : fieldTaken("email", "There is an account with this address already.");
}

export const nameTaken = (name: string): AppError => fieldTaken("username", `The name "${name}" is taken.`);

const fieldTaken = (field: string, message: string): AppError =>
  new AppError("CONFLICT", message, { details: { fields: [{ field, message }] } });

import type { Role } from "../../core/actor.ts";
import { type Clock, instant } from "../../core/clock.ts";
import { AppError, forbidden } from "../../core/error.ts";
import { newId } from "../../core/id.ts";
import { type Database, isUniqueViolation, type Queries } from "../../platform/database/index.ts";
import type { Passwords } from "./passwords.ts";
import * as repository from "./repository.ts";
import { type NewAccount, requireAccount, type User } from "./user.ts";

export interface RegisterDeps {
  database: Database;
  clock: Clock;
  passwords: Passwords;
}

/** Makes an account for whoever asks. FORBIDDEN when registration is closed, CONFLICT when name or address are taken. */
export function registerUser(deps: RegisterDeps, registration: "open" | "closed", account: NewAccount): Promise<User> {
  if (registration === "closed")
    throw forbidden("Registration is closed on this server: ask an administrator for an account.");
  return createUser(deps, account, { role: "user" });
}

/**
 * Makes namespace and person in one transaction. `before` runs first in it and may refuse by throwing. With `administrator`
 * the names kept for the first administrator are allowed.
 */
export async function createUser(
  deps: RegisterDeps,
  account: NewAccount,
  options: { role: Role; administrator?: boolean; before?: (tx: Queries) => Promise<void> },
): Promise<User> {
  requireAccount(account, { administrator: options.administrator ?? false });
  const passwordHash = await deps.passwords.hash(account.password);
  const now = instant(deps.clock.now());
  const user: User = {
    id: newId(),
    namespaceId: newId(),
    username: account.username,
    email: account.email.normalize("NFC"),
    displayName: account.displayName?.trim() || account.username,
    bio: "",
    website: "",
    role: options.role,
    status: "active",
    createdAt: now,
    updatedAt: now,
  };
  try {
    await deps.database.write(async (tx) => {
      await options.before?.(tx);
      await repository.addUser(tx, user, passwordHash);
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw await taken(deps.database, account);
    throw error;
  }
  return user;
}

async function taken(database: Database, account: NewAccount): Promise<AppError> {
  const byName = await repository.nameTaken(database.read, account.username);
  const field = byName ? "username" : "email";
  const message = byName
    ? `The name "${account.username}" is taken.`
    : "There is an account with this address already.";
  return new AppError("CONFLICT", message, { details: { fields: [{ field, message }] } });
}

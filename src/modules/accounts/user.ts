import type { Role, Scope, SignedIn } from "../../core/actor.ts";
import type { Instant } from "../../core/clock.ts";
import { AppError, forbidden, unauthorized, validationError, type FieldProblem } from "../../core/error.ts";
import type { Actor } from "../../core/actor.ts";
import type { Id } from "../../core/id.ts";
import { isName, isReservedName, MAX_NAME } from "../../core/name.ts";

export interface User {
  id: Id;
  /** The person's own namespace, of the same name. */
  namespaceId: Id;
  username: string;
  email: string;
  /** When somebody proved that it is theirs; null: not yet. */
  emailVerifiedAt: Instant | null;
  displayName: string;
  bio: string;
  website: string;
  role: Role;
  status: "active" | "disabled";
  createdAt: Instant;
  updatedAt: Instant;
}

/** What a token of a person of this role may hold at most; a session has them all. */
export const SCOPES_OF_ROLE: Record<Role, readonly Scope[]> = {
  user: ["read", "publish"],
  moderator: ["read", "publish", "admin"],
  admin: ["read", "publish", "admin"],
};

/** Throws unless a person is there (session or access token): a leaked API key must not be able to take an account over. */
export function requirePerson(actor: Actor): asserts actor is SignedIn {
  if (actor.kind === "anonymous") throw unauthorized();
  if (actor.via === "api-key") throw forbidden("An API key may not do this: sign in with your password.");
}

export interface NewAccount {
  username: string;
  email: string;
  password: string;
  displayName?: string;
}

/** The first administrator may take the obvious names, though they are kept from everybody else. */
const ADMINISTRATOR_NAMES = new Set(["admin", "administrator", "root"]);

/** Throws VALIDATION_ERROR that names every field that is wrong; an account may be made without a password, to be set later. */
export function requireAccount(
  account: Omit<NewAccount, "password"> & { password?: string },
  options: { administrator: boolean },
): void {
  const problems = [
    usernameProblem(account.username, options.administrator),
    emailProblem(account.email),
    displayNameProblem(account.displayName ?? ""),
    account.password === undefined ? null : passwordProblem(account.password, account),
  ].filter((problem) => problem !== null);
  if (problems.length > 0) throw validationError(...problems);
}

function usernameProblem(username: string, administrator: boolean): FieldProblem | null {
  if (!isName(username))
    return { field: "username", message: `use 1 to ${MAX_NAME} of a-z, 0-9 and single hyphens between them.` };
  if (isReservedName(username) && !(administrator && ADMINISTRATOR_NAMES.has(username)))
    return { field: "username", message: `"${username}" is reserved; take another name.` };
  return null;
}

const EMAIL = /^[^\s@<>(),;:"\\[\]\u0000-\u001f\u007f]{1,64}@[^\s@<>(),;:"\\[\]\u0000-\u001f\u007f]{1,190}$/;

export const emailProblem = (email: string): FieldProblem | null =>
  EMAIL.test(email) ? null : { field: "email", message: "is not an e-mail address." };

/** What uniqueness of addresses is judged by. */
export const emailKey = (email: string): string => email.normalize("NFC").toLowerCase();

export const MIN_PASSWORD = 8;
export const MAX_PASSWORD = 256;

/** Length is what counts (NIST SP 800-63B 5.1.1.2); characters are Unicode code points. */
export function passwordProblem(
  password: string,
  account: { username: string; email: string },
  field = "password",
): FieldProblem | null {
  const length = [...password.slice(0, 4 * MAX_PASSWORD)].length;
  if (length < MIN_PASSWORD || length > MAX_PASSWORD)
    return { field, message: `use ${MIN_PASSWORD} to ${MAX_PASSWORD} characters.` };
  const lower = password.toLowerCase();
  if (lower === account.username.toLowerCase() || lower === account.email.toLowerCase())
    return { field, message: "must not be your user name or address." };
  if (new Set(password).size < 3) return { field, message: "is too simple: use more different characters." };
  return null;
}

const displayNameProblem = (name: string): FieldProblem | null =>
  name.length <= 100 && !/[\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]/.test(name)
    ? null
    : { field: "display_name", message: "use at most 100 characters, without control characters." };

export interface ProfileChange {
  displayName?: string;
  bio?: string;
  website?: string;
}

/** Throws VALIDATION_ERROR for a profile that could mislead or harm its readers. */
export function requireProfile(change: ProfileChange): void {
  const problems: FieldProblem[] = [];
  const name = displayNameProblem(change.displayName ?? "");
  if (name) problems.push(name);
  if ((change.bio ?? "").length > 1000) problems.push({ field: "bio", message: "use at most 1,000 characters." });
  const website = change.website ?? "";
  if (website !== "" && (website.length > 300 || !/^https?:$/.test(URL.parse(website)?.protocol ?? "")))
    problems.push({ field: "website", message: "is not an http or https URL." });
  if (problems.length > 0) throw validationError(...problems);
}

/** One text for every token that does not hold, whatever the reason. */
export const invalidToken = (): AppError =>
  new AppError(
    "INVALID_TOKEN",
    "The access token or API key is not valid (any more). Sign in again or make a new key.",
    {
      headers: { "WWW-Authenticate": 'Bearer error="invalid_token"' },
    },
  );

/** The answer for a name that is somebody's, and for one that was. */
export function nameUsedBefore(username: string): AppError {
  const message = `The name "${username}" is taken.`;
  return new AppError("CONFLICT", message, { details: { fields: [{ field: "username", message }] } });
}

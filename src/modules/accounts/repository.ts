import type { Selectable } from "kysely";
import type { Role } from "../../core/actor.ts";
import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import { type Queries, type Schema, toNumber } from "../../platform/database/index.ts";
import { emailKey, nameUsedBefore, type ProfileChange, type User } from "./user.ts";

export const toUser = (row: Selectable<Schema["users"]>): User => ({
  id: row.id,
  namespaceId: row.namespace_id,
  username: row.username,
  email: row.email,
  emailVerifiedAt: row.email_verified_at,
  displayName: row.display_name,
  bio: row.bio,
  website: row.website,
  role: row.role,
  status: row.status,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

/* People */

export async function findUser(
  q: Queries,
  by: { id: Id } | { username: string } | { email: string },
): Promise<User | null> {
  const query = q.selectFrom("users").selectAll();
  const row = await ("id" in by
    ? query.where("id", "=", by.id)
    : "username" in by
      ? query.where("username", "=", by.username)
      : query.where("email_key", "=", emailKey(by.email))
  ).executeTakeFirst();
  return row ? toUser(row) : null;
}

/** The person and the hash of the password; `login` is a user name or, with an @, an address. */
export async function findCredentials(q: Queries, login: string): Promise<{ user: User; passwordHash: string } | null> {
  const column = login.includes("@") ? "email_key" : "username";
  const key = login.includes("@") ? emailKey(login) : login.toLowerCase();
  const row = await q.selectFrom("users").selectAll().where(column, "=", key).executeTakeFirst();
  return row ? { user: toUser(row), passwordHash: row.password_hash } : null;
}

export async function countActiveAdmins(q: Queries): Promise<number> {
  const row = await q
    .selectFrom("users")
    .select((e) => e.fn.countAll<number>().as("n"))
    .where("role", "=", "admin")
    .where("status", "=", "active")
    .executeTakeFirst();
  return toNumber(row?.n);
}

/** Whether a namespace was called so before: its former names lead to it and are never given away again. */
async function wasNamespace(q: Queries, name: string): Promise<boolean> {
  const row = await q.selectFrom("namespace_redirects").select("name").where("name", "=", name).executeTakeFirst();
  return row !== undefined;
}

/** The namespace and its owner in one: a taken name or address is a unique violation, a former one CONFLICT. */
export async function addUser(
  tx: Queries,
  user: User,
  passwordHash: string,
  key = emailKey(user.email),
): Promise<void> {
  await tx
    .insertInto("namespaces")
    .values({ id: user.namespaceId, name: user.username, kind: "user", created_at: user.createdAt })
    .execute();
  // After the row is in: an organization that gives the name up at this moment was waited for by then.
  if (await wasNamespace(tx, user.username)) throw nameUsedBefore(user.username);
  await tx
    .insertInto("users")
    .values({
      id: user.id,
      namespace_id: user.namespaceId,
      username: user.username,
      email: user.email,
      email_key: key,
      email_verified_at: user.emailVerifiedAt,
      display_name: user.displayName,
      password_hash: passwordHash,
      role: user.role,
      status: user.status,
      created_at: user.createdAt,
      updated_at: user.updatedAt,
    })
    .execute();
}

export async function nameTaken(q: Queries, name: string): Promise<boolean> {
  return (await q.selectFrom("namespaces").select("id").where("name", "=", name).executeTakeFirst()) !== undefined;
}

export async function updateProfile(tx: Queries, id: Id, change: ProfileChange, at: Instant): Promise<void> {
  const { displayName, bio, website } = change;
  await tx
    .updateTable("users")
    .set({
      updated_at: at,
      ...(displayName === undefined ? {} : { display_name: displayName }),
      ...(bio === undefined ? {} : { bio }),
      ...(website === undefined ? {} : { website }),
    })
    .where("id", "=", id)
    .execute();
}

/** Answers false when the hash is not `expected` any more: it was changed meanwhile. */
export async function replacePassword(tx: Queries, id: Id, change: { hash: string; expected?: string; at: Instant }) {
  const update = tx
    .updateTable("users")
    .set({ password_hash: change.hash, updated_at: change.at })
    .where("id", "=", id);
  const rows = await (change.expected === undefined ? update : update.where("password_hash", "=", change.expected))
    .returning("id")
    .execute();
  return rows.length === 1;
}

export async function setRole(tx: Queries, id: Id, role: Role, at: Instant): Promise<void> {
  await tx.updateTable("users").set({ role, role_source: "manual", updated_at: at }).where("id", "=", id).execute();
}

/** `source` is who says so; it is kept while the person is disabled. */
export async function setStatus(
  tx: Queries,
  id: Id,
  { status, source }: { status: User["status"]; source: "manual" | "scim" },
  at: Instant,
): Promise<void> {
  const disabled_source = status === "disabled" ? source : null;
  await tx.updateTable("users").set({ status, disabled_source, updated_at: at }).where("id", "=", id).execute();
}

/** Whether an administrator disabled the person here, rather than the directory. */
export async function isDisabledByHand(q: Queries, id: Id): Promise<boolean> {
  const row = await q
    .selectFrom("users")
    .select("id")
    .where("id", "=", id)
    .where("status", "=", "disabled")
    .where("disabled_source", "=", "manual")
    .executeTakeFirst();
  return row !== undefined;
}

/* The installation's own secrets */

export async function findSecret(q: Queries, name: string): Promise<string | null> {
  const row = await q.selectFrom("instance_secrets").select("value").where("name", "=", name).executeTakeFirst();
  return row?.value ?? null;
}

export async function listSecrets(q: Queries): Promise<{ name: string; value: string }[]> {
  return q.selectFrom("instance_secrets").select(["name", "value"]).orderBy("name").execute();
}

export async function replaceSecret(tx: Queries, name: string, value: string): Promise<void> {
  await tx.updateTable("instance_secrets").set({ value }).where("name", "=", name).execute();
}

/** Keeps the one that is there. */
export async function addSecret(
  tx: Queries,
  secret: { name: string; value: string; createdAt: Instant },
): Promise<void> {
  await tx
    .insertInto("instance_secrets")
    .values({ name: secret.name, value: secret.value, created_at: secret.createdAt })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .execute();
}

/** Answers whether it was there with this value (any value when none is given). */
export async function deleteSecret(tx: Queries, name: string, value?: string): Promise<boolean> {
  const query = tx.deleteFrom("instance_secrets").where("name", "=", name);
  const rows = await (value === undefined ? query : query.where("value", "=", value)).returning("name").execute();
  return rows.length > 0;
}

import type { Instant } from "../../../core/clock.ts";
import type { Id } from "../../../core/id.ts";
import { type Queries, toNumber } from "../../../platform/database/index.ts";
import type { ExpressionBuilder, ExpressionWrapper, SqlBool } from "kysely";
import type { Schema } from "../../../platform/database/index.ts";
import { emailKey } from "../user.ts";
import type { Filter } from "./filter.ts";
import { scimRefusal } from "./scim-error.ts";

/** A person as the directory sees them. */
export interface DirectoryUser {
  id: Id;
  username: string;
  /** What the directory calls them; the user name, for somebody it did not make. */
  userName: string;
  externalId: string | null;
  email: string;
  displayName: string;
  active: boolean;
  createdAt: Instant;
  updatedAt: Instant;
}

type Builder = ExpressionBuilder<Schema, "users">;
type Condition = ExpressionWrapper<Schema, "users", SqlBool>;

/** Whoever the directory made or could take over; not those it deleted, nor those who were disabled or erased here. */
const exists = (e: Builder): Condition =>
  e.and([
    e("erased_at", "is", null),
    e("directory_removed_at", "is", null),
    e.or([e("directory_name", "is not", null), e("status", "=", "active")]),
  ]);

const lower = (text: string): string => text.toLowerCase();

/** The name the directory gave counts; somebody it did not make is found by address or user name, to be taken over. */
const named = (e: Builder, name: string): Condition =>
  e.or([
    e(e.fn<string>("lower", ["directory_name"]), "=", lower(name)),
    e.and([
      e("directory_name", "is", null),
      e.or([e("username", "=", lower(name)), e("email_key", "=", emailKey(name))]),
    ]),
  ]);

function condition(e: Builder, filter: Filter): Condition {
  if (filter.kind === "and" || filter.kind === "or") {
    const parts = filter.parts.map((part) => condition(e, part));
    return filter.kind === "and" ? e.and(parts) : e.or(parts);
  }
  const always = (truth: boolean): Condition => (truth ? e.and([]) : e.or([]));
  if (filter.kind === "pr")
    return filter.attribute === "externalid" ? e.and([e("external_id", "is not", null)]) : always(true);
  const { attribute, value } = filter;
  if (attribute === "active" && typeof value === "boolean")
    return e.and([e("status", "=", value ? "active" : "disabled")]);
  // Parts of an address in brackets: `emails[type eq "work" and value eq "…"]`.
  if (attribute === "emails.type" || attribute === "emails.primary") return always(true);
  if (typeof value !== "string") return always(false);
  switch (attribute) {
    case "username":
      return named(e, value);
    case "externalid":
      return e.and([e("external_id", "=", value)]);
    case "id":
      return e.and([e("id", "=", value)]);
    case "emails":
    case "emails.value":
      return e.and([e("email_key", "=", emailKey(value))]);
    case "displayname":
    case "name.formatted":
      return e.and([e(e.fn<string>("lower", ["display_name"]), "=", lower(value))]);
    default:
      throw scimRefusal(400, `People cannot be looked for by ${attribute.slice(0, 100)}.`, "invalidFilter");
  }
}

const COLUMNS = [
  "id",
  "username",
  "directory_name",
  "external_id",
  "email",
  "display_name",
  "status",
  "created_at",
  "updated_at",
] as const;

type Row = Pick<import("kysely").Selectable<Schema["users"]>, (typeof COLUMNS)[number]>;

const toUser = (row: Row): DirectoryUser => ({
  id: row.id,
  username: row.username,
  userName: row.directory_name ?? row.username,
  externalId: row.external_id,
  email: row.email,
  displayName: row.display_name,
  active: row.status === "active",
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

export async function findDirectoryUser(q: Queries, id: Id): Promise<DirectoryUser | null> {
  const row = await q.selectFrom("users").select(COLUMNS).where(exists).where("id", "=", id).executeTakeFirst();
  return row ? toUser(row) : null;
}

/** Somebody the directory made before under this name, also when it deleted them since. */
export async function findFormer(q: Queries, userName: string): Promise<{ id: Id; removed: boolean } | null> {
  const row = await q
    .selectFrom("users")
    .select(["id", "directory_removed_at"])
    .where((e) => e(e.fn<string>("lower", ["directory_name"]), "=", lower(userName)))
    .executeTakeFirst();
  return row ? { id: row.id, removed: row.directory_removed_at !== null } : null;
}

export async function listDirectoryUsers(
  q: Queries,
  filter: Filter | null,
  range: { offset: number; limit: number },
): Promise<{ users: DirectoryUser[]; total: number }> {
  const wanted = (e: Builder): Condition => (filter ? e.and([exists(e), condition(e, filter)]) : exists(e));
  const [rows, count] = await Promise.all([
    range.limit === 0
      ? []
      : q
          .selectFrom("users")
          .select(COLUMNS)
          .where(wanted)
          .orderBy("id")
          .offset(range.offset)
          .limit(range.limit)
          .execute(),
    q
      .selectFrom("users")
      .select((e) => e.fn.countAll<number>().as("n"))
      .where(wanted)
      .executeTakeFirst(),
  ]);
  return { users: rows.map(toUser), total: toNumber(count?.n) };
}

export async function updateDirectoryUser(
  tx: Queries,
  id: Id,
  change: { userName?: string; externalId?: string | null; displayName?: string },
  at: Instant,
): Promise<void> {
  await tx
    .updateTable("users")
    .set({
      updated_at: at,
      ...(change.userName === undefined ? {} : { directory_name: change.userName }),
      ...(change.externalId === undefined ? {} : { external_id: change.externalId }),
      ...(change.displayName === undefined ? {} : { display_name: change.displayName }),
    })
    .where("id", "=", id)
    .execute();
}

/** `at` null takes the deletion back. */
export async function setRemoved(tx: Queries, id: Id, at: Instant | null): Promise<void> {
  await tx.updateTable("users").set({ directory_removed_at: at }).where("id", "=", id).execute();
}

/** The groups of the directory that each of these people is in. */
export async function groupsOfUsers(q: Queries, userIds: readonly Id[]): Promise<Map<Id, { id: Id; name: string }[]>> {
  const groups = new Map<Id, { id: Id; name: string }[]>();
  if (userIds.length === 0) return groups;
  const rows = await q
    .selectFrom("directory_group_members as m")
    .innerJoin("directory_groups as g", "g.id", "m.group_id")
    .select(["m.user_id as userId", "g.id as id", "g.name as name"])
    .where("m.user_id", "in", [...userIds])
    .orderBy("g.name")
    .execute();
  for (const { userId, ...group } of rows) groups.set(userId, [...(groups.get(userId) ?? []), group]);
  return groups;
}

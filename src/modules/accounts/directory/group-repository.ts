import type { Instant } from "../../../core/clock.ts";
import type { Id } from "../../../core/id.ts";
import type { ExpressionBuilder, ExpressionWrapper, SqlBool } from "kysely";
import { type Queries, type Schema, toNumber } from "../../../platform/database/index.ts";
import type { Filter } from "./filter.ts";
import { scimRefusal } from "./scim-error.ts";

export interface DirectoryGroup {
  id: Id;
  name: string;
  externalId: string | null;
  createdAt: Instant;
  updatedAt: Instant;
}

const COLUMNS = [
  "id",
  "name",
  "external_id as externalId",
  "created_at as createdAt",
  "updated_at as updatedAt",
] as const;
/** Ids in one statement, below what either database takes. */
const CHUNK = 500;

type Builder = ExpressionBuilder<Schema, "directory_groups">;
type Condition = ExpressionWrapper<Schema, "directory_groups", SqlBool>;

function condition(e: Builder, filter: Filter): Condition {
  if (filter.kind === "and" || filter.kind === "or") {
    const parts = filter.parts.map((part) => condition(e, part));
    return filter.kind === "and" ? e.and(parts) : e.or(parts);
  }
  if (filter.kind === "pr")
    return filter.attribute === "externalid" ? e.and([e("external_id", "is not", null)]) : e.and([]);
  const { attribute, value } = filter;
  if (typeof value !== "string") return e.or([]);
  switch (attribute) {
    case "id":
      return e.and([e("id", "=", value)]);
    case "displayname":
      return e.and([e(e.fn<string>("lower", ["name"]), "=", value.toLowerCase())]);
    case "externalid":
      return e.and([e("external_id", "=", value)]);
    case "members":
    case "members.value":
      return e.and([
        e.exists(
          e
            .selectFrom("directory_group_members")
            .select("user_id")
            .whereRef("group_id", "=", "directory_groups.id")
            .where("user_id", "=", value),
        ),
      ]);
    default:
      throw scimRefusal(400, `Groups cannot be looked for by ${attribute.slice(0, 100)}.`, "invalidFilter");
  }
}

export async function findGroup(q: Queries, id: Id): Promise<DirectoryGroup | null> {
  return (await q.selectFrom("directory_groups").select(COLUMNS).where("id", "=", id).executeTakeFirst()) ?? null;
}

export async function listGroups(
  q: Queries,
  filter: Filter | null,
  range: { offset: number; limit: number },
): Promise<{ groups: DirectoryGroup[]; total: number }> {
  const wanted = (e: Builder): Condition => (filter ? condition(e, filter) : e.and([]));
  const [groups, count] = await Promise.all([
    range.limit === 0
      ? []
      : q
          .selectFrom("directory_groups")
          .select(COLUMNS)
          .where(wanted)
          .orderBy("id")
          .offset(range.offset)
          .limit(range.limit)
          .execute(),
    q
      .selectFrom("directory_groups")
      .select((e) => e.fn.countAll<number>().as("n"))
      .where(wanted)
      .executeTakeFirst(),
  ]);
  return { groups, total: toNumber(count?.n) };
}

export async function addGroup(tx: Queries, group: DirectoryGroup): Promise<void> {
  await tx
    .insertInto("directory_groups")
    .values({
      id: group.id,
      name: group.name,
      external_id: group.externalId,
      created_at: group.createdAt,
      updated_at: group.updatedAt,
    })
    .execute();
}

export async function updateGroup(
  tx: Queries,
  id: Id,
  change: { name?: string; externalId?: string | null },
  at: Instant,
): Promise<void> {
  await tx
    .updateTable("directory_groups")
    .set({
      updated_at: at,
      ...(change.name === undefined ? {} : { name: change.name }),
      ...(change.externalId === undefined ? {} : { external_id: change.externalId }),
    })
    .where("id", "=", id)
    .execute();
}

export async function deleteGroup(tx: Queries, id: Id): Promise<void> {
  await tx.deleteFrom("directory_group_members").where("group_id", "=", id).execute();
  await tx.deleteFrom("directory_groups").where("id", "=", id).execute();
}

export interface GroupMember {
  groupId: Id;
  userId: Id;
  name: string;
}

export async function membersOf(q: Queries, groupIds: readonly Id[]): Promise<GroupMember[]> {
  if (groupIds.length === 0) return [];
  return q
    .selectFrom("directory_group_members as m")
    .innerJoin("users as u", "u.id", "m.user_id")
    .select(["m.group_id as groupId", "m.user_id as userId", "u.display_name as name"])
    .where("m.group_id", "in", [...groupIds])
    .orderBy("m.user_id")
    .execute();
}

export async function addMembers(tx: Queries, groupId: Id, userIds: readonly Id[]): Promise<void> {
  for (let start = 0; start < userIds.length; start += CHUNK)
    await tx
      .insertInto("directory_group_members")
      .values(userIds.slice(start, start + CHUNK).map((user_id) => ({ group_id: groupId, user_id })))
      .onConflict((conflict) => conflict.columns(["group_id", "user_id"]).doNothing())
      .execute();
}

export async function removeMembers(tx: Queries, groupId: Id, userIds: readonly Id[]): Promise<void> {
  for (let start = 0; start < userIds.length; start += CHUNK)
    await tx
      .deleteFrom("directory_group_members")
      .where("group_id", "=", groupId)
      .where("user_id", "in", userIds.slice(start, start + CHUNK))
      .execute();
}

/** Takes the person out of every group. */
export async function removeFromGroups(tx: Queries, userId: Id): Promise<void> {
  await tx.deleteFrom("directory_group_members").where("user_id", "=", userId).execute();
}

/** Those of the ids that are people. */
export async function knownUsers(q: Queries, ids: readonly Id[]): Promise<Set<Id>> {
  const known = new Set<Id>();
  for (let start = 0; start < ids.length; start += CHUNK) {
    const query = q.selectFrom("users").select("id").where("erased_at", "is", null);
    for (const row of await query.where("id", "in", ids.slice(start, start + CHUNK)).execute()) known.add(row.id);
  }
  return known;
}

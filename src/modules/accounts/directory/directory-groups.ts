import { type Id, newId } from "../../../core/id.ts";
import type { Instant } from "../../../core/clock.ts";
import type { AuditEvent } from "../../../platform/audit/audit-log.ts";
import { isUniqueViolation, type Queries } from "../../../platform/database/index.ts";
import { changing, DIRECTORY, type DirectoryDeps, followGroups } from "./change-directory.ts";
import type { Filter } from "./filter.ts";
import * as repository from "./group-repository.ts";
import type { GroupChange } from "./patch.ts";
import { scimRefusal } from "./scim-error.ts";

export type ListedGroup = repository.DirectoryGroup & { members: { id: Id; name: string }[] };

/** Groups, for a directory; what they give follows at once. Every one throws in the protocol's words. */
export interface DirectoryGroups {
  /** `members` false leaves them out, which directories ask for where groups are large. */
  list(
    filter: Filter | null,
    range: { offset: number; limit: number; members: boolean },
  ): Promise<{ groups: ListedGroup[]; total: number }>;
  get(id: Id, options?: { members: boolean }): Promise<ListedGroup>;
  create(group: GroupChange): Promise<ListedGroup>;
  /** One change after the other; all of them or none. */
  change(id: Id, changes: readonly GroupChange[]): Promise<ListedGroup>;
  remove(id: Id): Promise<void>;
}

export function createDirectoryGroups(deps: DirectoryDeps): DirectoryGroups {
  const { database } = deps;
  const withMembers = async (groups: repository.DirectoryGroup[], members: boolean): Promise<ListedGroup[]> => {
    const ids = groups.map(({ id }) => id);
    const found = Map.groupBy(members ? await repository.membersOf(database.read, ids) : [], ({ groupId }) => groupId);
    return groups.map((group) => ({
      ...group,
      members: (found.get(group.id) ?? []).map(({ userId, name }) => ({ id: userId, name })),
    }));
  };
  const get: DirectoryGroups["get"] = async (id, options = { members: true }) => {
    const group = await repository.findGroup(database.read, id);
    if (!group) throw noGroup(id);
    return (await withMembers([group], options.members))[0]!;
  };
  const write = async (work: (tx: Queries, at: Instant, events: AuditEvent[]) => Promise<Id>): Promise<ListedGroup> => {
    const id = await changing(deps, work).catch((error) => {
      if (isUniqueViolation(error))
        throw scimRefusal(409, "There is a group of this displayName already.", "uniqueness");
      throw error;
    });
    return get(id);
  };
  return {
    async list(filter, { offset, limit, members }) {
      const { groups, total } = await repository.listGroups(database.read, filter, { offset, limit });
      return { groups: await withMembers(groups, members), total };
    },
    get,
    create: (change) =>
      write(async (tx, at, events) => {
        const { displayName: name, externalId = null } = change;
        if (name === undefined) throw scimRefusal(400, "displayName is required.", "invalidValue");
        const group = { id: newId(), name, externalId, createdAt: at, updatedAt: at };
        await repository.addGroup(tx, group);
        events.push(act("group.created", group));
        await changeGroup(deps, tx, group, [{ members: change.members }], at, events);
        return group.id;
      }),
    change: (id, changes) =>
      write(async (tx, at, events) => {
        const group = await repository.findGroup(tx, id);
        if (!group) throw noGroup(id);
        await changeGroup(deps, tx, group, changes, at, events);
        return id;
      }),
    async remove(id) {
      await changing(deps, async (tx, _at, events) => {
        const group = await repository.findGroup(tx, id);
        if (!group) throw noGroup(id);
        const members = (await repository.membersOf(tx, [id])).map(({ userId }) => userId);
        await repository.deleteGroup(tx, id);
        events.push(act("group.deleted", group), ...(await followGroups(deps, tx, members)));
      });
    },
  };
}

const noGroup = (id: Id) => scimRefusal(404, `There is no group ${id.slice(0, 64)}.`);

const act = (action: string, group: { id: Id; name: string }, details: Record<string, unknown> = {}): AuditEvent => ({
  action,
  outcome: "success",
  actor: DIRECTORY,
  subject: { type: "group", id: group.id, name: group.name },
  details,
});

async function changeGroup(
  deps: DirectoryDeps,
  tx: Queries,
  group: repository.DirectoryGroup,
  changes: readonly GroupChange[],
  at: Instant,
  events: AuditEvent[],
): Promise<void> {
  const before = new Set((await repository.membersOf(tx, [group.id])).map(({ userId }) => userId));
  const after = new Set(before);
  let name = group.name;
  for (const change of changes) {
    name = change.displayName ?? name;
    const { externalId } = change;
    await repository.updateGroup(tx, group.id, { name, externalId }, at);
    applyMembers(after, change.members);
  }
  const added = [...after].filter((id) => !before.has(id));
  const removed = [...before].filter((id) => !after.has(id));
  const known = await repository.knownUsers(tx, added);
  const stranger = added.find((id) => !known.has(id));
  if (stranger !== undefined) throw scimRefusal(400, `There is no user ${stranger.slice(0, 64)}.`, "invalidValue");
  await repository.removeMembers(tx, group.id, removed);
  await repository.addMembers(tx, group.id, added);
  if (added.length + removed.length > 0)
    events.push(act("group.members.changed", { id: group.id, name }, { added: added.length, removed: removed.length }));
  // Another name may give something else to everybody in it.
  const touched = name === group.name ? [...added, ...removed] : [...new Set([...before, ...after])];
  events.push(...(await followGroups(deps, tx, touched)));
}

function applyMembers(members: Set<Id>, change: GroupChange["members"]): void {
  if (!change) return;
  if ("replace" in change) {
    members.clear();
    for (const id of change.replace) members.add(id);
    return;
  }
  if (change.remove === "all") members.clear();
  else for (const id of change.remove) members.delete(id);
  for (const id of change.add) members.add(id);
}

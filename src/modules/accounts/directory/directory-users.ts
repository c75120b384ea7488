import type { Instant } from "../../../core/clock.ts";
import { type Id, newId } from "../../../core/id.ts";
import type { AuditEvent } from "../../../platform/audit/audit-log.ts";
import { isUniqueViolation, type Queries } from "../../../platform/database/index.ts";
import { auditUser } from "../audit-account.ts";
import { endSignIns } from "../change-password.ts";
import { findHolder, giveEmail, unclaimed } from "../email-repository.ts";
import { addUser, countActiveAdmins, findUser, isDisabledByHand, setStatus } from "../repository.ts";
import { cleanName } from "../sign-on/find-account.ts";
import { freeName } from "../sign-on/free-name.ts";
import { roleOf } from "../sign-on/identity-repository.ts";
import { revokeApiKeys } from "../token-repository.ts";
import { emailKey, emailProblem, type User } from "../user.ts";
import { changing, DIRECTORY, type DirectoryDeps, followGroups } from "./change-directory.ts";
import type { Filter } from "./filter.ts";
import { removeFromGroups } from "./group-repository.ts";
import type { UserChange } from "./patch.ts";
import { scimRefusal } from "./scim-error.ts";
import * as repository from "./user-repository.ts";

export type ListedUser = repository.DirectoryUser & { groups: { id: Id; name: string }[] };

/** People, for a directory. Every one throws in the protocol's words: 404, 409 `uniqueness`, 400 `invalidValue`. */
export interface DirectoryUsers {
  list(
    filter: Filter | null,
    range: { offset: number; limit: number },
  ): Promise<{ users: ListedUser[]; total: number }>;
  get(id: Id): Promise<ListedUser>;
  /** Makes an account without a password, whose user name is made of the directory's. One that it deleted comes back. */
  create(user: UserChange): Promise<ListedUser>;
  /** Disabling ends sessions, tokens and keys at once. */
  change(id: Id, change: UserChange): Promise<ListedUser>;
  /** Disables the person and forgets the groups; what they published stays. For the directory they are gone. */
  remove(id: Id): Promise<void>;
}

export function createDirectoryUsers(deps: DirectoryDeps): DirectoryUsers {
  const { database } = deps;
  const withGroups = async (users: repository.DirectoryUser[]): Promise<ListedUser[]> => {
    const ids = users.map(({ id }) => id);
    const groups = await repository.groupsOfUsers(database.read, ids);
    return users.map((user) => ({ ...user, groups: groups.get(user.id) ?? [] }));
  };
  const get = async (id: Id): Promise<ListedUser> => {
    const user = await repository.findDirectoryUser(database.read, id);
    if (!user) throw noUser(id);
    return (await withGroups([user]))[0]!;
  };
  const write = async (work: (tx: Queries, at: Instant, events: AuditEvent[]) => Promise<Id>): Promise<ListedUser> => {
    const id = await changing(deps, work).catch((error) => {
      if (isUniqueViolation(error))
        throw scimRefusal(409, "Somebody else has this userName or externalId.", "uniqueness");
      throw error;
    });
    return get(id);
  };
  return {
    async list(filter, range) {
      const { users, total } = await repository.listDirectoryUsers(database.read, filter, range);
      return { users: await withGroups(users), total };
    },
    get,
    create: (user) => write((tx, at, events) => createUser(deps, tx, user, at, events)),
    change: (id, change) =>
      write(async (tx, at, events) => {
        await changeUser(tx, await existing(tx, id), change, at, events);
        return id;
      }),
    async remove(id) {
      await changing(deps, async (tx, at, events) => {
        const user = await existing(tx, id);
        await setActive(tx, user, false, at, events);
        await repository.updateDirectoryUser(tx, id, { externalId: null }, at);
        await repository.setRemoved(tx, id, at);
        await removeFromGroups(tx, id);
        events.push(...(await followGroups(deps, tx, [id])), act("user.deprovisioned", user));
      });
    },
  };
}

const noUser = (id: Id) => scimRefusal(404, `There is no user ${id.slice(0, 64)}.`);

async function existing(tx: Queries, id: Id): Promise<User> {
  const user = (await repository.findDirectoryUser(tx, id)) && (await findUser(tx, { id }));
  if (!user) throw noUser(id);
  return user;
}

const act = (
  action: string,
  user: Pick<User, "id" | "username">,
  details: Record<string, unknown> = {},
): AuditEvent => ({
  action,
  outcome: "success",
  actor: DIRECTORY,
  subject: auditUser(user),
  details: { ...details, source: "scim" },
});

async function createUser(
  deps: DirectoryDeps,
  tx: Queries,
  change: UserChange,
  at: Instant,
  events: AuditEvent[],
): Promise<Id> {
  if (change.userName === undefined) throw scimRefusal(400, "userName is required.", "invalidValue");
  const former = await repository.findFormer(tx, change.userName);
  if (former && !former.removed) throw scimRefusal(409, "There is a user of this userName already.", "uniqueness");
  if (former) {
    await repository.setRemoved(tx, former.id, null);
    await changeUser(tx, await existing(tx, former.id), { active: true, ...change }, at, events);
    return former.id;
  }
  const email = change.email ?? (emailProblem(change.userName) === null ? change.userName : undefined);
  if (email === undefined) throw scimRefusal(400, "An address in emails is required.", "invalidValue");
  const username = await freeName(tx, change.userName);
  const user: User = {
    id: newId(),
    namespaceId: newId(),
    username,
    email,
    displayName: cleanName(change.displayName ?? "") || username,
    bio: "",
    website: "",
    role: "user",
    status: change.active === false ? "disabled" : "active",
    emailVerifiedAt: null,
    createdAt: at,
    updatedAt: at,
  };
  // No password: an empty hash verifies none.
  await addUser(tx, user, "", unclaimed(user.id));
  await setEmail(tx, user, email, at, null);
  const { userName, externalId } = change;
  await repository.updateDirectoryUser(tx, user.id, { userName, externalId }, at);
  events.push(act("user.created", user, { how: "directory" }), ...(await followGroups(deps, tx, [user.id])));
  return user.id;
}

async function changeUser(
  tx: Queries,
  user: User,
  change: UserChange,
  at: Instant,
  events: AuditEvent[],
): Promise<void> {
  const { userName, externalId } = change;
  const displayName = cleanName(change.displayName ?? "") || undefined;
  await repository.updateDirectoryUser(tx, user.id, { userName, externalId, displayName }, at);
  if (change.email !== undefined && emailKey(change.email) !== emailKey(user.email))
    await setEmail(tx, user, change.email, at, events);
  if (change.active !== undefined) await setActive(tx, user, change.active, at, events);
}

/** The directory vouches for the address. `events` is null for somebody who is being made. */
async function setEmail(
  tx: Queries,
  user: User,
  email: string,
  at: Instant,
  events: AuditEvent[] | null,
): Promise<void> {
  if (emailProblem(email) !== null)
    throw scimRefusal(400, "The address in emails is not an e-mail address.", "invalidValue");
  const { role, source } = await roleOf(tx, user.id);
  // Whoever may change the address can reset the password: the directory must not get rights that it could not give.
  if (events && role !== "user" && source === "manual")
    throw scimRefusal(
      403,
      `${user.username} is ${role} by hand: such a person's address is changed here, not by the directory.`,
    );
  const holder = await findHolder(tx, email);
  if (holder && holder.userId !== user.id && holder.verified)
    throw scimRefusal(409, "Somebody else has this address.", "uniqueness");
  await giveEmail(tx, user.id, email, at);
  events?.push(act("user.email.changed", user));
}

async function setActive(tx: Queries, user: User, active: boolean, at: Instant, events: AuditEvent[]): Promise<void> {
  if ((user.status === "active") === active) return;
  // What an administrator decided is not undone by a sync, which says `active` each time: it goes on, and answers the truth.
  if (active && (await isDisabledByHand(tx, user.id))) return;
  await setStatus(tx, user.id, { status: active ? "active" : "disabled", source: "scim" }, at);
  if (active) {
    events.push(act("user.enabled", user));
    return;
  }
  if (user.role === "admin" && (await countActiveAdmins(tx)) === 0)
    throw scimRefusal(403, `${user.username} is the last administrator: make another one first.`);
  await endSignIns(tx, user.id, at);
  const apiKeys = await revokeApiKeys(tx, { userId: user.id }, at);
  events.push(act("user.disabled", user, { apiKeys }));
}

import type { Clock, Instant } from "../../../core/clock.ts";
import { instant } from "../../../core/clock.ts";
import { SYSTEM } from "../../../core/actor.ts";
import type { Id } from "../../../core/id.ts";
import type { AuditActor, AuditEvent, AuditLog } from "../../../platform/audit/audit-log.ts";
import type { Database, Queries } from "../../../platform/database/index.ts";
import { findUser } from "../repository.ts";
import { applyGroups, type MembershipKeeper } from "../sign-on/apply-groups.ts";
import { groupsOfUsers } from "./user-repository.ts";

export interface DirectoryDeps {
  database: Database;
  clock: Clock;
  audit: AuditLog;
  memberships: MembershipKeeper;
  /** What groups give, by their names. */
  rules: Readonly<Record<string, readonly string[]>>;
}

/** What the directory gave is its own to take away. */
const SOURCE = "scim";

/** Whom the audit log names for what the directory did. */
export const DIRECTORY: AuditActor = { kind: "user", userId: SYSTEM.userId, username: "directory", via: "system" };

/**
 * Everything the directory changes goes one after the other, with changes of roles, and is written down at the end: `work` adds
 * to the events.
 */
export function changing<T>(
  { database, clock, audit }: DirectoryDeps,
  work: (tx: Queries, at: Instant, events: AuditEvent[]) => Promise<T>,
): Promise<T> {
  return database.exclusively("accounts.administration", async (tx) => {
    const events: AuditEvent[] = [];
    const result = await work(tx, instant(clock.now()), events);
    if (events.length > 0) await audit.append(tx, ...events);
    return result;
  });
}

/** Makes roles and memberships of these people follow the groups they are in now. */
export async function followGroups(deps: DirectoryDeps, tx: Queries, userIds: readonly Id[]): Promise<AuditEvent[]> {
  if (Object.keys(deps.rules).length === 0) return [];
  const events: AuditEvent[] = [];
  for (const userId of userIds) {
    const user = await findUser(tx, { id: userId });
    if (!user) continue;
    const groups = ((await groupsOfUsers(tx, [userId])).get(userId) ?? []).map(({ name }) => name);
    events.push(
      ...(await applyGroups(deps, tx, user, { source: SOURCE, rules: deps.rules, groups, actor: DIRECTORY })),
    );
  }
  return events;
}

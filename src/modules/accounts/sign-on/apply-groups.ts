import type { OrganizationRole, Role } from "../../../core/actor.ts";
import { type Clock, instant } from "../../../core/clock.ts";
import type { Id } from "../../../core/id.ts";
import type { AuditActor, AuditEvent } from "../../../platform/audit/audit-log.ts";
import type { Queries } from "../../../platform/database/index.ts";
import { auditUser } from "../audit-account.ts";
import { endSignIns } from "../change-password.ts";
import { countActiveAdmins } from "../repository.ts";
import type { User } from "../user.ts";
import { grantsOf } from "./group-grants.ts";
import * as repository from "./identity-repository.ts";

/** Who keeps the members of organizations; `apply` makes what `source` gave exactly what is granted. */
export interface MembershipKeeper {
  apply(
    tx: Queries,
    to: { user: { id: Id; username: string }; source: string; actor: AuditActor },
    granted: {
      organizations: ReadonlyMap<string, OrganizationRole>;
      teams: ReadonlyMap<string, ReadonlySet<string>>;
    },
  ): Promise<AuditEvent[]>;
}

export interface GroupSource {
  /** The name that stands beside what it gives: a provider's, or `scim`. */
  source: string;
  rules: Readonly<Record<string, readonly string[]>>;
  groups: readonly string[];
  actor: AuditActor;
}

/**
 * Makes a person's roles follow their groups, in a transaction that holds `accounts.administration` when a rule gives a role on
 * this server. What people or other sources gave stays; the last administrator and an organization's last owner do too.
 * Answers what happened, for the audit log.
 */
export async function applyGroups(
  deps: { clock: Clock; memberships: MembershipKeeper },
  tx: Queries,
  user: User,
  from: GroupSource,
): Promise<AuditEvent[]> {
  if (Object.keys(from.rules).length === 0) return [];
  const granted = grantsOf(from.rules, from.groups);
  const { source, actor } = from;
  return [
    ...(await applyRole(deps.clock, tx, user, { role: granted.role, source, actor })),
    ...(await deps.memberships.apply(tx, { user, source, actor }, granted)),
  ];
}

async function applyRole(
  clock: Clock,
  tx: Queries,
  user: User,
  to: { role: Role; source: string; actor: AuditActor },
): Promise<AuditEvent[]> {
  const held = await repository.roleOf(tx, user.id);
  // Somebody who was made moderator or administrator by hand stays it; everybody else may be raised.
  const governed = held.source === to.source || (held.source === "manual" && held.role === "user");
  if (!governed || held.role === to.role) return [];
  if (held.role === "admin" && user.status === "active" && (await countActiveAdmins(tx)) <= 1)
    return [event("user.role.kept", user, to, { role: held.role })];
  const at = instant(clock.now());
  await repository.setRoleFrom(tx, user.id, { role: to.role, source: to.role === "user" ? "manual" : to.source, at });
  await endSignIns(tx, user.id, at);
  return [event("user.role.changed", user, to, { from: held.role, to: to.role })];
}

const event = (
  action: string,
  user: User,
  { source, actor }: { source: string; actor: AuditActor },
  details: Record<string, unknown>,
): AuditEvent => ({ action, outcome: "success", actor, subject: auditUser(user), details: { ...details, source } });

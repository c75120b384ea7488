import type { OrganizationRole } from "../../core/actor.ts";
import { type Clock, type Instant, instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { AuditActor, AuditEvent } from "../../platform/audit/audit-log.ts";
import type { Queries } from "../../platform/database/index.ts";
import * as repository from "./group-membership-repository.ts";

/** What somebody's groups give, by organizations' names. */
export interface GrantedMemberships {
  organizations: ReadonlyMap<string, OrganizationRole>;
  /** Slugs of teams; their organizations stand in `organizations` too. */
  teams: ReadonlyMap<string, ReadonlySet<string>>;
}

export interface GroupMemberships {
  /**
   * Makes what `source` (a sign-on provider's name, `scim`) put the person in exactly what is granted now. What people or other
   * sources gave stays, and so does an organization's last owner. Answers what happened, for the audit log; names that are no
   * organization or team are among it.
   */
  apply(
    tx: Queries,
    to: { user: { id: Id; username: string }; source: string; actor: AuditActor },
    granted: GrantedMemberships,
  ): Promise<AuditEvent[]>;
}

interface Change {
  tx: Queries;
  userId: Id;
  source: string;
  at: Instant;
  tell: (what: string, organization: { id: Id | null; name: string }, details?: Record<string, unknown>) => void;
}

export function createGroupMemberships({ clock }: { clock: Clock }): GroupMemberships {
  return {
    async apply(tx, { user, source, actor }, granted) {
      const events: AuditEvent[] = [];
      const tell: Change["tell"] = (what, organization, details = {}) =>
        events.push({
          action: `organization.${what}`,
          outcome: what.endsWith("unknown") ? "failure" : "success",
          actor,
          subject: { type: "organization", id: organization.id, name: organization.name },
          details: { ...details, source, user_id: user.id },
        });
      const change = { tx, userId: user.id, source, at: instant(clock.now()), tell };
      const known = await repository.findOrganizations(tx, [...granted.organizations.keys()]);
      await applyRoles(change, known, granted);
      await applyTeams(change, known, granted);
      return events;
    },
  };
}

async function applyRoles(
  change: Change,
  known: repository.KnownOrganization[],
  { organizations }: GrantedMemberships,
): Promise<void> {
  const { tx, userId, source, at, tell } = change;
  const held = new Map((await repository.listMemberships(tx, userId)).map((one) => [one.organizationId, one]));
  for (const name of organizations.keys())
    if (!known.some((one) => one.name === name)) tell("unknown", { id: null, name });
  for (const organization of known) {
    const role = organizations.get(organization.name)!;
    const now = held.get(organization.id);
    if (!now) {
      await repository.addMembership(tx, { organizationId: organization.id, userId, role, source, at });
      tell("member.added", organization, { role });
    } else if (now.source === source && now.role !== role && (await mayLose(change, now))) {
      await repository.changeMembership(tx, { organizationId: organization.id, userId, source }, role);
      tell("member.changed", organization, { from: now.role, to: role });
    }
  }
  for (const lost of held.values()) {
    if (lost.source !== source || known.some(({ id }) => id === lost.organizationId)) continue;
    if (!(await mayLose(change, lost))) continue;
    await repository.removeMembership(tx, { organizationId: lost.organizationId, userId, source });
    tell("member.removed", { id: lost.organizationId, name: lost.name }, { role: lost.role });
  }
}

/** An organization keeps its last owner, whatever the groups say. */
async function mayLose({ tx, tell }: Change, held: repository.HeldMembership): Promise<boolean> {
  if (held.role !== "owner") return true;
  await repository.lockOrganization(tx, held.organizationId);
  if ((await repository.countOwners(tx, held.organizationId)) > 1) return true;
  tell("owner.kept", { id: held.organizationId, name: held.name });
  return false;
}

async function applyTeams(
  { tx, userId, source, at, tell }: Change,
  known: repository.KnownOrganization[],
  { teams }: GrantedMemberships,
): Promise<void> {
  const had = new Set(await repository.listTeamsFrom(tx, userId, source));
  const wanted = new Set<Id>();
  for (const organization of known)
    for (const slug of teams.get(organization.name) ?? []) {
      const teamId = organization.teams.get(slug);
      if (teamId === undefined) tell("team.unknown", organization, { team: slug });
      else wanted.add(teamId);
    }
  for (const teamId of wanted) if (!had.has(teamId)) await repository.addToTeam(tx, { teamId, userId, source, at });
  for (const teamId of had) if (!wanted.has(teamId)) await repository.removeFromTeam(tx, { teamId, userId, source });
  const changed = [...wanted].filter((id) => !had.has(id)).length + [...had].filter((id) => !wanted.has(id)).length;
  const [first] = known;
  if (changed > 0 && first) tell("teams.changed", first, { teams: wanted.size });
}

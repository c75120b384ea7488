import type { Actor, OrganizationRole, SignedIn } from "../../core/actor.ts";
import { type Instant, instant } from "../../core/clock.ts";
import { forbidden } from "../../core/error.ts";
import { mayOrganization, ORGANIZATION_ACTIONS, type OrganizationAction } from "../../core/organization-permission.ts";
import { isAdmin, requireScope } from "../../core/permission.ts";
import type { Queries } from "../../platform/database/index.ts";
import type { NewEvent } from "../../platform/events/outbox.ts";
import { audienceLock } from "../catalog/index.ts";
import type { OrganizationsDeps } from "./deps.ts";
import { noOrganization, type Organization, organizationFacts } from "./organization.ts";
import * as repository from "./repository.ts";

/** The organization of this name with the actor's eyes. Throws NOT_FOUND, the same for one that does not exist. */
export async function findOrganization(q: Queries, actor: Actor, name: string): Promise<Organization> {
  const found = await repository.organizationByName(q, name);
  if (!found || !mayOrganization(actor, "view", organizationFacts(found))) throw noOrganization();
  return found;
}

/** Throws UNAUTHORIZED or FORBIDDEN when the actor may not do this to an organization that they see. */
export function requireOrganization(
  actor: Actor,
  action: OrganizationAction,
  organization: Organization,
): asserts actor is SignedIn {
  requireScope(actor, ORGANIZATION_ACTIONS[action].scope);
  if (!mayOrganization(actor, action, organizationFacts(organization)))
    throw forbidden(
      action === "own"
        ? `Only owners of ${organization.slug} may do this.`
        : `Your role in ${organization.slug} does not allow this.`,
    );
}

/** What a change came to: how the audit log names it, and what the event log and others are told. */
export interface Told {
  /** Of the organization: `renamed`, `member.removed` … */
  action: string;
  details?: Record<string, unknown>;
  /** Beside the event of the act itself. */
  events?: NewEvent[];
}

interface Change {
  organization: Organization;
  /** The actor's role, read under the lock; administrators of the site act as owners. */
  role: OrganizationRole;
  at: Instant;
}

/**
 * One change of one organization: found with the actor's eyes, allowed, locked, done, told. The role that the actor had when
 * they asked is read again under the lock: whoever was removed meanwhile does nothing more.
 */
export async function changeOrganization(
  deps: OrganizationsDeps,
  actor: Actor,
  name: string,
  action: OrganizationAction,
  change: (tx: Queries, at: Change) => Promise<Told>,
  options: { alone?: boolean } = {},
): Promise<Organization> {
  const { database } = deps;
  const seen = await findOrganization(database.read, actor, name);
  requireOrganization(actor, action, seen);
  const work = async (tx: Queries) => {
    await repository.lockOrganization(tx, seen.id);
    const organization = await repository.organizationById(tx, seen.id);
    if (!organization || organization.deletedAt !== null) throw noOrganization();
    const role = isAdmin(actor) ? "owner" : await repository.roleOf(tx, seen.id, actor.userId);
    const { roles } = ORGANIZATION_ACTIONS[action];
    if (role === null || !(isAdmin(actor) || (roles as readonly OrganizationRole[]).includes(role)))
      throw forbidden(`You have no such role in ${organization.slug} any more.`);
    const at = instant(deps.clock.now());
    const told = await change(tx, { organization, role, at });
    const after = (await repository.organizationById(tx, seen.id)) as Organization;
    await tell(tx, deps, actor, after, told);
    return after;
  };
  // Alone: while nobody places an asset in its namespace.
  const changed = options.alone
    ? await database.exclusively(audienceLock(seen.namespaceId), work)
    : await database.write(work);
  deps.outbox.announce();
  return changed;
}

/** Writes an act on an organization into the audit log and the event log, last in its transaction. */
export async function tell(
  tx: Queries,
  deps: OrganizationsDeps,
  actor: SignedIn,
  organization: Pick<Organization, "id" | "slug">,
  { action, details = {}, events = [] }: Told,
): Promise<void> {
  await deps.audit.append(tx, {
    action: `organization.${action}`,
    outcome: "success",
    actor,
    subject: { type: "organization", id: organization.id, name: organization.slug },
    details,
  });
  const own: NewEvent = { type: `organization.${action}`, subjectId: organization.id, payload: details };
  await deps.outbox.append(tx, ...[own, ...events].map((event) => ({ actorId: actor.userId, ...event })));
}

import type { Actor } from "../../core/actor.ts";
import type { Id } from "../../core/id.ts";
import { requireRecent } from "../../core/permission.ts";
import type { Queries } from "../../platform/database/index.ts";
import {
  type NamespacePolicy,
  type OrganizationRules,
  organizationRulesWire,
  readOrganizationRules,
  requireStricter,
} from "../compliance/index.ts";
import { changeOrganization, findOrganization, requireOrganization } from "./change-organization.ts";
import type { OrganizationsDeps } from "./deps.ts";
import type { Organization } from "./organization.ts";
import * as repository from "./repository.ts";

/** What an organization asks of its versions, for those who are in it. */
export async function versionPolicy(
  deps: OrganizationsDeps,
  actor: Actor,
  name: string,
): Promise<{ organization: Organization; rules: OrganizationRules }> {
  const q = deps.database.read;
  const organization = await findOrganization(q, actor, name);
  requireOrganization(actor, "viewPeople", organization);
  return { organization, rules: await repository.versionRulesOf(q, organization.id) };
}

/**
 * Says what the organization asks of its versions, all of it at once. Throws VALIDATION_ERROR for what is weaker than the server's
 * policy. Versions that wait are judged again; what is out stays out until it is scanned again.
 */
export async function setVersionPolicy(
  deps: OrganizationsDeps,
  actor: Actor,
  name: string,
  written: Readonly<Record<string, unknown>>,
): Promise<{ organization: Organization; rules: OrganizationRules }> {
  if (actor.kind === "user") requireRecent(actor, deps.clock.now());
  const organization = await changeOrganization(deps, actor, name, "manage", async (tx, { organization, at }) => {
    const rules = readOrganizationRules(written);
    requireStricter(rules, deps.serverPolicy);
    const before = organizationRulesWire(await repository.versionRulesOf(tx, organization.id));
    const userId = actor.kind === "user" && actor.via !== "system" ? actor.userId : null;
    await repository.storeVersionRules(tx, organization.id, rules, { userId, at });
    await deps.onPolicyChanged(tx, organization.namespaceId);
    return { action: "version_policy.changed", details: { before, after: organizationRulesWire(rules) } };
  });
  deps.jobs.wake();
  return { organization, rules: await repository.versionRulesOf(deps.database.read, organization.id) };
}

/** What the owner of a namespace asks of versions; null for people's. */
export async function policyOfNamespace(q: Queries, namespaceId: Id): Promise<NamespacePolicy | null> {
  const organization = await repository.organizationOfNamespace(q, namespaceId);
  if (!organization) return null;
  const { requireSignature, requireReview } = organization.policy;
  return { requireSignature, requireReview, rules: await repository.versionRulesOf(q, organization.id) };
}

import { ORGANIZATION_ROLES, type OrganizationRole, type Role } from "../../../core/actor.ts";
import { parseGroupGrant } from "../../../core/group-grant.ts";

/** What all of somebody's groups give together. */
export interface Granted {
  role: Role;
  organizations: Map<string, OrganizationRole>;
  teams: Map<string, Set<string>>;
}

/** Of several roles the strongest counts; a team brings its organization as a member. Groups without a rule give nothing. */
export function grantsOf(rules: Readonly<Record<string, readonly string[]>>, groups: readonly string[]): Granted {
  const granted: Granted = { role: "user", organizations: new Map(), teams: new Map() };
  const join = (organization: string, role: OrganizationRole) => {
    const held = granted.organizations.get(organization);
    if (held === undefined || ORGANIZATION_ROLES.indexOf(role) < ORGANIZATION_ROLES.indexOf(held))
      granted.organizations.set(organization, role);
  };
  for (const group of groups)
    for (const text of Object.hasOwn(rules, group) ? rules[group]! : []) {
      const grant = parseGroupGrant(text);
      if (grant?.kind === "role") granted.role = granted.role === "admin" ? "admin" : grant.role;
      if (grant?.kind === "organization") join(grant.organization, grant.role);
      if (grant?.kind === "team") {
        join(grant.organization, "member");
        const teams = granted.teams.get(grant.organization) ?? new Set();
        granted.teams.set(grant.organization, teams.add(grant.team));
      }
    }
  return granted;
}

/** Whether any group gives a role on this server. */
export const grantsRoles = (rules: Readonly<Record<string, readonly string[]>>): boolean =>
  Object.values(rules).some((grants) => grants.some((grant) => parseGroupGrant(grant)?.kind === "role"));

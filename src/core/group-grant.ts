import { isName } from "./name.ts";

/** What belonging to a group of a directory or sign-on provider gives. */
export type GroupGrant =
  | { kind: "role"; role: "moderator" | "admin" }
  | { kind: "organization"; organization: string; role: "owner" | "admin" | "member" | "viewer" }
  | { kind: "team"; organization: string; team: string };

/** `role:admin`, `acme:member` (a role in an organization), `acme/platform` (a team of it); null for anything else. */
export function parseGroupGrant(text: string): GroupGrant | null {
  const site = /^role:(moderator|admin)$/.exec(text)?.[1];
  if (site) return { kind: "role", role: site as "moderator" | "admin" };
  const [, organization = "", role, team] =
    /^([^:/]{1,64})(?::(owner|admin|member|viewer)|\/([^:/]{1,64}))$/.exec(text) ?? [];
  if (!isName(organization) || organization === "role") return null;
  if (role) return { kind: "organization", organization, role: role as "owner" | "admin" | "member" | "viewer" };
  return team !== undefined && isName(team) ? { kind: "team", organization, team } : null;
}

import type { Actor } from "../../core/actor.ts";
import { instant, later, DAY } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import { mayOrganization, type OrganizationAction } from "../../core/organization-permission.ts";
import type { PageRequest } from "../../core/page.ts";
import { namespacesOf, requireScope } from "../../core/permission.ts";
import { type Asset, assetsIn } from "../catalog/index.ts";
import { findOrganization, requireOrganization } from "./change-organization.ts";
import { createOrganization, type NewOrganization } from "./create-organization.ts";
import { type AssetsFate, deleteOrganization } from "./delete-organization.ts";
import type { OrganizationsDeps } from "./deps.ts";
import { editProfile, renameOrganization, setPolicy, setVerified, setVisibility } from "./edit-organization.ts";
import * as invitations from "./invite.ts";
import { listCollaborators, removeCollaborator, setCollaborator } from "./manage-collaborators.ts";
import * as members from "./manage-members.ts";
import * as teams from "./manage-teams.ts";
import {
  type Organization,
  organizationFacts,
  type OrganizationPolicy,
  type OrganizationProfile,
} from "./organization.ts";
import * as repository from "./repository.ts";
import * as transfers from "./transfer-asset.ts";
import { policyOfNamespace, setVersionPolicy, versionPolicy } from "./version-policy.ts";

export { organizationsApi } from "./api.ts";
export { organizationPages } from "./pages.tsx";
export type { OrganizationsDeps } from "./deps.ts";
export { createGroupMemberships } from "./group-memberships.ts";
export type { Organization } from "./organization.ts";
export { organizationProfile, waitingFor } from "./shown-in-pages.ts";

export type OrganizationsModule = ReturnType<typeof createOrganizations>;

/** Organizations, who is in them, what they and others may do with assets, and where assets belong. */
export function createOrganizations(deps: OrganizationsDeps) {
  const q = deps.database.read;
  return {
    ...organizationUses(deps),
    ...peopleUses(deps),
    ...assetUses(deps),
    now: () => deps.clock.now(),
    /** Of a namespace, whatever their audience. */
    countAssets: async (namespaceId: Id) => (await assetsIn(q, namespaceId)).length,
    may: (actor: Actor, action: OrganizationAction, organization: Organization) =>
      mayOrganization(actor, action, organizationFacts(organization)),
    /** Whether mail leaves this server. */
    deliversMail: deps.mailer.delivers,
    /** Whether the namespace bears the badge. */
    isVerified: (namespaceId: Id) => repository.isVerified(q, namespaceId),
    /** Names of the namespaces in which the actor may make assets, the own one first. */
    async publishingNamespaces(actor: Actor): Promise<string[]> {
      requireScope(actor, "publish");
      return repository.namespaceNames(q, namespacesOf(actor, "write"));
    },
    /** What the owner of this namespace asks of versions; null for people's. */
    policyOfNamespace,
    /** Forgets offers and invitations that nobody can accept any more. */
    async housekeeping(): Promise<void> {
      const now = deps.clock.now();
      await deps.database.write(async (tx) => {
        await repository.deleteExpiredOffers(tx, instant(now));
        await repository.deleteOldInvitations(tx, later(now, -30 * DAY));
      });
    },
  };
}

function organizationUses(deps: OrganizationsDeps) {
  const q = deps.database.read;
  return {
    /** With the actor's eyes. Throws NOT_FOUND, the same for one that does not exist. */
    find: (actor: Actor, name: string) => findOrganization(q, actor, name),
    async list(actor: Actor, page: PageRequest) {
      return { ...(await repository.listOrganizations(q, actor, page)), ...page };
    },
    create: (actor: Actor, input: NewOrganization) => createOrganization(deps, actor, input),
    editProfile: (actor: Actor, name: string, profile: OrganizationProfile) => editProfile(deps, actor, name, profile),
    setVisibility: (actor: Actor, name: string, visibility: "public" | "private") =>
      setVisibility(deps, actor, name, visibility),
    setPolicy: (actor: Actor, name: string, policy: Partial<OrganizationPolicy>) =>
      setPolicy(deps, actor, name, policy),
    versionPolicy: (actor: Actor, name: string) => versionPolicy(deps, actor, name),
    setVersionPolicy: (actor: Actor, name: string, written: Readonly<Record<string, unknown>>) =>
      setVersionPolicy(deps, actor, name, written),
    /** For who manages it. Throws NOT_FOUND or FORBIDDEN for others. */
    async findManaged(actor: Actor, name: string): Promise<Organization> {
      const organization = await findOrganization(q, actor, name);
      requireOrganization(actor, "manage", organization);
      return organization;
    },
    /** What every version is judged by. */
    serverPolicy: deps.serverPolicy,
    membersWithoutSecondFactor: (organizationId: Id) => repository.membersWithoutSecondFactor(q, organizationId),
    rename: (actor: Actor, name: string, to: string) => renameOrganization(deps, actor, name, to),
    setVerified: (actor: Actor, name: string, verified: boolean) => setVerified(deps, actor, name, verified),
    delete: (actor: Actor, name: string, assets: AssetsFate) => deleteOrganization(deps, actor, name, assets),
  };
}

function peopleUses(deps: OrganizationsDeps) {
  return {
    mine: (actor: Actor) => members.myOrganizations(deps, actor),
    listMembers: (actor: Actor, name: string, page: PageRequest) => members.listMembers(deps, actor, name, page),
    setMember: (actor: Actor, name: string, username: string, role: string) =>
      members.setMember(deps, actor, name, username, role),
    removeMember: (actor: Actor, name: string, username: string) => members.removeMember(deps, actor, name, username),
    listTeams: (actor: Actor, name: string) => teams.listTeams(deps, actor, name),
    findTeam: (actor: Actor, name: string, team: string) => teams.findTeam(deps, actor, name, team),
    createTeam: (actor: Actor, name: string, input: teams.TeamInput) => teams.createTeam(deps, actor, name, input),
    editTeam: (actor: Actor, name: string, team: string, input: teams.TeamInput) =>
      teams.editTeam(deps, actor, name, team, input),
    deleteTeam: (actor: Actor, name: string, team: string) => teams.deleteTeam(deps, actor, name, team),
    addTeamMember: (actor: Actor, name: string, team: string, username: string) =>
      teams.addTeamMember(deps, actor, name, team, username),
    removeTeamMember: (actor: Actor, name: string, team: string, username: string) =>
      teams.removeTeamMember(deps, actor, name, team, username),
    listInvitations: (actor: Actor, name: string) => invitations.listInvitations(deps, actor, name),
    invite: (actor: Actor, name: string, input: invitations.NewInvitation, link: (secret: string) => string) =>
      invitations.invite(deps, actor, name, input, link),
    revokeInvitation: (actor: Actor, name: string, id: Id) => invitations.revokeInvitation(deps, actor, name, id),
    myInvitations: (actor: Actor) => invitations.myInvitations(deps, actor),
    openInvitation: (actor: Actor, key: string) => invitations.openInvitation(deps, actor, key),
    acceptInvitation: (actor: Actor, key: string) => invitations.acceptInvitation(deps, actor, key),
    declineInvitation: (actor: Actor, key: string) => invitations.declineInvitation(deps, actor, key),
  };
}

function assetUses(deps: OrganizationsDeps) {
  return {
    listCollaborators: (actor: Actor, ref: string) => listCollaborators(deps, actor, ref),
    setCollaborator: (actor: Actor, ref: string, username: string, access: string) =>
      setCollaborator(deps, actor, ref, username, access),
    removeCollaborator: (actor: Actor, ref: string, username: string) => removeCollaborator(deps, actor, ref, username),
    /** All of it, as an asset's settings show it. */
    async accessOf(actor: Actor, asset: Asset) {
      const offer = await transfers.offerOf(deps, asset);
      return {
        collaborators: await listCollaborators(deps, actor, asset.id),
        teams: await teams.listTeamAccess(deps, actor, asset.id),
        offer: offer && { to: `${offer.toNamespace}/${offer.slug}`, expiresAt: offer.expiresAt },
      };
    },
    setTeamAccess: (actor: Actor, ref: string, team: string, access: string | null) =>
      teams.setTeamAccess(deps, actor, ref, team, access),
    transfer: (actor: Actor, ref: string, to: { namespace: string; slug?: string }) =>
      transfers.transferAsset(deps, actor, ref, to),
    renameAsset: (actor: Actor, ref: string, slug: string) => transfers.renameAsset(deps, actor, ref, slug),
    cancelTransfer: (actor: Actor, ref: string) => transfers.cancelTransfer(deps, actor, ref),
    listOffers: (actor: Actor) => transfers.listOffers(deps, actor),
    acceptTransfer: (actor: Actor, id: Id) => transfers.acceptTransfer(deps, actor, id),
    declineTransfer: (actor: Actor, id: Id) => transfers.declineTransfer(deps, actor, id),
  };
}

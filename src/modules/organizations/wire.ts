import type { OrganizationRole } from "../../core/actor.ts";
import type { Invitation } from "./invitation-repository.ts";
import type { OpenInvitation } from "./invite.ts";
import type { TeamDetail } from "./manage-teams.ts";
import type { Collaborator, Member, Organization, Team } from "./organization.ts";
import type { TransferOffer } from "./transfer-repository.ts";

/** An organization as the API answers it. */
export const organizationWire = (organization: Organization) => ({
  id: organization.id,
  slug: organization.slug,
  display_name: organization.displayName,
  description: organization.description,
  website: organization.website,
  visibility: organization.visibility,
  verified: organization.verifiedAt !== null,
  policy: {
    require_two_factor: organization.policy.requireTwoFactor,
    require_signature: organization.policy.requireSignature,
    require_review: organization.policy.requireReview,
  },
  created_at: organization.createdAt,
  updated_at: organization.updatedAt,
});

export const myOrganizationWire = (one: { organization: Organization; role: OrganizationRole; withheld: boolean }) => ({
  ...organizationWire(one.organization),
  role: one.role,
  /** The organization wants a second factor that this sign-in lacks: the role does not count. */
  needs_two_factor: one.withheld,
});

/** Who has a second factor is told to those who manage the organization alone. */
export const memberWire = (member: Member, manages: boolean) => ({
  username: member.username,
  display_name: member.displayName,
  role: member.role,
  source: member.source,
  since: member.since,
  ...(manages ? { two_factor: member.hasSecondFactor } : {}),
});

export const teamWire = (team: Team) => ({
  slug: team.slug,
  name: team.name,
  description: team.description,
  member_count: team.members,
  asset_count: team.assets,
});

export const teamDetailWire = (team: TeamDetail) => ({
  ...teamWire(team),
  members: team.people.map(({ username, displayName }) => ({ username, display_name: displayName })),
  assets: team.rights.map(({ ref, access }) => ({ ref, access })),
});

export const invitationWire = (invitation: Invitation) => ({
  id: invitation.id,
  email: invitation.email,
  username: invitation.username,
  role: invitation.role,
  team: invitation.team,
  invited_by: invitation.inviter,
  created_at: invitation.createdAt,
  expires_at: invitation.expiresAt,
});

/** For the person who is invited: whose address or name it is for is said to nobody else. */
export const openInvitationWire = ({ invitation, organization, obstacle }: OpenInvitation) => ({
  id: invitation.id,
  organization: { slug: organization.slug, display_name: organization.displayName },
  role: invitation.role,
  invited_by: invitation.inviter,
  expires_at: invitation.expiresAt,
  acceptable: obstacle === null,
});

export const collaboratorWire = (one: Collaborator) => ({
  username: one.username,
  display_name: one.displayName,
  access: one.access,
  since: one.since,
});

export const offerWire = (offer: TransferOffer) => ({
  id: offer.id,
  ref: offer.ref,
  title: offer.title,
  to: `${offer.toNamespace}/${offer.slug}`,
  requested_by: offer.requester,
  created_at: offer.createdAt,
  expires_at: offer.expiresAt,
});

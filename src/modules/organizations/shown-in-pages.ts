import type { OrganizationModel } from "../../../views/organizations/organization-layout.tsx";
import type { WaitingInvitation, WaitingOffer } from "../../../views/organizations/mine.tsx";
import type { Actor } from "../../core/actor.ts";
import { forbidden } from "../../core/error.ts";
import type { OpenInvitation } from "./invite.ts";
import type { OrganizationsModule } from "./index.ts";
import { noOrganization, type Organization } from "./organization.ts";
import type { TransferOffer } from "./transfer-repository.ts";

/** What pages show of an organization, and what its viewer may do. */
export function organizationModel(
  organizations: OrganizationsModule,
  actor: Actor,
  organization: Organization,
): OrganizationModel & { description: string; website: string; createdAt: string } {
  const { slug, displayName, visibility, verifiedAt, description, website, createdAt } = organization;
  const may = (action: "viewPeople" | "manage" | "own" | "verify") => organizations.may(actor, action, organization);
  return {
    slug,
    displayName,
    visibility,
    verified: verifiedAt !== null,
    may: { viewPeople: may("viewPeople"), manage: may("manage"), own: may("own"), verify: may("verify") },
    description,
    website,
    createdAt,
  };
}

/** An organization's page; null when there is none that the actor may know of. FORBIDDEN, with why, for members kept out. */
export async function organizationProfile(organizations: OrganizationsModule, actor: Actor, name: string) {
  const mine = actor.kind === "user" ? await organizations.mine(actor).catch(() => []) : [];
  const own = mine.find(({ organization }) => organization.slug === name) ?? null;
  const organization = await organizations.find(actor, name).catch((error) => {
    if (error instanceof Error && error.message === noOrganization().message) return null;
    throw error;
  });
  if (organization === null && own?.withheld)
    throw forbidden(`${name} asks its members for a second factor: set one up in your settings, and sign in with it.`);
  return (
    organization && {
      namespaceId: organization.namespaceId,
      organization: organizationModel(organizations, actor, organization),
      own: own && { role: own.role as string, withheld: own.withheld },
    }
  );
}

export const invitationModel = (key: string, { invitation, organization }: OpenInvitation): WaitingInvitation => ({
  key,
  slug: organization.slug,
  displayName: organization.displayName,
  role: invitation.role,
  inviter: invitation.inviter,
  expiresAt: invitation.expiresAt,
});

export const offerModel = (offer: TransferOffer): WaitingOffer => ({
  id: offer.id,
  ref: offer.ref,
  to: `${offer.toNamespace}/${offer.slug}`,
  requester: offer.requester,
  expiresAt: offer.expiresAt,
});

/** Invitations and offers that wait for whoever asks. */
export async function waitingFor(organizations: OrganizationsModule, actor: Actor) {
  const invitations = await organizations.myInvitations(actor);
  const offers = await organizations.listOffers(actor);
  return {
    invitations: invitations.map((one) => invitationModel(one.invitation.id, one)),
    offers: offers.map(offerModel),
  };
}

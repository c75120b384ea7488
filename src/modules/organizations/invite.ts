import type { Actor, OrganizationRole, SignedIn } from "../../core/actor.ts";
import { DAY, instant, later } from "../../core/clock.ts";
import { conflict, forbidden, notFound, validationError } from "../../core/error.ts";
import { type Id, isId, newId } from "../../core/id.ts";
import { requireScope } from "../../core/permission.ts";
import type { Queries } from "../../platform/database/index.ts";
import { changeOrganization, findOrganization, requireOrganization, tell } from "./change-organization.ts";
import type { OrganizationsDeps } from "./deps.ts";
import type { Invitation } from "./invitation-repository.ts";
import { join, requireNotStronger, requireProof } from "./manage-members.ts";
import { isAtMost, isOrganizationRole, type Organization } from "./organization.ts";
import * as repository from "./repository.ts";

export interface NewInvitation {
  /** For whom: an address, or a user name; neither: whoever holds the link. */
  email?: string;
  username?: string;
  role: string;
  /** A team of the organization to join at once; not with a link for anybody, whose team has rights on assets. */
  team?: string;
}

/** An invitation with its secret, which is answered this once and kept as a hash. */
export interface IssuedInvitation {
  invitation: Invitation;
  secret: string;
}

const LIFETIME_MS = 7 * DAY;
const MAX_OPEN = 200;
const EMAIL = /^[^\s@<>(),;:"\\[\]\u0000-\u001f\u007f]{1,64}@[^\s@<>(),;:"\\[\]\u0000-\u001f\u007f]{1,190}$/;
/** What a link may give that several people can use: nothing that others could be harmed with. */
const BY_LINK: readonly OrganizationRole[] = ["member", "viewer"];

const hashOf = (secret: string): string => new Bun.CryptoHasher("sha256").update(secret).digest("hex");

function requireInvitation({ email, username, role, team }: NewInvitation): OrganizationRole {
  if (!isOrganizationRole(role))
    throw validationError({ field: "role", message: "must be one of owner, admin, member, viewer." });
  if (email !== undefined && username !== undefined)
    throw validationError({ field: "email", message: "give an address or a user name, not both." });
  if (email !== undefined && !EMAIL.test(email))
    throw validationError({ field: "email", message: "is not an e-mail address." });
  if (email === undefined && username === undefined && !BY_LINK.includes(role))
    throw validationError({ field: "role", message: "a link that anybody may use makes members and viewers alone." });
  if (email === undefined && username === undefined && team !== undefined)
    throw validationError({
      field: "team",
      message: "a link that anybody may use leads into no team: invite by name.",
    });
  return role;
}

/**
 * Invites somebody, with a role no stronger than the actor's own. What is answered for an address does not depend on whether
 * anybody has it. `link` makes the address of a secret, for the mail.
 */
export async function invite(
  deps: OrganizationsDeps,
  actor: Actor,
  name: string,
  input: NewInvitation,
  link: (secret: string) => string,
): Promise<IssuedInvitation> {
  const role = requireInvitation(input);
  const secret = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url");
  const id = newId();
  await changeOrganization(deps, actor, name, "manage", async (tx, { organization, role: own, at }) => {
    requireNotStronger(role, own);
    if (role === "owner") requireProof(deps, actor);
    if ((await repository.countOpenInvitations(tx, organization.id, at)) >= MAX_OPEN)
      throw conflict(`There are ${MAX_OPEN} open invitations already: revoke some first.`);
    const user = input.username === undefined ? null : await repository.activeUser(tx, { username: input.username });
    if (input.username !== undefined && !user) throw notFound("user");
    if (user && (await repository.roleOf(tx, organization.id, user.id)) !== null)
      throw conflict(`${user.username} is in ${organization.slug} already. Change the role instead.`);
    const team = input.team === undefined ? null : await repository.teamNamed(tx, organization.id, input.team);
    if (input.team !== undefined && !team) throw notFound("team");
    const expiresAt = later(deps.clock.now(), LIFETIME_MS);
    await repository.insertInvitation(tx, {
      id,
      organizationId: organization.id,
      email: input.email?.normalize("NFC") ?? null,
      userId: user?.id ?? null,
      role,
      teamId: team?.id ?? null,
      invitedBy: (actor as SignedIn).userId,
      tokenHash: hashOf(secret),
      at,
      expiresAt,
    });
    const to = input.email ?? user?.email;
    if (to)
      await sendMail(tx, deps, {
        to,
        userId: user?.id ?? null,
        organization,
        actor,
        role,
        expiresAt,
        url: link(secret),
      });
    const how = input.email ? "address" : user ? "name" : "link";
    return { action: "invitation.created", details: { invitationId: id, role, how } };
  });
  const invitation = await repository.invitationById(deps.database.read, id, instant(deps.clock.now()));
  return { invitation: invitation as Invitation, secret };
}

function sendMail(
  tx: Queries,
  deps: OrganizationsDeps,
  mail: {
    to: string;
    userId: Id | null;
    organization: Organization;
    actor: Actor;
    role: OrganizationRole;
    expiresAt: string;
    url: string;
  },
): Promise<void> {
  const { organization, actor, role } = mail;
  const inviter = actor.kind === "user" ? actor.username : "Somebody";
  return deps.mailer.queue(tx, {
    kind: "organization.invitation",
    userId: mail.userId,
    to: mail.to,
    subject: `${inviter} invites you to ${organization.slug}`,
    paragraphs: [
      `${inviter} invites you to join the organization ${organization.displayName} (${organization.slug}) as ${role}.`,
      mail.url,
      `The link works for seven days, and for you alone. If you do not know what this is about, do nothing.`,
    ],
    expiresAt: mail.expiresAt,
  });
}

/** Those that can still be accepted. */
export async function listInvitations(deps: OrganizationsDeps, actor: Actor, name: string): Promise<Invitation[]> {
  const organization = await findOrganization(deps.database.read, actor, name);
  requireOrganization(actor, "manage", organization);
  return repository.openInvitations(deps.database.read, organization.id, instant(deps.clock.now()));
}

export async function revokeInvitation(deps: OrganizationsDeps, actor: Actor, name: string, id: Id): Promise<void> {
  await changeOrganization(deps, actor, name, "manage", async (tx, { organization, role: own, at }) => {
    const found = isId(id) ? await repository.invitationById(tx, id, at) : null;
    if (found?.organizationId !== organization.id) throw notFound("invitation");
    requireNotStronger(found.role, own);
    if (!(await repository.useInvitation(tx, id, null, at))) throw notFound("invitation");
    return { action: "invitation.revoked", details: { invitationId: id } };
  });
}

/** An invitation as its reader sees it. */
export interface OpenInvitation {
  invitation: Invitation;
  organization: Organization;
  /** Why the reader cannot accept it as they are signed in; null when they can. */
  obstacle: "sign-in" | "other-person" | "other-address" | "unverified-address" | null;
}

const noInvitation = () => notFound("invitation");

/** What a link leads to; `key` is its secret, or the id of one that is for the actor. Throws NOT_FOUND. */
export async function openInvitation(deps: OrganizationsDeps, actor: Actor, key: string): Promise<OpenInvitation> {
  return lookUp(deps.database.read, deps, actor, key);
}

async function lookUp(q: Queries, deps: OrganizationsDeps, actor: Actor, key: string): Promise<OpenInvitation> {
  const now = instant(deps.clock.now());
  const invitation = isId(key)
    ? await repository.invitationById(q, key, now)
    : await repository.invitationByHash(q, hashOf(key.slice(0, 200)), now);
  const organization = invitation && (await repository.organizationById(q, invitation.organizationId));
  if (!invitation || !organization || organization.deletedAt !== null) throw noInvitation();
  if (!(await inviterStillMay(q, invitation))) throw noInvitation();
  const obstacle = await obstacleOf(q, actor, invitation);
  // Ids are no secret: they open an invitation for the person whose it is alone.
  if (isId(key) && (obstacle !== null || isOpenToAll(invitation))) throw noInvitation();
  return { invitation, organization, obstacle };
}

const isOpenToAll = ({ email, userId }: Invitation): boolean => email === null && userId === null;

/** Whoever lost the power to give the role gives it no more, not even through a link made before. */
async function inviterStillMay(q: Queries, invitation: Invitation): Promise<boolean> {
  if (await repository.isSiteAdmin(q, invitation.invitedBy)) return true;
  const role = await repository.roleOf(q, invitation.organizationId, invitation.invitedBy);
  return (role === "owner" || role === "admin") && isAtMost(invitation.role, role);
}

async function obstacleOf(q: Queries, actor: Actor, invitation: Invitation): Promise<OpenInvitation["obstacle"]> {
  if (actor.kind === "anonymous") return "sign-in";
  if (invitation.userId !== null) return invitation.userId === actor.userId ? null : "other-person";
  if (invitation.email === null) return null;
  const user = await repository.activeUser(q, { id: actor.userId });
  const key = (address: string) => address.normalize("NFC").toLowerCase();
  if (!user || key(user.email) !== key(invitation.email)) return "other-address";
  return user.emailVerified ? null : "unverified-address";
}

const OBSTACLES: Record<Exclude<OpenInvitation["obstacle"], null | "sign-in">, string> = {
  "other-person": "This invitation is for somebody else.",
  "other-address": "This invitation is for another address than your account's. Ask for one to your own address.",
  "unverified-address": "Confirm your address first: this invitation is for it.",
};

/** Joins. Throws NOT_FOUND for what cannot be accepted any more, FORBIDDEN for what is for somebody else, and says so. */
export async function acceptInvitation(deps: OrganizationsDeps, actor: Actor, key: string): Promise<Organization> {
  const signedIn = requireSomebody(actor);
  const joined = await deps.database.write(async (tx) => {
    const seen = await lookUp(tx, deps, actor, key);
    await repository.lockOrganization(tx, seen.organization.id);
    const { invitation, organization, obstacle } = await lookUp(tx, deps, actor, key);
    if (obstacle !== null && obstacle !== "sign-in") throw forbidden(OBSTACLES[obstacle]);
    const at = instant(deps.clock.now());
    if (!isOpenToAll(invitation) && !(await repository.useInvitation(tx, invitation.id, signedIn.userId, at)))
      throw noInvitation();
    await join(tx, deps, organization, signedIn.userId, invitation.role);
    // Links made before a team was refused for them give the role alone.
    if (invitation.teamId && !isOpenToAll(invitation))
      await repository.addTeamMember(tx, invitation.teamId, signedIn.userId, at);
    const details = { invitationId: invitation.id, userId: signedIn.userId, role: invitation.role };
    await tell(tx, deps, signedIn, organization, { action: "invitation.accepted", details });
    return organization;
  });
  deps.outbox.announce();
  return joined;
}

/** Refuses an invitation that is for the actor. */
export async function declineInvitation(deps: OrganizationsDeps, actor: Actor, key: string): Promise<void> {
  const signedIn = requireSomebody(actor);
  await deps.database.write(async (tx) => {
    const { invitation, organization, obstacle } = await lookUp(tx, deps, actor, key);
    if (obstacle !== null || isOpenToAll(invitation)) throw forbidden("This invitation is not yours to decline.");
    if (!(await repository.useInvitation(tx, invitation.id, null, instant(deps.clock.now())))) throw noInvitation();
    const details = { invitationId: invitation.id };
    await tell(tx, deps, signedIn, organization, { action: "invitation.declined", details });
  });
  deps.outbox.announce();
}

function requireSomebody(actor: Actor): SignedIn {
  requireScope(actor, "publish");
  if (actor.confinement) throw forbidden("A key that is confined cannot answer invitations.");
  return actor;
}

/** Invitations that wait for whoever asks, with the organizations that they are to. */
export async function myInvitations(deps: OrganizationsDeps, actor: Actor): Promise<OpenInvitation[]> {
  requireScope(actor, "read");
  const q = deps.database.read;
  const user = actor.confinement ? null : await repository.activeUser(q, { id: actor.userId });
  if (!user) return [];
  const found = await repository.invitationsFor(q, user, instant(deps.clock.now()));
  const open = await Promise.all(found.map(({ id }) => openInvitation(deps, actor, id).catch(() => null)));
  return open.filter((one) => one !== null);
}

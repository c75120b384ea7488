import type { AssetAccess, OrganizationRole } from "../../core/actor.ts";
import { ORGANIZATION_ROLES } from "../../core/actor.ts";
import type { Instant } from "../../core/clock.ts";
import { AppError, type FieldProblem, notFound, validationError } from "../../core/error.ts";
import type { Id } from "../../core/id.ts";
import { isName, isReservedName, MAX_NAME } from "../../core/name.ts";
import type { OrganizationFacts } from "../../core/organization-permission.ts";

export interface Organization {
  id: Id;
  namespaceId: Id;
  /** The name of its namespace. */
  slug: string;
  displayName: string;
  description: string;
  website: string;
  visibility: "public" | "private";
  verifiedAt: Instant | null;
  policy: OrganizationPolicy;
  createdAt: Instant;
  updatedAt: Instant;
  deletedAt: Instant | null;
}

/** What an organization asks beyond the server's own policy. */
export interface OrganizationPolicy {
  /** Membership counts only for sign-ins with a second factor. */
  requireTwoFactor: boolean;
  /** A new version without a signature waits for a moderator. */
  requireSignature: boolean;
  /** Every new version waits for a moderator. */
  requireReview: boolean;
}

export interface Member {
  userId: Id;
  username: string;
  displayName: string;
  role: OrganizationRole;
  /** Who put the person there: people (`manual`), a sign-on provider, or a directory. */
  source: string;
  /** Whether the person has an authenticator app or a passkey. */
  hasSecondFactor: boolean;
  since: Instant;
}

export interface Team {
  id: Id;
  slug: string;
  name: string;
  description: string;
  members: number;
  assets: number;
}

export interface TeamAsset {
  assetId: Id;
  ref: string;
  access: AssetAccess;
}

/** A person or team with a right on one asset. */
export interface Collaborator {
  userId: Id;
  username: string;
  displayName: string;
  access: AssetAccess;
  since: Instant;
}

export const organizationFacts = (organization: Organization): OrganizationFacts => ({
  id: organization.id,
  namespaceId: organization.namespaceId,
  visibility: organization.visibility,
  deleted: organization.deletedAt !== null,
});

/** The same for one that does not exist and one that the actor may not know of. */
export const noOrganization = (): AppError => notFound("organization");

/** What people write on an organization's page. */
export interface OrganizationProfile {
  displayName?: string;
  description?: string;
  website?: string;
}

const CONTROL = /[\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]/;

/** Throws VALIDATION_ERROR for a profile that could mislead or harm its readers. */
export function requireProfile({ displayName, description, website }: OrganizationProfile): void {
  const problems: FieldProblem[] = [];
  if (displayName !== undefined && (displayName.trim() === "" || displayName.length > 100 || CONTROL.test(displayName)))
    problems.push({ field: "display_name", message: "use 1 to 100 characters, without control characters." });
  if ((description ?? "").length > 1000)
    problems.push({ field: "description", message: "use at most 1,000 characters." });
  if (website && (website.length > 300 || !/^https?:$/.test(URL.parse(website)?.protocol ?? "")))
    problems.push({ field: "website", message: "is not an http or https URL." });
  if (problems.length > 0) throw validationError(...problems);
}

/** Throws VALIDATION_ERROR for what cannot be an organization's name. */
export function requireOrganizationName(field: string, name: string): void {
  if (!isName(name))
    throw validationError({ field, message: `use 1 to ${MAX_NAME} of a-z, 0-9 and single hyphens between them.` });
  if (isReservedName(name)) throw validationError({ field, message: `"${name}" is reserved; take another name.` });
}

/** Names are given out once: to people and organizations alike, and never again after they changed. */
export const nameTaken = (field: string, name: string): AppError => {
  const message = `The name "${name}" is taken, or was somebody's before.`;
  return new AppError("CONFLICT", message, { details: { fields: [{ field, message }] } });
};

/** Whether `role` is no stronger than `own`. */
export const isAtMost = (role: OrganizationRole, own: OrganizationRole): boolean =>
  ORGANIZATION_ROLES.indexOf(role) >= ORGANIZATION_ROLES.indexOf(own);

export const isOrganizationRole = (text: string): text is OrganizationRole =>
  (ORGANIZATION_ROLES as readonly string[]).includes(text);

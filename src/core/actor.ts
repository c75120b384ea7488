import type { Instant } from "./clock.ts";
import type { Id } from "./id.ts";

export const ROLES = ["user", "moderator", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** What a token may do at most; a session has them all. `publish` includes `read`, `admin` includes everything. */
export const SCOPES = ["read", "publish", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

export const ORGANIZATION_ROLES = ["owner", "admin", "member", "viewer"] as const;
export type OrganizationRole = (typeof ORGANIZATION_ROLES)[number];

/** What somebody may do with an asset; each includes the ones before it. */
export const ASSET_ACCESS = ["read", "write", "admin"] as const;
export type AssetAccess = (typeof ASSET_ACCESS)[number];

export interface Membership {
  organizationId: Id;
  /** The organization's namespace. */
  namespaceId: Id;
  role: OrganizationRole;
}

/** What a key is confined to; empty lists confine it to nothing. Public assets stay readable. */
export interface Confinement {
  namespaceIds: readonly Id[];
  assetIds: readonly Id[];
  /** An asset that does not exist yet, which the key may make. */
  slug: { namespaceId: Id; slug: string } | null;
}

/** Who asks. Made once a request by the authentication step; use cases trust nothing else. */
export type Actor = Anonymous | SignedIn;

export interface Anonymous {
  kind: "anonymous";
}

export interface SignedIn {
  kind: "user";
  userId: Id;
  username: string;
  role: Role;
  scopes: readonly Scope[];
  /** The person's own namespace. */
  namespaceId: Id;
  /** Organizations that count: one that wants a second factor is left out for a sign-in without. */
  memberships: readonly Membership[];
  /** Rights on single assets, as collaborator or through teams; the view `asset_rights` says the same in SQL. */
  assetAccess: ReadonlyMap<Id, AssetAccess>;
  /** Null: the token may what its person may. */
  confinement: Confinement | null;
  /** The role that this person would have after a sign-in with a second factor, which the server wants for it. */
  withheldRole?: Role;
  /** Whether this sign-in used a second factor; for an API key, whether its person has one. */
  twoFactor: boolean;
  /** When it was last proved who this is; null for API keys. */
  authenticatedAt: Instant | null;
  via: "session" | "access-token" | "api-key" | "system";
  /** The CI job that the key in use was given to (trusted publishing); kept with what it publishes. */
  provenance?: Readonly<Record<string, unknown>> | null;
  /** The server wants addresses confirmed before people publish, and this person's is not. */
  unconfirmed?: boolean;
}

export const ANONYMOUS: Anonymous = { kind: "anonymous" };

const NOBODY = "00000000-0000-7000-8000-000000000000";

/** The server itself: jobs and administrator commands act as it. */
export const SYSTEM: SignedIn = {
  kind: "user",
  userId: NOBODY,
  username: "system",
  role: "admin",
  scopes: ["read", "publish", "admin"],
  namespaceId: NOBODY,
  memberships: [],
  assetAccess: new Map(),
  confinement: null,
  twoFactor: true,
  authenticatedAt: null,
  via: "system",
};

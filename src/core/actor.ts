import type { Id } from "./id.ts";

export const ROLES = ["user", "moderator", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** What a token may do at most; a session has them all. `publish` includes `read`, `admin` includes everything. */
export const SCOPES = ["read", "publish", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

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
  /** The namespaces this person may publish in (today: the own one). */
  namespaceIds: readonly Id[];
  via: "session" | "access-token" | "api-key" | "system";
}

export const ANONYMOUS: Anonymous = { kind: "anonymous" };

/** The server itself: jobs and administrator commands act as it. */
export const SYSTEM: SignedIn = {
  kind: "user",
  userId: "00000000-0000-7000-8000-000000000000",
  username: "system",
  role: "admin",
  scopes: ["read", "publish", "admin"],
  namespaceIds: [],
  via: "system",
};

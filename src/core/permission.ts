import type { Actor, Scope, SignedIn } from "./actor.ts";
import { forbidden, unauthorized } from "./error.ts";
import type { Id } from "./id.ts";
import type { AssetStatus, VersionStatus, Visibility } from "./kind.ts";

/** What a decision about an asset needs to know of it. */
export interface AssetFacts {
  namespaceId: Id;
  visibility: Visibility;
  status: AssetStatus;
  deleted: boolean;
}

export type AssetAction = "read" | "list" | "update" | "publish" | "delete" | "moderate";

/** Statuses in which others than the owner and moderators see an asset. */
export const OPEN_STATUSES: readonly AssetStatus[] = ["published", "deprecated", "archived"];

export const isModerator = (actor: Actor): boolean =>
  actor.kind === "user" && (actor.role === "moderator" || actor.role === "admin");
export const isAdmin = (actor: Actor): boolean => actor.kind === "user" && actor.role === "admin";

export const hasScope = (actor: Actor, scope: Scope): boolean =>
  actor.kind === "user" &&
  (actor.scopes.includes("admin") ||
    actor.scopes.includes(scope) ||
    (scope === "read" && actor.scopes.includes("publish")));

const isMember = (actor: Actor, namespaceId: Id): boolean =>
  actor.kind === "user" && actor.namespaceIds.includes(namespaceId);

/**
 * The one decision about assets. The same rule as SQL is `readableAssets` in platform/database/visibility.ts;
 * a test holds the two against each other over every combination.
 */
export function mayAsset(actor: Actor, action: AssetAction, asset: AssetFacts): boolean {
  if (asset.deleted) return false;
  const member = isMember(actor, asset.namespaceId);
  switch (action) {
    case "read":
      return mayRead(actor, asset, member);
    case "list":
      return mayRead(actor, asset, member) && (asset.visibility !== "unlisted" || member || isModerator(actor));
    case "update":
    case "publish":
    case "delete":
      return hasScope(actor, "publish") && (member || isAdmin(actor)) && asset.status !== "suspended";
    case "moderate":
      return isModerator(actor) && hasScope(actor, "admin");
  }
}

function mayRead(actor: Actor, asset: AssetFacts, member: boolean): boolean {
  if (actor.kind === "user" && !hasScope(actor, "read")) return false;
  if (member || isModerator(actor)) return true;
  if (!OPEN_STATUSES.includes(asset.status)) return false;
  switch (asset.visibility) {
    case "public":
    case "unlisted":
      return true;
    case "internal":
      return actor.kind === "user";
    case "organization":
    case "private":
      return false;
  }
}

/** Versions that have not passed exist only for the publisher and moderators. */
export function mayReadVersion(actor: Actor, asset: AssetFacts, status: VersionStatus): boolean {
  if (!mayAsset(actor, "read", asset)) return false;
  return status === "published" || isMember(actor, asset.namespaceId) || isModerator(actor);
}

/** Throws UNAUTHORIZED for a stranger and FORBIDDEN for a token without the scope. */
export function requireScope(actor: Actor, scope: Scope): asserts actor is SignedIn {
  if (actor.kind === "anonymous") throw unauthorized();
  if (!hasScope(actor, scope)) throw forbidden(`This needs a token with the scope "${scope}".`);
}

export function requireModerator(actor: Actor): asserts actor is SignedIn {
  requireScope(actor, "read");
  if (!isModerator(actor) || !hasScope(actor, "admin")) throw forbidden("Only moderators may do this.");
}

export function requireAdmin(actor: Actor): asserts actor is SignedIn {
  requireScope(actor, "read");
  if (!isAdmin(actor) || !hasScope(actor, "admin")) throw forbidden("Only administrators may do this.");
}

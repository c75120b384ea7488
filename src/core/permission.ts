import type { Actor, AssetAccess, OrganizationRole, Scope, SignedIn } from "./actor.ts";
import { ASSET_ACCESS } from "./actor.ts";
import { type Instant, MINUTE } from "./clock.ts";
import { AppError, forbidden, unauthorized } from "./error.ts";
import type { Id } from "./id.ts";
import type { AssetStatus, VersionStatus, Visibility } from "./kind.ts";

/** What a decision about an asset needs to know of it. */
export interface AssetFacts {
  id: Id;
  namespaceId: Id;
  visibility: Visibility;
  status: AssetStatus;
  deleted: boolean;
}

/** Statuses in which others than those who write and moderators see an asset. */
export const OPEN_STATUSES: readonly AssetStatus[] = ["published", "deprecated", "archived"];

/** The roles of an organization → their right on its assets; on its private ones only the first two have any. */
export const RIGHT_OF_ROLE: Record<OrganizationRole, { shared: AssetAccess; private: AssetAccess | null }> = {
  owner: { shared: "admin", private: "admin" },
  admin: { shared: "admin", private: "admin" },
  member: { shared: "write", private: null },
  viewer: { shared: "read", private: null },
};

/**
 * What each act needs: a right on the asset (owner of the namespace: admin; role in the organization: RIGHT_OF_ROLE;
 * collaborators and teams: as given; administrators of the site: admin), a scope of the token, that it is not suspended, and that
 * a person asks rather than an API key: a leaked key must not hand out rights that outlive it.
 * `read` and `list` have rules of their own below, because visibility gives them to people without a right.
 */
export const ASSET_ACTIONS = {
  read: { right: "read", scope: "read", whileSuspended: true, byKey: true },
  list: { right: "read", scope: "read", whileSuspended: true, byKey: true },
  /** Description, tags, categories, channels, yanking, deprecating, archiving, asking for a scan. */
  update: { right: "write", scope: "publish", whileSuspended: false, byKey: true },
  /** New versions, opening a draft, signing. */
  publish: { right: "write", scope: "publish", whileSuspended: false, byKey: true },
  /** Visibility, collaborators, teams, trusted publishers, transfer, rename. */
  manage: { right: "admin", scope: "publish", whileSuspended: false, byKey: false },
  delete: { right: "admin", scope: "publish", whileSuspended: false, byKey: true },
  /** Verdicts and suspension: moderators and administrators of the site, whatever their right. */
  moderate: { right: null, scope: "admin", whileSuspended: true, byKey: true },
} as const satisfies Record<
  string,
  { right: AssetAccess | null; scope: Scope; whileSuspended: boolean; byKey: boolean }
>;

export type AssetAction = keyof typeof ASSET_ACTIONS;

/** A confined key carries no role of the site. */
export const isModerator = (actor: Actor): boolean =>
  actor.kind === "user" && actor.confinement === null && (actor.role === "moderator" || actor.role === "admin");
export const isAdmin = (actor: Actor): boolean =>
  actor.kind === "user" && actor.confinement === null && actor.role === "admin";

export const hasScope = (actor: Actor, scope: Scope): boolean =>
  actor.kind === "user" &&
  !(scope === "publish" && actor.unconfirmed) &&
  (actor.scopes.includes("admin") ||
    actor.scopes.includes(scope) ||
    (scope === "read" && actor.scopes.includes("publish")));

/** An API key that does not carry the site's administration: most keys. */
export const isLimitedKey = (actor: Actor): boolean =>
  actor.kind === "user" && actor.via === "api-key" && !(isAdmin(actor) && hasScope(actor, "admin"));

const includes = (right: AssetAccess | null, needed: AssetAccess): boolean =>
  right !== null && ASSET_ACCESS.indexOf(right) >= ASSET_ACCESS.indexOf(needed);

/** Whether a confined key reaches the asset at all, beyond what everybody may. */
export const isWithin = (actor: SignedIn, asset: { id: Id; namespaceId: Id }): boolean =>
  actor.confinement === null ||
  actor.confinement.namespaceIds.includes(asset.namespaceId) ||
  actor.confinement.assetIds.includes(asset.id);

/** The actor's right on an asset, whatever its status; null: none, so that visibility alone decides. */
export function rightOn(actor: Actor, asset: AssetFacts): AssetAccess | null {
  if (actor.kind === "anonymous" || !isWithin(actor, asset)) return null;
  if (isAdmin(actor) || actor.namespaceId === asset.namespaceId) return "admin";
  const role = actor.memberships.find(({ namespaceId }) => namespaceId === asset.namespaceId)?.role;
  const byRole = role ? RIGHT_OF_ROLE[role][asset.visibility === "private" ? "private" : "shared"] : null;
  const given = actor.assetAccess.get(asset.id) ?? null;
  return given !== null && !includes(byRole, given) ? given : byRole;
}

/**
 * The one decision about assets. The same rule as SQL is `readableAssets` in platform/database/visibility.ts, and as a filter
 * `visibleRows` in platform/search/visible-rows.ts; tests hold the three against each other over every combination.
 */
export function mayAsset(actor: Actor, action: AssetAction, asset: AssetFacts): boolean {
  if (asset.deleted) return false;
  if (action === "read" || action === "list") return maySee(actor, action, asset);
  const { right, scope, whileSuspended, byKey } = ASSET_ACTIONS[action];
  if (!hasScope(actor, scope) || (asset.status === "suspended" && !whileSuspended)) return false;
  if (!byKey && isLimitedKey(actor)) return false;
  return right === null ? isModerator(actor) : includes(rightOn(actor, asset), right);
}

function maySee(actor: Actor, action: "read" | "list", asset: AssetFacts): boolean {
  if (actor.kind === "user" && !hasScope(actor, "read")) return false;
  if (isModerator(actor)) return true;
  const right = rightOn(actor, asset);
  if (includes(right, "write")) return true;
  if (!OPEN_STATUSES.includes(asset.status)) return false;
  switch (asset.visibility) {
    case "public":
      return true;
    case "unlisted":
      return action === "read";
    case "internal":
      return actor.kind === "user" && isWithin(actor, asset);
    case "organization":
    case "private":
      return right !== null;
  }
}

/** Versions that have not passed exist only for those who write and moderators. */
export function mayReadVersion(actor: Actor, asset: AssetFacts, status: VersionStatus): boolean {
  if (!mayAsset(actor, "read", asset)) return false;
  return status === "published" || includes(rightOn(actor, asset), "write") || isModerator(actor);
}

/** Whether the actor may make an asset in a namespace; `slug` is what it would be called, where that is known. */
export function mayCreateIn(actor: Actor, namespaceId: Id, slug: string | null = null): boolean {
  if (!hasScope(actor, "publish") || actor.kind === "anonymous") return false;
  const { confinement } = actor;
  if (confinement && !confinement.namespaceIds.includes(namespaceId)) {
    const planned = confinement.slug;
    if (slug === null || planned?.namespaceId !== namespaceId || planned.slug !== slug) return false;
  }
  return isAdmin(actor) || namespacesOf(actor, "write", { confined: false }).includes(namespaceId);
}

/**
 * The namespaces on whose assets (private ones aside) the actor has at least a right: the own one and organizations, within the
 * confinement of the key unless told otherwise.
 */
export function namespacesOf(actor: SignedIn, right: AssetAccess, options: { confined?: boolean } = {}): Id[] {
  const all = [
    actor.namespaceId,
    ...actor.memberships.filter(({ role }) => includes(RIGHT_OF_ROLE[role].shared, right)).map((m) => m.namespaceId),
  ];
  const { confinement } = actor;
  return confinement === null || options.confined === false
    ? all
    : all.filter((id) => confinement.namespaceIds.includes(id));
}

/** Throws UNAUTHORIZED for a stranger and FORBIDDEN for a token without the scope. */
export function requireScope(actor: Actor, scope: Scope): asserts actor is SignedIn {
  if (actor.kind === "anonymous") throw unauthorized();
  if (scope === "publish" && actor.unconfirmed)
    throw forbidden("Confirm your e-mail address first: see E-mail in your settings (/settings/email).");
  if (!hasScope(actor, scope)) throw forbidden(`This needs a token with the scope "${scope}".`);
}

export function requireModerator(actor: Actor): asserts actor is SignedIn {
  requireScope(actor, "read");
  if (!isModerator(actor) || !hasScope(actor, "admin")) throw forbiddenTo(actor, "Only moderators may do this.");
}

export function requireAdmin(actor: Actor): asserts actor is SignedIn {
  requireScope(actor, "read");
  if (!isAdmin(actor) || !hasScope(actor, "admin")) throw forbiddenTo(actor, "Only administrators may do this.");
}

/** Somebody whose role waits for a second factor is told so; pages lead to where one is added. */
function forbiddenTo(actor: SignedIn, message: string): AppError {
  if (actor.withheldRole === undefined) return forbidden(message);
  return new AppError(
    "FORBIDDEN",
    `Your role "${actor.withheldRole}" counts only with a second factor: add one, and sign in with it.`,
    {
      details: { second_factor_required: true },
    },
  );
}

/** How long a proof of who one is counts for dangerous acts (sudo mode). */
export const RECENT_MS = 15 * MINUTE;

/**
 * Throws FORBIDDEN with `reauthenticate` in its details unless it was proved within RECENT_MS who this is; pages answer it with
 * the form that proves it again. API keys never pass; the server itself does.
 */
export function requireRecent(actor: SignedIn, now: Date): void {
  if (actor.via === "system") return;
  const { authenticatedAt } = actor;
  if (authenticatedAt !== null && now.getTime() - Date.parse(authenticatedAt satisfies Instant) <= RECENT_MS) return;
  const message =
    actor.via === "api-key"
      ? "An API key can never do this: use the access token of a sign-in of the last 15 minutes."
      : "Confirm that it is you first: give your password or second factor again.";
  throw new AppError("FORBIDDEN", message, { details: { reauthenticate: true } });
}

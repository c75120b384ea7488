import { type RawBuilder, sql } from "kysely";
import type { Actor, OrganizationRole, SignedIn } from "../../core/actor.ts";
import type { Id } from "../../core/id.ts";
import { hasScope, isModerator, OPEN_STATUSES } from "../../core/permission.ts";

type Condition = RawBuilder<boolean>;
const NEVER = sql<boolean>`(1 = 0)`;
const any = (conditions: readonly Condition[]): Condition =>
  conditions.length === 0 ? NEVER : sql<boolean>`(${sql.join([...conditions], sql` OR `)})`;

/**
 * `mayAsset(actor, "read" | "list", …)` as a condition on the table (or alias) `assets`: the same rule, kept equal by a test over
 * every combination. `unlisted` assets are readable but not listed.
 */
export function readableAssets(actor: Actor, mode: "read" | "list" = "list", alias = "assets"): Condition {
  const column = (name: string) => sql.ref(`${alias}.${name}`);
  if (actor.kind === "user" && !hasScope(actor, "read")) return NEVER;
  const alive = sql<boolean>`${column("deleted_at")} IS NULL`;
  if (isModerator(actor)) return sql<boolean>`(${alive})`;
  const open = sql<boolean>`${column("status")} IN (${sql.join(OPEN_STATUSES)})`;
  const seen = (visibilities: string[]) =>
    sql<boolean>`(${open} AND ${column("visibility")} IN (${sql.join(visibilities)}))`;
  const everybody = mode === "read" ? ["public", "unlisted"] : ["public"];
  if (actor.kind === "anonymous") return sql<boolean>`(${alive} AND ${seen(everybody)})`;
  const everywhere = seen(actor.confinement === null ? [...everybody, "internal"] : everybody);
  const within = any([
    ...(actor.confinement === null ? [] : [seen(["internal"])]),
    ...byNamespace(actor, column, seen),
    ...byAsset(
      actor,
      column,
      mode === "read" ? open : sql<boolean>`(${open} AND ${column("visibility")} <> 'unlisted')`,
    ),
  ]);
  return sql<boolean>`(${alive} AND (${everywhere} OR (${confined(actor, column)} AND ${within})))`;
}

type Column = (name: string) => RawBuilder<unknown>;

/** Roles: the own namespace and organizations. */
function byNamespace(actor: SignedIn, column: Column, seen: (visibilities: string[]) => Condition): Condition[] {
  const inAny = (ids: Id[]) => sql<boolean>`${column("namespace_id")} IN (${sql.join(ids)})`;
  const ofRole = (...roles: OrganizationRole[]) =>
    actor.memberships.filter(({ role }) => roles.includes(role)).map(({ namespaceId }) => namespaceId);
  const writers = ofRole("member");
  const viewers = ofRole("viewer");
  return [
    inAny([actor.namespaceId, ...ofRole("owner", "admin")]),
    ...(writers.length > 0 ? [sql<boolean>`(${inAny(writers)} AND ${column("visibility")} <> 'private')`] : []),
    ...(viewers.length > 0 ? [sql<boolean>`(${inAny(viewers)} AND ${seen(["organization"])})`] : []),
  ];
}

/** Rights on single assets: the view, because a person can have more of them than a statement can name. */
function byAsset(actor: SignedIn, column: Column, open: Condition): Condition[] {
  if (actor.assetAccess.size === 0) return [];
  const strict = actor.twoFactor ? sql`` : sql`AND two_factor = 0`;
  const given = (access: string[]) =>
    sql<boolean>`${column("id")} IN (SELECT asset_id FROM asset_rights WHERE user_id = ${actor.userId} AND access IN (${sql.join(access)}) ${strict})`;
  return [given(["write", "admin"]), sql<boolean>`(${open} AND ${given(["read"])})`];
}

function confined({ confinement }: SignedIn, column: Column): Condition {
  if (confinement === null) return sql<boolean>`(1 = 1)`;
  const list = (name: string, ids: readonly Id[]) =>
    ids.length > 0 ? [sql<boolean>`${column(name)} IN (${sql.join([...ids])})`] : [];
  return any([...list("namespace_id", confinement.namespaceIds), ...list("id", confinement.assetIds)]);
}

/**
 * `mayOrganization(actor, "view", …)` as a condition on the table (or alias) `organizations`: public ones for everybody, private
 * ones for their members, moderators and administrators.
 */
export function visibleOrganizations(actor: Actor, alias = "organizations"): Condition {
  return sql<boolean>`(${sql.ref(`${alias}.deleted_at`)} IS NULL AND ${seenOrganizations(actor, alias)})`;
}

/** Whose name the actor may know, also of a deleted one. */
function seenOrganizations(actor: Actor, alias: string): Condition {
  if (actor.kind === "user" && !hasScope(actor, "read")) return NEVER;
  if (isModerator(actor)) return sql<boolean>`(1 = 1)`;
  const open = sql<boolean>`${sql.ref(`${alias}.visibility`)} = 'public'`;
  if (actor.kind === "anonymous") return sql<boolean>`(${open})`;
  const { confinement } = actor;
  const mine = actor.memberships
    .filter(({ namespaceId }) => confinement === null || confinement.namespaceIds.includes(namespaceId))
    .map(({ organizationId }) => organizationId);
  return mine.length === 0
    ? sql<boolean>`(${open})`
    : sql<boolean>`(${open} OR ${sql.ref(`${alias}.id`)} IN (${sql.join(mine)}))`;
}

/** Whether the actor may know that a namespace is or was called so: those of private organizations are nobody else's business. */
export function knownNamespace(actor: Actor, column: string): Condition {
  return sql<boolean>`NOT EXISTS (SELECT 1 FROM organizations hidden_organization
    WHERE hidden_organization.namespace_id = ${sql.ref(column)} AND NOT ${seenOrganizations(actor, "hidden_organization")})`;
}

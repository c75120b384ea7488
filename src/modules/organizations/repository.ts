import { type Selectable, sql } from "kysely";
import type { Actor, OrganizationRole } from "../../core/actor.ts";
import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import { offsetOf, type PageRequest } from "../../core/page.ts";
import {
  fromFlag,
  knownNamespace,
  type Queries,
  type Schema,
  toFlag,
  toNumber,
  visibleOrganizations,
} from "../../platform/database/index.ts";
import type { Organization, OrganizationPolicy, OrganizationProfile } from "./organization.ts";

export * from "./invitation-repository.ts";
export * from "./member-repository.ts";
export * from "./right-repository.ts";
export * from "./team-repository.ts";
export * from "./transfer-repository.ts";
export * from "./version-policy-repository.ts";

const organizations = (q: Queries) =>
  q
    .selectFrom("organizations")
    .innerJoin("namespaces", "namespaces.id", "organizations.namespace_id")
    .selectAll("organizations")
    .select("namespaces.name");

const toOrganization = (row: Selectable<Schema["organizations"]> & { name: string }): Organization => ({
  id: row.id,
  namespaceId: row.namespace_id,
  slug: row.name,
  displayName: row.display_name,
  description: row.description,
  website: row.website,
  visibility: row.visibility,
  verifiedAt: row.verified_at,
  policy: {
    requireTwoFactor: fromFlag(row.require_two_factor),
    requireSignature: fromFlag(row.require_signature),
    requireReview: fromFlag(row.require_review),
  },
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  deletedAt: row.deleted_at,
});

export async function organizationByName(q: Queries, name: string): Promise<Organization | null> {
  const row = await organizations(q).where("namespaces.name", "=", name).executeTakeFirst();
  return row ? toOrganization(row) : null;
}

export async function organizationById(q: Queries, id: Id): Promise<Organization | null> {
  const row = await organizations(q).where("organizations.id", "=", id).executeTakeFirst();
  return row ? toOrganization(row) : null;
}

export async function organizationOfNamespace(q: Queries, namespaceId: Id): Promise<Organization | null> {
  const row = await organizations(q).where("organizations.namespace_id", "=", namespaceId).executeTakeFirst();
  return row ? toOrganization(row) : null;
}

/** Those that the actor may know of, by name. */
export async function listOrganizations(q: Queries, actor: Actor, page: PageRequest) {
  const rows = await organizations(q)
    .where(visibleOrganizations(actor))
    .orderBy("namespaces.name")
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute();
  const { total } = await q
    .selectFrom("organizations")
    .where(visibleOrganizations(actor))
    .select((eb) => eb.fn.countAll<string>().as("total"))
    .executeTakeFirstOrThrow();
  return { items: rows.map(toOrganization), total: toNumber(total) };
}

export interface NewOrganization {
  id: Id;
  namespaceId: Id;
  slug: string;
  displayName: string;
  description: string;
  website: string;
  visibility: "public" | "private";
  createdBy: Id;
  at: Instant;
}

/** Namespace and organization in one. Throws a unique violation when the name is taken. */
export async function insertOrganization(tx: Queries, one: NewOrganization): Promise<void> {
  await tx
    .insertInto("namespaces")
    .values({ id: one.namespaceId, name: one.slug, kind: "organization", created_at: one.at })
    .execute();
  await tx
    .insertInto("organizations")
    .values({
      id: one.id,
      namespace_id: one.namespaceId,
      display_name: one.displayName,
      description: one.description,
      website: one.website,
      visibility: one.visibility,
      created_by: one.createdBy,
      created_at: one.at,
      updated_at: one.at,
      verified_at: null,
      verified_by: null,
      deleted_at: null,
    })
    .execute();
}

/** Whether the name was another namespace's. Ask after taking it: whoever gives it up at this moment was waited for by then. */
export async function wasAnothersName(tx: Queries, name: string, namespaceId: Id): Promise<boolean> {
  const row = await tx
    .selectFrom("namespace_redirects")
    .select("namespace_id")
    .where("name", "=", name)
    .executeTakeFirst();
  return row !== undefined && row.namespace_id !== namespaceId;
}

/** Takes the organization's row for the rest of the transaction: changes of one organization happen one after the other. */
export async function lockOrganization(tx: Queries, id: Id): Promise<void> {
  await tx.updateTable("organizations").set({ id }).where("id", "=", id).execute();
}

export interface OrganizationChanges extends OrganizationProfile, Partial<OrganizationPolicy> {
  visibility?: "public" | "private";
  verifiedAt?: Instant | null;
  verifiedBy?: Id | null;
  deletedAt?: Instant;
}

const flag = (value: boolean | undefined) => (value === undefined ? undefined : toFlag(value));

export async function updateOrganization(tx: Queries, id: Id, changes: OrganizationChanges, at: Instant) {
  await tx
    .updateTable("organizations")
    .set({
      display_name: changes.displayName,
      description: changes.description,
      website: changes.website,
      visibility: changes.visibility,
      verified_at: changes.verifiedAt,
      verified_by: changes.verifiedBy,
      require_two_factor: flag(changes.requireTwoFactor),
      require_signature: flag(changes.requireSignature),
      require_review: flag(changes.requireReview),
      deleted_at: changes.deletedAt,
      updated_at: at,
    })
    .where("id", "=", id)
    .execute();
}

/** Gives a namespace another name and keeps the old one as a way to it. Throws a unique violation when the new one is taken. */
export async function renameNamespace(
  tx: Queries,
  namespace: { id: Id; name: string },
  name: string,
  at: Instant,
): Promise<void> {
  await tx.updateTable("namespaces").set({ name }).where("id", "=", namespace.id).execute();
  await tx
    .insertInto("namespace_redirects")
    .values({ name: namespace.name, namespace_id: namespace.id, created_at: at })
    .execute();
  await tx
    .deleteFrom("namespace_redirects")
    .where("name", "=", name)
    .where("namespace_id", "=", namespace.id)
    .execute();
}

/** A namespace that the actor may know of; `hidden`: of a private organization. */
export async function namespaceNamed(q: Queries, actor: Actor, name: string) {
  const row = await q
    .selectFrom("namespaces")
    .leftJoin("organizations", "organizations.namespace_id", "namespaces.id")
    .select(["namespaces.id", "namespaces.name", "namespaces.kind", "organizations.id as organization_id"])
    .where("namespaces.name", "=", name)
    .where("organizations.deleted_at", "is", null)
    .where(knownNamespace(actor, "namespaces.id"))
    .executeTakeFirst();
  return row ? { id: row.id, name: row.name, kind: row.kind, organizationId: row.organization_id } : null;
}

/** Which of these namespaces belong to an organization that an administrator has verified. */
export async function isVerified(q: Queries, namespaceId: Id): Promise<boolean> {
  const row = await q
    .selectFrom("organizations")
    .select("id")
    .where("namespace_id", "=", namespaceId)
    .where("verified_at", "is not", null)
    .where("deleted_at", "is", null)
    .executeTakeFirst();
  return row !== undefined;
}

/** The namespaces' names, in the order of the ids; unknown ids are left out. */
export async function namespaceNames(q: Queries, ids: readonly Id[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await q
    .selectFrom("namespaces")
    .select(["id", "name"])
    .where("id", "in", [...ids])
    .execute();
  return ids.flatMap((id) => rows.find((row) => row.id === id)?.name ?? []);
}

/** The organizations of a person, also those that do not count for a sign-in without a second factor. */
export async function organizationsOfUser(q: Queries, userId: Id) {
  const rows = await organizations(q)
    .innerJoin("organization_members", "organization_members.organization_id", "organizations.id")
    .select("organization_members.role")
    .where("organization_members.user_id", "=", userId)
    .where("organizations.deleted_at", "is", null)
    .orderBy("namespaces.name")
    .execute();
  return rows.map((row) => ({ organization: toOrganization(row), role: row.role as OrganizationRole }));
}

export async function lockNamespaces(tx: Queries, ids: readonly Id[]): Promise<void> {
  for (const id of [...new Set(ids)].sort())
    await tx.updateTable("namespaces").set({ id }).where("id", "=", id).execute();
}

/** Takes bytes off what a namespace is charged for. */
export async function releaseStorage(tx: Queries, namespaceId: Id, bytes: number): Promise<void> {
  await tx
    .updateTable("namespaces")
    .set({ storage_bytes: sql<number>`storage_bytes - ${bytes}` })
    .where("id", "=", namespaceId)
    .execute();
}

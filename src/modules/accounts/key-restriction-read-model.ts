import type { Id } from "../../core/id.ts";
import type { AssetStatus, Visibility } from "../../core/kind.ts";
import type { AssetFacts } from "../../core/permission.ts";
import type { Queries } from "../../platform/database/index.ts";

// Namespaces and assets by name and by id, for what keys are confined to.

interface NamedNamespace {
  id: Id;
  name: string;
  /** Of a private organization. */
  hidden: boolean;
}

type NamedAsset = AssetFacts & { name: string };

const namespaces = (q: Queries) =>
  q
    .selectFrom("namespaces")
    .leftJoin("organizations", "organizations.namespace_id", "namespaces.id")
    .select(["namespaces.id", "namespaces.name", "organizations.visibility"]);

const assets = (q: Queries) =>
  q
    .selectFrom("assets")
    .innerJoin("namespaces", "namespaces.id", "assets.namespace_id")
    .select([
      "assets.id",
      "assets.namespace_id",
      "assets.slug",
      "assets.visibility",
      "assets.status",
      "assets.deleted_at",
      "namespaces.name as namespace",
    ]);

const toNamespace = (row: { id: Id; name: string; visibility: string | null }): NamedNamespace => ({
  id: row.id,
  name: row.name,
  hidden: row.visibility === "private",
});

const toAsset = (row: Awaited<ReturnType<ReturnType<typeof assets>["executeTakeFirstOrThrow"]>>): NamedAsset => ({
  id: row.id,
  namespaceId: row.namespace_id,
  visibility: row.visibility as Visibility,
  status: row.status as AssetStatus,
  deleted: row.deleted_at !== null,
  name: `${row.namespace}/${row.slug}`,
});

export async function namespaceNamed(q: Queries, name: string): Promise<NamedNamespace | null> {
  const row = await namespaces(q).where("namespaces.name", "=", name).executeTakeFirst();
  return row ? toNamespace(row) : null;
}

export async function assetNamed(q: Queries, namespace: string, slug: string): Promise<NamedAsset | null> {
  const row = await assets(q)
    .where("namespaces.name", "=", namespace)
    .where("assets.slug", "=", slug)
    .executeTakeFirst();
  return row ? toAsset(row) : null;
}

export async function assetAt(q: Queries, namespaceId: Id, slug: string): Promise<NamedAsset | null> {
  const row = await assets(q)
    .where("assets.namespace_id", "=", namespaceId)
    .where("assets.slug", "=", slug)
    .executeTakeFirst();
  return row ? toAsset(row) : null;
}

export async function namespacesById(q: Queries, ids: readonly Id[]): Promise<Map<Id, NamedNamespace>> {
  if (ids.length === 0) return new Map();
  const rows = await namespaces(q)
    .where("namespaces.id", "in", [...new Set(ids)])
    .execute();
  return new Map(rows.map((row) => [row.id, toNamespace(row)]));
}

export async function assetsById(q: Queries, ids: readonly Id[]): Promise<Map<Id, NamedAsset>> {
  if (ids.length === 0) return new Map();
  const rows = await assets(q)
    .where("assets.id", "in", [...new Set(ids)])
    .execute();
  return new Map(rows.map((row) => [row.id, toAsset(row)]));
}

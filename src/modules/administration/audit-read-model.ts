import type { Id } from "../../core/id.ts";
import type { Queries } from "../../platform/database/index.ts";

/** The account of that name, whatever became of it. */
export async function accountNamed(q: Queries, username: string): Promise<Id | null> {
  const row = await q
    .selectFrom("users")
    .select("id")
    .where("username", "=", username.toLowerCase())
    .executeTakeFirst();
  return row?.id ?? null;
}

/** The asset of that name, also a deleted one. */
export async function assetNamed(q: Queries, namespace: string, slug: string): Promise<Id | null> {
  const row = await q
    .selectFrom("assets")
    .innerJoin("namespaces", "namespaces.id", "assets.namespace_id")
    .select("assets.id")
    .where("namespaces.name", "=", namespace)
    .where("assets.slug", "=", slug)
    .executeTakeFirst();
  return row?.id ?? null;
}

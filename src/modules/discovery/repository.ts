import { newId, type Id } from "../../core/id.ts";
import { type Queries, toNumber } from "../../platform/database/index.ts";
import type { Category, NewCategory } from "./category.ts";

/** All categories, those that come first in the tree first. */
export async function allCategories(q: Queries): Promise<Category[]> {
  const rows = await q.selectFrom("categories").selectAll().orderBy("position").orderBy("slug").execute();
  return rows.map((row) => ({
    id: row.id,
    slug: row.slug,
    name: row.name,
    description: row.description,
    parentId: row.parent_id,
    position: toNumber(row.position),
  }));
}

/** Inserts the categories whose slugs are not there yet; what is there stays as it is. */
export async function insertMissing(
  tx: Queries,
  categories: readonly NewCategory[],
  parentId: Id | null = null,
): Promise<void> {
  for (const [position, { slug, name, description, children }] of categories.entries()) {
    await tx
      .insertInto("categories")
      .values({ id: newId(), slug, name, description, parent_id: parentId, position })
      .onConflict((conflict) => conflict.column("slug").doNothing())
      .execute();
    const { id } = await tx.selectFrom("categories").select("id").where("slug", "=", slug).executeTakeFirstOrThrow();
    if (children) await insertMissing(tx, children, id);
  }
}

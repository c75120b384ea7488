import { DEFAULT_CATEGORIES } from "./category.ts";
import type { DiscoveryDeps } from "./deps.ts";
import { allCategories, insertMissing } from "./repository.ts";

/** Gives a marketplace without categories the default ones; one that has any is left alone. */
export async function seedCategories({ database }: Pick<DiscoveryDeps, "database">): Promise<void> {
  if ((await allCategories(database.read)).length > 0) return;
  await database.exclusively("categories", async (tx) => {
    if ((await allCategories(tx)).length === 0) await insertMissing(tx, DEFAULT_CATEGORIES);
  });
}

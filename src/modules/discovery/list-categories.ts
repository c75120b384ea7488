import type { Actor } from "../../core/actor.ts";
import { type Category, type CategoryNode, withDescendants } from "./category.ts";
import type { DiscoveryDeps } from "./deps.ts";
import { allCategories } from "./repository.ts";
import { queryOf } from "./search-assets.ts";

const ALL = 10_000;
const ONE = { page: 1, perPage: 1 };

/** The tree of categories with how many assets the actor may list in each. */
export async function listCategories(
  { database, index }: Pick<DiscoveryDeps, "database" | "index">,
  actor: Actor,
): Promise<CategoryNode[]> {
  const categories = await allCategories(database.read);
  const { facets } = await index.search(queryOf(actor, {}, [], ONE, ALL));
  const direct = new Map(facets.category.map(({ value, count }) => [value, count]));
  /** An asset may be in several of them, so that a sum would count it twice. */
  const countOf = async (slug: string): Promise<number> => {
    const slugs = withDescendants(categories, slug);
    const used = slugs.filter((one) => direct.has(one));
    if (used.length <= 1) return direct.get(used[0] ?? "") ?? 0;
    return (await index.search(queryOf(actor, {}, used, ONE, 0))).total;
  };
  const below = (parentId: Category["parentId"]): Promise<CategoryNode[]> =>
    Promise.all(
      categories
        .filter((category) => category.parentId === parentId)
        .map(async ({ id, slug, name, description }) => ({
          slug,
          name,
          description,
          count: await countOf(slug),
          children: await below(id),
        })),
    );
  return below(null);
}

import type { Actor } from "../../core/actor.ts";
import { offsetOf, type Page, type PageRequest } from "../../core/page.ts";
import type { Facet } from "../../platform/search/search-index.ts";
import type { DiscoveryDeps } from "./deps.ts";
import { queryOf } from "./search-assets.ts";

/** Tags beyond this many are not listed; searching finds them. */
const MAX_TAGS = 5000;

/** Tags of the assets that the actor may list, most used first; those that contain `part`, when it is given. */
export async function listTags(
  { index }: Pick<DiscoveryDeps, "index">,
  actor: Actor,
  part: string,
  page: PageRequest,
): Promise<Page<Facet>> {
  const { facets } = await index.search(queryOf(actor, {}, [], { page: 1, perPage: 1 }, MAX_TAGS));
  const wanted = part.toLowerCase();
  const tags = facets.tag.filter(({ value }) => value.toLowerCase().includes(wanted));
  return { ...page, items: tags.slice(offsetOf(page), offsetOf(page) + page.perPage), total: tags.length };
}

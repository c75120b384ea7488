import type { Actor } from "../../core/actor.ts";
import type { Facet } from "../../platform/search/search-index.ts";
import type { DiscoveryDeps } from "./deps.ts";
import { queryOf } from "./search-assets.ts";

const MAX_LICENSES = 1000;

/** SPDX expressions of the assets that the actor may list, most used first. */
export async function listLicenses({ index }: Pick<DiscoveryDeps, "index">, actor: Actor): Promise<Facet[]> {
  const { facets } = await index.search(queryOf(actor, {}, [], { page: 1, perPage: 1 }, MAX_LICENSES));
  return facets.license;
}

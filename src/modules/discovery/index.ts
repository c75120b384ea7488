import type { Actor } from "../../core/actor.ts";
import type { Kind } from "../../core/kind.ts";
import type { PageRequest } from "../../core/page.ts";
import type { DiscoveryDeps } from "./deps.ts";
import { createAssetIndexer } from "./index-assets.ts";
import { listCategories } from "./list-categories.ts";
import { listLicenses } from "./list-licenses.ts";
import { listTags } from "./list-tags.ts";
import { listTrending } from "./list-trending.ts";
import { createTrendingBoard } from "./refresh-trending.ts";
import { categoryAssets, searchAssets, type SearchRequest } from "./search-assets.ts";
import { seedCategories } from "./seed-categories.ts";
import { suggest } from "./suggest.ts";
import type { TrendingPeriod } from "./trending.ts";

export { discoveryApi } from "./api.ts";
export { discoveryPages } from "./pages.tsx";
export type { CategoryNode } from "./category.ts";
export type { DiscoveryDeps } from "./deps.ts";
export type { TrendingAsset } from "./list-trending.ts";
export type { FoundAssets, SearchRequest } from "./search-assets.ts";

export type DiscoveryModule = ReturnType<typeof createDiscovery>;

/** Search, suggestions, trending, categories, tags: everything by which an asset is found. */
export function createDiscovery(deps: DiscoveryDeps) {
  const trending = createTrendingBoard(deps);
  const indexer = createAssetIndexer(deps, trending.board.indexedScore);
  return {
    search: (actor: Actor, request: SearchRequest, page: PageRequest) => searchAssets(deps, actor, request, page),
    suggest: (actor: Actor, text: string, limit: number) => suggest(deps, actor, text, limit),
    trending: (actor: Actor, request: { period: TrendingPeriod; kinds: readonly Kind[]; limit: number }) =>
      listTrending(deps, trending.board, actor, request),
    trendingComputedAt: () => trending.board.computedAt,
    categories: (actor: Actor) => listCategories(deps, actor),
    categoryAssets: (actor: Actor, slug: string, request: SearchRequest, page: PageRequest) =>
      categoryAssets(deps, actor, slug, request, page),
    tags: (actor: Actor, part: string, page: PageRequest) => listTags(deps, actor, part, page),
    licenses: (actor: Actor) => listLicenses(deps, actor),
    seedCategories: () => seedCategories(deps),
    /** Computes the trending scores anew and gives them to the index; for the schedule, every ten minutes or so. */
    refreshTrending: () => trending.refresh(),
    indexer,
    /** Follows the event log and computes trending for the first time; neither holds up the start. */
    start(): void {
      indexer.start();
      trending
        .refresh()
        .catch((error: unknown) =>
          deps.log.warn("trending could not be computed; the schedule tries again", { error }),
        );
    },
    stop: () => indexer.stop(),
  };
}

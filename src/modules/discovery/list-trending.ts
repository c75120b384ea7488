import type { Actor } from "../../core/actor.ts";
import type { Kind } from "../../core/kind.ts";
import { mayAsset } from "../../core/permission.ts";
import type { SearchDocument } from "../../platform/search/search-index.ts";
import type { DiscoveryDeps } from "./deps.ts";
import { documentsOf } from "./read-model.ts";
import type { TrendingBoard } from "./refresh-trending.ts";
import { growthOf, type TrendingPeriod } from "./trending.ts";

export interface TrendingAsset {
  document: SearchDocument;
  score: number;
  /** See growthOf. */
  growth: number | null;
  /** Downloads within the period. */
  downloads: number;
}

const BATCH = 100;

/** The assets of the board that the actor may list, highest score first. */
export async function listTrending(
  { database }: Pick<DiscoveryDeps, "database">,
  board: TrendingBoard,
  actor: Actor,
  request: { period: TrendingPeriod; kinds: readonly Kind[]; limit: number },
): Promise<TrendingAsset[]> {
  const { period, kinds, limit } = request;
  const top = board.top[period];
  const found: TrendingAsset[] = [];
  for (let start = 0; start < top.length && found.length < limit; start += BATCH) {
    const batch = top.slice(start, start + BATCH);
    const documents = await documentsOf(
      database.read,
      batch.map(({ assetId }) => assetId),
    );
    const byId = new Map(documents.map((document) => [document.id, document]));
    for (const trend of batch) {
      const document = byId.get(trend.assetId);
      if (!document || !mayAsset(actor, "list", { ...document, deleted: false })) continue;
      if (kinds.length > 0 && !kinds.includes(document.kind)) continue;
      found.push({
        document: { ...document, trending: board.indexedScore(document.id) },
        score: Math.round(trend.score * 1000) / 1000,
        growth: growthOf(trend),
        downloads: trend.downloads,
      });
    }
  }
  return found.slice(0, limit);
}

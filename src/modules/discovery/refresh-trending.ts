import { instant, type Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { DiscoveryDeps } from "./deps.ts";
import { downloadsOn, totalDownloads } from "./read-model.ts";
import {
  addDay,
  dayBefore,
  INDEXED_PERIOD,
  noTrends,
  ranked,
  type Trend,
  type TrendingPeriod,
  TRENDING_DAYS,
  TRENDING_PERIODS,
} from "./trending.ts";

/** What is remembered of each period: enough for a page after what a reader may not see was left out. */
const REMEMBERED = 2000;
const BATCH = 500;

/** The trending scores as they were computed last; empty before the first time. */
export interface TrendingBoard {
  computedAt: Instant | null;
  top: Record<TrendingPeriod, Trend[]>;
  /** An asset's score in the search index. */
  indexedScore(id: Id): number;
}

export function createTrendingBoard(deps: Pick<DiscoveryDeps, "database" | "clock" | "index">) {
  let scores = new Map<Id, Trend>();
  const board: TrendingBoard = {
    computedAt: null,
    top: { day: [], week: [], month: [] },
    indexedScore: (id) => scores.get(id)?.score ?? 0,
  };

  /** A day at a time, so that other queries get their turn. */
  const compute = async (): Promise<void> => {
    const now = instant(deps.clock.now());
    const trends = noTrends();
    for (let age = 0; age < TRENDING_DAYS; age++)
      addDay(trends, age, await downloadsOn(deps.database.read, dayBefore(now, age)));
    for (const period of TRENDING_PERIODS) board.top[period] = ranked(trends[period], REMEMBERED);
    scores = trends[INDEXED_PERIOD];
    board.computedAt = now;
  };

  const renumber = async (): Promise<void> => {
    const ids = [...scores.keys()];
    const downloads = new Float64Array(ids.length);
    for (let start = 0; start < ids.length; start += BATCH) {
      const batch = ids.slice(start, start + BATCH);
      const totals = await totalDownloads(deps.database.read, batch);
      batch.forEach((id, i) => {
        downloads[start + i] = totals.get(id) ?? 0;
      });
    }
    const trending = Float64Array.from(ids, board.indexedScore);
    await deps.index.renumber({ ids, downloads, trending });
  };

  return {
    board,
    compute,
    /** Computes the scores anew and gives them to the index. */
    async refresh(): Promise<void> {
      await compute();
      await renumber();
    },
  };
}

import { DAY, dayOf, type Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";

export const TRENDING_PERIODS = ["day", "week", "month"] as const;
export type TrendingPeriod = (typeof TRENDING_PERIODS)[number];

/** Days that make the period; the same number before them is what growth is measured against. */
const LENGTH: Record<TrendingPeriod, number> = { day: 1, week: 7, month: 30 };
/** The period that `sort=trending` and the search index go by. */
export const INDEXED_PERIOD: TrendingPeriod = "week";
/** Days of downloads that the longest period looks back. */
export const TRENDING_DAYS = 2 * LENGTH.month;

export interface Trend {
  assetId: Id;
  /** See `addDay`. Comparable within a period only. */
  score: number;
  /** Downloads within the period, and within the one before. */
  downloads: number;
  before: number;
}

export type Trends = Record<TrendingPeriod, Map<Id, Trend>>;

export const noTrends = (): Trends => ({ day: new Map(), week: new Map(), month: new Map() });

/**
 * Adds one day's downloads, `age` days ago (0: today). A download counts `2^(-age / halfLife)`, the half-life being half the
 * period: the exponential decay by which Reddit's "hot" ranks, so that a score is a moving sum, needs no history of scores,
 * and falls to nothing by itself. A download a week old counts a quarter of today's for `week`. Days before twice the period
 * count nothing.
 */
export function addDay(trends: Trends, age: number, downloads: readonly { assetId: Id; downloads: number }[]): void {
  for (const period of TRENDING_PERIODS) {
    const length = LENGTH[period];
    if (age >= 2 * length) continue;
    const weight = 2 ** (-age / (length / 2));
    for (const { assetId, downloads: count } of downloads) {
      const trend = trends[period].get(assetId) ?? { assetId, score: 0, downloads: 0, before: 0 };
      trend.score += count * weight;
      if (age < length) trend.downloads += count;
      else trend.before += count;
      trends[period].set(assetId, trend);
    }
  }
}

/** How much the downloads grew over the period before: 0.5 is half as many again, null when there was nothing before. */
export const growthOf = ({ downloads, before }: Trend): number | null =>
  before === 0 ? null : Math.round(((downloads - before) / before) * 1000) / 1000;

/** The UTC day `age` days before `now`. */
export const dayBefore = (now: Instant, age: number): string =>
  dayOf(new Date(Date.parse(now) - age * DAY).toISOString());

/** Highest score first, then the id, at most `limit`. */
export const ranked = (trends: Map<Id, Trend>, limit: number): Trend[] =>
  [...trends.values()].sort((a, b) => b.score - a.score || (a.assetId < b.assetId ? 1 : -1)).slice(0, limit);

import { bestRows, type Ranked } from "./best.ts";
import { countFacets, failedFilter, filtersOf, PASSED } from "./facets.ts";
import type { Match, Scratch } from "./match.ts";
import { MAX_RANK, type SearchQuery, type SearchResult } from "./search-index.ts";
import type { Table } from "./table.ts";
import { visibleRows } from "./visible-rows.ts";

const DEFAULT_FACET_LIMIT = 50;

export interface Collected {
  /** The page's rows, best first. */
  rows: Ranked[];
  total: number;
  facets: SearchResult["facets"];
}

/** Filters, counts and sorts what the text matched, or everything when there is no text. */
export function collect(table: Table, scratch: Scratch, match: Match | null, query: SearchQuery): Collected {
  let rows = scratch.rows;
  let count = match ? foundRows(scratch, match, rows) : allRows(table, query.audience, rows);
  if (query.minRating !== null) count = ratedRows(table, rows, count, query.minRating);
  const filters = filtersOf(table, query);
  const failed = filters.some((filter) => filter !== null) ? new Int8Array(count) : null;
  if (failed) for (let i = 0; i < count; i++) failed[i] = failedFilter(table, filters, rows[i]!);
  const facets = countFacets(table, rows, failed, count, query.facetLimit ?? DEFAULT_FACET_LIMIT);
  if (failed) {
    rows = rows.slice(0, count).filter((_, i) => failed[i] === PASSED);
    count = rows.length;
  }
  const size = Math.min(query.page * query.perPage, MAX_RANK);
  const best = bestRows(table, rows, sortKeys(table, scratch, match, query.sort, rows, count), count, size);
  return { rows: best.slice((query.page - 1) * query.perPage), total: count, facets };
}

/** Writes the rows that have enough of the query's words; answers how many. */
export function foundRows(scratch: Scratch, match: Match, rows: Int32Array): number {
  const { touched, touchedCount, covered } = scratch;
  let count = 0;
  for (let i = 0; i < touchedCount; i++) {
    const row = touched[i]!;
    if (covered[row]! >= match.required) rows[count++] = row;
  }
  return count;
}

function allRows(table: Table, audience: SearchQuery["audience"], rows: Int32Array): number {
  const visible = visibleRows(table, audience);
  let count = 0;
  for (let row = 0; row < table.count; row++) if (visible.has(row)) rows[count++] = row;
  return count;
}

function ratedRows(table: Table, rows: Int32Array, count: number, minRating: number): number {
  let kept = 0;
  for (let i = 0; i < count; i++) if (table.rating[rows[i]!]! >= minRating) rows[kept++] = rows[i]!;
  return kept;
}

function sortKeys(
  table: Table,
  scratch: Scratch,
  match: Match | null,
  sort: SearchQuery["sort"],
  rows: Int32Array,
  count: number,
): Float64Array {
  if (sort === "relevance" && match) return relevanceKeys(table, scratch, match, rows, count);
  const column = sort === "recent" ? table.updatedAt : table[sort === "relevance" ? "downloads" : sort];
  const keys = scratch.keys;
  for (let i = 0; i < count; i++) keys[i] = column[rows[i]!]!;
  return keys;
}

const EXACT_REF = 2000;
const EXACT_NAME = 1000;
const EACH_WORD = 10_000;

/** More of the query's words first, then the exact name, then the text's score, a little lifted by popularity. */
export function relevanceKeys(
  table: Table,
  scratch: Scratch,
  match: Match,
  rows: Int32Array,
  count: number,
): Float64Array {
  const { refHash, slugHash, titleHash, popularity } = table;
  const { score, covered, keys } = scratch;
  const name = match.nameHash;
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    let key = covered[row]! * EACH_WORD + score[row]! * popularity[row]!;
    if (refHash[row] === name) key += EXACT_REF;
    else if (slugHash[row] === name || titleHash[row] === name) key += EXACT_NAME;
    keys[i] = key;
  }
  return keys;
}

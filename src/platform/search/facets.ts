import type { Facet, SearchQuery, SearchResult } from "./search-index.ts";
import type { Dictionary, Table } from "./table.ts";

const SINGLE = ["kind", "license", "owner", "verdict", "signed"] as const;
/** Which filter a row failed, by its place in this list. */
const FILTERED = [...SINGLE, "tag", "category"] as const;
const TAG = SINGLE.length;
const CATEGORY = TAG + 1;
export const PASSED = -1;
const FAILED_SEVERAL = -2;

/** For each facet null when nothing is asked of it, else 1 for each value that passes. */
export type Filters = (Uint8Array | null)[];

export function filtersOf(table: Table, query: SearchQuery): Filters {
  const asked = [
    query.kinds,
    query.licenses,
    query.owners,
    query.verdicts,
    query.signed === null ? [] : [String(query.signed)],
    query.tags,
    query.categories,
  ];
  return FILTERED.map((name, i) => wantedValues(table.dictionaries[name], asked[i]!));
}

function wantedValues(dictionary: Dictionary, values: readonly string[]): Uint8Array | null {
  if (values.length === 0) return null;
  const wanted = new Uint8Array(dictionary.values.length);
  for (const value of values) {
    const number = dictionary.ids.get(value);
    if (number !== undefined) wanted[number] = 1;
  }
  return wanted;
}

/** PASSED, the place of the only filter that the row fails, or FAILED_SEVERAL. */
export function failedFilter(table: Table, filters: Filters, row: number): number {
  let failed = PASSED;
  for (let i = 0; i < filters.length; i++) {
    const filter = filters[i]!;
    if (filter === null || passes(table, filter, i, row)) continue;
    if (failed !== PASSED) return FAILED_SEVERAL;
    failed = i;
  }
  return failed;
}

function passes(table: Table, filter: Uint8Array, facet: number, row: number): boolean {
  if (facet === TAG) return hasWanted(filter, table.tagValues, table.tagEnd, row);
  if (facet === CATEGORY) return hasWanted(filter, table.categoryValues, table.categoryEnd, row);
  return filter[table[SINGLE[facet]!][row]!] === 1;
}

function hasWanted(wanted: Uint8Array, values: ArrayLike<number>, end: Uint32Array, row: number): boolean {
  for (let k = row === 0 ? 0 : end[row - 1]!; k < end[row]!; k++) if (wanted[values[k]!] === 1) return true;
  return false;
}

/**
 * Counts each facet's values over the rows; a row that fails one filter alone counts in that filter's facet only. `failed`
 * goes with `rows`; null when all passed.
 */
export function countFacets(
  table: Table,
  rows: Int32Array,
  failed: Int8Array | null,
  count: number,
  limit: number,
): SearchResult["facets"] {
  const facets = FILTERED.map((name, i): Facet[] => {
    if (limit < 1) return [];
    const counts = new Uint32Array(table.dictionaries[name].values.length);
    const counted = failed === null ? rows : rowsFor(rows, failed, count, i);
    const length = failed === null ? count : counted.length;
    if (i === TAG) countSeveral(counts, table.tagValues, table.tagEnd, counted, length);
    else if (i === CATEGORY) countSeveral(counts, table.categoryValues, table.categoryEnd, counted, length);
    else countSingle(counts, table[SINGLE[i]!], counted, length);
    return topValues(table.dictionaries[name], counts, limit);
  });
  return Object.fromEntries(FILTERED.map((name, i) => [name, facets[i]!])) as SearchResult["facets"];
}

function rowsFor(rows: Int32Array, failed: Int8Array, count: number, facet: number): Int32Array {
  const chosen = new Int32Array(count);
  let length = 0;
  for (let i = 0; i < count; i++) if (failed[i] === PASSED || failed[i] === facet) chosen[length++] = rows[i]!;
  return chosen.subarray(0, length);
}

function countSingle(counts: Uint32Array, column: Int32Array, rows: Int32Array, count: number): void {
  for (let i = 0; i < count; i++) {
    const value = column[rows[i]!]!;
    if (value >= 0) counts[value]!++;
  }
}

function countSeveral(
  counts: Uint32Array,
  values: ArrayLike<number>,
  end: Uint32Array,
  rows: Int32Array,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    const last = end[row]!;
    for (let k = row === 0 ? 0 : end[row - 1]!; k < last; k++) counts[values[k]!]!++;
  }
}

function topValues({ values }: Dictionary, counts: Uint32Array, limit: number): Facet[] {
  const top: Facet[] = [];
  let least = 1;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]!;
    if (count < least) continue;
    const facet = { value: values[i]!, count };
    if (top.length === limit) {
      if (!before(facet, top[limit - 1]!)) continue;
      top.pop();
    }
    top.splice(placeOf(top, facet), 0, facet);
    if (top.length === limit) least = top[limit - 1]!.count;
  }
  return top;
}

const before = (a: Facet, b: Facet): boolean => a.count > b.count || (a.count === b.count && a.value < b.value);

function placeOf(top: readonly Facet[], facet: Facet): number {
  let low = 0;
  let high = top.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (before(top[middle]!, facet)) low = middle + 1;
    else high = middle;
  }
  return low;
}

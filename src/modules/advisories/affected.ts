import {
  compare as comparePython,
  satisfies as satisfiesPython,
  valid as validPython,
  validRange,
} from "@renovatebot/pep440";
import semver from "semver";
import type { AdvisoryEcosystem, Affected, RangeEvent } from "./advisory.ts";

/** A package as a file names it. */
export interface Named {
  ecosystem: AdvisoryEcosystem;
  version: string | null;
  range: string | null;
}

/** The order of an ecosystem's versions; `compare` only of what `valid` accepts. */
interface Order {
  valid(version: string): boolean;
  compare(a: string, b: string): number;
}

const SEMVER: Order = {
  valid: (version) => version.length <= 100 && semver.valid(version, { loose: true }) !== null,
  compare: (a, b) => semver.compare(a, b, { loose: true }),
};
const PEP_440: Order = {
  valid: (version) => version.length <= 100 && validPython(version) !== null,
  compare: (a, b) => comparePython(a, b),
};
/** The others (RubyGems, Packagist, Maven) are matched by the exact versions that an advisory lists. */
const ORDERS = new Map<AdvisoryEcosystem, Order>([
  ["npm", SEMVER],
  ["Go", SEMVER],
  ["crates.io", SEMVER],
  ["Hex", SEMVER],
  ["Pub", SEMVER],
  ["NuGet", SEMVER],
  ["marketplace", SEMVER],
  ["PyPI", PEP_440],
]);

/**
 * Whether what is named is affected. An exact version is judged by OSV's algorithm. A range, or nothing, only counts when
 * whatever would be installed is affected: what a mended version satisfies is not the asset's fault.
 */
export function isAffected(named: Named, affected: Affected): boolean {
  const order = ORDERS.get(named.ecosystem) ?? null;
  if (named.version !== null) return isVersionAffected(order, named.version, affected);
  if (affected.ranges.some(isEverything)) return true;
  if (named.range === null || order === null) return false;
  return order === PEP_440
    ? isPythonRangeAffected(named.range, affected)
    : isSemverRangeAffected(named.range, affected);
}

const isEverything = (events: readonly RangeEvent[]): boolean =>
  events.some(({ introduced }) => introduced === "0") && events.every(({ introduced }) => introduced !== undefined);

/** OSV's evaluation: in a list of versions, or behind an `introduced` and before the `fixed` or `last_affected` that follows. */
function isVersionAffected(order: Order | null, version: string, { versions, ranges }: Affected): boolean {
  if (versions.includes(version)) return true;
  if (ranges.some(isEverything)) return true;
  if (order === null || !order.valid(version)) return false;
  if (order === PEP_440 && versions.some((listed) => order.valid(listed) && order.compare(listed, version) === 0))
    return true;
  return ranges.some((events) => isWithin(order, version, events));
}

function isWithin(order: Order, version: string, events: readonly RangeEvent[]): boolean {
  let within = false;
  for (const event of sorted(order, events)) {
    const at = versionOf(event);
    if (event.introduced !== undefined) within ||= at === "0" || order.compare(version, at) >= 0;
    else if (event.fixed !== undefined) within &&= order.compare(version, at) < 0;
    else within &&= order.compare(version, at) <= 0;
    // What was introduced again later opens it anew; an event above the version changes nothing.
  }
  return within;
}

const versionOf = (event: RangeEvent): string => event.introduced ?? event.fixed ?? event.last_affected ?? "0";

/** Ascending; events whose versions have no place in the order are left out. */
const sorted = (order: Order, events: readonly RangeEvent[]): RangeEvent[] =>
  events
    .filter((event) => versionOf(event) === "0" || order.valid(versionOf(event)))
    .toSorted((a, b) => {
      const [left, right] = [versionOf(a), versionOf(b)];
      if (left === right) return 0;
      if (left === "0") return -1;
      return right === "0" ? 1 : order.compare(left, right);
    });

function isSemverRangeAffected(range: string, { ranges }: Affected): boolean {
  const wanted = semver.validRange(range, { loose: true });
  if (wanted === null || wanted === "*") return false;
  return ranges.some((events) => {
    const bad = comparators(events);
    return bad !== null && semver.subset(wanted, bad, { loose: true });
  });
}

/** `>=1.0.0 <1.2.3 || >=2.0.0 <=2.1.0`. */
function comparators(events: readonly RangeEvent[]): string | null {
  const sets: string[] = [];
  let from: string | null = null;
  for (const event of sorted(SEMVER, events).slice(0, 50)) {
    const at = versionOf(event);
    if (event.introduced !== undefined) from ??= at === "0" ? "" : `>=${at}`;
    else if (from !== null) {
      sets.push(`${from} ${event.fixed !== undefined ? "<" : "<="}${at}`);
      from = null;
    }
  }
  if (from !== null) sets.push(from || "*");
  return sets.length > 0 && semver.validRange(sets.join(" || "), { loose: true }) !== null ? sets.join(" || ") : null;
}

/** PEP 440 has no subsets: the versions that the specifier itself names stand for what it admits. */
function isPythonRangeAffected(range: string, { ranges }: Affected): boolean {
  if (range.length > 200 || !validRange(range)) return false;
  const admitted = (version: string): boolean => PEP_440.valid(version) && satisfiesPython(version, range);
  const named = [...range.matchAll(/[<>=~!]=?=?\s{0,9}([0-9][\w.!+]{0,60})/g)].map((match) => match[1]!);
  return ranges.some((events) => {
    const ends = events.flatMap(({ fixed, last_affected }) => [fixed ?? last_affected ?? []].flat());
    // Without an upper bound there is always something newer than the last affected one.
    const bounded = /(?:<|==|~=)/.test(range);
    if (!bounded || ends.some(admitted)) return false;
    const tried = [...named, ...events.flatMap(({ introduced }) => introduced ?? [])].filter(admitted);
    return tried.length > 0 && tried.every((version) => isWithin(PEP_440, version, events));
  });
}

/** The least version above `version` (or any, for null) that an advisory calls fixed; null when it names none. */
export function fixFor(named: Named, affected: readonly Affected[]): string | null {
  const order = ORDERS.get(named.ecosystem);
  const fixes = affected.flatMap(({ ranges }) => ranges.flat().flatMap(({ fixed }) => fixed ?? []));
  if (!order) return fixes[0] ?? null;
  const usable = fixes.filter((fix) => order.valid(fix)).sort((a, b) => order.compare(a, b));
  const { version } = named;
  if (version === null || !order.valid(version)) return usable.at(-1) ?? null;
  return usable.find((fix) => order.compare(fix, version) > 0) ?? null;
}

import type { Ecosystem } from "../../../core/package-reference.ts";
import { HONEST, POPULAR_NPM, POPULAR_PYPI, POPULAR_SCOPES } from "./popular-names.ts";

/** Shorter names have too many honest neighbours for one changed letter to mean anything. */
const LEAST_LENGTH = 6;

interface Names {
  exact: ReadonlySet<string>;
  /** By the name without separators. */
  squashed: ReadonlyMap<string, string>;
  /** By every way of leaving one letter out. */
  shortened: ReadonlyMap<string, readonly string[]>;
}

const squash = (name: string): string => name.toLowerCase().replace(/[-_.@/]/g, "");

function namesOf(popular: readonly string[]): Names {
  const shortened = new Map<string, string[]>();
  for (const name of popular)
    for (const short of shortenings(name)) shortened.set(short, [...(shortened.get(short) ?? []), name]);
  return { exact: new Set(popular), squashed: new Map(popular.map((name) => [squash(name), name])), shortened };
}

const shortenings = (name: string): Set<string> => {
  const all = new Set([name]);
  for (let at = 0; at < name.length; at++) all.add(name.slice(0, at) + name.slice(at + 1));
  return all;
};

const NAMES = new Map<Ecosystem, Names>([
  ["npm", namesOf(POPULAR_NPM)],
  ["PyPI", namesOf(POPULAR_PYPI)],
]);
const SCOPES = namesOf(POPULAR_SCOPES);

/** The popular package that a name could be taken for: one letter off, other separators, a scope left out or misspelt; else null. */
export function lookAlikeOf(ecosystem: Ecosystem, name: string): string | null {
  const names = NAMES.get(ecosystem);
  // No honest name has a capital I among small letters: it is there to be read as an l.
  if (/[a-z]I/.test(name) && !/[A-HJ-Z]/.test(name)) return name.replaceAll("I", "l");
  const lower = name.toLowerCase();
  if (!names || names.exact.has(lower) || HONEST.has(lower)) return null;
  const scoped = /^@([^/]+)\/(.+)$/.exec(lower);
  if (scoped) {
    const [, scope, rest] = scoped as unknown as [string, string, string];
    const near = SCOPES.exact.has(scope) ? null : nearest(SCOPES, scope);
    if (near !== null) return `@${near}/${rest}`;
    // A scope of its own is somebody's name: what follows may be called as it likes, unless the scope is the popular one.
    return SCOPES.exact.has(scope) ? nearest(names, lower) : null;
  }
  const same = names.squashed.get(squash(lower));
  if (same !== undefined && same !== lower) return same.startsWith("@") && !same.includes("-") ? null : same;
  return nearest(names, lower);
}

function nearest(names: Names, name: string): string | null {
  if (name.length < LEAST_LENGTH || name.length > 100) return null;
  for (const short of shortenings(name))
    for (const candidate of names.shortened.get(short) ?? [])
      if (candidate.length >= LEAST_LENGTH - 1 && isOneEdit(name, candidate)) return candidate;
  return null;
}

/** One letter more, less, other, or two neighbours swapped; a digit at the end is a generation, not a slip. */
function isOneEdit(name: string, popular: string): boolean {
  if (name.replace(/\d+$/, "") === popular.replace(/\d+$/, "")) return false;
  let start = 0;
  while (start < name.length && name[start] === popular[start]) start += 1;
  let [a, b] = [name.length, popular.length];
  while (a > start && b > start && name[a - 1] === popular[b - 1]) {
    a -= 1;
    b -= 1;
  }
  const [left, right] = [name.slice(start, a), popular.slice(start, b)];
  if (left.length <= 1 && right.length <= 1) return left !== right;
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
}

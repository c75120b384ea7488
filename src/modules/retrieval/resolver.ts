import semver from "semver";
import type { Digest } from "../../core/digest.ts";

/** A version that may be chosen. */
export interface Candidate {
  version: string;
  digest: Digest;
  size: number;
  /** Not chosen by ranges, only by exact digest. */
  yanked: boolean;
  /** Never chosen, and named where nothing else would fit. */
  recalled: { number: number; reason: string } | null;
  dependencies: { ref: string; range: string; optional: boolean }[];
}

/** What can be known of one asset: its versions, highest first, and its channels. null: there is none, or it may not be seen. */
export type Lookup = (ref: string) => Promise<{ versions: Candidate[]; channels: Map<string, string> } | null>;

export interface Requirement {
  ref: string;
  /** A semver range, a channel or a digest. */
  range: string;
}

export interface Resolved {
  ref: string;
  version: string;
  digest: Digest;
  size: number;
  dependencies: { ref: string; range: string }[];
}

/** Why nothing fits: every demand on one asset, each with the chain of assets that leads to it. */
export interface Conflict {
  ref: string;
  reason: "not-found" | "no-version" | "incompatible" | "too-large";
  demands: { range: string; chain: string[] }[];
  available: string[];
  /** Versions that would have fitted, had they not been recalled. */
  recalled: { version: string; number: number; reason: string }[];
}

export type Resolution = { resolved: Resolved[]; order: string[] } | { conflict: Conflict };

const MAX_ASSETS = 1000;
const MAX_STEPS = 20_000;

interface Demand {
  ref: string;
  range: string;
  optional: boolean;
  chain: string[];
}

interface State {
  chosen: Map<string, { candidate: Candidate; chain: string[] }>;
  demands: Map<string, Demand[]>;
}

/**
 * Chooses one version of every asset that is needed: the highest that satisfies all demands on it, going back over earlier
 * choices when a later demand does not fit (diamonds). Cycles are fine. Bounded to 1,000 assets and 20,000 steps.
 */
export async function resolve(requirements: readonly Requirement[], lookup: Lookup): Promise<Resolution> {
  const known = new Map<string, Awaited<ReturnType<Lookup>>>();
  const assetOf = async (ref: string) => {
    if (!known.has(ref)) known.set(ref, await lookup(ref));
    return known.get(ref) ?? null;
  };
  // An asset may have thousands of versions, and going back asks for the same range thousands of times.
  const fits = new Map<string, Candidate[]>();
  const fitting = ({ ref, range }: Demand, asset: NonNullable<Awaited<ReturnType<Lookup>>>): Candidate[] => {
    const key = `${ref}@${range}`;
    const known = fits.get(key) ?? asset.versions.filter((v) => satisfies(v, range, asset.channels));
    fits.set(key, known);
    return known;
  };
  let steps = 0;
  let deepest: { depth: number; conflict: Conflict } | null = null;
  const fail = (depth: number, conflict: Conflict): null => {
    if (!deepest || depth > deepest.depth) deepest = { depth, conflict };
    return null;
  };

  async function solve(state: State, queue: Demand[]): Promise<State | null> {
    const demand = queue[0];
    if (!demand) return state;
    if (++steps > MAX_STEPS || state.chosen.size > MAX_ASSETS)
      return fail(Number.MAX_SAFE_INTEGER, {
        ref: demand.ref,
        reason: "too-large",
        demands: [],
        available: [],
        recalled: [],
      });
    const rest = queue.slice(1);
    const demands = new Map(state.demands).set(demand.ref, [...(state.demands.get(demand.ref) ?? []), demand]);
    const all = demands.get(demand.ref) as Demand[];
    const asset = await assetOf(demand.ref);
    const explain = (reason: Conflict["reason"]): Conflict => ({
      ref: demand.ref,
      reason,
      demands: all.map(({ range, chain }) => ({ range, chain })),
      available: (asset?.versions ?? [])
        .filter((v) => !v.yanked && !v.recalled)
        .slice(0, 20)
        .map((v) => v.version),
      recalled: recalledAmong(asset?.versions ?? [], all, asset?.channels ?? new Map()),
    });
    if (!asset) {
      if (demand.optional) return solve(state, rest);
      return fail(state.chosen.size, explain("not-found"));
    }
    const before = state.chosen.get(demand.ref);
    if (before) {
      if (satisfies(before.candidate, demand.range, asset.channels)) return solve({ ...state, demands }, rest);
      return fail(state.chosen.size, explain("incompatible"));
    }
    const candidates = fitting(demand, asset);
    if (candidates.length === 0) return fail(state.chosen.size, explain("no-version"));
    for (const candidate of candidates) {
      const chain = [...demand.chain, `${demand.ref}@${candidate.version}`];
      const chosen = new Map(state.chosen).set(demand.ref, { candidate, chain });
      const needed = candidate.dependencies.map((d) => ({ ...d, chain }));
      const solved = await solve({ chosen, demands }, [...rest, ...needed]);
      if (solved) return solved;
      if (steps > MAX_STEPS) return null;
    }
    return null;
  }

  const roots = requirements.map((r) => ({ ...r, optional: false, chain: [] }));
  const solved = await solve({ chosen: new Map(), demands: new Map() }, roots);
  if (!solved) return { conflict: (deepest as unknown as { conflict: Conflict }).conflict };
  return { resolved: [...solved.chosen].map(toResolved(solved)), order: installOrder(solved) };
}

/** At most five. */
function recalledAmong(versions: readonly Candidate[], demands: readonly Demand[], channels: Map<string, string>) {
  return versions
    .flatMap((candidate) => {
      const { version, recalled } = candidate;
      const fits =
        recalled && demands.every(({ range }) => satisfies({ ...candidate, recalled: null }, range, channels));
      return fits ? [{ version, ...recalled }] : [];
    })
    .slice(0, 5);
}

const toResolved =
  (state: State) =>
  ([ref, { candidate }]: [string, { candidate: Candidate }]): Resolved => ({
    ref,
    version: candidate.version,
    digest: candidate.digest,
    size: candidate.size,
    dependencies: candidate.dependencies
      .filter((d) => state.chosen.has(d.ref))
      .map(({ ref, range }) => ({ ref, range })),
  });

function satisfies(candidate: Candidate, range: string, channels: Map<string, string>): boolean {
  if (candidate.recalled) return false;
  if (range.startsWith("sha256:")) return candidate.digest === range;
  if (candidate.yanked) return false;
  const channel = channels.get(range);
  if (channel !== undefined) return channel === candidate.version;
  return semver.satisfies(candidate.version, range);
}

/** Dependencies before what needs them; within a cycle in the order met. */
function installOrder({ chosen }: State): string[] {
  const order: string[] = [];
  const seen = new Set<string>();
  for (const root of chosen.keys()) {
    // Without recursion: chains may be as long as the graph is large.
    const stack: { ref: string; next: number }[] = [{ ref: root, next: 0 }];
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      if (top.next === 0) {
        if (seen.has(top.ref)) {
          stack.pop();
          continue;
        }
        seen.add(top.ref);
      }
      const dependency = chosen.get(top.ref)?.candidate.dependencies[top.next++];
      if (dependency) {
        if (chosen.has(dependency.ref) && !seen.has(dependency.ref)) stack.push({ ref: dependency.ref, next: 0 });
      } else {
        order.push(top.ref);
        stack.pop();
      }
    }
  }
  return order;
}

/** The conflict in sentences that a person can act on. */
export function explainConflict({ ref, reason, demands, available, recalled }: Conflict): string {
  const chains = demands.map(
    ({ range, chain }) => `${chain.length === 0 ? "you" : chain.join(" → ")} → ${ref}@${range}`,
  );
  const have = available.length > 0 ? ` Available: ${available.join(", ")}.` : "";
  const gone = recalled
    .map(({ version, number, reason }) => ` ${ref}@${version} would fit, but was recalled (no. ${number}): ${reason}`)
    .join("");
  switch (reason) {
    case "not-found":
      return `There is no asset ${ref}, or you may not see it: ${chains.join("; ")}.`;
    case "no-version":
      return `No version of ${ref} fits ${chains.join("; ")}.${have}${gone}`;
    case "incompatible":
      return `No version of ${ref} fits all of: ${chains.join("; ")}.${have}${gone}`;
    case "too-large":
      return "The dependencies are too many to resolve. Ask for fewer assets at once.";
  }
}

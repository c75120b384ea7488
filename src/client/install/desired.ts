import semver from "semver";
import type { Digest } from "../../core/digest.ts";
import { AppError } from "../../core/error.ts";
import type { Client } from "../client.ts";
import type { Lock, LockedAsset } from "./lockfile.ts";
import { DEFAULT_FOLDER, type Target } from "./placement.ts";

/** What shall be installed in the end. */
export interface Desired {
  ref: string;
  version: string;
  digest: Digest;
  range: string | null;
  dependencies: Record<string, string>;
  targets: Target[];
}

/** Something that was asked for by name; `range` as a requirement of the resolver's. */
export interface Asked {
  ref: string;
  range: string;
}

/** The most that one request to the resolver may name. */
const MAX_REQUIREMENTS = 200;

/** As the lockfile says, exactly. */
export const desiredOfLock = (lock: Lock): Desired[] =>
  Object.entries(lock.assets).map(([ref, asset]) => ({
    ref,
    version: asset.version,
    digest: asset.digest,
    range: asset.range,
    dependencies: asset.dependencies,
    targets: targetsOf(ref, asset),
  }));

export interface Wish {
  asked: readonly Asked[];
  /** Where it shall go too; what is installed stays where it is. */
  targets: readonly Target[];
  /** For what is new when `targets` is empty. */
  otherwise: Target;
  /** Let dependencies move even where the locked ones would do. */
  loosen: boolean;
}

/**
 * What the lock becomes when what is asked for is chosen anew. Everything else stays at its version if that fits; else
 * dependencies move, and only if nothing else helps what was asked for earlier, within its range. Throws
 * RESOLUTION_CONFLICT with the chains that exclude each other.
 */
export async function desiredAfter(
  client: Client,
  lock: Lock | null,
  { asked, targets, otherwise, loosen }: Wish,
): Promise<Desired[]> {
  const names = new Set(asked.map(({ ref }) => ref));
  const others = Object.entries(lock?.assets ?? {}).filter(([ref]) => !names.has(ref));
  const roots = others.filter(([, asset]) => asset.range !== null);
  const exactly = ([ref, asset]: [string, LockedAsset]): Asked => ({ ref, range: asset.digest });
  const attempts = [
    [...asked, ...others.map(exactly)],
    [...asked, ...roots.map(exactly)],
    [...asked, ...roots.map(([ref, asset]) => ({ ref, range: asset.range! }))],
  ].slice(loosen || asked.length + others.length > MAX_REQUIREMENTS ? 1 : 0);
  const resolved = await firstThatFits(client, attempts);
  const ranges = new Map([
    ...roots.map(([ref, asset]) => [ref, asset.range!] as const),
    ...asked.map((a) => [a.ref, a.range] as const),
  ]);
  return reachable(resolved, ranges, (ref) => {
    const own = lock?.assets[ref] ? targetsOf(ref, lock.assets[ref]) : [];
    if (!names.has(ref)) return own;
    return own.length + targets.length === 0 ? [otherwise] : [...own, ...targets];
  });
}

/** What is left of the lock without these; their dependencies go too unless something else needs them. */
export function desiredWithout(lock: Lock, removed: ReadonlySet<string>): Desired[] {
  const resolved = Object.entries(lock.assets).map(([ref, asset]) => ({ ref, ...asset }));
  const roots = resolved.filter(({ ref, range }) => range !== null && !removed.has(ref));
  const ranges = new Map(roots.map(({ ref, range }) => [ref, range!]));
  return reachable(resolved, ranges, (ref) => targetsOf(ref, lock.assets[ref]!));
}

interface Chosen {
  ref: string;
  version: string;
  digest: Digest;
  dependencies: Record<string, string>;
}

async function firstThatFits(client: Client, attempts: Asked[][]): Promise<Chosen[]> {
  let conflict: unknown;
  for (const requirements of attempts) {
    if (requirements.length === 0) return [];
    try {
      return await choose(client, requirements);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "RESOLUTION_CONFLICT") throw error;
      // Of what was asked for, the last attempt says most truly what is in the way.
      conflict = error;
    }
  }
  throw conflict;
}

/** `*` means the highest release; where an asset has nothing but prereleases, it is its latest. */
async function choose(client: Client, requirements: Asked[]): Promise<Chosen[]> {
  try {
    return (await client.assets.resolve(requirements)).resolved.map(({ ref, version, digest, dependencies }) => ({
      ref,
      version,
      digest,
      dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency.ref, dependency.range])),
    }));
  } catch (error) {
    const { ref, reason } = error instanceof AppError ? error.details : {};
    const open = requirements.find((requirement) => requirement.ref === ref && requirement.range === "*");
    if (reason !== "no-version" || !open) throw error;
    return choose(
      client,
      requirements.map((requirement) => (requirement === open ? { ref: open.ref, range: "latest" } : requirement)),
    );
  }
}

/** What the roots need, each with the targets of all that need it. */
function reachable(
  chosen: readonly Chosen[],
  ranges: ReadonlyMap<string, string>,
  ownTargets: (ref: string) => Target[],
): Desired[] {
  const byRef = new Map(chosen.map((asset) => [asset.ref, asset]));
  const targets = new Map<string, Map<string, Target>>();
  const queue = [...ranges.keys()].map((ref) => ({ ref, targets: ownTargets(ref) }));
  for (let next = queue.shift(); next; next = queue.shift()) {
    const asset = byRef.get(next.ref);
    if (!asset) continue;
    const known = targets.get(next.ref);
    const grown = new Map(known);
    for (const target of next.targets) grown.set(targetKey(target), target);
    if (known && grown.size === known.size) continue;
    targets.set(next.ref, grown);
    for (const ref of Object.keys(asset.dependencies)) queue.push({ ref, targets: [...grown.values()] });
  }
  return [...targets].map(([ref, own]) => {
    const { version, digest, dependencies } = byRef.get(ref)!;
    const installed = Object.entries(dependencies).filter(([to]) => byRef.has(to));
    return {
      ref,
      version,
      digest,
      range: ranges.get(ref) ?? null,
      dependencies: Object.fromEntries(installed),
      targets: [...own.values()],
    };
  });
}

const targetKey = ({ agent, scope, folder }: Target): string => `${agent ?? ""}\n${scope}\n${folder}`;

export const hasTarget = (targets: readonly Target[], target: Target): boolean =>
  targets.some((known) => targetKey(known) === targetKey(target));

/** For whom an asset is installed, read from where it lies. */
export function targetsOf(ref: string, asset: LockedAsset): Target[] {
  const targets = new Map<string, Target>();
  for (const { agent, scope, path } of asset.places) {
    const target = { agent, scope, folder: agent === null ? folderOf(path, ref) : DEFAULT_FOLDER };
    targets.set(targetKey(target), target);
  }
  return [...targets.values()];
}

const folderOf = (path: string, ref: string): string =>
  path === ref ? "" : path.endsWith(`/${ref}`) ? path.slice(0, -ref.length - 1) : DEFAULT_FOLDER;

/** Whether a locked version is what was asked for. */
export function satisfies(asset: LockedAsset, range: string): boolean {
  if (range.startsWith("sha256:")) return asset.digest === range;
  if (range === "*" || range === asset.range) return true;
  return semver.validRange(range) !== null && semver.satisfies(asset.version, range);
}

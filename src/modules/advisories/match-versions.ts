import semver from "semver";
import type { Id } from "../../core/id.ts";
import type { Queries } from "../../platform/database/index.ts";
import { type AdvisoryEcosystem, LEVELS, OWN_ECOSYSTEM, type ShownTouch } from "./advisory.ts";
import { fixFor, isAffected } from "./affected.ts";
import { type Candidate, candidatesOf } from "./repository.ts";
import {
  ownNames,
  ownReferences,
  packageKey,
  packageReferences,
  type Reference,
  resolvableVersions,
} from "./touch-repository.ts";

const NAMES_A_QUERY = 500;
/** So many touches of one version are kept, the gravest first: nobody reads more. */
const MOST_TOUCHES = 300;

/** What advisories may be about in these versions: packages of files, the assets themselves, and those they depend on. */
export async function referencesOf(
  q: Queries,
  versionIds: readonly Id[],
  only?: ReadonlySet<string>,
): Promise<Map<Id, Reference[]>> {
  const found = await packageReferences(q, versionIds, only);
  for (const [id, own] of await ourReferences(q, versionIds))
    found.set(id, [...(found.get(id) ?? []), ...own.filter((reference) => !only || only.has(packageKey(reference)))]);
  return found;
}

/** The same of assets of this server alone. */
export async function ourReferences(q: Queries, versionIds: readonly Id[]): Promise<Map<Id, Reference[]>> {
  const found = new Map<Id, Reference[]>();
  const { own, dependencies } = await ownReferences(q, versionIds);
  const names = await ownNames(q, [...new Set(own.map(({ assetId }) => assetId))]);
  const versions = await resolvableVersions(q, [...new Set(dependencies.map(({ ref }) => ref))]);
  const add = (versionId: Id, name: string, version: string, range: string | null) =>
    found.set(versionId, [
      ...(found.get(versionId) ?? []),
      { ecosystem: OWN_ECOSYSTEM, name, version, range, path: null, line: null },
    ]);
  for (const { versionId, assetId, version } of own)
    for (const name of names.get(assetId) ?? []) add(versionId, name, version, null);
  for (const { versionId, ref, range } of dependencies) {
    const chosen = semver.maxSatisfying(versions.get(ref) ?? [], range);
    if (chosen !== null) add(versionId, ref, chosen, range);
  }
  return found;
}

/** Which advisories touch the versions that have these references; each advisory once a package, at its first place. */
export async function touchesAmong(
  q: Queries,
  references: ReadonlyMap<Id, readonly Reference[]>,
): Promise<Map<Id, ShownTouch[]>> {
  const candidates = await candidatesFor(q, [...references.values()].flat());
  const found = new Map<Id, ShownTouch[]>();
  for (const [versionId, named] of references) {
    const touches = new Map<string, ShownTouch>();
    for (const reference of named)
      for (const [advisoryId, rows] of candidates.get(packageKey(reference)) ?? []) {
        const key = `${advisoryId}\n${packageKey(reference)}`;
        if (!touches.has(key) && rows.some((row) => isAffected(reference, row)))
          touches.set(key, touchOf(reference, rows));
      }
    found.set(versionId, [...touches.values()].sort(gravestFirst).slice(0, MOST_TOUCHES));
  }
  return found;
}

const touchOf = (reference: Reference, rows: readonly Candidate[]): ShownTouch => {
  const [first] = rows as [Candidate, ...Candidate[]];
  return {
    advisoryId: first.advisoryId,
    ecosystem: reference.ecosystem,
    package: reference.name,
    packageVersion: reference.version ?? reference.range,
    fixed: first.malicious ? null : fixFor(reference, rows),
    path: reference.path,
    line: reference.line,
    level: first.level,
    malicious: first.malicious,
    summary: first.summary,
  };
};

const rank = ({ malicious, level }: ShownTouch): number =>
  malicious ? -1 : level === null ? LEVELS.length : LEVELS.indexOf(level);
const gravestFirst = (a: ShownTouch, b: ShownTouch): number =>
  rank(a) - rank(b) || (a.advisoryId < b.advisoryId ? -1 : 1);

/** By package, then by advisory. */
async function candidatesFor(
  q: Queries,
  references: readonly Reference[],
): Promise<Map<string, Map<string, Candidate[]>>> {
  const names = new Map<AdvisoryEcosystem, Set<string>>();
  for (const { ecosystem, name } of references)
    names.set(ecosystem, (names.get(ecosystem) ?? new Set<string>()).add(name));
  const found = new Map<string, Map<string, Candidate[]>>();
  for (const [ecosystem, all] of names) {
    const list = [...all];
    for (let at = 0; at < list.length; at += NAMES_A_QUERY)
      for (const candidate of await candidatesOf(q, ecosystem, list.slice(at, at + NAMES_A_QUERY))) {
        const key = packageKey(candidate);
        const byAdvisory = found.get(key) ?? new Map<string, Candidate[]>();
        byAdvisory.set(candidate.advisoryId, [...(byAdvisory.get(candidate.advisoryId) ?? []), candidate]);
        found.set(key, byAdvisory);
      }
  }
  return found;
}

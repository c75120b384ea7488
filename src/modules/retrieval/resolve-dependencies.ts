import type { Actor } from "../../core/actor.ts";
import { AppError, invalidRequest } from "../../core/error.ts";
import { type AssetRef, parseRef } from "../../core/name.ts";
import { type Asset, isResolvable, refOf, requireNotRecalled } from "../catalog/index.ts";
import type { RetrievalDeps } from "./deps.ts";
import { type Candidate, explainConflict, type Lookup, type Requirement, type Resolved, resolve } from "./resolver.ts";

const MAX_REQUIREMENTS = 200;

/** Resolves with the actor's eyes; throws RESOLUTION_CONFLICT (409) with the chains in words and in `details`. */
export async function resolveDependencies(
  deps: RetrievalDeps,
  actor: Actor,
  requirements: readonly Requirement[],
): Promise<{ resolved: Resolved[]; order: string[] }> {
  if (requirements.length === 0 || requirements.length > MAX_REQUIREMENTS)
    throw invalidRequest(`Ask for 1 to ${MAX_REQUIREMENTS} assets at once.`);
  for (const { ref, range } of requirements)
    if (parseRef(ref)?.selector !== null || range.length > 256)
      throw invalidRequest(`"${ref.slice(0, 160)}" is not namespace/slug, or its range is too long.`);
  const resolution = await resolve(requirements, lookupFor(deps, actor));
  if ("conflict" in resolution)
    throw new AppError("RESOLUTION_CONFLICT", explainConflict(resolution.conflict), {
      details: { ...resolution.conflict },
    });
  return resolution;
}

function lookupFor(deps: RetrievalDeps, actor: Actor): Lookup {
  return async (ref) => {
    const { namespace, slug } = parseRef(ref) as AssetRef;
    const asset =
      (await found(deps.catalog.findAsset(actor, ref))) ??
      (await found(deps.catalog.findFormer(actor, namespace, slug)));
    if (!asset) return null;
    const versions = (await deps.catalog.listVersions(actor, asset)).filter(
      (version) => isResolvable(version) || version.yankedAt !== null || version.recall !== null,
    );
    const channels = new Map((await deps.catalog.channelsOf(asset.id)).map((c) => [c.name, c.version]));
    return {
      channels,
      versions: versions.map(
        (version): Candidate => ({
          version: version.version,
          digest: version.digest,
          size: version.totalSize,
          yanked: version.yankedAt !== null,
          recalled: version.recall && { number: version.recall.number, reason: version.recall.reason },
          dependencies: version.metadata.dependencies,
        }),
      ),
    };
  };
}

const found = (search: Promise<Asset>): Promise<Asset | null> =>
  search.catch((error) => {
    if (error instanceof AppError && error.status === 404) return null;
    throw error;
  });

/** An asset with what it needs, as a tree; an asset met a second time is named but not opened again. */
export interface DependencyNode {
  ref: string;
  range: string;
  version: string | null;
  digest: string | null;
  repeated: boolean;
  dependencies: DependencyNode[];
}

export async function dependencyTree(
  deps: RetrievalDeps,
  actor: Actor,
  ref: string,
  selector: string,
): Promise<DependencyNode> {
  const { asset, version } = await deps.catalog.findVersion(actor, ref, selector);
  const name = refOf(asset);
  requireNotRecalled(`${name}@${version.version}`, version);
  const needed = version.metadata.dependencies.filter((d) => !d.optional);
  const { resolved } = needed.length > 0 ? await resolveDependencies(deps, actor, needed) : { resolved: [] };
  const byRef = new Map(resolved.map((r) => [r.ref, r]));
  const seen = new Set([name]);
  const open = (to: string, range: string): DependencyNode => {
    const found = byRef.get(to);
    const repeated = seen.has(to);
    seen.add(to);
    return {
      ref: to,
      range,
      version: found?.version ?? (to === name ? version.version : null),
      digest: found?.digest ?? null,
      repeated,
      dependencies: repeated || !found ? [] : found.dependencies.map((d) => open(d.ref, d.range)),
    };
  };
  return {
    ref: name,
    range: version.version,
    version: version.version,
    digest: version.digest,
    repeated: false,
    dependencies: version.metadata.dependencies.map((d) => open(d.ref, d.range)),
  };
}

import type { Actor } from "../../../core/actor.ts";
import { BUILD } from "../../../core/build.ts";
import type { Digest } from "../../../core/digest.ts";
import { AppError } from "../../../core/error.ts";
import type { Id } from "../../../core/id.ts";
import type { PackageReference } from "../../../core/package-reference.ts";
import type { Database } from "../../../platform/database/index.ts";
import type { Asset, CatalogModule, Version } from "../../catalog/index.ts";
import type { Bom } from "./bom.ts";
import { type Materials, MOST_ADVISORIES, MOST_FILES, type ResolvedAsset } from "./materials.ts";
import { firstFiles, packagesLookedFor } from "./read-model.ts";
import { writeSbom } from "./write-sbom.ts";

export interface SbomDeps {
  database: Database;
  catalog: CatalogModule;
  /** Packages of other ecosystems that a version names; a few thousand at most. */
  packagesOf(versionId: Id): Promise<PackageReference[]>;
  /** With the actor's eyes; throws where nothing fits together. */
  resolveDependencies(
    actor: Actor,
    requirements: readonly { ref: string; range: string }[],
  ): Promise<{ resolved: { ref: string; version: string; digest: Digest; dependencies: { ref: string }[] }[] }>;
}

export type Sboms = ReturnType<typeof createSboms>;

/** Bills of materials of versions, with the eyes of who asks. */
export function createSboms(deps: SbomDeps) {
  return {
    /**
     * Of a recalled version too: it says what somebody has. Throws ASSET_NOT_FOUND and VERSION_NOT_FOUND. Dependencies and
     * advisories that the actor may not see are left out.
     */
    async find(actor: Actor, ref: string, selector: string): Promise<{ asset: Asset; version: Version; bom: Bom }> {
      const { asset, version } = await deps.catalog.findVersion(actor, ref, selector);
      return { asset, version, bom: writeSbom(await materialsOf(deps, actor, asset, version)) };
    },
  };
}

async function materialsOf(deps: SbomDeps, actor: Actor, asset: Asset, version: Version): Promise<Materials> {
  const q = deps.database.read;
  const [files, packages, packagesKnown, advisories, dependencies] = await Promise.all([
    firstFiles(q, version.id, MOST_FILES),
    deps.packagesOf(version.id),
    packagesLookedFor(q, version.id),
    deps.catalog.advisoriesOf(actor, version.id),
    resolvedOf(deps, actor, version),
  ]);
  return {
    program: BUILD.version,
    asset: { namespace: asset.namespace, slug: asset.slug, kind: version.metadata.kind },
    version: {
      version: version.version,
      digest: version.digest,
      metadata: version.metadata,
      at: version.releasedAt ?? version.createdAt,
      recall: version.recall,
      yanked: version.yankedAt !== null,
    },
    files,
    fileCount: version.fileCount,
    dependencies,
    packages,
    packagesKnown,
    advisories,
    advisoriesCut: advisories.length >= MOST_ADVISORIES,
  };
}

/** What the version needs, as it would be installed now; nothing of it where that would fail. */
async function resolvedOf(deps: SbomDeps, actor: Actor, version: Version): Promise<Materials["dependencies"]> {
  const needed = version.metadata.dependencies.filter(({ optional }) => !optional);
  if (needed.length === 0) return { resolved: [], complete: true };
  const resolution = await unlessRefused(deps.resolveDependencies(actor, needed));
  if (resolution === null) return { resolved: [], complete: false };
  const resolved: ResolvedAsset[] = [];
  // One after the other: a tree of a thousand would take every connection to the database.
  for (const { ref, digest, version: chosen, dependencies } of resolution.resolved) {
    const found = await unlessRefused(deps.catalog.findVersion(actor, ref, digest));
    const metadata = found?.version.metadata ?? null;
    const needs = dependencies.map((dependency) => dependency.ref);
    const said = { kind: metadata?.kind ?? null, license: metadata?.license ?? null };
    resolved.push({ ref, version: chosen, digest, ...said, needs });
  }
  return { resolved, complete: true };
}

/** null for what cannot be had (4xx); whatever else goes wrong is thrown. */
const unlessRefused = <T>(wanted: Promise<T>): Promise<T | null> =>
  wanted.catch((error) => {
    if (error instanceof AppError && error.status < 500) return null;
    throw error;
  });

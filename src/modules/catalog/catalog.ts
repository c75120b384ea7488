import type { Actor } from "../../core/actor.ts";
import type { Id } from "../../core/id.ts";
import type { Page, PageRequest } from "../../core/page.ts";
import type { Asset } from "./asset.ts";
import type { DeclaredDependency, Version, VersionFile } from "./version.ts";

/** Reading the catalogue with the actor's eyes: what the actor may not see is not found. */
export interface Catalog {
  /** `ref` is an asset's UUID or `namespace/slug` (a selector after `@` is ignored). Throws ASSET_NOT_FOUND. */
  findAsset(actor: Actor, ref: string): Promise<Asset>;
  /**
   * `selector` is a version, a channel (`latest` …) or `sha256:…`. Throws ASSET_NOT_FOUND, VERSION_NOT_FOUND. Versions without a
   * verdict, in review or blocked are found only by the publisher's namespace and moderators. Yanked ones are found by exact
   * version and digest.
   */
  findVersion(actor: Actor, ref: string, selector: string): Promise<{ asset: Asset; version: Version }>;
  /** Newest semver first. */
  listVersions(actor: Actor, asset: Asset): Promise<Version[]>;
  /** In path order. Ask only for versions that findVersion answered. */
  filesOf(versionId: Id): Promise<VersionFile[]>;
  fileOf(versionId: Id, path: string): Promise<VersionFile | null>;
  dependenciesOf(versionId: Id): Promise<DeclaredDependency[]>;
  channelsOf(assetId: Id): Promise<{ name: string; version: string }[]>;
  listAssets(actor: Actor, filter: AssetFilter, page: PageRequest): Promise<Page<Asset>>;
}

export interface AssetFilter {
  kinds?: string[];
  statuses?: string[];
  /** A namespace's name. */
  namespace?: string;
  /** Any of these namespaces. */
  namespaceIds?: readonly Id[];
  category?: string;
  tag?: string;
  license?: string;
  sort?: "recent" | "downloads" | "rating" | "trending";
}

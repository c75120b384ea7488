import type { AssetFacts } from "../../core/permission.ts";
import type { AssetStatus, Kind, Verdict, Visibility } from "../../core/kind.ts";
import type { Id } from "../../core/id.ts";
import type { Instant } from "../../core/clock.ts";

export interface Asset {
  id: Id;
  namespaceId: Id;
  namespace: string;
  slug: string;
  kind: Kind;
  title: string;
  description: string;
  license: string | null;
  homepage: string | null;
  repository: string | null;
  visibility: Visibility;
  status: AssetStatus;
  statusReason: string | null;
  publishRequested: boolean;
  tags: string[];
  /** Category slugs. */
  categories: string[];
  /** What the channel `latest` names: the highest published version that is neither a prerelease nor yanked. */
  latest: { id: Id; version: string; verdict: Verdict; signed: boolean } | null;
  downloads: number;
  createdBy: Id;
  createdAt: Instant;
  updatedAt: Instant;
  publishedAt: Instant | null;
  deletedAt: Instant | null;
}

export const refOf = (asset: { namespace: string; slug: string }): string => `${asset.namespace}/${asset.slug}`;

export const factsOf = (asset: Asset): AssetFacts => ({
  id: asset.id,
  namespaceId: asset.namespaceId,
  visibility: asset.visibility,
  status: asset.status,
  deleted: asset.deletedAt !== null,
});

import type { Asset } from "./asset.ts";

/** An asset as a row of a list. */
export const rowModel = (asset: Asset) => ({
  namespace: asset.namespace,
  slug: asset.slug,
  kind: asset.kind,
  title: asset.title,
  description: asset.description,
  license: asset.license,
  version: asset.latest?.version ?? null,
  verdict: asset.latest?.verdict ?? null,
  signed: asset.latest?.signed ?? false,
  visibility: asset.visibility,
  status: asset.status,
  downloads: asset.downloads,
  rating: 0,
  updatedAt: asset.updatedAt,
});

import type { Actor } from "../../core/actor.ts";
import { assetNotFound, versionNotFound } from "../../core/error.ts";
import { type Id, isId } from "../../core/id.ts";
import { parseRef, parseSelector, type Selector } from "../../core/name.ts";
import { mayAsset, mayReadVersion } from "../../core/permission.ts";
import type { Queries } from "../../platform/database/index.ts";
import { type Asset, factsOf, refOf } from "./asset.ts";
import * as repository from "./repository.ts";
import { highestFirst, type Version } from "./version.ts";

/** See `Catalog.findAsset`. */
export async function findAsset(q: Queries, actor: Actor, ref: string): Promise<Asset> {
  const asset = await load(q, ref);
  if (!asset || !mayAsset(actor, "read", factsOf(asset))) throw assetNotFound(ref.slice(0, 160));
  return asset;
}

/** The asset that a name used to lead to, with the actor's eyes. */
export async function findFormer(q: Queries, actor: Actor, namespace: string, slug: string): Promise<Asset> {
  const id = await repository.assetIdByFormerPlace(q, actor, namespace, slug);
  return findAsset(q, actor, id ?? `${namespace}/${slug}`);
}

async function load(q: Queries, ref: string): Promise<Asset | null> {
  if (isId(ref)) return repository.assetById(q, ref.toLowerCase());
  const parsed = parseRef(ref);
  return parsed && repository.assetByName(q, parsed.namespace, parsed.slug);
}

/** See `Catalog.findVersion`. */
export async function findVersion(
  q: Queries,
  actor: Actor,
  ref: string,
  selectorText: string,
): Promise<{ asset: Asset; version: Version }> {
  const asset = await findAsset(q, actor, ref);
  const selector = parseSelector(selectorText);
  const version = selector && (await select(q, asset, selector));
  if (!version || !mayReadVersion(actor, factsOf(asset), version.status))
    throw versionNotFound(`${refOf(asset)}@${selectorText.slice(0, 80)}`);
  return { asset, version };
}

function select(q: Queries, asset: Asset, selector: Selector): Promise<Version | null> {
  switch (selector.kind) {
    case "version":
      return repository.versionByName(q, asset.id, selector.version);
    case "digest":
      return repository.versionByDigest(q, asset.id, selector.digest);
    case "channel":
      return repository.versionByChannel(q, asset.id, selector.channel);
  }
}

/** See `Catalog.listVersions`. */
export async function listVersions(q: Queries, actor: Actor, asset: Asset): Promise<Version[]> {
  const versions = await repository.versionsOf(q, asset.id);
  return versions.filter((v) => mayReadVersion(actor, factsOf(asset), v.status)).sort(highestFirst);
}

/** What an asset's page shows unless a version was asked for: the latest, else the highest that the actor may read. */
export async function shownVersion(q: Queries, actor: Actor, asset: Asset): Promise<Version | null> {
  const latest = asset.latest && (await repository.versionById(q, asset.latest.id));
  return latest ?? (await listVersions(q, actor, asset))[0] ?? null;
}

/** How many versions the actor may read; `listVersions` without reading them. */
export async function countVersions(q: Queries, actor: Actor, asset: Asset): Promise<number> {
  const counts = await repository.countVersions(q, asset.id);
  return counts
    .filter(({ status }) => mayReadVersion(actor, factsOf(asset), status))
    .reduce((sum, { count }) => sum + count, 0);
}

export async function versionWithAsset(
  q: Queries,
  actor: Actor,
  versionId: Id,
): Promise<{ asset: Asset; version: Version }> {
  const version = isId(versionId) ? await repository.versionById(q, versionId) : null;
  const asset = version && (await repository.assetById(q, version.assetId));
  if (!version || !asset || !mayReadVersion(actor, factsOf(asset), version.status))
    throw versionNotFound(versionId.slice(0, 40));
  return { asset, version };
}

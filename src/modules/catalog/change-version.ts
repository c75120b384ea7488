import type { Actor } from "../../core/actor.ts";
import { instant } from "../../core/clock.ts";
import { conflict, notFound, validationError, versionNotFound } from "../../core/error.ts";
import { isName } from "../../core/name.ts";
import type { Queries } from "../../platform/database/index.ts";
import { type Asset, refOf } from "./asset.ts";
import { changeAsset } from "./change-asset.ts";
import type { CatalogDeps } from "./deps.ts";
import { settleAsset } from "./release-version.ts";
import * as repository from "./repository.ts";
import { requireNotRecalled, type Version } from "./version.ts";

async function versionNamed(tx: Queries, asset: Asset, version: string): Promise<Version> {
  const found = await repository.versionByName(tx, asset.id, version);
  if (!found) throw versionNotFound(`${refOf(asset)}@${version.slice(0, 80)}`);
  return found;
}

/** Hides a version from channels and ranges; whoever names it exactly still gets it, with the reason. */
export function yankVersion(deps: CatalogDeps, actor: Actor, ref: string, version: string, reason: string) {
  return setYanked(deps, actor, ref, version, reason);
}

export function unyankVersion(deps: CatalogDeps, actor: Actor, ref: string, version: string) {
  return setYanked(deps, actor, ref, version, null);
}

function setYanked(deps: CatalogDeps, actor: Actor, ref: string, name: string, reason: string | null) {
  return changeAsset(deps, actor, ref, "publish", async (tx, asset) => {
    const version = await versionNamed(tx, asset, name);
    const yankedAt = reason === null ? null : instant(deps.clock.now());
    await repository.updateVersion(tx, version.id, { yankedAt, yankReason: reason?.slice(0, 1000) ?? null });
    if (yankedAt) await repository.removeChannelsTo(tx, version.id);
    await settleAsset(tx, deps.clock, asset);
    return [
      {
        type: yankedAt ? "asset.version.yanked" : "asset.version.unyanked",
        subjectId: asset.id,
        payload: { versionId: version.id, version: version.version, reason },
      },
    ];
  });
}

/** Points a channel at a published version. `latest` follows the versions by itself and cannot be set. */
export function setChannel(deps: CatalogDeps, actor: Actor, ref: string, channel: string, versionName: string) {
  if (!isName(channel) || channel === "latest")
    throw validationError({ field: "channel", message: "must be a name of a-z, 0-9 and hyphens other than latest." });
  return changeAsset(deps, actor, ref, "publish", async (tx, asset) => {
    const version = await versionNamed(tx, asset, versionName);
    requireNotRecalled(`${refOf(asset)}@${version.version}`, version);
    if (version.status !== "published" || version.yankedAt)
      throw conflict(`${refOf(asset)}@${version.version} is not published or is yanked, so no channel can name it.`);
    await repository.setChannel(tx, asset.id, channel, version.id, instant(deps.clock.now()));
    return [{ type: "asset.channel.set", subjectId: asset.id, payload: { channel, version: version.version } }];
  });
}

export function removeChannel(deps: CatalogDeps, actor: Actor, ref: string, channel: string) {
  if (channel === "latest") throw validationError({ field: "channel", message: "latest cannot be removed." });
  return changeAsset(deps, actor, ref, "publish", async (tx, asset) => {
    if (!(await repository.removeChannel(tx, asset.id, channel))) throw notFound("channel");
    return [{ type: "asset.channel.removed", subjectId: asset.id, payload: { channel } }];
  });
}

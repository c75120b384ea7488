import type { Clock } from "../../core/clock.ts";
import type { Digest } from "../../core/digest.ts";
import type { Queries } from "../../platform/database/index.ts";
import type { NewEvent } from "../../platform/events/outbox.ts";
import type { Asset } from "./asset.ts";
import { settleAsset } from "./release-version.ts";
import * as repository from "./repository.ts";
import type { RecallMark } from "./version.ts";

/**
 * Takes every version with this content out of use (null: puts it back), inside the caller's transaction: channels and `latest`
 * move on. Answers the assets as they were, and the events that the caller appends last.
 */
export async function markRecalled(
  tx: Queries,
  clock: Clock,
  digest: Digest,
  mark: RecallMark | null,
): Promise<{ assets: Asset[]; events: NewEvent[] }> {
  const versions = await repository.versionsWithDigest(tx, digest);
  const assets: Asset[] = [];
  const events: NewEvent[] = [];
  for (const assetId of new Set(versions.map((version) => version.assetId))) {
    await repository.lockAsset(tx, assetId);
    const asset = (await repository.assetById(tx, assetId)) as Asset;
    for (const version of versions.filter((one) => one.assetId === assetId)) {
      await repository.updateVersion(tx, version.id, { recall: mark });
      if (mark) await repository.removeChannelsTo(tx, version.id);
      events.push({
        type: mark ? "asset.version.recalled" : "asset.version.recall_lifted",
        subjectId: assetId,
        payload: { versionId: version.id, version: version.version, ...(mark ? { number: mark.number } : {}) },
      });
    }
    await settleAsset(tx, clock, asset, true);
    assets.push(asset);
  }
  return { assets, events };
}

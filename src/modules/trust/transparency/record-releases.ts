import type { Queries } from "../../../platform/database/index.ts";
import type { NewEvent, Outbox } from "../../../platform/events/outbox.ts";
import type { TransparencyLog } from "../../../platform/transparency/transparency-log.ts";
import { assetById, refOf, versionById } from "../../catalog/index.ts";

const PUBLISHED = "asset.version.published";

/**
 * An outbox that records each version in the transparency log, in the transaction that announces for the first time that it is out.
 * Whatever publishes announces, so no way leads past the log.
 */
export const recordingReleases = <T extends Outbox>(outbox: T, transparency: TransparencyLog): T => ({
  ...outbox,
  async append(tx: Queries, ...events: NewEvent[]): Promise<void> {
    for (const { type, payload } of events)
      if (type === PUBLISHED) await recordRelease(tx, transparency, String(payload["versionId"]));
    await outbox.append(tx, ...events);
  },
});

async function recordRelease(tx: Queries, transparency: TransparencyLog, versionId: string): Promise<void> {
  const version = await versionById(tx, versionId);
  const asset = version && (await assetById(tx, version.assetId));
  if (!asset) return;
  await transparency.append(tx, {
    type: "version.published",
    assetId: asset.id,
    subject: version.id,
    facts: { ref: refOf(asset), version: version.version, digest: version.digest },
  });
}

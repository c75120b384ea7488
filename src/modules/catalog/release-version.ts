import { type Clock, instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { AssetStatus } from "../../core/kind.ts";
import type { Queries } from "../../platform/database/index.ts";
import type { NewEvent } from "../../platform/events/outbox.ts";
import type { Asset } from "./asset.ts";
import * as repository from "./repository.ts";
import { latestOf, type Version } from "./version.ts";

/** A verdict that a scan or a moderator reached; `reason` is what the publisher reads. */
export interface Decision {
  verdict: "passed" | "review" | "blocked";
  reason: string | null;
}

/**
 * Carries a verdict out, inside the caller's transaction: the version's and the asset's status, channels, and the asset's
 * metadata when the version becomes the latest. Answers the events that the caller appends last. Idempotent.
 */
export async function decideVersion(tx: Queries, clock: Clock, versionId: Id, decision: Decision): Promise<NewEvent[]> {
  const found = await repository.versionById(tx, versionId);
  if (!found) return [];
  await repository.lockAsset(tx, found.assetId);
  const version = (await repository.versionById(tx, versionId)) as Version;
  const asset = (await repository.assetById(tx, version.assetId)) as Asset;
  const live = asset.status !== "draft" && asset.status !== "under_review";
  const release = decision.verdict === "passed" && (live || asset.publishRequested);
  const status =
    decision.verdict === "passed"
      ? release
        ? "published"
        : "ready"
      : decision.verdict === "review"
        ? "under_review"
        : "blocked";
  const at = instant(clock.now());
  const first = status === "published" && version.releasedAt === null;
  await repository.updateVersion(tx, version.id, {
    status,
    verdict: decision.verdict,
    verdictReason: decision.reason,
    releasedAt: first ? at : undefined,
    reviewSince: status === "under_review" && version.status !== "under_review" ? at : undefined,
  });
  // Only once: a later scan must not take the channel back from the version that it names by then.
  if (first && version.yankedAt === null && version.recall === null) await openChannel(tx, version, at);
  if (status !== "published") await repository.removeChannelsTo(tx, version.id);
  await settleAsset(tx, clock, asset, first);
  return [
    {
      type: `asset.version.${status === "ready" ? "passed" : status}`,
      subjectId: asset.id,
      payload: { versionId: version.id, version: version.version, verdict: decision.verdict },
    },
  ];
}

/** A version in review waits from now on: its publisher answered what moderators asked. */
export const waitAgain = (tx: Queries, versionId: Id, at: string): Promise<void> =>
  repository.updateVersion(tx, versionId, { reviewSince: at });

async function openChannel(tx: Queries, version: Version, at: string): Promise<void> {
  if (version.requestedChannel && version.requestedChannel !== "latest")
    await repository.setChannel(tx, version.assetId, version.requestedChannel, version.id, at);
}

/** Publishes every version of a draft that passed already; the asset itself becomes published with the first. */
export async function releaseReadyVersions(tx: Queries, clock: Clock, asset: Asset): Promise<NewEvent[]> {
  const events: NewEvent[] = [];
  for (const version of await repository.versionsOf(tx, asset.id))
    if (version.status === "ready")
      events.push(
        ...(await decideVersion(tx, clock, version.id, { verdict: "passed", reason: version.verdictReason })),
      );
  return events;
}

/**
 * Derives from the versions what the asset's row repeats of them: `latest`, its metadata, and the status of an asset that is
 * not yet open. Call it after any change of a version, in the same transaction. Unless `changed` says that readers get something
 * new anyway, an asset that comes out as it was keeps its `updated_at`: rescans do not make it recent.
 */
export async function settleAsset(tx: Queries, clock: Clock, asset: Asset, changed = false): Promise<void> {
  const versions = await repository.versionsOf(tx, asset.id);
  const latest = latestOf(versions);
  const at = instant(clock.now());
  const moved = (latest?.id ?? null) !== (asset.latest?.id ?? null);
  if (latest && moved) await repository.setChannel(tx, asset.id, "latest", latest.id, at);
  if (!latest) await repository.removeChannel(tx, asset.id, "latest");
  const status = statusOf(asset, versions, latest);
  const statusReason =
    status === "under_review" || status === "draft" ? (newestOf(versions)?.verdictReason ?? null) : asset.statusReason;
  if (!changed && !moved && status === asset.status && statusReason === asset.statusReason) return;
  await repository.updateAsset(
    tx,
    asset.id,
    {
      latestVersionId: latest?.id ?? null,
      status,
      statusReason,
      publishedAt: status === "published" && asset.publishedAt === null ? at : undefined,
    },
    at,
  );
  if (latest && moved) await takeMetadata(tx, asset, latest, at);
}

const newestOf = (versions: readonly Version[]): Version | undefined =>
  versions.toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))[0];

/** An asset of which nothing is published (any more) is closed again: what was refused says nothing to readers, not even its title. */
function statusOf(asset: Asset, versions: readonly Version[], latest: Version | null): AssetStatus {
  const closed = asset.status === "draft" || asset.status === "under_review";
  if (asset.status === "suspended") return "suspended";
  if (!closed && versions.some((version) => version.status === "published")) return asset.status;
  if (latest) return "published";
  return newestOf(versions)?.status === "under_review" && asset.publishRequested ? "under_review" : "draft";
}

/** The latest version's files say what the asset is; lists that they leave empty keep what the owner set by hand. */
async function takeMetadata(tx: Queries, asset: Asset, version: Version, at: string): Promise<void> {
  const { kind, title, description, license, homepage, repository: source, tags, categories } = version.metadata;
  await repository.updateAsset(
    tx,
    asset.id,
    {
      kind,
      title: title || asset.title,
      description: description || asset.description,
      license: license ?? asset.license,
      homepage: homepage ?? asset.homepage,
      repository: source ?? asset.repository,
    },
    at,
  );
  if (tags.length > 0) await repository.replaceTags(tx, asset.id, tags);
  if (categories.length > 0) await repository.replaceCategories(tx, asset.id, categories);
}

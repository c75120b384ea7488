import type { SignedIn } from "../../core/actor.ts";
import type { Instant } from "../../core/clock.ts";
import { AppError } from "../../core/error.ts";
import type { Id } from "../../core/id.ts";
import type { Queries } from "../../platform/database/index.ts";
import type { NewEvent } from "../../platform/events/outbox.ts";
import {
  type Asset,
  assetById,
  audienceOf,
  narrowed,
  placeAsset,
  settleNewAsset,
  storedBytes,
} from "../catalog/index.ts";
import type { OrganizationsDeps } from "./deps.ts";
import * as repository from "./repository.ts";

/**
 * Gives a locked asset another place, in the caller's transaction: bytes are charged to the new namespace (QUOTA_EXCEEDED), what
 * the former owner gave others ends, and nobody sees it who could not see it there. Versions, channels, downloads and signatures
 * stay; a signature goes on saying the name that was signed. Throws a unique violation or DUPLICATE_ASSET when the name is taken.
 */
export async function moveAsset(
  tx: Queries,
  deps: OrganizationsDeps,
  actor: SignedIn,
  asset: Asset,
  to: { namespace: { id: Id; name: string }; slug: string },
  at: Instant,
): Promise<NewEvent> {
  const { engine } = deps.database;
  const elsewhere = to.namespace.id !== asset.namespaceId;
  const audience = await audienceOf(tx, engine, to.namespace.id);
  const before = await audienceOf(tx, engine, asset.namespaceId);
  if (elsewhere) {
    await chargeTo(tx, deps, asset, to.namespace);
    await repository.removeRights(tx, asset, at);
    if (before.hidden) await repository.removeSignatures(tx, asset.id);
  } else await repository.renameTrustedPublishers(tx, asset.namespaceId, asset.slug, to.slug);
  const visibility = elsewhere ? narrowed(asset.visibility, audience) : asset.visibility;
  await placeAsset(tx, asset, { namespaceId: to.namespace.id, slug: to.slug, visibility }, at);
  await settleNewAsset(tx, actor, (await assetById(tx, asset.id)) as Asset, at);
  return {
    type: "asset.moved",
    subjectId: asset.id,
    // Ids, because a name may be that of a private organization.
    payload: { fromNamespaceId: asset.namespaceId, toNamespaceId: to.namespace.id },
  };
}

async function chargeTo(tx: Queries, deps: OrganizationsDeps, asset: Asset, namespace: { id: Id; name: string }) {
  const bytes = await storedBytes(tx, asset.id);
  await repository.lockNamespaces(tx, [asset.namespaceId, namespace.id]);
  if (!(await deps.reserveStorage(tx, namespace.id, bytes, deps.namespaceQuotaBytes)))
    throw new AppError("QUOTA_EXCEEDED", `The namespace ${namespace.name} has no room for another ${bytes} bytes.`, {
      details: { quota_bytes: deps.namespaceQuotaBytes, needed_bytes: bytes },
    });
  await repository.releaseStorage(tx, asset.namespaceId, bytes);
}

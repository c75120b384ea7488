import type { Actor, SignedIn } from "../../core/actor.ts";
import { DAY, instant, later } from "../../core/clock.ts";
import { AppError, conflict, notFound, validationError } from "../../core/error.ts";
import { type Id, isId } from "../../core/id.ts";
import { requireSlug } from "../../core/name.ts";
import { mayOrganization } from "../../core/organization-permission.ts";
import { isAdmin, mayCreateIn, namespacesOf, requireScope } from "../../core/permission.ts";
import { isUniqueViolation, type Queries } from "../../platform/database/index.ts";
import type { NewEvent } from "../../platform/events/outbox.ts";
import {
  type Asset,
  assetById,
  auditSubject,
  changeAsset,
  lockAsset,
  noSuchNamespace,
  refOf,
} from "../catalog/index.ts";
import type { OrganizationsDeps } from "./deps.ts";
import { moveAsset } from "./move-asset.ts";
import { organizationFacts } from "./organization.ts";
import * as repository from "./repository.ts";
import type { TransferOffer } from "./transfer-repository.ts";

const OFFER_LIFETIME_MS = 7 * DAY;

/** What came of a transfer: the asset moved, or waits for the target's owner to agree. */
export interface Transferred {
  asset: Asset;
  offer: TransferOffer | null;
}

/**
 * Gives an asset to another namespace: at once where the actor may make assets there, else as an offer. Throws DUPLICATE_ASSET
 * when the target has or had one of that name, VALIDATION_ERROR for a namespace that the actor cannot know of.
 */
export async function transferAsset(
  deps: OrganizationsDeps,
  actor: Actor,
  ref: string,
  to: { namespace: string; slug?: string },
): Promise<Transferred> {
  if (to.slug !== undefined) requireSlug("slug", to.slug);
  const asset = await placing(() =>
    changeAsset(deps, actor, ref, "manage", async (tx, found) => {
      const signedIn = actor as SignedIn;
      const namespace = await repository.namespaceNamed(tx, actor, to.namespace);
      if (!namespace) throw noSuchNamespace(to.namespace);
      if (namespace.id === found.namespaceId)
        throw validationError({ field: "to", message: `${refOf(found)} is there already. To rename it, use rename.` });
      const slug = to.slug ?? found.slug;
      const at = instant(deps.clock.now());
      if (mayCreateIn(actor, namespace.id, slug))
        return [await moveAsset(tx, deps, signedIn, found, { namespace, slug }, at)];
      const expiresAt = later(deps.clock.now(), OFFER_LIFETIME_MS);
      const { userId: requestedBy } = signedIn;
      const offer = { assetId: found.id, toNamespaceId: namespace.id, slug, requestedBy, at, expiresAt };
      await repository.putOffer(tx, offer);
      return [transferEvent("offered", found, namespace.id)];
    }),
  );
  const now = instant(deps.clock.now());
  return { asset, offer: await repository.offerOfAsset(deps.database.read, asset.id, now) };
}

const transferEvent = (what: string, asset: { id: Id }, toNamespaceId: Id): NewEvent => ({
  type: `asset.transfer.${what}`,
  subjectId: asset.id,
  payload: { toNamespaceId },
});

/** Gives an asset another name in its namespace; the old one leads to it for good. */
export async function renameAsset(deps: OrganizationsDeps, actor: Actor, ref: string, slug: string): Promise<Asset> {
  requireSlug("slug", slug);
  return placing(() =>
    changeAsset(deps, actor, ref, "manage", async (tx, asset) => {
      if (asset.slug === slug) return [];
      const namespace = { id: asset.namespaceId, name: asset.namespace };
      return [await moveAsset(tx, deps, actor as SignedIn, asset, { namespace, slug }, instant(deps.clock.now()))];
    }),
  );
}

/** What was offered of an asset, to those who may give it away. */
export async function offerOf(deps: OrganizationsDeps, asset: Asset): Promise<TransferOffer | null> {
  return repository.offerOfAsset(deps.database.read, asset.id, instant(deps.clock.now()));
}

/** Takes an offer back. Throws NOT_FOUND when there is none. */
export async function cancelTransfer(deps: OrganizationsDeps, actor: Actor, ref: string): Promise<void> {
  await changeAsset(deps, actor, ref, "manage", async (tx, asset) => {
    const offer = await repository.offerOfAsset(tx, asset.id, instant(deps.clock.now()));
    if (!offer || !(await repository.deleteOffer(tx, asset.id))) throw notFound("transfer");
    return [transferEvent("cancelled", asset, offer.toNamespaceId)];
  });
}

/** Offers that the actor may answer: to their own namespace, and to organizations that they own or administer. */
export async function listOffers(deps: OrganizationsDeps, actor: Actor): Promise<TransferOffer[]> {
  requireScope(actor, "read");
  if (actor.confinement) return [];
  return repository.offersTo(deps.database.read, namespacesOf(actor, "admin"), instant(deps.clock.now()));
}

/** Takes an offered asset. Throws NOT_FOUND for an offer that is not the actor's to answer, or does not stand any more. */
export async function acceptTransfer(deps: OrganizationsDeps, actor: Actor, id: Id): Promise<Asset> {
  return placing(() =>
    answerOffer(deps, actor, id, async (tx, offer, asset, signedIn) => {
      if (!(await repository.mayStillOffer(tx, offer)))
        throw conflict("Who offered it may not give it away any more, so it stays where it is.");
      const namespace = { id: offer.toNamespaceId, name: offer.toNamespace };
      return moveAsset(tx, deps, signedIn, asset, { namespace, slug: offer.slug }, instant(deps.clock.now()));
    }),
  );
}

/** Refuses an offered asset; it stays where it is. */
export async function declineTransfer(deps: OrganizationsDeps, actor: Actor, id: Id): Promise<void> {
  await answerOffer(deps, actor, id, async (tx, offer, asset) => {
    await repository.deleteOffer(tx, offer.assetId);
    return transferEvent("declined", asset, offer.toNamespaceId);
  });
}

async function answerOffer(
  deps: OrganizationsDeps,
  actor: Actor,
  id: Id,
  answer: (tx: Queries, offer: TransferOffer, asset: Asset, actor: SignedIn) => Promise<NewEvent>,
): Promise<Asset> {
  requireScope(actor, "publish");
  if (!isId(id)) throw notFound("transfer");
  const asset = await deps.database.write(async (tx) => {
    const now = instant(deps.clock.now());
    const seen = await repository.offerById(tx, id, now);
    if (!seen || !(await mayAnswer(tx, actor, seen))) throw notFound("transfer");
    await lockAsset(tx, seen.assetId);
    // Whoever had it locked before may have taken, moved or deleted it.
    const offer = await repository.offerById(tx, id, now);
    const before = offer && (await assetById(tx, offer.assetId));
    if (!offer || !before) throw notFound("transfer");
    const event = await answer(tx, offer, before, actor);
    const after = (await assetById(tx, offer.assetId)) as Asset;
    const { type: action, payload: details } = event;
    await deps.audit.append(tx, { action, outcome: "success", actor, subject: auditSubject(after), details });
    await deps.outbox.append(tx, { actorId: actor.userId, ...event });
    return after;
  });
  deps.outbox.announce();
  return asset;
}

async function mayAnswer(tx: Queries, actor: SignedIn, offer: TransferOffer): Promise<boolean> {
  if (actor.confinement) return false;
  if (isAdmin(actor) || offer.toNamespaceId === actor.namespaceId) return true;
  const organization = await repository.organizationOfNamespace(tx, offer.toNamespaceId);
  return organization !== null && mayOrganization(actor, "manage", organizationFacts(organization));
}

/** A place that somebody else was quicker to take is told as one that is taken. */
async function placing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isUniqueViolation(error))
      throw new AppError("DUPLICATE_ASSET", "There is or was an asset of that name already. Choose another name.");
    throw error;
  }
}

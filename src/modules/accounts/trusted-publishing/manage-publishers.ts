import type { Actor, SignedIn } from "../../../core/actor.ts";
import { type Clock, instant } from "../../../core/clock.ts";
import { AppError, assetNotFound, conflict, forbidden, notFound, validationError } from "../../../core/error.ts";
import { type Id, isId, newId } from "../../../core/id.ts";
import { requireSlug } from "../../../core/name.ts";
import { isAdmin, mayAsset, mayCreateIn, namespacesOf } from "../../../core/permission.ts";
import type { AuditLog } from "../../../platform/audit/audit-log.ts";
import type { Database, Queries } from "../../../platform/database/index.ts";
import * as readModel from "../key-restriction-read-model.ts";
import { requirePerson } from "../user.ts";
import * as repository from "./repository.ts";
import { type PublisherClaims, requireClaims, type TrustedPublisher } from "./trusted-publisher.ts";

const MAX_OF_ASSET = 20;

export interface NewPublisher {
  issuer: string;
  claims: PublisherClaims;
}

/** One with the names of what it may publish. */
export type ListedPublisher = TrustedPublisher & { namespace: string; exists: boolean };

export interface TrustedPublishers {
  /** Whose tokens are taken; empty: trusted publishing is switched off. */
  issuers: readonly string[];
  /** What a job's token must be meant for. */
  audience: string;
  /** `ref` is an asset's UUID or `namespace/slug`. For those with the right `manage`; throws ASSET_NOT_FOUND, FORBIDDEN. */
  listOfAsset(actor: Actor, ref: string): Promise<ListedPublisher[]>;
  /** Those of a namespace whose assets the actor may publish. Throws NOT_FOUND for a namespace of others. */
  listOfNamespace(actor: Actor, namespace: string): Promise<ListedPublisher[]>;
  /** The namespaces in which the actor may publish, the own one first. */
  namespaces(actor: Actor): Promise<string[]>;
  addToAsset(actor: Actor, ref: string, input: NewPublisher): Promise<ListedPublisher>;
  /** For a slug that does not exist yet, or an asset that the actor may manage. */
  addToNamespace(actor: Actor, namespace: string, slug: string, input: NewPublisher): Promise<ListedPublisher>;
  /** By whoever could register it, or did; the keys that jobs got through it end too. Throws NOT_FOUND, also when it is not of this asset or namespace. */
  remove(actor: Actor, of: { ref: string } | { namespace: string }, id: string): Promise<void>;
}

export interface ManageDeps {
  database: Database;
  clock: Clock;
  audit: AuditLog;
  issuers: readonly string[];
  audience: string;
}

interface Place {
  namespaceId: Id;
  namespace: string;
  slug: string;
  exists: boolean;
}

export function createTrustedPublishers(deps: ManageDeps): TrustedPublishers {
  const { database, issuers, audience } = deps;
  return {
    issuers,
    audience,
    async listOfAsset(actor, ref) {
      const place = await assetPlace(database.read, actor, ref);
      const found = await repository.publishersIn(database.read, [place.namespaceId], place.slug);
      return found.map((publisher) => ({ ...publisher, namespace: place.namespace, exists: true }));
    },
    async listOfNamespace(actor, namespace) {
      requirePerson(actor);
      const { id, name } = await requireNamespace(database.read, actor, namespace);
      const listed: ListedPublisher[] = [];
      for (const publisher of await repository.publishersIn(database.read, [id])) {
        const asset = await readModel.assetAt(database.read, id, publisher.slug);
        const mine = asset ? mayAsset(actor, "publish", asset) : mayCreateIn(actor, id, publisher.slug);
        if (mine) listed.push({ ...publisher, namespace: name, exists: asset !== null });
      }
      return listed;
    },
    async namespaces(actor) {
      requirePerson(actor);
      const ids = namespacesOf(actor, "write");
      const found = await readModel.namespacesById(database.read, ids);
      return ids.map((id) => found.get(id)?.name).filter((name) => name !== undefined);
    },
    async addToAsset(actor, ref, input) {
      const place = await assetPlace(database.read, actor, ref);
      return add(deps, actor as SignedIn, place, input);
    },
    async addToNamespace(actor, namespace, slug, input) {
      requirePerson(actor);
      const { id, name } = await requireNamespace(database.read, actor, namespace);
      const place = { namespaceId: id, namespace: name, slug: requireSlug("slug", slug) };
      const asset = await readModel.assetAt(database.read, id, slug);
      if (asset ? !mayAsset(actor, "manage", asset) : !mayCreateIn(actor, id, slug))
        throw asset && !mayAsset(actor, "read", asset)
          ? conflict(`${name}/${slug} is or was an asset already. Choose another name.`)
          : forbidden(`You may not decide who publishes ${name}/${slug}.`);
      return add(deps, actor, { ...place, exists: asset !== null }, input);
    },
    remove: (actor, of, id) => remove(deps, actor, of, id),
  };
}

async function add(deps: ManageDeps, actor: SignedIn, place: Place, input: NewPublisher): Promise<ListedPublisher> {
  const { issuers } = deps;
  if (issuers.length === 0)
    throw validationError({
      field: "issuer",
      message: "this server trusts no CI service: its administrator may name some.",
    });
  if (!issuers.includes(input.issuer))
    throw validationError({ field: "issuer", message: `is not trusted here. Take one of ${issuers.join(", ")}.` });
  requireClaims(input.issuer, input.claims);
  const publisher: TrustedPublisher = {
    id: newId(),
    namespaceId: place.namespaceId,
    slug: place.slug,
    issuer: input.issuer,
    claims: { ...input.claims },
    createdBy: actor.userId,
    createdAt: instant(deps.clock.now()),
    lastUsedAt: null,
  };
  await deps.database.write(async (tx) => {
    const others = await repository.publishersIn(tx, [place.namespaceId], place.slug);
    if (others.some((other) => same(other, publisher))) throw conflict("This very publisher is registered already.");
    if (others.length >= MAX_OF_ASSET)
      throw new AppError("QUOTA_EXCEEDED", `An asset has at most ${MAX_OF_ASSET} trusted publishers: remove one.`);
    await repository.addPublisher(tx, publisher);
    await deps.audit.append(tx, changed("trusted-publisher.added", actor, publisher, place.namespace));
  });
  return { ...publisher, namespace: place.namespace, exists: place.exists };
}

const same = (a: TrustedPublisher, b: TrustedPublisher): boolean => {
  const sorted = ({ claims }: TrustedPublisher) => JSON.stringify(Object.entries(claims).sort());
  return a.issuer === b.issuer && sorted(a) === sorted(b);
};

const changed = (action: string, actor: SignedIn, publisher: TrustedPublisher, namespace: string) => ({
  action,
  outcome: "success" as const,
  actor,
  subject: { type: "trusted-publisher", id: publisher.id, name: `${namespace}/${publisher.slug}` },
  details: { issuer: publisher.issuer, claims: publisher.claims },
});

async function remove(
  deps: ManageDeps,
  actor: Actor,
  of: { ref: string } | { namespace: string },
  id: string,
): Promise<void> {
  requirePerson(actor);
  const { read } = deps.database;
  const publisher = isId(id) ? await repository.publisherById(read, id) : null;
  const place = "ref" in of ? await assetPlace(read, actor, of.ref) : await requireNamespace(read, actor, of.namespace);
  const [namespaceId, namespace] = "slug" in place ? [place.namespaceId, place.namespace] : [place.id, place.name];
  if (publisher?.namespaceId !== namespaceId || ("slug" in place && place.slug !== publisher.slug))
    throw notFound("trusted publisher");
  const asset = await readModel.assetAt(read, namespaceId, publisher.slug);
  const may = asset ? mayAsset(actor, "manage", asset) : mayCreateIn(actor, namespaceId, publisher.slug);
  if (!may && publisher.createdBy !== actor.userId) throw notFound("trusted publisher");
  const gone = await deps.database.write(async (tx) => {
    if (!(await repository.deletePublisher(tx, publisher.id))) return false;
    const apiKeys = await repository.revokeKeys(tx, publisher, asset?.id ?? null, instant(deps.clock.now()));
    const event = changed("trusted-publisher.removed", actor, publisher, namespace);
    await deps.audit.append(tx, { ...event, details: { ...event.details, apiKeys } });
    return true;
  });
  if (!gone) throw notFound("trusted publisher");
}

/** Throws ASSET_NOT_FOUND for what the actor may not see, FORBIDDEN without the right `manage`. */
async function assetPlace(q: Queries, actor: Actor, ref: string): Promise<Place> {
  requirePerson(actor);
  const [namespace = "", slug = "", ...rest] = ref.split("/");
  const asset = isId(ref)
    ? ((await readModel.assetsById(q, [ref.toLowerCase()])).get(ref.toLowerCase()) ?? null)
    : rest.length === 0
      ? await readModel.assetNamed(q, namespace, slug)
      : null;
  if (!asset || !mayAsset(actor, "read", asset)) throw assetNotFound(ref.slice(0, 160));
  if (!mayAsset(actor, "manage", asset))
    throw forbidden("Only the asset's administrators may decide who publishes it.");
  const [name = "", ofSlug = ""] = asset.name.split("/");
  return { namespaceId: asset.namespaceId, namespace: name, slug: ofSlug, exists: true };
}

async function requireNamespace(q: Queries, actor: SignedIn, name: string): Promise<{ id: Id; name: string }> {
  const found = await readModel.namespaceNamed(q, name);
  if (!found || !(isAdmin(actor) || namespacesOf(actor, "write").includes(found.id)))
    throw notFound(`namespace ${name.slice(0, 80)}`);
  return { id: found.id, name: found.name };
}

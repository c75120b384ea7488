import semver from "semver";
import type { Actor, SignedIn } from "../../core/actor.ts";
import { instant } from "../../core/clock.ts";
import { AppError, conflict, forbidden, notFound, validationError } from "../../core/error.ts";
import { newId } from "../../core/id.ts";
import { isVisibility, type Visibility } from "../../core/kind.ts";
import { isName, isVersion, requireSlug } from "../../core/name.ts";
import { mayAsset, mayCreateIn, namespacesOf, requireScope } from "../../core/permission.ts";
import { isUniqueViolation, type Queries } from "../../platform/database/index.ts";
import type { BlobTicket } from "../administration/index.ts";
import {
  type Asset,
  assetById,
  assetByName,
  audienceOf,
  factsOf,
  highestFirst,
  insertAsset,
  insertVersion,
  lockAsset,
  refOf,
  settleNewAsset,
  type Version,
  versionById,
  versionByName,
  versionsOf,
  visibilityFor,
} from "../catalog/index.ts";
import type { PublishingDeps, VerifiedSignature } from "./deps.ts";
import { digestsOf, type StoredPackage, storePackage } from "./store-package.ts";
import { tellPublication } from "./tell-publication.ts";

/** What the publisher asks for; what is null follows from the files. */
export interface Publication {
  namespace: string;
  /** null: the name in the files. */
  slug: string | null;
  /** null: the version in the files, else the next patch of the highest (unchanged content keeps its version). */
  version: string | null;
  channel: string | null;
  visibility: string | null;
  changelog: string;
  /** A DSSE envelope (JSON text). */
  signature: string | null;
  /** true: open a new asset as soon as the version passes; false: leave it a draft. */
  publish: boolean;
}

export interface PublishResult {
  /** `unchanged`: this very content is that version already, nothing was written. */
  outcome: "created" | "unchanged";
  asset: Asset;
  version: Version;
  warnings: { path: string | null; message: string }[];
}

const MAX_TRIES = 4;
const MAX_CHANGELOG = 64 * 1024;

/**
 * Publishes a zip or tar.gz; `receive` spools it and answers its path, and is called once the publication is allowed. The content becomes one immutable version or nothing:
 * 409 DUPLICATE_VERSION when the version is taken by other content, `unchanged` when by the same.
 */
export async function publishVersion(
  deps: PublishingDeps,
  actor: Actor,
  publication: Publication,
  receive: () => Promise<string>,
): Promise<PublishResult> {
  const { namespace, who } = await authorise(deps, actor, publication);
  const archive = await receive();
  for (let attempt = 1; ; attempt++) {
    const ticket = await deps.guard.takeTicket();
    const stored = await storePackage(deps, archive);
    try {
      const result = await commit(deps, who, namespace, publication, stored, ticket);
      deps.outbox.announce();
      deps.jobs.wake();
      return { ...result, warnings: stored.warnings };
    } catch (error) {
      if (attempt >= MAX_TRIES || !mayTryAgain(deps, publication, stored, error)) throw error;
    }
  }
}

/** Another publisher was first (then what they wrote decides), or a blob was being collected (then it is put again). */
function mayTryAgain(deps: PublishingDeps, publication: Publication, stored: StoredPackage, error: unknown): boolean {
  const numbered = publication.version ?? stored.metadata.version;
  // A number that this server chose was taken meanwhile: the next one is as good.
  const outrun = numbered === null && error instanceof AppError && error.code === "DUPLICATE_VERSION";
  return outrun || isUniqueViolation(error) || deps.guard.isCollected(error);
}

/** Everything that can be refused before a byte is read. */
async function authorise(deps: PublishingDeps, actor: Actor, publication: Publication) {
  requireScope(actor, "publish");
  checkRequest(publication);
  const namespace = await deps.namespaces.byName(deps.database.read, publication.namespace);
  if (!namespace) throw notFound(`namespace ${publication.namespace.slice(0, 80)}`);
  const { slug } = publication;
  const asset = slug === null ? null : await assetByName(deps.database.read, namespace.name, slug);
  // Somebody with a right on this very asset need not have one on its namespace; to others both look alike.
  if (!mayCreateIn(actor, namespace.id, slug) && !(asset && mayAsset(actor, "publish", factsOf(asset))))
    throw namespace.hidden && !namespacesOf(actor, "read").includes(namespace.id)
      ? notFound(`namespace ${namespace.name}`)
      : forbidden(`You may not publish in the namespace ${namespace.name}.`);
  if (asset) requirePublishable(actor, asset);
  return { namespace, who: actor };
}

function checkRequest({ slug, version, channel, visibility, changelog }: Publication): void {
  if (slug !== null) requireSlug("slug", slug);
  if (version !== null && !isVersion(version))
    throw validationError({
      field: "version",
      message: `"${version.slice(0, 80)}" is not a semantic version such as 1.2.3 or 2.0.0-beta.1.`,
    });
  if (channel !== null && !isName(channel))
    throw validationError({ field: "channel", message: "must be a name of a-z, 0-9 and hyphens." });
  if (visibility !== null && !isVisibility(visibility))
    throw validationError({ field: "visibility", message: `"${visibility.slice(0, 40)}" is not a visibility.` });
  if (changelog.length > MAX_CHANGELOG)
    throw validationError({ field: "changelog", message: `must be at most ${MAX_CHANGELOG} characters.` });
}

/** Throws FORBIDDEN, CONFLICT (archived) or DUPLICATE_ASSET (deleted) when no version may be added. */
export function requirePublishable(actor: Actor, asset: Asset): void {
  if (asset.deletedAt !== null)
    throw new AppError("DUPLICATE_ASSET", `${refOf(asset)} was deleted; its name is never used again. Choose another.`);
  if (!mayAsset(actor, "publish", factsOf(asset))) throw forbidden(`You may not publish ${refOf(asset)}.`);
  if (asset.status === "archived") throw conflict(`${refOf(asset)} is archived. Publish the asset again to reopen it.`);
}

async function commit(
  deps: PublishingDeps,
  actor: SignedIn,
  namespace: { id: string; name: string },
  publication: Publication,
  stored: StoredPackage,
  ticket: BlobTicket,
): Promise<Omit<PublishResult, "warnings">> {
  const slug = publication.slug ?? stored.metadata.slug;
  if (slug === null)
    throw validationError({
      field: "slug",
      message: "The files hold no name. Give one, or put it in marketplace.toml.",
    });
  const ref = `${namespace.name}/${slug}`;
  const planned = await planVersion(deps.database.read, namespace.name, slug, publication, stored);
  const signature =
    publication.signature === null
      ? null
      : await deps.signatures.verify(actor, publication.signature, {
          ref,
          version: planned,
          digest: stored.manifest.digest,
        });
  return deps.database.write(async (tx) => {
    await deps.guard.assertNotCondemned(tx, digestsOf(stored), ticket);
    await deps.recalls.requirePublishableContent(tx, stored.manifest.digest);
    const open = await openAsset(tx, actor, namespace.name, slug, stored);
    const asset = open ?? (await makeAsset(tx, deps, actor, namespace.id, slug, publication, stored));
    const taken = await versionByName(tx, asset.id, planned);
    if (taken) {
      if (taken.digest !== stored.manifest.digest) throw versionTaken(asset, taken, stored);
      return { outcome: "unchanged", asset, version: taken };
    }
    const version = await writeVersion(tx, deps, actor, asset, planned, publication, stored, signature);
    await tellPublication(tx, deps, actor, asset, version, { madeAsset: open === null, signed: signature !== null });
    return { outcome: "created", asset: (await assetById(tx, asset.id)) as Asset, version };
  });
}

async function planVersion(
  q: Queries,
  namespace: string,
  slug: string,
  publication: Publication,
  stored: StoredPackage,
): Promise<string> {
  const wanted = publication.version ?? stored.metadata.version;
  if (wanted !== null) return wanted;
  const asset = await assetByName(q, namespace, slug);
  const versions = asset ? (await versionsOf(q, asset.id)).sort(highestFirst) : [];
  const highest = versions[0];
  if (!highest) return "1.0.0";
  if (highest.digest === stored.manifest.digest) return highest.version;
  return semver.inc(highest.version, "patch") ?? "1.0.0";
}

const versionTaken = (asset: Asset, taken: Version, stored: StoredPackage): AppError =>
  new AppError(
    "DUPLICATE_VERSION",
    taken.status === "blocked"
      ? `${refOf(asset)}@${taken.version} was refused, and its number stays taken: a version never changes. Mend it and publish it under the next number, such as ${semver.inc(taken.version, "patch")}.`
      : `${refOf(asset)}@${taken.version} exists with other content, and a version never changes. Publish a higher version.`,
    { details: { existing_digest: taken.digest, digest: stored.manifest.digest } },
  );

async function openAsset(
  tx: Queries,
  actor: SignedIn,
  namespace: string,
  slug: string,
  stored: StoredPackage,
): Promise<Asset | null> {
  const found = await assetByName(tx, namespace, slug);
  if (!found) return null;
  // Whoever deletes or archives it at this moment is waited for.
  await lockAsset(tx, found.id);
  const asset = (await assetById(tx, found.id)) as Asset;
  requirePublishable(actor, asset);
  if (asset.namespace !== namespace || asset.slug !== slug)
    throw conflict(`${namespace}/${slug} has just moved to ${refOf(asset)}. Publish there.`);
  if (asset.kind !== stored.metadata.kind)
    throw validationError({
      field: "kind",
      message:
        `${refOf(asset)} is a ${asset.kind}, but these files look like a ${stored.metadata.kind}. ` +
        `Publish under another name, or set kind = "${asset.kind}" under [asset] in marketplace.toml.`,
    });
  return asset;
}

async function makeAsset(
  tx: Queries,
  deps: PublishingDeps,
  actor: SignedIn,
  namespaceId: string,
  slug: string,
  publication: Publication,
  { metadata }: StoredPackage,
): Promise<Asset> {
  if (!mayCreateIn(actor, namespaceId, slug)) throw forbidden(`You may not make ${slug} in this namespace.`);
  const id = newId();
  const at = instant(deps.clock.now());
  const audience = await audienceOf(tx, deps.database.engine, namespaceId);
  await insertAsset(tx, {
    id,
    namespaceId,
    slug,
    kind: metadata.kind,
    title: metadata.title || slug,
    description: metadata.description,
    license: metadata.license,
    homepage: metadata.homepage,
    repository: metadata.repository,
    visibility: visibilityFor(publication.visibility as Visibility | null, audience),
    publishRequested: publication.publish,
    createdBy: actor.userId,
    at,
  });
  const asset = (await assetById(tx, id)) as Asset;
  await settleNewAsset(tx, actor, asset, at);
  return asset;
}

async function writeVersion(
  tx: Queries,
  deps: PublishingDeps,
  actor: SignedIn,
  asset: Asset,
  version: string,
  publication: Publication,
  stored: StoredPackage,
  signature: VerifiedSignature | null,
): Promise<Version> {
  const id = newId();
  const size = stored.files.reduce((sum, file) => sum + file.size, 0);
  if (!(await deps.namespaces.reserveStorage(tx, asset.namespaceId, size, deps.namespaceQuotaBytes)))
    throw new AppError("QUOTA_EXCEEDED", `The namespace ${asset.namespace} has no room for another ${size} bytes.`, {
      details: { quota_bytes: deps.namespaceQuotaBytes, needed_bytes: size },
    });
  await insertVersion(tx, {
    id,
    assetId: asset.id,
    version,
    digest: stored.manifest.digest,
    manifestSize: stored.manifest.manifest.byteLength,
    configDigest: stored.manifest.configDigest,
    metadata: stored.metadata,
    changelog: publication.changelog,
    files: stored.files,
    requestedChannel: publication.channel,
    publishedBy: actor.userId,
    provenance: actor.provenance ?? null,
    at: instant(deps.clock.now()),
  });
  if (signature) await deps.signatures.insert(tx, id, signature);
  await deps.compliance.policy.proposeFromPackage(tx, { id, asset, publishedBy: actor.userId }, stored.suppressions);
  await deps.compliance.requestScan(tx, id, actor.userId);
  return (await versionById(tx, id)) as Version;
}

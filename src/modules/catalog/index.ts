import type { Actor, SignedIn } from "../../core/actor.ts";
import type { Id } from "../../core/id.ts";
import { namespacesOf } from "../../core/permission.ts";
import type { PageRequest } from "../../core/page.ts";
import { createAsset, type NewDraft } from "./create-asset.ts";
import { type Asset, refOf } from "./asset.ts";
import type { AssetFilter, Catalog } from "./catalog.ts";
import {
  type AssetEdit,
  archiveAsset,
  deleteAsset,
  deprecateAsset,
  publishAsset,
  updateAsset,
} from "./change-asset.ts";
import { removeChannel, setChannel, unyankVersion, yankVersion } from "./change-version.ts";
import type { CatalogDeps } from "./deps.ts";
import * as find from "./find.ts";
import {
  advisedAssets,
  advisoriesOf,
  capabilitiesOf,
  catalogTotals,
  changesAskedOf,
  pendingVersions,
  scansOf,
  signaturesOf,
  signedVersions,
  usernameOf,
} from "./read-model.ts";
import * as repository from "./repository.ts";

export { catalogApi } from "./api.ts";
export { type AssetPagesDeps, assetPages } from "./asset-pages.tsx";
export { assetSettingsPages } from "./asset-settings-pages.tsx";
export { type ProfilePagesDeps, profilePages } from "./profile-pages.tsx";
export { refIn, versionAnswer } from "./api.ts";
export { type Asset, factsOf, refOf } from "./asset.ts";
export { auditSubject } from "./audit-asset.ts";
export type { AssetFilter, Catalog } from "./catalog.ts";
export { type AssetEdit, changeAsset } from "./change-asset.ts";
export { type NewDraft, noSuchNamespace } from "./create-asset.ts";
export { narrowed, settleNewAsset, visibilityFor } from "./place.ts";
export { capabilitiesOf, type ScanView, type SignatureView } from "./read-model.ts";
export { markRecalled } from "./recall-versions.ts";
export { type Decision, decideVersion, waitAgain } from "./release-version.ts";
export {
  assetByName,
  audienceLock,
  assetsIn,
  audienceOf,
  closeAssets,
  deleteAssets,
  insertAsset,
  placeAsset,
  storedBytes,
  insertVersion,
  lockAsset,
  versionById,
  versionByName,
  assetById,
  filesOf,
  versionsOf,
  versionsWithDigest,
} from "./repository.ts";
export {
  highestFirst,
  isResolvable,
  type RecallMark,
  requireNotRecalled,
  type Version,
  type VersionFile,
} from "./version.ts";
export * from "./wire.ts";

export type CatalogModule = ReturnType<typeof createCatalog>;

/** The catalogue: assets, versions, channels. Reading is `Catalog`; the rest changes one asset each. */
export function createCatalog(deps: CatalogDeps) {
  const q = deps.database.read;
  const catalog: Catalog = {
    findAsset: (actor, ref) => find.findAsset(q, actor, ref),
    findVersion: (actor, ref, selector) => find.findVersion(q, actor, ref, selector),
    listVersions: (actor, asset) => find.listVersions(q, actor, asset),
    filesOf: (versionId) => repository.filesOf(q, versionId),
    fileOf: (versionId, path) => repository.fileOf(q, versionId, path),
    dependenciesOf: (versionId) => repository.dependenciesOf(q, versionId),
    channelsOf: (assetId) => repository.channelsOf(q, assetId),
    async listAssets(actor: Actor, filter: AssetFilter, page: PageRequest) {
      return { ...(await repository.listAssets(q, actor, filter, page)), ...page };
    },
  };
  return {
    ...catalog,
    /** The asset that a name used to lead to, where the actor may read it. Throws ASSET_NOT_FOUND. */
    findFormer: (actor: Actor, namespace: string, slug: string) => find.findFormer(q, actor, namespace, slug),
    /** Names that the asset had before. */
    formerRefs: (actor: Actor, assetId: Id) => repository.formerRefs(q, actor, assetId),
    /** The present name of a namespace that was renamed; null when no such is known to the actor. */
    namespaceFormerly: (actor: Actor, name: string) => repository.namespaceFormerly(q, actor, name),
    shownVersion: (actor: Actor, asset: Asset) => find.shownVersion(q, actor, asset),
    countVersions: (actor: Actor, asset: Asset) => find.countVersions(q, actor, asset),
    signaturesOf: (versionId: Id) => signaturesOf(q, versionId),
    scansOf: (versionId: Id) => scansOf(q, versionId),
    capabilitiesOf: (versionId: Id) => capabilitiesOf(q, versionId),
    advisoriesOf: (actor: Actor, versionId: Id) => advisoriesOf(q, actor, versionId),
    advisedAssets: (actor: Actor, assetIds: readonly Id[]) => advisedAssets(q, actor, assetIds),
    changesAskedOf: (versionId: Id) => changesAskedOf(q, versionId),
    usernameOf: (userId: Id) => usernameOf(q, userId),
    /** Of public, published assets; versions of all. */
    totals: () => catalogTotals(q),
    signedVersions: (versionIds: readonly Id[]) => signedVersions(q, versionIds),
    /** What the actor's namespaces have not published yet: being scanned, in review, blocked. */
    pendingVersions: (actor: SignedIn) => pendingVersions(q, namespacesOf(actor, "write")),
    async dependentsOf(actor: Actor, asset: Asset, page: PageRequest) {
      const refs = [refOf(asset), ...(await repository.formerRefs(q, actor, asset.id))];
      return { ...(await repository.dependentsOf(q, actor, refs, page)), ...page };
    },
    /** A version by its id, where the actor may read it. Throws VERSION_NOT_FOUND. */
    versionWithAsset: (actor: Actor, versionId: Id) => find.versionWithAsset(q, actor, versionId),
    createAsset: (actor: Actor, namespace: { id: Id; name: string; hidden: boolean }, draft: NewDraft) =>
      createAsset(deps, actor, namespace, draft),
    updateAsset: (actor: Actor, ref: string, edit: AssetEdit, ifMatch?: string) =>
      updateAsset(deps, actor, ref, edit, ifMatch),
    publishAsset: (actor: Actor, ref: string) => publishAsset(deps, actor, ref),
    deprecateAsset: (actor: Actor, ref: string, reason: string) => deprecateAsset(deps, actor, ref, reason),
    archiveAsset: (actor: Actor, ref: string, reason: string) => archiveAsset(deps, actor, ref, reason),
    deleteAsset: (actor: Actor, ref: string) => deleteAsset(deps, actor, ref),
    yankVersion: (actor: Actor, ref: string, version: string, reason: string) =>
      yankVersion(deps, actor, ref, version, reason),
    unyankVersion: (actor: Actor, ref: string, version: string) => unyankVersion(deps, actor, ref, version),
    setChannel: (actor: Actor, ref: string, channel: string, version: string) =>
      setChannel(deps, actor, ref, channel, version),
    removeChannel: (actor: Actor, ref: string, channel: string) => removeChannel(deps, actor, ref, channel),
  };
}

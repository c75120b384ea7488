import { type Asset, refOf } from "./asset.ts";
import type { AdvisoryView, ScanView, SignatureView } from "./read-model.ts";
import type { DeclaredDependency, Version, VersionFile } from "./version.ts";

/** An asset as the API answers it. */
export const assetWire = (asset: Asset) => ({
  id: asset.id,
  ref: refOf(asset),
  namespace: asset.namespace,
  slug: asset.slug,
  type: asset.kind,
  title: asset.title,
  description: asset.description,
  license: asset.license,
  homepage: asset.homepage,
  repository: asset.repository,
  visibility: asset.visibility,
  status: asset.status,
  status_reason: asset.statusReason,
  tags: asset.tags,
  categories: asset.categories,
  version: asset.latest?.version ?? null,
  verdict: asset.latest?.verdict ?? null,
  signed: asset.latest?.signed ?? false,
  downloads: asset.downloads,
  created_at: asset.createdAt,
  updated_at: asset.updatedAt,
  published_at: asset.publishedAt,
});

/** A version in lists. */
export const versionWire = (version: Version) => ({
  id: version.id,
  version: version.version,
  digest: version.digest,
  status: version.status,
  verdict: version.verdict,
  verdict_reason: version.verdictReason,
  yanked: version.yankedAt !== null,
  yank_reason: version.yankReason,
  changelog: version.changelog,
  size: version.totalSize,
  file_count: version.fileCount,
  downloads: version.downloads,
  created_at: version.createdAt,
  released_at: version.releasedAt,
  provenance: version.provenance,
  recalled: version.recall && {
    number: version.recall.number,
    reason: version.recall.reason,
    recalled_at: version.recall.at,
  },
});

export const fileWire = (file: VersionFile) => ({
  path: file.path,
  size: file.size,
  digest: file.digest,
  media_type: file.mediaType,
  executable: file.executable,
});

export const dependencyWire = (dependency: DeclaredDependency) => ({
  ref: dependency.ref,
  range: dependency.range,
  optional: dependency.optional,
});

export const signatureWire = (signature: SignatureView) => ({
  fingerprint: signature.fingerprint,
  key_name: signature.keyName,
  signer: signature.signer,
  signed_at: signature.signedAt,
  revoked_at: signature.revokedAt,
  public_key: signature.publicKey,
  signed_as: signature.signedAs,
  envelope: signature.envelope,
});

export const scanWire = (scan: ScanView) => ({
  id: scan.id,
  status: scan.status,
  verdict: scan.verdict,
  reason: scan.reason,
  findings: scan.findings,
  scanners: scan.outcomes.map((o) => ({ scanner: o.scanner, version: o.version, state: o.state })),
  created_at: scan.createdAt,
  finished_at: scan.finishedAt,
});

export const advisoryWire = (advisory: AdvisoryView) => ({
  id: advisory.advisoryId,
  severity: advisory.level,
  malicious: advisory.malicious,
  summary: advisory.summary,
  ecosystem: advisory.ecosystem,
  package: advisory.package,
  package_version: advisory.packageVersion,
  fixed: advisory.fixed,
});

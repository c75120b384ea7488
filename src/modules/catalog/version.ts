import type { Instant } from "../../core/clock.ts";
import type { Digest } from "../../core/digest.ts";
import type { Id } from "../../core/id.ts";
import type { Verdict, VersionStatus } from "../../core/kind.ts";
import type { DeclaredDependency, PackageFile, PackageMetadata } from "../../core/package/package.ts";

export interface Version {
  id: Id;
  assetId: Id;
  version: string;
  /** The manifest's digest: the identity of the content. */
  digest: Digest;
  configDigest: Digest;
  metadata: PackageMetadata;
  changelog: string;
  readmePath: string | null;
  status: VersionStatus;
  verdict: Verdict;
  verdictReason: string | null;
  totalSize: number;
  fileCount: number;
  publishedBy: Id;
  createdAt: Instant;
  releasedAt: Instant | null;
  yankedAt: Instant | null;
  yankReason: string | null;
  downloads: number;
}

export type VersionFile = PackageFile;
export type { DeclaredDependency };

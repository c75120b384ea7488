import semver from "semver";
import type { Instant } from "../../core/clock.ts";
import type { Digest } from "../../core/digest.ts";
import { AppError } from "../../core/error.ts";
import { reasonSentence } from "../../core/signing/recall-list.ts";
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
  /** The channel asked for at publication, set when the version is released. */
  requestedChannel: string | null;
  publishedBy: Id;
  /** The CI job that published it (claims of its token); null: a person, or a key of theirs. */
  provenance: Readonly<Record<string, string>> | null;
  createdAt: Instant;
  releasedAt: Instant | null;
  yankedAt: Instant | null;
  yankReason: string | null;
  downloads: number;
  /** An administrator's order that it must not be used any more. */
  recall: RecallMark | null;
}

/** What a version carries of its recall. */
export interface RecallMark {
  number: number;
  reason: string;
  at: Instant;
}

export type VersionFile = PackageFile;
export type { DeclaredDependency };

/** Semver precedence, highest first (SemVer 2.0.0 section 11). */
export const highestFirst = (a: { version: string }, b: { version: string }): number =>
  semver.rcompare(a.version, b.version);

/** May `latest` or a range choose it? */
export const isResolvable = (version: Version): boolean =>
  version.status === "published" && version.yankedAt === null && version.recall === null;

/** Throws RECALLED (410) where the version may not be handed out any more. `name` is what was asked for. */
export function requireNotRecalled(name: string, { recall }: Pick<Version, "recall">): void {
  if (!recall) return;
  const { number, reason, at } = recall;
  throw new AppError(
    "RECALLED",
    `${name} was recalled (no. ${number}): ${reasonSentence(reason)} Do not use it. Remove what you have of it, or choose another version.`,
    { details: { number, reason, recalled_at: at } },
  );
}

/** What `latest` names: the highest resolvable version, prereleases only when there is nothing else. */
export function latestOf(versions: readonly Version[]): Version | null {
  const candidates = versions.filter(isResolvable).sort(highestFirst);
  return candidates.find((v) => semver.prerelease(v.version) === null) ?? candidates[0] ?? null;
}

import type { Digest } from "../../../core/digest.ts";
import type { Kind } from "../../../core/kind.ts";
import type { PackageFile, PackageMetadata } from "../../../core/package/package.ts";
import type { PackageReference } from "../../../core/package-reference.ts";

/** What a bill of materials is written from: everything that its reader may know of a version. */
export interface Materials {
  /** Version of this program. */
  program: string;
  asset: { namespace: string; slug: string; kind: Kind };
  version: {
    version: string;
    digest: Digest;
    metadata: PackageMetadata;
    /** Of its release; before that, of its publication. */
    at: string;
    recall: { number: number; reason: string } | null;
    yanked: boolean;
  };
  files: readonly PackageFile[];
  /** Of the version: more than `files` when those were cut. */
  fileCount: number;
  dependencies: { resolved: readonly ResolvedAsset[]; complete: boolean };
  packages: readonly PackageReference[];
  /** Whether a scan has looked for packages. */
  packagesKnown: boolean;
  advisories: readonly KnownAdvisory[];
  /** Whether there may be more advisories than these. */
  advisoriesCut: boolean;
}

/** An asset of this server that the version needs, in the version that would be installed now. */
export interface ResolvedAsset {
  ref: string;
  version: string;
  digest: Digest;
  /** null where the asset is not found under this name any more. */
  kind: Kind | null;
  license: string | null;
  /** Refs of what it needs itself. */
  needs: readonly string[];
}

export interface KnownAdvisory {
  advisoryId: string;
  ecosystem: string;
  package: string;
  /** The version or range that the file names. */
  packageVersion: string | null;
  fixed: string | null;
  level: "critical" | "high" | "medium" | "low" | null;
  malicious: boolean;
  summary: string;
}

/** So many files of a version are listed. */
export const MOST_FILES = 10_000;
/** So many advisories the catalogue names of a version. */
export const MOST_ADVISORIES = 300;

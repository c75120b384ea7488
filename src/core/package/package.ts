import type { Digest } from "../digest.ts";
import type { Kind } from "../kind.ts";
import type { DeclaredSuppression } from "./declared-suppression.ts";

/** One file of a version, before or after it is published. Paths are relative, NFC, with `/`. */
export interface PackageFile {
  path: string;
  size: number;
  digest: Digest;
  mediaType: string;
  executable: boolean;
}

/** A folder's or archive's files. The same code describes it in the client (from disk) and in the server (from blobs). */
export interface PackageSource {
  files: readonly PackageFile[];
  /** A file's text (UTF-8), null when there is no such file, it is not UTF-8, or it is over 1 MiB. */
  text(path: string): Promise<string | null>;
}

export interface DeclaredDependency {
  /** namespace/slug */
  ref: string;
  /** A semver range or the name of a channel. */
  range: string;
  optional: boolean;
}

/** What the files say of themselves: native files of the ecosystem, overruled by an optional `marketplace.toml`. */
export interface PackageMetadata {
  kind: Kind;
  /** A name taken from the files, as a slug; null when they hold none. */
  slug: string | null;
  /** null when the files name none. */
  version: string | null;
  title: string;
  description: string;
  /** A valid SPDX expression, or null when none was declared or recognised. */
  license: string | null;
  tags: string[];
  /** Category slugs. */
  categories: string[];
  homepage: string | null;
  repository: string | null;
  readmePath: string | null;
  dependencies: DeclaredDependency[];
  /** Agent or runtime → semver range or note. */
  compatibility: Record<string, string>;
}

/** Something that was understood but that the publisher should look at (unknown licence text, description cut …). */
export interface PackageWarning {
  path: string | null;
  message: string;
}

export interface DescribedPackage {
  metadata: PackageMetadata;
  /** What the publisher says of findings: beside the metadata, so that no manifest holds it. */
  suppressions: DeclaredSuppression[];
  warnings: PackageWarning[];
}

/** A version's canonical bytes: an OCI image manifest and its config blob. The same content gives the same digest everywhere. */
export interface BuiltManifest {
  digest: Digest;
  manifest: Uint8Array;
  configDigest: Digest;
  config: Uint8Array;
}

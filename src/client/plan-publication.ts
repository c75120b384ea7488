import semver from "semver";
import { AppError } from "../core/error.ts";
import { isVersion } from "../core/name.ts";
import type { Client } from "./client.ts";
import type { LocalPackage } from "./local-package.ts";
import type { AssetWire, VersionWire } from "./wire.ts";

/** What publishing a package would do, found out before a byte of it is sent. */
export interface PublicationPlan {
  /** namespace/slug */
  ref: string;
  namespace: string;
  slug: string;
  version: string;
  /** The asset as it is; null when it would be new. */
  asset: AssetWire | null;
  /** The version that holds this very content already: nothing needs to be sent. */
  unchanged: VersionWire | null;
}

/**
 * Chooses the version: the one given, else the files', else the next patch of the highest there is (1.0.0 for the first),
 * or that highest itself when it holds the same content. Throws DUPLICATE_VERSION when the version holds other content.
 */
export async function planPublication(
  client: Client,
  local: LocalPackage,
  wanted: { namespace: string; slug: string; version: string | undefined },
): Promise<PublicationPlan> {
  const { namespace, slug } = wanted;
  const ref = `${namespace}/${slug}`;
  const asset = await client.assets.find(ref);
  if (asset && asset.type !== local.metadata.kind) throw otherKind(asset, local);
  const versions = asset ? await client.versions.list(ref) : [];
  const plan = { ref, namespace, slug, asset };
  const version = wanted.version ?? local.metadata.version;
  const { digest } = local.manifest;
  if (version === null) {
    const highest = versions[0];
    const same = highest?.digest === digest;
    return { ...plan, version: same ? highest.version : nextPatch(highest), unchanged: same ? highest : null };
  }
  const taken = versions.find((existing) => existing.version === version);
  if (taken && taken.digest !== digest) throw versionTaken(ref, version, versions[0]!);
  return { ...plan, version, unchanged: taken ?? null };
}

const nextPatch = (highest: VersionWire | undefined): string =>
  (highest && semver.inc(highest.version, "patch")) ?? "1.0.0";

const otherKind = ({ ref, type }: AssetWire, { metadata: { kind } }: LocalPackage): AppError =>
  new AppError(
    "CONFLICT",
    `${ref} is a ${type}, but these files are a ${kind}. Publish them under another name with --slug, ` +
      `or set kind = "${type}" under [asset] in marketplace.toml.`,
  );

function versionTaken(ref: string, version: string, highest: VersionWire): AppError {
  const next = isVersion(highest.version) ? ` such as ${nextPatch(highest)}` : "";
  return new AppError(
    "DUPLICATE_VERSION",
    `${ref}@${version} exists with other content, and a version never changes. Publish a higher one${next} ` +
      "(in the files, or with --version), or under another name with --slug.",
  );
}

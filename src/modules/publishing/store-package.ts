import { AppError, invalidRequest } from "../../core/error.ts";
import type { Digest } from "../../core/digest.ts";
import { mediaTypeOf } from "../../core/media-type.ts";
import { describePackage } from "../../core/package/describe-package.ts";
import { buildManifest } from "../../core/package/manifest.ts";
import type {
  BuiltManifest,
  DescribedPackage,
  PackageFile,
  PackageMetadata,
  PackageSource,
  PackageWarning,
} from "../../core/package/package.ts";
import { readArchive } from "../../platform/archives/read-archive.ts";
import type { BlobStore } from "../../platform/blobs/blob-store.ts";
import type { PublishingDeps } from "./deps.ts";

/** An archive's files as blobs, described, with the manifest they make. Nothing names them yet. */
export interface StoredPackage {
  files: PackageFile[];
  metadata: PackageMetadata;
  suppressions: DescribedPackage["suppressions"];
  warnings: PackageWarning[];
  manifest: BuiltManifest;
}

const MAX_TEXT_BYTES = 1 << 20;

/** Streams every file of the archive into the blob store and describes the whole. Blobs of a refused archive are garbage. */
export async function storePackage(
  deps: Pick<PublishingDeps, "blobs" | "limits">,
  archive: string,
): Promise<StoredPackage> {
  const files: PackageFile[] = [];
  await readArchive(archive, deps.limits, async (entry) => {
    const { digest, size } = await deps.blobs.put(entry.bytes, { maxBytes: deps.limits.maxFileBytes });
    files.push({ path: entry.path, size, digest, mediaType: mediaTypeOf(entry.path), executable: entry.executable });
  });
  if (files.length === 0) throw invalidRequest("The archive holds no files.");
  const { metadata, suppressions, warnings } = await describePackage(sourceOf(deps.blobs, files));
  const manifest = buildManifest(metadata, files);
  await deps.blobs.put(manifest.config, { expected: manifest.configDigest });
  await deps.blobs.put(manifest.manifest, { expected: manifest.digest });
  return { files, metadata, suppressions, warnings, manifest };
}

/** Every blob that a version of this package names. */
export const digestsOf = (stored: StoredPackage): Digest[] => [
  ...new Set([...stored.files.map((f) => f.digest), stored.manifest.configDigest, stored.manifest.digest]),
];

function sourceOf(blobs: BlobStore, files: readonly PackageFile[]): PackageSource {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return {
    files,
    async text(path) {
      const file = byPath.get(path);
      if (!file || file.size > MAX_TEXT_BYTES) return null;
      const stream = await blobs.open(file.digest);
      if (!stream)
        throw new AppError("SERVICE_UNAVAILABLE", "The storage lost a file that was just written. Try again.");
      return decodeUtf8(new Uint8Array(await new Response(stream).arrayBuffer()));
    },
  };
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

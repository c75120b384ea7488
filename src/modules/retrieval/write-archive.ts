import { instant } from "../../core/clock.ts";
import { DigestStream } from "../../core/digest.ts";
import { AppError } from "../../core/error.ts";
import { type ArchiveFile, writeTarGz, writeZip } from "../../platform/archives/write-archive.ts";
import type { BlobStore } from "../../platform/blobs/blob-store.ts";
import { filesOf, type Version, versionById } from "../catalog/index.ts";
import type { RetrievalDeps } from "./deps.ts";
import { type ArchiveFormat, archiveOf, saveArchive, type VersionArchive } from "./repository.ts";

export const ARCHIVE_JOB = "retrieval.write-archives";
export const ARCHIVE_FORMATS: readonly ArchiveFormat[] = ["tar.gz", "zip"];
/** Up to here an archive is written once and kept; larger ones are written afresh for each download. */
const MAX_KEPT_BYTES = 64 * 2 ** 20;

/** The job that follows a verdict: both archives of a published version, so that no download waits for them. */
export async function writeArchives(deps: RetrievalDeps, payload: { versionId: string }): Promise<void> {
  const version = await versionById(deps.database.read, payload.versionId);
  if (version?.status !== "published") return;
  for (const format of ARCHIVE_FORMATS) await ensureArchive(deps, version, format);
}

/** Archives that are being written, by version and format: however many wait for one, it is written once. */
const writing = new Map<string, Promise<VersionArchive>>();

/** Answers what the archive is, writing it first where it was not written or its bytes were collected. */
export function ensureArchive(deps: RetrievalDeps, version: Version, format: ArchiveFormat): Promise<VersionArchive> {
  const key = `${version.id} ${format}`;
  const under = writing.get(key);
  if (under) return under;
  const written = findOrWrite(deps, version, format).finally(() => writing.delete(key));
  writing.set(key, written);
  return written;
}

async function findOrWrite(deps: RetrievalDeps, version: Version, format: ArchiveFormat): Promise<VersionArchive> {
  const known = await archiveOf(deps.database.read, version.id, format);
  if (known && (!known.stored || (await deps.blobs.stat(known.digest)))) return known;
  const written = await write(deps, version, format);
  if (known && known.digest !== written.digest)
    throw new Error(
      `archive ${format} of version ${version.id} is not reproducible: ${known.digest}, ${written.digest}`,
    );
  await deps.database.write((tx) => saveArchive(tx, version.id, written, instant(deps.clock.now())));
  return written;
}

async function write(deps: RetrievalDeps, version: Version, format: ArchiveFormat): Promise<VersionArchive> {
  const stream = await archiveStream(deps, version, format);
  if (version.totalSize <= MAX_KEPT_BYTES) {
    const { digest, size } = await deps.blobs.put(stream);
    return { format, digest, size, stored: true };
  }
  const hash = new DigestStream();
  for await (const chunk of stream as unknown as AsyncIterable<Uint8Array>) hash.update(chunk);
  return { format, digest: hash.digest(), size: hash.size, stored: false };
}

/** The archive's bytes, made of the version's blobs as they are read: the same on every machine, every time. */
export async function archiveStream(
  deps: Pick<RetrievalDeps, "database" | "blobs">,
  version: Version,
  format: ArchiveFormat,
): Promise<ReadableStream<Uint8Array>> {
  const files = (await filesOf(deps.database.read, version.id)).map(
    (file): ArchiveFile => ({
      path: file.path,
      size: file.size,
      executable: file.executable,
      open: () => openBlob(deps.blobs, file.digest),
    }),
  );
  return format === "zip" ? writeZip(files) : writeTarGz(files);
}

export async function openBlob(
  blobs: BlobStore,
  digest: Parameters<BlobStore["open"]>[0],
  range?: { start: number; end: number },
): Promise<ReadableStream<Uint8Array>> {
  const stream = await blobs.open(digest, range);
  if (!stream) throw bytesMissing();
  return stream;
}

export const bytesMissing = (): AppError =>
  new AppError(
    "SERVICE_UNAVAILABLE",
    'The storage does not have these bytes. An administrator can look with "marketplace doctor".',
  );

import type { Actor } from "../../core/actor.ts";
import { type Digest, digestHex } from "../../core/digest.ts";
import { AppError, conflict, notFound } from "../../core/error.ts";
import { attachment, type ServableBytes } from "../../core/servable-bytes.ts";
import { isModerator } from "../../core/permission.ts";
import { type Asset, refOf, requireNotRecalled, type Version, type VersionFile } from "../catalog/index.ts";
import type { RetrievalDeps } from "./deps.ts";
import type { ArchiveFormat } from "./repository.ts";
import { archiveStream, bytesMissing, ensureArchive, openBlob } from "./write-archive.ts";

/** What a download answers: bytes from here, or a short-lived address at the store. */
export type Delivery = ({ kind: "bytes"; bytes: ServableBytes } | { kind: "redirect"; url: string; digest: Digest }) & {
  asset: Asset;
  version: Version;
};

/** Throws unless these bytes may leave: a version without a verdict or refused by the policy does not. */
function requireReleased(actor: Actor, asset: Asset, version: Version, inReview: "archive" | "file"): void {
  requireNotRecalled(`${refOf(asset)}@${version.version}`, version);
  if (version.status === "published" || version.status === "ready") return;
  // Moderators look at single files of what waits for them; publishers too, but nobody installs it.
  if (inReview === "file" && (isModerator(actor) || version.status !== "blocked")) return;
  const name = `${refOf(asset)}@${version.version}`;
  if (version.status === "blocked")
    throw new AppError("POLICY_VIOLATION", `${name} is blocked: ${version.verdictReason ?? "the policy refuses it."}`);
  throw conflict(`${name} has no verdict yet (${version.status}), so it cannot be downloaded. Try again later.`);
}

/** A whole version as tar.gz or zip. */
export async function downloadVersion(
  deps: RetrievalDeps,
  actor: Actor,
  ref: string,
  selector: string,
  format: ArchiveFormat,
): Promise<Delivery> {
  const { asset, version } = await deps.catalog.findVersion(actor, ref, selector);
  requireReleased(actor, asset, version, "archive");
  const archive = await ensureArchive(deps, version, format);
  const filename = `${asset.slug}-${version.version}.${format}`;
  const url = archive.stored ? signedUrl(deps, archive.digest, filename) : null;
  if (url) return { kind: "redirect", url, digest: archive.digest, asset, version };
  const bytes: ServableBytes = {
    size: archive.size,
    etag: `"${digestHex(archive.digest)}"`,
    contentType: format === "zip" ? "application/zip" : "application/gzip",
    contentDisposition: attachment(filename),
    headers: { "X-Content-Hash": archive.digest, "X-Manifest-Digest": version.digest },
    localPath: archive.stored ? await wholeFile(deps, archive.digest, archive.size) : null,
    open: async (range) =>
      archive.stored
        ? openBlob(deps.blobs, archive.digest, range)
        : slice(await archiveStream(deps, version, format), range),
  };
  return { kind: "bytes", bytes, asset, version };
}

/** One file of a version, never interpreted by a browser as a page of this server. */
export async function downloadFile(
  deps: RetrievalDeps,
  actor: Actor,
  ref: string,
  selector: string,
  path: string,
): Promise<Delivery & { file: VersionFile }> {
  const { asset, version } = await deps.catalog.findVersion(actor, ref, selector);
  requireReleased(actor, asset, version, "file");
  const file = await deps.catalog.fileOf(version.id, path);
  if (!file) throw notFound(`file in ${refOf(asset)}@${version.version}`);
  const filename = path.slice(path.lastIndexOf("/") + 1);
  const url = signedUrl(deps, file.digest, filename);
  if (url) return { kind: "redirect", url, digest: file.digest, asset, version, file };
  const bytes: ServableBytes = {
    size: file.size,
    etag: `"${digestHex(file.digest)}"`,
    contentType: inertType(file.mediaType),
    contentDisposition: attachment(filename),
    headers: { "X-Content-Hash": file.digest, "Content-Security-Policy": "default-src 'none'; sandbox" },
    localPath: await wholeFile(deps, file.digest, file.size),
    open: (range) => openBlob(deps.blobs, file.digest, range),
  };
  return { kind: "bytes", bytes, asset, version, file };
}

/** The exact bytes of the manifest or its config, for whoever verifies a version. */
export async function downloadManifest(
  deps: RetrievalDeps,
  actor: Actor,
  ref: string,
  selector: string,
  which: "manifest" | "config",
): Promise<ServableBytes> {
  const { asset, version } = await deps.catalog.findVersion(actor, ref, selector);
  requireNotRecalled(`${refOf(asset)}@${version.version}`, version);
  const digest = which === "manifest" ? version.digest : version.configDigest;
  const info = await deps.blobs.stat(digest);
  if (!info) throw bytesMissing();
  return {
    size: info.size,
    etag: `"${digestHex(digest)}"`,
    contentType: which === "manifest" ? "application/vnd.oci.image.manifest.v1+json" : "application/json",
    contentDisposition: "inline",
    headers: { "X-Content-Hash": digest },
    open: (range) => openBlob(deps.blobs, digest, range),
  };
}

/** The blob's file, where it has the length that it must have: what a broken disk cut short is never sent as whole. */
async function wholeFile(deps: RetrievalDeps, digest: Digest, size: number): Promise<string | null> {
  const path = deps.blobs.localPath(digest);
  if (path === null) return null;
  return Bun.file(path).size === size ? path : null;
}

const signedUrl = (deps: RetrievalDeps, digest: Digest, filename: string): string | null =>
  deps.redirectSeconds === null ? null : deps.blobs.presign(digest, deps.redirectSeconds, attachment(filename));

/** Types that no browser runs or renders as a document keep their name; all else is plain text or bytes. */
function inertType(mediaType: string): string {
  if (/^image\/(png|jpeg|gif|webp)$/.test(mediaType) || mediaType === "application/json") return mediaType;
  return mediaType.startsWith("text/") && mediaType !== "text/html" && mediaType !== "text/javascript"
    ? `${mediaType}; charset=utf-8`
    : "application/octet-stream";
}

/** The part of a stream between two offsets; what lies before is read and dropped. */
function slice(
  stream: ReadableStream<Uint8Array>,
  { start, end }: { start: number; end: number },
): ReadableStream<Uint8Array> {
  let offset = 0;
  return stream.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        const from = Math.max(0, start - offset);
        const to = Math.min(chunk.byteLength, end - offset);
        offset += chunk.byteLength;
        if (to > from) controller.enqueue(chunk.subarray(from, to));
        if (offset >= end) controller.terminate();
      },
    }),
  );
}

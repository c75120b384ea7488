import { chmod, mkdir, open, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Digest, DigestStream, isDigest, sha256 } from "../../core/digest.ts";
import { AppError } from "../../core/error.ts";
import { type ParsedManifest, parseManifest } from "../../core/package/manifest.ts";
import type { PackageFile } from "../../core/package/package.ts";
import { visiblePath } from "../../core/package/path.ts";
import { type ArchiveEntry, DEFAULT_ARCHIVE_LIMITS, readArchive } from "../../platform/archives/read-archive.ts";
import { assetPath } from "../assets-client.ts";
import type { Client } from "../client.ts";
import { unreachable } from "../failure.ts";
import { tampered } from "./failure.ts";

/** One version, named exactly. */
export interface Wanted {
  ref: string;
  version: string;
  digest: Digest;
}

const nameOf = ({ ref, version }: Wanted): string => `${ref}@${version}`;

/** The manifest, held to the digest. Throws CONFLICT when it is another one, VALIDATION_ERROR when it names hostile paths. */
export async function fetchManifest(client: Client, wanted: Wanted): Promise<ParsedManifest> {
  const bytes = await client.versions.manifest(wanted.ref, wanted.version);
  if (sha256(bytes) !== wanted.digest)
    throw tampered(nameOf(wanted), `its manifest has the digest ${sha256(bytes)}, not ${wanted.digest}.`);
  try {
    return parseManifest(bytes);
  } catch (error) {
    throw tampered(nameOf(wanted), `its manifest is not acceptable: ${error instanceof Error ? error.message : error}`);
  }
}

/** What the publisher says the package is, for agents' files that must have a description; held to the manifest too. */
export async function fetchDescription(client: Client, wanted: Wanted, manifest: ParsedManifest): Promise<string> {
  const { digest, size } = manifest.config;
  const bytes = await client.transport.bytes(
    `${assetPath(wanted.ref)}/versions/${encodeURIComponent(wanted.version)}/config`,
    size,
  );
  if (sha256(bytes) !== digest) throw tampered(nameOf(wanted), "its config is not what its manifest says.");
  const { description } = JSON.parse(new TextDecoder().decode(bytes)) as { description?: unknown };
  return typeof description === "string" && description !== "" ? description : wanted.ref;
}

/**
 * Downloads a version into `folder`, which is new: the archive is held to its own hash, every file to the manifest's digest,
 * size and place. Throws CONFLICT for anything else; `folder` must be thrown away then. `onBytes` gets what arrived so far.
 */
export async function fetchFiles(
  client: Client,
  wanted: Wanted,
  manifest: ParsedManifest,
  folder: string,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const archive = `${folder}.tar.gz`;
  try {
    await download(client, wanted, manifest, archive, onBytes);
    await unpack(wanted, manifest, archive, folder);
  } finally {
    await rm(archive, { force: true });
  }
}

/** What an honest archive of these files may weigh at most: tar's headers and padding, and deflate's worst case. */
function mostBytes({ files }: ParsedManifest): number {
  const total = files.reduce((sum, file) => sum + file.size + 4096, 0);
  return Math.ceil(total * 1.01) + 2 ** 20;
}

async function download(
  client: Client,
  wanted: Wanted,
  manifest: ParsedManifest,
  path: string,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const response = await client.versions.download(wanted.ref, wanted.version, "tar.gz");
  const promised = response.headers.get("X-Content-Hash");
  const limit = mostBytes(manifest);
  const hash = new DigestStream();
  const file = await open(path, "wx", 0o600);
  try {
    for await (const chunk of (response.body ?? []) as unknown as AsyncIterable<Uint8Array>) {
      hash.update(chunk);
      if (hash.size > limit) throw tampered(nameOf(wanted), "its archive is larger than its files can be.");
      await file.writeFile(chunk);
      onBytes(hash.size);
    }
  } catch (error) {
    throw error instanceof AppError || isLocal(error) ? error : unreachable(client.url, error);
  } finally {
    await file.close();
  }
  const digest = hash.digest();
  if (promised !== null && isDigest(promised) && promised !== digest)
    throw tampered(nameOf(wanted), `its archive arrived with the digest ${digest}, not ${promised}.`);
}

/** A failure of this machine's own disk, which says so itself. */
const isLocal = (error: unknown): boolean =>
  ["ENOSPC", "EIO", "EDQUOT", "EROFS", "EFBIG"].includes((error as { code?: string }).code ?? "");

async function unpack(wanted: Wanted, manifest: ParsedManifest, archive: string, folder: string): Promise<void> {
  const expected = new Map(manifest.files.map((file) => [file.path, file]));
  const wrapper = commonFolder(manifest.files);
  const total = manifest.files.reduce((sum, file) => sum + file.size, 0);
  const limits = {
    ...DEFAULT_ARCHIVE_LIMITS,
    maxArchiveBytes: Number.MAX_SAFE_INTEGER,
    maxTotalBytes: total,
    maxFiles: expected.size,
    maxExpansionRatio: 2000,
  };
  await mkdir(folder, { mode: 0o755 });
  try {
    await readArchive(archive, limits, async (entry) => {
      // Reading takes a folder off that wraps everything; the manifest says whether it was the publisher's own.
      const file = expected.get(entry.path) ?? expected.get(`${wrapper}${entry.path}`);
      if (!file)
        throw tampered(nameOf(wanted), `its archive holds ${visiblePath(entry.path)}, which its manifest does not.`);
      expected.delete(file.path);
      await writeChecked(wanted, file, entry, join(folder, file.path));
    });
  } catch (error) {
    if (error instanceof AppError && error.code !== "CONFLICT")
      throw tampered(nameOf(wanted), `its archive is not sound: ${error.message}`);
    throw error;
  }
  const [missing] = expected.keys();
  if (missing !== undefined) throw tampered(nameOf(wanted), `its archive lacks ${visiblePath(missing)}.`);
}

function commonFolder(files: readonly PackageFile[]): string {
  const first = files[0]?.path ?? "";
  const folder = first.slice(0, first.indexOf("/") + 1);
  return files.every(({ path }) => path.startsWith(folder)) ? folder : "";
}

async function writeChecked(wanted: Wanted, file: PackageFile, entry: ArchiveEntry, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const hash = new DigestStream();
  const out = await open(path, "wx", 0o644);
  try {
    for await (const piece of entry.bytes) {
      hash.update(piece);
      await out.writeFile(piece);
    }
  } finally {
    await out.close();
  }
  if (hash.size !== file.size || hash.digest() !== file.digest)
    throw tampered(nameOf(wanted), `${visiblePath(file.path)} is not what its manifest says.`);
  if (file.executable) await chmod(path, 0o755);
}

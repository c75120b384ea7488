import { lstat, readdir, realpath, stat } from "node:fs/promises";
import { createReadStream } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { Readable } from "node:stream";
import { AppError, validationError } from "../../core/error.ts";
import { DigestStream } from "../../core/digest.ts";
import { mediaTypeOf } from "../../core/media-type.ts";
import type { PackageFile, PackageSource, PackageWarning } from "../../core/package/package.ts";
import { comparePaths, isLitter, pathRefused, PathSet } from "../../core/package/path.ts";
import type { ArchiveFile } from "./archive-file.ts";
import { DEFAULT_ARCHIVE_LIMITS, type ArchiveLimits } from "./archive-limits.ts";
import { IGNORE_FILE, ignoreRules } from "./ignore-rules.ts";
import { writeTarGz } from "./write-tar-gz.ts";

const MAX_TEXT_BYTES = 1 << 20;

/** A folder on disk as a package: what would be sent, what was left out, and the bytes to send. */
export interface PackedFolder {
  source: PackageSource;
  /** Left out by rule, for `pack --verbose`: paths relative to the folder. */
  ignored: string[];
  /** Secrets that were left out, and the like. */
  warnings: PackageWarning[];
  /**
   * A new tar.gz of the files, the same bytes each time; `onRead` hears of every piece that was read from a file. Fails
   * when a file changed since it was hashed.
   */
  archive(onRead?: (bytes: number) => void): ReadableStream<Uint8Array>;
  /** The file where it lies on disk; null when it is not in the package. */
  locate(path: string): string | null;
}

/**
 * Lists and hashes a folder (or takes one file as a package of its own). Left out: `.git`, `node_modules`, litter of
 * operating systems, what `.marketplaceignore` names, and `.env` files, with a warning. A link to a file inside the
 * folder is packed as that file; any other link, device or pipe is a VALIDATION_ERROR that names it.
 */
export async function packFolder(root: string, limits: ArchiveLimits = DEFAULT_ARCHIVE_LIMITS): Promise<PackedFolder> {
  const top = await realpath(root).catch(() => {
    throw validationError({ field: root, message: "There is no such file or folder." });
  });
  const found: Found[] = [];
  const walk: Walk = { top, limits, found, ignored: [], warnings: [], ignores: await ignoreRules(top) };
  if ((await stat(top)).isDirectory()) await walkFolder(walk, "", 0);
  else found.push(await examine(walk, basename(top), top));
  if (found.length === 0) throw validationError({ field: root, message: "It holds no files to publish." });
  const paths = new PathSet();
  const located = new Map<string, string>();
  const files: PackageFile[] = [];
  for (const file of found) {
    const path = paths.add(file.path);
    located.set(path, file.absolute);
    files.push(await hashed(path, file));
  }
  files.sort((a, b) => comparePaths(a.path, b.path));
  return {
    source: { files, text: (path) => textOf(located.get(path)) },
    ignored: walk.ignored,
    warnings: walk.warnings,
    archive: (onRead) => writeTarGz(files.map((file) => archiveFile(file, located.get(file.path)!, onRead))),
    locate: (path) => located.get(path) ?? null,
  };
}

interface Found {
  path: string;
  absolute: string;
  executable: boolean;
}

interface Walk {
  top: string;
  limits: ArchiveLimits;
  found: Found[];
  ignored: string[];
  warnings: PackageWarning[];
  ignores(path: string, folder: boolean): boolean;
}

async function walkFolder(walk: Walk, folder: string, depth: number): Promise<void> {
  if (depth > walk.limits.maxDepth) throw pathRefused(folder, `Deeper than ${walk.limits.maxDepth} folders.`);
  const entries = await readdir(join(walk.top, folder), { withFileTypes: true });
  for (const entry of entries) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (leftOut(walk, path, entry.name, entry.isDirectory())) continue;
    if (entry.isDirectory()) await walkFolder(walk, path, depth + 1);
    else walk.found.push(await examine(walk, path, join(walk.top, path)));
    if (walk.found.length > walk.limits.maxFiles)
      throw new AppError(
        "PAYLOAD_TOO_LARGE",
        `The folder holds more than ${walk.limits.maxFiles} files. Name what to leave out in ${IGNORE_FILE}.`,
      );
  }
}

function leftOut(walk: Walk, path: string, name: string, folder: boolean): boolean {
  const secret = !folder && /^\.env(?:\..+)?$/i.test(name) && !/\.(?:example|sample|template|dist)$/i.test(name);
  if (secret)
    walk.warnings.push({ path, message: "Left out: .env files hold secrets. Publish a .env.example instead." });
  const out = secret || isLitter(path) || name === "node_modules" || path === IGNORE_FILE || walk.ignores(path, folder);
  if (out) walk.ignored.push(path);
  return out;
}

async function examine(walk: Walk, path: string, absolute: string): Promise<Found> {
  const link = (await lstat(absolute)).isSymbolicLink();
  const target = link ? await linkTarget(walk, path, absolute) : absolute;
  const info = await stat(target);
  if (link && info.isDirectory()) throw pathRefused(path, "Is a link to a folder: put the folder itself in its place.");
  if (!info.isFile()) throw pathRefused(path, "Is a device, a pipe or a socket.");
  if (info.size > walk.limits.maxFileBytes)
    throw new AppError("PAYLOAD_TOO_LARGE", `${path} is too large to be published.`);
  return { path, absolute: target, executable: (info.mode & 0o111) !== 0 };
}

async function linkTarget(walk: Walk, path: string, absolute: string): Promise<string> {
  const target = await realpath(absolute).catch(() => {
    throw pathRefused(path, "Is a link to nothing.");
  });
  const inside = relative(walk.top, target);
  if (inside === ".." || inside.startsWith(`..${sep}`) || inside.startsWith(sep))
    throw pathRefused(path, "Is a link out of the folder: put the file itself in its place.");
  // A link may not bring back what was left out.
  const posix = inside.split(sep).join("/");
  if (isLitter(posix) || /(?:^|\/)(?:\.env[^/]*|node_modules\/.*)$/i.test(posix))
    throw pathRefused(path, "Is a link to a file that is never published.");
  return target;
}

async function hashed(path: string, file: Found): Promise<PackageFile> {
  const digest = new DigestStream();
  for await (const piece of createReadStream(file.absolute, { highWaterMark: 1 << 20 }))
    digest.update(piece as Uint8Array);
  return {
    path,
    size: digest.size,
    digest: digest.digest(),
    mediaType: mediaTypeOf(path),
    executable: file.executable,
  };
}

const archiveFile = (file: PackageFile, absolute: string, onRead?: (bytes: number) => void): ArchiveFile => ({
  path: file.path,
  size: file.size,
  executable: file.executable,
  open: async () => {
    const bytes = Readable.toWeb(createReadStream(absolute)) as unknown as ReadableStream<Uint8Array>;
    return onRead ? bytes.pipeThrough(countPieces(onRead)) : bytes;
  },
});

/** Hands bytes on and says how many went by. */
export const countPieces = (onPiece: (bytes: number) => void): TransformStream<Uint8Array, Uint8Array> =>
  new TransformStream({
    transform(piece, controller) {
      onPiece(piece.byteLength);
      controller.enqueue(piece);
    },
  });

async function textOf(absolute: string | undefined): Promise<string | null> {
  if (absolute === undefined || (await stat(absolute)).size > MAX_TEXT_BYTES) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await Bun.file(absolute).bytes());
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

import { createReadStream } from "node:fs";
import { lstat, readdir, readFile, realpath } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { type Digest, DigestStream, sha256 } from "../../core/digest.ts";
import { conflict } from "../../core/error.ts";
import { checkPath, comparePaths, visiblePath } from "../../core/package/path.ts";

const MAX_SETTINGS_BYTES = 16 * 2 ** 20;

/**
 * The absolute path of a place below `root`. Throws CONFLICT when a link on the way leads out of it, so that nothing is
 * written or removed elsewhere whatever a package, a lockfile or a repository says.
 */
export async function inside(root: string, path: string): Promise<string> {
  const checked = checkPath(path);
  const top = await realpath(root);
  let folder = dirname(join(top, checked));
  for (;;) {
    const real = await realpath(folder).catch((error: { code?: string }) => {
      if (error.code === "ENOENT") return null;
      throw conflict(`${visiblePath(path)} cannot be written: ${folder} is not a folder that can be read.`);
    });
    if (real !== null) {
      if (!contains(top, real)) throw conflict(`${visiblePath(path)} is refused: ${folder} leads out of ${root}.`);
      return join(real, relative(folder, join(top, checked)));
    }
    // A link to nothing has no real path, and would be followed when its folder is made.
    if ((await lstat(folder).catch(() => null))?.isSymbolicLink())
      throw conflict(`${visiblePath(path)} is refused: ${folder} is a link to nothing.`);
    folder = dirname(folder);
  }
}

const contains = (top: string, path: string): boolean =>
  path === top || path.startsWith(top.endsWith(sep) ? top : top + sep);

export type Found = "nothing" | "file" | "folder" | "other";

/** What lies at a path itself: a link is `other`, wherever it leads. */
export async function whatIs(path: string): Promise<Found> {
  try {
    const info = await lstat(path);
    return info.isDirectory() ? "folder" : info.isFile() ? "file" : "other";
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === "ENOENT" || code === "ENOTDIR") return "nothing";
    throw error;
  }
}

export async function digestOfFile(path: string): Promise<Digest> {
  const digest = new DigestStream();
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) digest.update(piece as Uint8Array);
  return digest.digest();
}

/** How a folder differs from the files that were put there. Paths are relative to it, sorted. */
export interface Difference {
  changed: string[];
  missing: string[];
  /** Files that were not installed. */
  extra: string[];
}

export const isSame = ({ changed, missing, extra }: Difference): boolean =>
  changed.length + missing.length + extra.length === 0;

/** Compares by content: every file is read. A link or device in a file's place counts as changed. */
export async function compareFolder(folder: string, files: Record<string, Digest>): Promise<Difference> {
  const result: Difference = { changed: [], missing: [], extra: [] };
  const found = new Set<string>();
  for (const { path, plain } of await listFolder(folder)) {
    found.add(path);
    if (!Object.hasOwn(files, path)) result.extra.push(path);
    else if (!plain || (await digestOfFile(join(folder, path))) !== files[path]) result.changed.push(path);
  }
  result.missing = Object.keys(files).filter((path) => !found.has(path));
  for (const list of Object.values(result)) list.sort(comparePaths);
  return result;
}

interface Listed {
  path: string;
  /** A file and nothing else. */
  plain: boolean;
}

async function listFolder(folder: string, prefix = ""): Promise<Listed[]> {
  const listed: Listed[] = [];
  for (const entry of await readdir(join(folder, prefix), { withFileTypes: true })) {
    const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory()) listed.push(...(await listFolder(folder, path)));
    else listed.push({ path: path.normalize("NFC"), plain: entry.isFile() });
  }
  return listed;
}

/** A settings file's text; null when there is none. Throws CONFLICT for a link, a folder or a huge file. */
export async function readSettings(path: string): Promise<string | null> {
  const found = await whatIs(path);
  if (found === "nothing") return null;
  if (found !== "file") throw conflict(`${path} is not a plain file, so it is left alone.`);
  const bytes = await readFile(path);
  if (bytes.length > MAX_SETTINGS_BYTES) throw conflict(`${path} is larger than 16 MiB, so it is left alone.`);
  return bytes.toString("utf8");
}

/** The digest of a text or of nothing: to see whether a file is still the one that was read. */
export const textDigest = (text: string | null): Digest | null => (text === null ? null : sha256(text));

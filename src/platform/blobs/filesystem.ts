import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rename, stat, unlink, utimes } from "node:fs/promises";
import { join } from "node:path";
import { MINUTE } from "../../core/clock.ts";
import { type Digest, digestHex, isDigest } from "../../core/digest.ts";
import type { BlobInfo, BlobStore, ByteRange, PutOptions } from "./blob-store.ts";
import { checkedStream, cutRange, type RangeReader } from "./checked-stream.ts";
import { createFolderSync } from "./folder-sync.ts";
import { type Received, receive, removeLeftovers, writeWhole } from "./intake.ts";
import { codeOf, onDisk } from "./storage-error.ts";

const READ_PIECE = 256 * 1024;
/** A blob this young may have been renamed by somebody who has not synced the folder yet. */
const SETTLED_MS = MINUTE;

const TWO_HEX = /^[0-9a-f]{2}$/;

/**
 * Blobs as files under `<root>/blobs/sha256/ab/cd/<hex>`, temporary files in `<root>/tmp`: both must be one file system.
 * Order of a put: write, fsync the file, rename, fsync the folder; so a name is never seen before its bytes are durable.
 */
export function createFilesystemBlobStore(options: { root: string }): BlobStore {
  const temporary = join(options.root, "tmp");
  const blobs = join(options.root, "blobs", "sha256");
  mkdirSync(temporary, { recursive: true, mode: 0o700 });
  mkdirSync(blobs, { recursive: true, mode: 0o700 });
  removeLeftovers(temporary);
  const syncFolder = createFolderSync();
  const makeFolder = createFolderMaker(options.root, syncFolder);

  const folderOf = (hex: string): string => join(blobs, hex.slice(0, 2), hex.slice(2, 4));
  const pathOf = (digest: Digest): string => {
    const hex = digestHex(digest);
    return join(folderOf(hex), hex);
  };

  async function statPath(path: string): Promise<{ size: number; mtime: Date } | null> {
    try {
      return await onDisk(stat(path));
    } catch (error) {
      if (codeOf(error) === "ENOENT") return null;
      throw error;
    }
  }

  /** Refreshes the time of what is there whole; false when it is not. */
  async function touch(digest: Digest, size: number): Promise<boolean> {
    const path = pathOf(digest);
    const found = await statPath(path);
    if (found === null || found.size !== size) return false;
    try {
      const now = new Date();
      await onDisk(utimes(path, now, now));
      if (Date.now() - found.mtime.getTime() < SETTLED_MS) await syncFolder(folderOf(digestHex(digest)));
      return true;
    } catch (error) {
      // Collected as garbage between the two calls.
      if (codeOf(error) === "ENOENT") return false;
      throw error;
    }
  }

  async function place(received: Received): Promise<void> {
    const folder = folderOf(digestHex(received.digest));
    await makeFolder(digestHex(received.digest));
    const spool = received.spool ?? (await writeSmall(temporary, received.bytes!));
    try {
      await onDisk(spool.handle.sync());
      await onDisk(rename(spool.path, pathOf(received.digest)));
    } catch (error) {
      await unlink(spool.path).catch(() => {});
      throw error;
    } finally {
      if (received.spool === null) await spool.handle.close();
    }
    await syncFolder(folder);
  }

  return {
    async put(source, putOptions: PutOptions = {}) {
      const received = await receive(source, temporary, putOptions);
      try {
        const { digest, size } = received;
        if (await touch(digest, size)) return { digest, size, created: false };
        await place(received);
        return { digest, size, created: true };
      } finally {
        await received.discard();
      }
    },

    async stat(digest): Promise<BlobInfo | null> {
      const found = await statPath(pathOf(digest));
      return found && { digest, size: found.size, touchedAt: found.mtime };
    },

    async open(digest, range?: ByteRange) {
      const path = pathOf(digest);
      const found = await statPath(path);
      if (found === null) return null;
      const cut = range ? cutRange(range, found.size) : { start: 0, end: found.size };
      const whole = cut.start === 0 && cut.end === found.size;
      return checkedStream({ reader: fileReader(path), range: cut, piece: READ_PIECE, name: digest, whole });
    },

    localPath: (digest) => pathOf(digest),

    presign: () => null,

    list: ({ after } = {}) => listBlobs(blobs, after ? digestHex(after) : ""),

    async delete(digest) {
      try {
        await unlink(pathOf(digest));
      } catch (error) {
        if (codeOf(error) !== "ENOENT") throw error;
      }
    },

    async check() {
      const probe = await writeSmall(temporary, new Uint8Array(1));
      try {
        await probe.handle.sync();
      } finally {
        await probe.handle.close();
        await unlink(probe.path);
      }
    },
  };
}

/**
 * Makes the folder of a blob, durably. Whoever uses a folder first in this process syncs what it hangs from, also when
 * it is there already: its maker may have crashed, or be another put that has not synced it yet.
 */
function createFolderMaker(root: string, syncFolder: (folder: string) => Promise<void>) {
  const blobs = join(root, "blobs", "sha256");
  const durable = new Set<string>();
  return async function makeFolder(hex: string): Promise<void> {
    const [first, second] = [hex.slice(0, 2), hex.slice(2, 4)];
    if (durable.has(first + second)) return;
    await onDisk(mkdir(join(blobs, first, second), { recursive: true, mode: 0o700 }));
    const hooks = [join(blobs, first)];
    if (!durable.has(first)) hooks.push(blobs);
    if (!durable.has("")) hooks.push(root, join(root, "blobs"));
    await Promise.all(hooks.map(syncFolder));
    durable
      .add("")
      .add(first)
      .add(first + second);
  };
}

async function writeSmall(folder: string, bytes: Uint8Array): Promise<{ path: string; handle: FileHandle }> {
  const path = join(folder, randomUUID());
  const handle = await onDisk(open(path, "wx", 0o600));
  try {
    await writeWhole(handle, bytes, 0);
    return { path, handle };
  } catch (error) {
    await handle.close();
    await unlink(path).catch(() => {});
    throw error;
  }
}

/** Opens the file when the first byte is wanted: a stream that nobody reads holds no descriptor. */
function fileReader(path: string): RangeReader {
  let handle: FileHandle | null = null;
  return {
    async read(start, end) {
      handle ??= await onDisk(open(path, "r"));
      const buffer = new Uint8Array(end - start);
      let filled = 0;
      while (filled < buffer.byteLength) {
        const { bytesRead } = await handle.read(buffer, filled, buffer.byteLength - filled, start + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return buffer.subarray(0, filled);
    },
    async close() {
      const open = handle;
      handle = null;
      await open?.close();
    },
  };
}

async function* listBlobs(root: string, after: string): AsyncGenerator<BlobInfo> {
  for (const first of await namesIn(root)) {
    if (!TWO_HEX.test(first) || first < after.slice(0, 2)) continue;
    for (const second of await namesIn(join(root, first))) {
      if (!TWO_HEX.test(second) || first + second < after.slice(0, 4)) continue;
      const folder = join(root, first, second);
      const names = (await namesIn(folder)).filter((name) => isDigest(`sha256:${name}`) && name > after);
      const found = await Promise.all(names.map((name) => stat(join(folder, name)).catch(() => null)));
      for (const [index, info] of found.entries()) {
        if (info?.isFile()) yield { digest: `sha256:${names[index]!}`, size: info.size, touchedAt: info.mtime };
      }
    }
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return [];
    throw error;
  }
}

import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { open } from "node:fs/promises";
import { S3Client } from "bun";
import { HOUR } from "../../core/clock.ts";
import { type Digest, digestHex, isDigest } from "../../core/digest.ts";
import type { BlobInfo, BlobStore } from "./blob-store.ts";
import { checkedStream, cutRange, type RangeReader } from "./checked-stream.ts";
import { type Received, receive, removeLeftovers } from "./intake.ts";
import { codeOf, onDisk, storageFull, storageUnavailable } from "./storage-error.ts";

/** Up to here one PUT, beyond it parts of this size; S3 takes at most 10,000 parts. */
const PART = 8 * 1024 * 1024;
const MAX_PARTS = 9_000;
/** Parts of one upload under way at once: with their buffers the memory of one large put. */
const PARTS_AT_ONCE = 3;
const CHUNK = 1024 * 1024;
/** One request reads this much, so that a slow reader holds this much in memory and no more. */
const READ_PIECE = 4 * 1024 * 1024;
const LIST_PAGE = 1000;
/** How long one request may stay unanswered; Bun's client has no limit of its own. */
const REQUEST_LIMIT_MS = 60_000;

export interface S3Options {
  /** `https://s3.example.org`; of a virtual-hosted bucket with the bucket in the host name. */
  endpoint: string;
  region: string;
  bucket: string;
  /** What every key begins with; "" or "some/folder". */
  prefix: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** Default true: the bucket is the first part of the path. */
  pathStyle?: boolean;
  /** Where uploads wait on the local disk until their digest is known; as roomy as the largest uploads at one time. */
  spoolFolder: string;
  /** A re-put blob is uploaded again, to refresh its time, when it is older: half of garbage collection's grace. */
  refreshAfterMs?: number;
}

/**
 * Blobs as objects `<prefix>/blobs/sha256/ab/cd/<hex>` of an S3 bucket, through Bun's client. An object appears under
 * its final key by one PUT or one CompleteMultipartUpload, so it is never seen in part (docs/decisions/0006-s3-spool.md).
 * What an interrupted multipart upload leaves is for the bucket's lifecycle rule to remove.
 */
export function createS3BlobStore(options: S3Options): BlobStore {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey, spoolFolder } = options;
  const refreshAfterMs = options.refreshAfterMs ?? 12 * HOUR;
  const root = options.prefix.replace(/^\/+|\/+$/g, "");
  const base = root === "" ? "" : `${root}/`;
  const folder = `${base}blobs/sha256/`;
  const client = new S3Client({
    endpoint,
    region,
    bucket,
    accessKeyId,
    secretAccessKey,
    virtualHostedStyle: options.pathStyle === false,
    type: "application/octet-stream",
  });
  mkdirSync(spoolFolder, { recursive: true, mode: 0o700 });
  removeLeftovers(spoolFolder);

  const keyOf = (digest: Digest): string => {
    const hex = digestHex(digest);
    return `${folder}${hex.slice(0, 2)}/${hex.slice(2, 4)}/${hex}`;
  };

  async function statKey(key: string): Promise<{ size: number; lastModified: Date } | null> {
    try {
      return await answered(client.stat(key));
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async function upload(key: string, received: Received): Promise<void> {
    const { bytes, spool, size } = received;
    if (bytes !== null) await answered(client.write(key, bytes));
    else if (size <= PART) await answered(client.write(key, await readSpool(spool!.path)));
    else await uploadParts(client, key, spool!.path, size);
  }

  return {
    async put(source, putOptions = {}) {
      const received = await receive(source, spoolFolder, putOptions);
      try {
        const { digest, size } = received;
        const key = keyOf(digest);
        const found = await statKey(key);
        const there = found !== null && found.size === size;
        const fresh = there && Date.now() - found.lastModified.getTime() < refreshAfterMs;
        if (!fresh) await upload(key, received);
        return { digest, size, created: !there };
      } finally {
        await received.discard();
      }
    },

    async stat(digest): Promise<BlobInfo | null> {
      const found = await statKey(keyOf(digest));
      return found && { digest, size: found.size, touchedAt: found.lastModified };
    },

    async open(digest, range) {
      const key = keyOf(digest);
      const found = await statKey(key);
      if (found === null) return null;
      const cut = range ? cutRange(range, found.size) : { start: 0, end: found.size };
      const whole = cut.start === 0 && cut.end === found.size;
      return checkedStream({ reader: objectReader(client, key), range: cut, piece: READ_PIECE, name: digest, whole });
    },

    localPath: () => null,

    presign: (digest, seconds, contentDisposition) =>
      client.presign(keyOf(digest), { method: "GET", expiresIn: seconds, contentDisposition }),

    async *list({ after } = {}) {
      let startAfter = after ? keyOf(after) : undefined;
      for (;;) {
        const page = await answered(client.list({ prefix: folder, maxKeys: LIST_PAGE, startAfter }));
        for (const { key, size, lastModified } of page.contents ?? []) {
          startAfter = key;
          const digest = `sha256:${key.slice(key.lastIndexOf("/") + 1)}`;
          // Whatever else somebody put under the prefix is not ours to see.
          if (!isDigest(digest) || keyOf(digest) !== key) continue;
          yield { digest, size: Number(size ?? 0), touchedAt: new Date(lastModified ?? 0) };
        }
        if (!page.isTruncated || !page.contents?.length) return;
      }
    },

    async delete(digest) {
      try {
        await answered(client.delete(keyOf(digest)));
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    },

    async check() {
      const key = `${base}check/${randomUUID()}`;
      await answered(client.write(key, "ok"));
      await answered(client.delete(key));
    },
  };
}

async function uploadParts(client: S3Client, key: string, path: string, size: number): Promise<void> {
  const partSize = Math.max(PART, Math.ceil(size / MAX_PARTS));
  const handle = await onDisk(open(path, "r"));
  try {
    const writer = client.file(key).writer({ partSize, queueSize: PARTS_AT_ONCE, retry: 3 });
    for (let position = 0; position < size; ) {
      const chunk = new Uint8Array(Math.min(CHUNK, size - position));
      const { bytesRead } = await handle.read(chunk, 0, chunk.byteLength, position);
      // Without `end` the upload is never completed: `end` would make an object of what was sent so far.
      if (bytesRead === 0) throw new Error(`the spooled upload ${path} became shorter`);
      await answered(Promise.resolve(writer.write(chunk.subarray(0, bytesRead))));
      await answered(Promise.resolve(writer.flush()));
      position += bytesRead;
    }
    await answered(Promise.resolve(writer.end()), REQUEST_LIMIT_MS * 10);
  } finally {
    await handle.close();
  }
  const stored = await answered(client.stat(key));
  if (stored.size === size) return;
  await answered(client.delete(key));
  throw storageUnavailable(new Error(`${key} was stored with ${stored.size} bytes instead of ${size}`));
}

const readSpool = async (path: string): Promise<Uint8Array> => await onDisk(Bun.file(path).bytes());

function objectReader(client: S3Client, key: string): RangeReader {
  return {
    read: (start, end) => answered(client.file(key).slice(start, end).bytes()),
    close: async () => {},
  };
}

const FULL = new Set(["InsufficientStorage", "QuotaExceeded", "XMinioStorageFull"]);

const isMissing = (error: unknown): boolean => /^(NoSuchKey|NotFound|404)$/.test(codeOf(causeOf(error)));
const causeOf = (error: unknown): unknown => (error as { cause?: unknown } | null)?.cause ?? error;

/** Waits for the server, not for ever, and gives its failures their public form with the S3 error as the cause. */
async function answered<T>(request: Promise<T>, limitMs = REQUEST_LIMIT_MS): Promise<T> {
  let timer: Timer | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`S3 did not answer within ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([request, late]);
  } catch (error) {
    if (FULL.has(codeOf(error))) throw storageFull(error);
    throw storageUnavailable(error);
  } finally {
    clearTimeout(timer);
  }
}

import type { Digest } from "../../core/digest.ts";

export interface BlobInfo {
  digest: Digest;
  size: number;
  /** When the bytes were last put (also when they were there already): garbage collection counts its grace from here. */
  touchedAt: Date;
}

/** A half-open range of bytes, `start` inclusive, `end` exclusive. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * Content-addressed bytes. One contract suite (blob-store.contract.ts) holds for every adapter.
 * No method holds a blob whole in memory. A blob is visible only when it is whole and durable.
 */
export interface BlobStore {
  /**
   * Streams bytes in and names them by their digest. Putting what is there already is cheap to the disk, refreshes
   * `touchedAt` and answers `created: false`. When `expected` is given and differs, nothing is kept and it throws.
   * Throws INSUFFICIENT_STORAGE (507) when the disk is full; a crash leaves no partial blob visible.
   */
  put(
    bytes: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> | Uint8Array,
    options?: { expected?: Digest; maxBytes?: number; signal?: AbortSignal },
  ): Promise<{ digest: Digest; size: number; created: boolean }>;

  stat(digest: Digest): Promise<BlobInfo | null>;

  /** The bytes (of the range); null when there is no such blob. */
  open(digest: Digest, range?: ByteRange): Promise<ReadableStream<Uint8Array> | null>;

  /** What Bun can serve fastest: a file on disk (sendfile), or null where the store has none. */
  localPath(digest: Digest): string | null;

  /** An absolute URL that answers the bytes without credentials for `seconds`; null where the store cannot. */
  presign(digest: Digest, seconds: number, contentDisposition?: string): string | null;

  /** Every blob, in no order. */
  list(): AsyncIterable<BlobInfo>;

  /** Removes it; without effect when it is not there. */
  delete(digest: Digest): Promise<void>;

  /** Cheap proof that the store answers and can be written to; throws an Error that says why not. */
  check(): Promise<void>;
}

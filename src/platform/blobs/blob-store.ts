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

export type BlobSource = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> | Uint8Array;

export interface PutOptions {
  expected?: Digest;
  maxBytes?: number;
  signal?: AbortSignal;
}

/** `created` is false when the bytes were there already; two puts of the same bytes at once may both answer true. */
export interface PutResult {
  digest: Digest;
  size: number;
  created: boolean;
}

/**
 * Content-addressed bytes. One contract suite (blob-store.contract.ts) holds for every adapter.
 * No method holds a blob whole in memory. A blob is visible only when it is whole and durable.
 * A store that does not answer throws SERVICE_UNAVAILABLE (503).
 */
export interface BlobStore {
  /**
   * Streams bytes in and names them by their digest. Putting what is there already is cheap to the disk, refreshes
   * `touchedAt` (S3: only when it is older than half the grace) and answers `created: false`; what is there with another
   * length is replaced. Puts may run side by side, also of the same bytes: publish a version's files that way.
   * Nothing is kept and it throws: INVALID_REQUEST when `expected` differs, PAYLOAD_TOO_LARGE beyond `maxBytes`,
   * INSUFFICIENT_STORAGE (507) when the disk is full, the signal's reason when aborted (the source is cancelled, never
   * waited for), the source's own error. A crash leaves no partial blob visible.
   */
  put(bytes: BlobSource, options?: PutOptions): Promise<PutResult>;

  stat(digest: Digest): Promise<BlobInfo | null>;

  /**
   * The bytes (of the range, cut at the blob's end; none when it starts there or later); null when there is no such blob.
   * A stream of the whole blob is hashed in passing and fails before its last chunk when the bytes are damaged; a range
   * is only counted. Throws a RangeError when the range is negative or not whole numbers.
   */
  open(digest: Digest, range?: ByteRange): Promise<ReadableStream<Uint8Array> | null>;

  /**
   * What Bun can serve fastest: a file on disk (sendfile), or null where the store has none. Whether it exists and has
   * the length that the catalogue knows is for `stat` to say; nothing checks the bytes on the way.
   */
  localPath(digest: Digest): string | null;

  /** An absolute URL that answers the bytes without credentials for `seconds`; null where the store cannot. */
  presign(digest: Digest, seconds: number, contentDisposition?: string): string | null;

  /** Every blob (behind `after`), in ascending order of digest. What is put or deleted meanwhile may be seen or not. */
  list(options?: { after?: Digest }): AsyncIterable<BlobInfo>;

  /** Removes it; without effect when it is not there. */
  delete(digest: Digest): Promise<void>;

  /** Cheap proof that the store answers and can be written to; throws an Error that says why not. */
  check(): Promise<void>;
}

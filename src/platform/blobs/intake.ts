import { randomUUID } from "node:crypto";
import { readdirSync, statSync, unlinkSync } from "node:fs";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { join } from "node:path";
import { HOUR } from "../../core/clock.ts";
import { type Digest, DigestStream } from "../../core/digest.ts";
import { AppError, invalidRequest } from "../../core/error.ts";
import type { BlobSource, PutOptions } from "./blob-store.ts";
import { codeOf, onDisk } from "./storage-error.ts";

/** What is not longer stays in memory until its digest is known, so that a duplicate costs the disk nothing. */
const BATCH = 1024 * 1024;
const FIRST_BATCH = 64 * 1024;
/** The disk is set to work this early, so that the last sync of a long stream has little left to wait for. */
const FLUSH_EVERY = 64 * 1024 * 1024;
/** A temporary file that nobody wrote to for so long is the leftover of a crash. */
const LEFTOVER_MS = HOUR;

/** Bytes that came in whole and were hashed: in memory when small (`bytes`), else in a temporary file (`spool`). */
export interface Received {
  digest: Digest;
  size: number;
  bytes: Uint8Array | null;
  spool: Spool | null;
  /** Removes the temporary file, if there is one still under that name. */
  discard(): Promise<void>;
}

export interface Spool {
  path: string;
  handle: FileHandle;
}

/**
 * Takes a stream in, hashing it while it is written; memory is bounded by a few MiB. Holds it to `maxBytes` and
 * `expected`. On any failure no file is left. The caller ends with `discard`, also after it moved the file away.
 */
export async function receive(source: BlobSource, folder: string, options: PutOptions): Promise<Received> {
  options.signal?.throwIfAborted();
  if (source instanceof Uint8Array) return receiveBytes(source, options);
  const intake = new Intake(folder);
  try {
    for await (const chunk of chunksOf(source, options.signal)) {
      if (intake.size + chunk.byteLength > (options.maxBytes ?? Infinity)) throw tooLarge(options.maxBytes!);
      await intake.take(chunk);
    }
    const received = await intake.end();
    checkExpected(received.digest, options.expected);
    return received;
  } catch (error) {
    await intake.discard();
    throw error;
  }
}

function receiveBytes(bytes: Uint8Array, options: PutOptions): Received {
  if (bytes.byteLength > (options.maxBytes ?? Infinity)) throw tooLarge(options.maxBytes!);
  const stream = new DigestStream();
  stream.update(bytes);
  const digest = stream.digest();
  checkExpected(digest, options.expected);
  return { digest, size: bytes.byteLength, bytes, spool: null, discard: async () => {} };
}

const tooLarge = (maxBytes: number): AppError =>
  new AppError("PAYLOAD_TOO_LARGE", `The content is longer than the ${maxBytes} bytes allowed here. Send less.`, {
    details: { maxBytes },
  });

function checkExpected(actual: Digest, expected: Digest | undefined): void {
  if (expected === undefined || actual === expected) return;
  throw invalidRequest(`The content has the digest ${actual}, but ${expected} was announced. Send it again.`, {
    actual,
    expected,
  });
}

/** Batches chunks and writes one batch while the next one is filled and hashed. */
class Intake {
  #folder: string;
  #stream = new DigestStream();
  #batch: Uint8Array = new Uint8Array(0);
  #filled = 0;
  #spare: Uint8Array | null = null;
  #spool: Spool | null = null;
  #written = 0;
  #writing: Promise<void> = Promise.resolve();
  #flushed = 0;
  #flushing: Promise<void> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
  }

  get size(): number {
    return this.#stream.size;
  }

  async take(chunk: Uint8Array): Promise<void> {
    this.#stream.update(chunk);
    for (let offset = 0; offset < chunk.byteLength; ) {
      if (this.#filled === BATCH) await this.#writeBatch();
      this.#makeRoom(chunk.byteLength - offset);
      const part = chunk.subarray(offset, offset + this.#batch.byteLength - this.#filled);
      this.#batch.set(part, this.#filled);
      this.#filled += part.byteLength;
      offset += part.byteLength;
    }
  }

  #makeRoom(wanted: number): void {
    const needed = Math.min(BATCH, this.#filled + wanted);
    if (needed <= this.#batch.byteLength) return;
    const grown = new Uint8Array(Math.min(BATCH, Math.max(FIRST_BATCH, needed, this.#batch.byteLength * 2)));
    grown.set(this.#batch.subarray(0, this.#filled));
    this.#batch = grown;
  }

  async #writeBatch(): Promise<void> {
    if (this.#spool === null) {
      const path = join(this.#folder, randomUUID());
      this.#spool = { path, handle: await onDisk(open(path, "wx+", 0o600)) };
    }
    await this.#writing;
    const { handle } = this.#spool;
    const full = this.#batch.subarray(0, this.#filled);
    this.#batch = this.#spare ?? new Uint8Array(BATCH);
    this.#spare = full.byteLength === BATCH ? full : null;
    this.#filled = 0;
    this.#writing = writeWhole(handle, full, this.#written);
    this.#written += full.byteLength;
    // The failure is seen by the next `await`; without this it would first be reported as unhandled.
    this.#writing.catch(() => {});
    if (this.#written - this.#flushed >= FLUSH_EVERY) {
      await this.#flushing;
      this.#flushed = this.#written;
      this.#flushing = onDisk(handle.datasync());
      this.#flushing.catch(() => {});
    }
  }

  async end(): Promise<Received> {
    if (this.#spool !== null && this.#filled > 0) await this.#writeBatch();
    await this.#writing;
    await this.#flushing;
    return {
      digest: this.#stream.digest(),
      size: this.size,
      bytes: this.#spool === null ? this.#batch.subarray(0, this.#filled) : null,
      spool: this.#spool,
      discard: () => this.discard(),
    };
  }

  async discard(): Promise<void> {
    const spool = this.#spool;
    if (spool === null) return;
    this.#spool = null;
    await Promise.allSettled([this.#writing, this.#flushing]);
    await Promise.allSettled([spool.handle.close(), unlink(spool.path)]);
  }
}

/** Removes what crashed puts left in a folder of temporary files. */
export function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const changed = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (changed === undefined || Date.now() - changed < LEFTOVER_MS) continue;
    try {
      unlinkSync(path);
    } catch (error) {
      // Another process that starts now was faster.
      if (codeOf(error) !== "ENOENT") throw error;
    }
  }
}

/** Writes all of it: a single write may be cut short, as when the disk fills. */
export async function writeWhole(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.byteLength; ) {
    const { bytesWritten } = await onDisk(handle.write(bytes, done, bytes.byteLength - done, position + done));
    if (bytesWritten === 0) throw new Error("a write to the disk made no progress");
    done += bytesWritten;
  }
}

/** The source's chunks; an abort ends it at once, even when the source never answers again. */
async function* chunksOf(
  source: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const { next, stop } = readerOf(source);
  let interrupt: (reason: unknown) => void = () => {};
  const onAbort = () => interrupt(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  let ended = false;
  try {
    for (;;) {
      signal?.throwIfAborted();
      // A promise of its own for each step: racing all steps against one promise would pile up listeners on it.
      const step = await new Promise<{ done?: boolean; value?: Uint8Array }>((resolve, reject) => {
        interrupt = reject;
        next().then(resolve, reject);
      });
      if (step.done) {
        ended = true;
        return;
      }
      yield step.value!;
    }
  } finally {
    signal?.removeEventListener("abort", onAbort);
    if (!ended) stop();
  }
}

interface Reader {
  next(): Promise<{ done?: boolean; value?: Uint8Array }>;
  /** Tells the source that nobody reads any more, without waiting for it. */
  stop(): void;
}

function readerOf(source: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>): Reader {
  if (source instanceof ReadableStream) {
    const reader = source.getReader();
    return { next: () => reader.read(), stop: () => void reader.cancel().catch(() => {}) };
  }
  const iterator = source[Symbol.asyncIterator]();
  return { next: () => iterator.next(), stop: () => void iterator.return?.()?.then(undefined, () => {}) };
}

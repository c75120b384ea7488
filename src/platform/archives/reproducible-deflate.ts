import { BitWriter, LARGEST_BLOCK, writeBlock, writeStoredHeader } from "./deflate-block.ts";

/**
 * Larger files are stored, not compressed: they are weights, media and archives that do not shrink, or data whose
 * reader would wait for a deflate in JavaScript. The rule sees the size alone, so every machine decides alike.
 */
export const LARGEST_COMPRESSED = 4 * 2 ** 20;

/**
 * A raw DEFLATE stream (RFC 1951) whose bytes depend on nothing but what is written: no zlib of the runtime or the
 * system, and the same output however the input was cut into pieces. See docs/decisions/0008-reproducible-archives.md.
 */
export class ReproducibleDeflate {
  readonly #block = new Uint8Array(LARGEST_BLOCK);
  readonly #bits = new BitWriter();
  #filled = 0;
  #ready: Uint8Array[] = [];

  /** Compresses the bytes; what is ready to be sent is taken with `take`. */
  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.byteLength; ) {
      const taken = bytes.subarray(at, at + LARGEST_BLOCK - this.#filled);
      this.#block.set(taken, this.#filled);
      this.#filled += taken.byteLength;
      at += taken.byteLength;
      if (this.#filled === LARGEST_BLOCK) this.#compress();
    }
  }

  /** Puts at most 65,535 bytes in as they are, which the caller cuts alike whoever sent them (`storedBlocks`). */
  store(block: Uint8Array): void {
    if (this.#filled > 0) this.#compress();
    writeStoredHeader(this.#bits, block.byteLength, false);
    this.#ready.push(this.#bits.take(), block.slice());
  }

  end(): void {
    if (this.#filled > 0) this.#compress();
    writeStoredHeader(this.#bits, 0, true);
    this.#ready.push(this.#bits.take());
  }

  /** What was made since the last call, as one chunk. */
  take(): Uint8Array {
    const chunk = Buffer.concat(this.#ready);
    this.#ready = [];
    return chunk;
  }

  #compress(): void {
    writeBlock(this.#bits, this.#block.subarray(0, this.#filled));
    this.#ready.push(this.#bits.take());
    this.#filled = 0;
  }
}

/** Cuts a stream into blocks of exactly 65,535 bytes and a last shorter one, wherever its own pieces end. */
export async function* storedBlocks(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const block = new Uint8Array(LARGEST_BLOCK);
  let filled = 0;
  for await (const piece of source)
    for (let at = 0; at < piece.byteLength; ) {
      const taken = piece.subarray(at, at + LARGEST_BLOCK - filled);
      block.set(taken, filled);
      filled += taken.byteLength;
      at += taken.byteLength;
      if (filled === LARGEST_BLOCK) {
        yield block;
        filled = 0;
      }
    }
  if (filled > 0) yield block.subarray(0, filled);
}

/** The compressed size of `size` bytes that are stored alone, and the end block: 5 bytes for each block's header. */
export const storedSize = (size: number): number => size + 5 * (Math.ceil(size / LARGEST_BLOCK) + 1);

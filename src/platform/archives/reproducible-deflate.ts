/**
 * Larger files are stored, not compressed: they are weights, media and archives that do not shrink, or data whose
 * reader would wait for a JavaScript deflate. The rule sees the size alone, so every machine decides alike.
 */
export const LARGEST_COMPRESSED = 4 * 2 ** 20;
const STORED_BLOCK = 0xffff;
/** A last, empty stored block. */
const FINAL_BLOCK = new Uint8Array([1, 0, 0, 0xff, 0xff]);

/**
 * A raw DEFLATE stream (RFC 1951) whose bytes depend on nothing but what is written and on the version of fflate that
 * package-lock.json pins: no system zlib, and the same output however the input was cut into pieces.
 * See docs/decisions/0004-reproducible-archives.md.
 */
export class ReproducibleDeflate {
  readonly #piece = new Uint8Array(STORED_BLOCK);
  #filled = 0;
  #ready: Uint8Array[] = [];

  /** Compresses the bytes; what is ready to be sent is taken with `take`. */
  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.byteLength; ) {
      const taken = bytes.subarray(at, at + STORED_BLOCK - this.#filled);
      this.#piece.set(taken, this.#filled);
      this.#filled += taken.byteLength;
      at += taken.byteLength;
      if (this.#filled === STORED_BLOCK) this.#compress();
    }
  }

  /** Ends what was compressed so far on a byte boundary; the next bytes stand for themselves. */
  flush(): void {
    if (this.#filled > 0) this.#compress();
  }

  /** Puts at most 64 KiB minus 1 in as they are. The caller cuts its stream at every 65,535 bytes, whoever sent it. */
  store(block: Uint8Array): void {
    this.flush();
    const { byteLength: length } = block;
    this.#ready.push(
      new Uint8Array([0, length & 0xff, length >> 8, ~length & 0xff, (~length >> 8) & 0xff]),
      block.slice(),
    );
  }

  end(): void {
    this.flush();
    this.#ready.push(FINAL_BLOCK);
  }

  /** What was made since the last call, as one chunk. */
  take(): Uint8Array {
    const chunk = Buffer.concat(this.#ready);
    this.#ready = [];
    return chunk;
  }

  #compress(): void {
    const block = this.#piece.subarray(0, this.#filled);
    this.#filled = 0;
    this.store(block);
  }
}

/** Cuts a stream into blocks of exactly 65,535 bytes and a last shorter one, wherever its own pieces end. */
export async function* storedBlocks(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const block = new Uint8Array(STORED_BLOCK);
  let filled = 0;
  for await (const piece of source)
    for (let at = 0; at < piece.byteLength; ) {
      const taken = piece.subarray(at, at + STORED_BLOCK - filled);
      block.set(taken, filled);
      filled += taken.byteLength;
      at += taken.byteLength;
      if (filled === STORED_BLOCK) {
        yield block;
        filled = 0;
      }
    }
  if (filled > 0) yield block.subarray(0, filled);
}

/** The compressed size of a stored file of `size` bytes, end block included. */
export const storedSize = (size: number): number => size + 5 * Math.ceil(size / STORED_BLOCK) + FINAL_BLOCK.byteLength;

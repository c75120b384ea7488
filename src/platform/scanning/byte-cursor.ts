import type { ByteSource } from "./pickle-walker.ts";

/** A format's own rules are broken in a way that leaves nothing to read further; the message says what and where. */
export class Unreadable extends Error {}

const PIECE = 256 * 1024;

/** A window of 256 KiB over a source that only moves forward: what is skipped is never read. */
export class ByteCursor {
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #base = 0;
  at: number;
  littleEndian = true;

  constructor(
    readonly source: ByteSource,
    start = 0,
    readonly end = source.size,
  ) {
    this.at = start;
  }

  get left(): number {
    return this.end - this.at;
  }

  /** Bytes that can be taken without waiting. */
  get available(): number {
    const from = this.at - this.#base;
    return from < 0 ? 0 : Math.max(0, this.#bytes.length - from);
  }

  /** Brings the next `count` bytes into memory; Unreadable when the source ends before. */
  async ready(count: number): Promise<void> {
    if (count <= this.available && count <= this.left) return;
    if (count > this.left) throw new Unreadable(`it ends in the middle of what begins at byte ${this.at}`);
    this.#bytes = await this.source.read(this.at, Math.min(this.end, this.at + Math.max(PIECE, count)));
    if (this.#bytes.length < count) throw new Unreadable(`it ends in the middle of what begins at byte ${this.at}`);
    this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.byteLength);
    this.#base = this.at;
  }

  skip(count: number): void {
    if (count > this.left) {
      throw new Unreadable(`a length at byte ${this.at} reaches ${count - this.left} bytes beyond the end`);
    }
    this.at += count;
  }

  /** The next `count` bytes, which must be ready; valid until the next `ready`. */
  take(count: number): Uint8Array {
    const from = this.at - this.#base;
    this.at += count;
    return this.#bytes.subarray(from, from + count);
  }

  u8(): number {
    return this.#view.getUint8(this.at++ - this.#base);
  }

  u32(): number {
    const value = this.#view.getUint32(this.at - this.#base, this.littleEndian);
    this.at += 4;
    return value;
  }

  /** Unreadable beyond 2^53, where nothing can be counted. */
  u64(): number {
    const value = this.#view.getBigUint64(this.at - this.#base, this.littleEndian);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new Unreadable(`a number at byte ${this.at} is ${value}`);
    this.at += 8;
    return Number(value);
  }
}

/** Bytes in memory as a source. */
export const memorySource = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  read: async (start, end) => bytes.subarray(start, end),
});

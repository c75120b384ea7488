import type { Unpacked } from "./unpack.ts";

const FRAME = 0x184d2204;

/**
 * The first `limit` bytes of LZ4 frames (lz4_Frame_format.md of the reference implementation); null for what is none. Checksums
 * are not looked at: a loader may ignore them, too.
 */
export function unpackLz4(packed: Uint8Array, limit: number): Unpacked | null {
  const data = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const out = new Uint8Array(Math.min(limit, Math.max(64, packed.length * 255)));
  let filled = 0;
  let at = 0;
  let frames = 0;
  while (at + 7 <= packed.length) {
    const magic = data.getUint32(at, true);
    if (magic >>> 4 === 0x184d2a5) {
      at += 8 + data.getUint32(at + 4, true);
      continue;
    }
    if (magic !== FRAME) break;
    frames++;
    const flags = packed[at + 4]!;
    at += 7 + (flags & 8 ? 8 : 0) + (flags & 1 ? 4 : 0);
    for (;;) {
      if (at + 4 > packed.length) return { bytes: out.subarray(0, filled), whole: false };
      const word = data.getUint32(at, true);
      at += 4;
      if (word === 0) break;
      const size = word & 0x7fffffff;
      const block = packed.subarray(at, Math.min(packed.length, at + size));
      filled = word >>> 31 === 1 ? copy(block, out, filled) : unpackBlock(block, out, filled);
      if (filled < 0) return null;
      if (filled >= limit) return { bytes: out.subarray(0, limit), whole: false };
      at += size + (flags & 16 ? 4 : 0);
    }
    if (flags & 4) at += 4;
  }
  return frames === 0 ? null : { bytes: out.subarray(0, filled), whole: true };
}

function copy(block: Uint8Array, out: Uint8Array, filled: number): number {
  const part = block.subarray(0, out.length - filled);
  out.set(part, filled);
  return filled + part.length;
}

/** Where the output ends after the block; -1 for a block that breaks the format. */
function unpackBlock(block: Uint8Array, out: Uint8Array, start: number): number {
  let filled = start;
  let at = 0;
  const more = (length: number): number => {
    let sum = length;
    if (length === 15) {
      let byte = 255;
      while (byte === 255 && at < block.length) {
        byte = block[at++]!;
        sum += byte;
      }
    }
    return sum;
  };
  while (at < block.length) {
    const token = block[at++]!;
    const literals = more(token >> 4);
    filled = copy(block.subarray(at, Math.min(block.length, at + literals)), out, filled);
    at += literals;
    if (at + 2 > block.length || filled >= out.length) break;
    const distance = block[at]! | (block[at + 1]! << 8);
    at += 2;
    if (distance === 0 || distance > filled) return -1;
    const end = Math.min(out.length, filled + more(token & 15) + 4);
    for (; filled < end; filled++) out[filled] = out[filled - distance]!;
  }
  return filled;
}

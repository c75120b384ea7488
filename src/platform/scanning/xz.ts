import { BrokenLzma, LzmaDecoder, Output } from "./lzma.ts";
import type { Unpacked } from "./unpack.ts";

const LZMA2 = 0x21;

/**
 * The first `limit` bytes of an .xz file, also of several streams one after another; null for what is none, or uses filters beside
 * LZMA2. Checks are not looked at.
 */
export function unpackXz(packed: Uint8Array, limit: number): Unpacked | null {
  const output = new Output(limit);
  try {
    let at = 0;
    while (at + 12 < packed.length && packed[at] === 0xfd) {
      const check = (packed[at + 7] ?? 0) & 15;
      const checkSize = check === 0 ? 0 : 4 << Math.floor((check - 1) / 3);
      at += 12;
      while (byteAt(packed, at) !== 0) {
        const start = blockStart(packed, at);
        const { end, whole } = readChunks(packed, start, output);
        if (!whole) return { bytes: output.bytes(), whole: false };
        at = end + ((4 - ((end - start) & 3)) & 3) + checkSize;
      }
      at = afterIndex(packed, at) + 12;
      while (packed[at] === 0 && at < packed.length) at += 4;
    }
    return at === 0 ? null : { bytes: output.bytes(), whole: output.length <= limit };
  } catch (error) {
    if (!(error instanceof BrokenLzma)) throw error;
    return output.length === 0 ? null : { bytes: output.bytes(), whole: false };
  }
}

/** The first `limit` bytes of a file in the older .lzma format; null for what is none. */
export function unpackLzma(packed: Uint8Array, limit: number): Unpacked | null {
  if (packed.length < 14) return null;
  const output = new Output(limit);
  const data = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const size = data.getBigUint64(5, true);
  const known = size !== 0xffffffffffffffffn;
  try {
    const decoder = new LzmaDecoder(output);
    decoder.setProperties(packed[0]!);
    const wanted = known ? Number(size) : Number.MAX_SAFE_INTEGER;
    const whole = decoder.decode(packed, 13, packed.length, wanted, true);
    return { bytes: output.bytes(), whole: whole && output.length <= limit };
  } catch (error) {
    if (!(error instanceof BrokenLzma)) throw error;
    return output.length === 0 ? null : { bytes: output.bytes(), whole: false };
  }
}

function byteAt(packed: Uint8Array, at: number): number {
  const byte = packed[at];
  if (byte === undefined) throw new BrokenLzma();
  return byte;
}

/** Where a block's chunks begin. */
function blockStart(packed: Uint8Array, at: number): number {
  const end = at + (byteAt(packed, at) + 1) * 4;
  const flags = byteAt(packed, at + 1);
  let place = at + 2;
  if (flags & 0x40) place = afterNumber(packed, place);
  if (flags & 0x80) place = afterNumber(packed, place);
  if ((flags & 3) !== 0 || byteAt(packed, place) !== LZMA2) throw new BrokenLzma();
  return end;
}

function afterNumber(packed: Uint8Array, at: number): number {
  let place = at;
  while (byteAt(packed, place) & 0x80) place++;
  return place + 1;
}

function readNumber(packed: Uint8Array, at: number): { value: number; end: number } {
  let value = 0;
  let place = at;
  for (let factor = 1; place < at + 9; factor *= 128) {
    const byte = byteAt(packed, place++);
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) break;
  }
  return { value, end: place };
}

/** Where the index of a stream ends, its checksum included. */
function afterIndex(packed: Uint8Array, start: number): number {
  let { value: records, end } = readNumber(packed, start + 1);
  for (; records > 0; records--) end = afterNumber(packed, afterNumber(packed, end));
  return end + ((4 - ((end - start) & 3)) & 3) + 4;
}

/** The chunks of LZMA2 until their end; `whole` is false when the output is full. */
function readChunks(packed: Uint8Array, start: number, output: Output): { end: number; whole: boolean } {
  const decoder = new LzmaDecoder(output);
  let ready = false;
  let at = start;
  for (;;) {
    const control = byteAt(packed, at);
    if (control === 0) return { end: at + 1, whole: true };
    if (output.full()) return { end: at, whole: false };
    if (control < 0x80) {
      if (control > 2) throw new BrokenLzma();
      if (control === 1) decoder.dictionary = output.length;
      const size = ((byteAt(packed, at + 1) << 8) | byteAt(packed, at + 2)) + 1;
      at += 3;
      for (let i = 0; i < size && !output.full(); i++) output.push(byteAt(packed, at + i));
      at += size;
      continue;
    }
    const size = (((control & 0x1f) << 16) | (byteAt(packed, at + 1) << 8) | byteAt(packed, at + 2)) + 1;
    const length = ((byteAt(packed, at + 3) << 8) | byteAt(packed, at + 4)) + 1;
    const reset = (control >> 5) & 3;
    at += 5;
    if (reset === 3) decoder.dictionary = output.length;
    if (reset >= 2) {
      decoder.setProperties(byteAt(packed, at++));
      ready = true;
    } else if (reset === 1) decoder.reset();
    if (!ready) throw new BrokenLzma();
    if (!decoder.decode(packed, at, Math.min(packed.length, at + length), size, false))
      return { end: at, whole: false };
    at += length;
  }
}

import { canonicalCodes, codeLengths } from "./huffman.ts";

/** The most bytes that one call may compress: what one stored block can hold, should nothing shrink. */
export const LARGEST_BLOCK = 0xffff;

const MIN_MATCH = 4;
const MAX_MATCH = 258;
const MAX_DISTANCE = 32_768;
const HASH_BITS = 14;
/** How many earlier places are compared; more gain little on text and cost time. */
const CHAIN = 6;
const END_OF_BLOCK = 256;

/** RFC 1951, 3.2.5: for each length and distance code its first value and its extra bits. */
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const LENGTH_BASE = bases(LENGTH_EXTRA, 3);
LENGTH_BASE[28] = 258;
const DISTANCE_EXTRA = [0, 0, 0, 0, ...Array.from({ length: 26 }, (_, i) => (i >> 1) + 1)];
const DISTANCE_BASE = bases(DISTANCE_EXTRA, 1);
const LENGTH_CODE = codeTable(LENGTH_BASE, MAX_MATCH);
const DISTANCE_CODE = codeTable(DISTANCE_BASE, MAX_DISTANCE);
/** RFC 1951, 3.2.7: the order in which the lengths of the code-length code are sent. */
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const FIXED_LENGTHS = Uint8Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8));
const FIXED = { literals: FIXED_LENGTHS, distances: new Uint8Array(30).fill(5) };

function bases(extra: readonly number[], first: number): number[] {
  let next = first;
  return extra.map((bits) => {
    const base = next;
    next += 1 << bits;
    return base;
  });
}

function codeTable(base: readonly number[], max: number): Uint8Array {
  const table = new Uint8Array(max + 1);
  for (let value = base[0]!, code = 0; value <= max; value += 1) {
    while (code + 1 < base.length && base[code + 1]! <= value) code += 1;
    table[value] = code;
  }
  return table;
}

/** Bits, least significant first, into a buffer that holds one block at its largest. */
export class BitWriter {
  // Plain fields: private ones cost a third of the speed of the whole compressor.
  private bytes = new Uint8Array(LARGEST_BLOCK * 2 + 1024);
  private length = 0;
  private bits = 0;
  private held = 0;

  /** At most 16 bits. */
  write(value: number, bits: number): void {
    this.bits |= value << this.held;
    this.held += bits;
    while (this.held >= 8) {
      this.bytes[this.length++] = this.bits & 0xff;
      this.bits >>>= 8;
      this.held -= 8;
    }
  }

  /** Fills the byte that is begun with zeros. */
  align(): void {
    if (this.held > 0) this.write(0, 8 - this.held);
  }

  /** Whole bytes; only on a byte boundary. */
  copy(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.length);
    this.length += bytes.byteLength;
  }

  /** The whole bytes so far, taken away. */
  take(): Uint8Array {
    const taken = this.bytes.slice(0, this.length);
    this.length = 0;
    return taken;
  }
}

interface Lengths {
  literals: Uint8Array;
  distances: Uint8Array;
}

/** Literals below 256, else `256 + length << 16 | distance`; and how often each code occurs. */
interface Tokens {
  list: Int32Array;
  count: number;
  literals: Uint32Array;
  distances: Uint32Array;
}

/**
 * Writes at most 65,535 bytes as one non-final DEFLATE block (RFC 1951): stored, with the fixed codes or with its own,
 * whichever is shortest. It refers to nothing before itself. Its output is a pure function of the bytes.
 */
export function writeBlock(out: BitWriter, bytes: Uint8Array): void {
  const tokens = findMatches(bytes);
  const own: Lengths = { literals: codeLengths(tokens.literals, 15), distances: codeLengths(tokens.distances, 15) };
  const header = dynamicHeader(own);
  const ownBits = header.bits + bodyBits(tokens, own);
  const fixedBits = bodyBits(tokens, FIXED);
  if (bytes.byteLength * 8 + 32 <= Math.min(ownBits, fixedBits)) {
    writeStoredHeader(out, bytes.byteLength, false);
    out.copy(bytes);
    return;
  }
  out.write(0, 1);
  out.write(ownBits < fixedBits ? 2 : 1, 2);
  if (ownBits < fixedBits) header.write(out);
  writeTokens(out, tokens, ownBits < fixedBits ? own : FIXED);
}

/** What goes in front of at most 65,535 bytes that are sent as they are; it ends on a byte boundary (RFC 1951, 3.2.4). */
export function writeStoredHeader(out: BitWriter, length: number, final: boolean): void {
  out.write(final ? 1 : 0, 3);
  out.align();
  out.write(length, 16);
  out.write(~length & 0xffff, 16);
}

const head = new Int32Array(1 << HASH_BITS);
const chain = new Int32Array(LARGEST_BLOCK);

/** Greedy LZ77 over one block. One long function, because the two calls a byte that it would take are its cost. */
function findMatches(bytes: Uint8Array): Tokens {
  const size = bytes.byteLength;
  const list = new Int32Array(size);
  const literals = new Uint32Array(286);
  const distances = new Uint32Array(30);
  let count = 0;
  head.fill(-1);
  const lastStart = size - MIN_MATCH;
  for (let at = 0; at < size; ) {
    let best = MIN_MATCH - 1;
    let distance = 0;
    if (at <= lastStart) {
      const most = Math.min(MAX_MATCH, size - at);
      const hash = hashAt(bytes, at);
      let candidate = head[hash]!;
      chain[at] = candidate;
      head[hash] = at;
      for (let tries = CHAIN; tries > 0 && candidate >= 0 && at - candidate <= MAX_DISTANCE; tries -= 1) {
        if (bytes[candidate + best] === bytes[at + best] && bytes[candidate] === bytes[at]) {
          let length = 1;
          while (length < most && bytes[candidate + length] === bytes[at + length]) length += 1;
          if (length > best) {
            best = length;
            distance = at - candidate;
            if (length === most) break;
          }
        }
        candidate = chain[candidate]!;
      }
    }
    if (distance === 0) {
      const byte = bytes[at]!;
      literals[byte]! += 1;
      list[count++] = byte;
      at += 1;
      continue;
    }
    literals[257 + LENGTH_CODE[best]!]! += 1;
    distances[DISTANCE_CODE[distance]!]! += 1;
    list[count++] = ((256 + best) << 16) | (distance - 1);
    const end = at + best;
    for (at += 1; at < end; at += 1) {
      if (at > lastStart) continue;
      const hash = hashAt(bytes, at);
      chain[at] = head[hash]!;
      head[hash] = at;
    }
  }
  literals[END_OF_BLOCK] = 1;
  return { list, count, literals, distances };
}

const hashAt = (bytes: Uint8Array, at: number): number =>
  Math.imul(bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24), 0x9e3779b1) >>>
  (32 - HASH_BITS);

function bodyBits(tokens: Tokens, lengths: Lengths): number {
  let bits = 0;
  for (let symbol = 0; symbol < 286; symbol += 1)
    bits += tokens.literals[symbol]! * (lengths.literals[symbol]! + (LENGTH_EXTRA[symbol - 257] ?? 0));
  for (let symbol = 0; symbol < 30; symbol += 1)
    bits += tokens.distances[symbol]! * (lengths.distances[symbol]! + DISTANCE_EXTRA[symbol]!);
  return bits;
}

function writeTokens(out: BitWriter, tokens: Tokens, lengths: Lengths): void {
  const literals = canonicalCodes(lengths.literals);
  const distances = canonicalCodes(lengths.distances);
  for (let i = 0; i < tokens.count; i += 1) {
    const token = tokens.list[i]!;
    if (token < 256) {
      out.write(literals[token]!, lengths.literals[token]!);
      continue;
    }
    const length = (token >>> 16) - 256;
    const distance = (token & 0xffff) + 1;
    const lengthCode = LENGTH_CODE[length]!;
    out.write(literals[257 + lengthCode]!, lengths.literals[257 + lengthCode]!);
    out.write(length - LENGTH_BASE[lengthCode]!, LENGTH_EXTRA[lengthCode]!);
    const distanceCode = DISTANCE_CODE[distance]!;
    out.write(distances[distanceCode]!, lengths.distances[distanceCode]!);
    out.write(distance - DISTANCE_BASE[distanceCode]!, DISTANCE_EXTRA[distanceCode]!);
  }
  out.write(literals[END_OF_BLOCK]!, lengths.literals[END_OF_BLOCK]!);
}

/** The code lengths themselves, run-length coded and Huffman coded once more (RFC 1951, 3.2.7). */
function dynamicHeader({ literals, distances }: Lengths): { bits: number; write(out: BitWriter): void } {
  const literalCount = Math.max(257, usedLength(literals));
  const distanceCount = Math.max(1, usedLength(distances));
  const runs = runLengths([...literals.subarray(0, literalCount), ...distances.subarray(0, distanceCount)]);
  const counts = new Uint32Array(19);
  for (const run of runs) counts[run.symbol]! += 1;
  const lengths = codeLengths(counts, 7);
  const codes = canonicalCodes(lengths);
  let sent = 19;
  while (sent > 4 && lengths[CODE_LENGTH_ORDER[sent - 1]!] === 0) sent -= 1;
  return {
    bits: 14 + 3 * sent + runs.reduce((sum, run) => sum + lengths[run.symbol]! + run.bits, 0),
    write(out) {
      out.write(literalCount - 257, 5);
      out.write(distanceCount - 1, 5);
      out.write(sent - 4, 4);
      for (const symbol of CODE_LENGTH_ORDER.slice(0, sent)) out.write(lengths[symbol]!, 3);
      for (const run of runs) {
        out.write(codes[run.symbol]!, lengths[run.symbol]!);
        out.write(run.extra, run.bits);
      }
    },
  };
}

function usedLength(lengths: Uint8Array): number {
  let length = lengths.length;
  while (length > 0 && lengths[length - 1] === 0) length -= 1;
  return length;
}

interface Run {
  symbol: number;
  extra: number;
  bits: number;
}

function runLengths(lengths: readonly number[]): Run[] {
  const runs: Run[] = [];
  for (let at = 0; at < lengths.length; ) {
    const length = lengths[at]!;
    let end = at + 1;
    while (end < lengths.length && lengths[end] === length) end += 1;
    // A repeat (16) repeats what was sent before, so the first of a run of lengths is sent plainly.
    if (length !== 0) {
      runs.push({ symbol: length, extra: 0, bits: 0 });
      at += 1;
    }
    while (end - at >= 3) {
      const many = length === 0 && end - at >= 11;
      const take = Math.min(end - at, length !== 0 ? 6 : many ? 138 : 10);
      runs.push(
        length !== 0
          ? { symbol: 16, extra: take - 3, bits: 2 }
          : many
            ? { symbol: 18, extra: take - 11, bits: 7 }
            : { symbol: 17, extra: take - 3, bits: 3 },
      );
      at += take;
    }
    for (; at < end; at += 1) runs.push({ symbol: length, extra: 0, bits: 0 });
  }
  return runs;
}

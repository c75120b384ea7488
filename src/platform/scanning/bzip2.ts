import type { Unpacked } from "./unpack.ts";

const BLOCK = 0x314159265359;
const END = 0x177245385090;
const LONGEST_CODE = 20;

class Broken extends Error {}

class BitReader {
  private at = 0;
  private bits = 0;
  private count = 0;
  constructor(
    private readonly bytes: Uint8Array,
    start: number,
  ) {
    this.at = start;
  }
  /** At most 24 bits. */
  read(wanted: number): number {
    while (this.count < wanted) {
      if (this.at >= this.bytes.length) throw new Broken();
      this.bits = ((this.bits << 8) | this.bytes[this.at++]!) >>> 0;
      this.count += 8;
    }
    this.count -= wanted;
    const value = (this.bits >>> this.count) & ((1 << wanted) - 1);
    this.bits &= (1 << this.count) - 1;
    return value;
  }
  read48(): number {
    return this.read(24) * 0x1000000 + this.read(24);
  }
  /** Where the next whole byte lies. */
  aligned(): number {
    return this.at - (this.count >> 3);
  }
}

interface Codes {
  limit: Int32Array;
  base: Int32Array;
  order: Uint16Array;
  shortest: number;
}

/**
 * The first `limit` bytes of a bzip2 file, also of several one after another; null for what is none. Checksums are not looked at.
 * Takes memory for one block (under 5 MiB) and the output.
 */
export function unpackBzip2(packed: Uint8Array, limit: number): Unpacked | null {
  const output = new Output(limit);
  let start = 0;
  try {
    while (packed[start] === 0x42 && packed[start + 1] === 0x5a && packed[start + 2] === 0x68) {
      const level = (packed[start + 3] ?? 0) - 0x30;
      if (level < 1 || level > 9) break;
      const reader = new BitReader(packed, start + 4);
      for (let mark = reader.read48(); mark !== END; mark = reader.read48()) {
        if (mark !== BLOCK) throw new Broken();
        readBlock(reader, level * 100_000, output);
        if (output.full()) return { bytes: output.bytes(), whole: false };
      }
      reader.read(24);
      reader.read(8);
      start = reader.aligned();
    }
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    return output.length === 0 ? null : { bytes: output.bytes(), whole: false };
  }
  return start === 0 ? null : { bytes: output.bytes(), whole: true };
}

/** Undoes the runs of the first step: four equal bytes are followed by a count of more. */
class Output {
  length = 0;
  private buffer = new Uint8Array(65_536);
  private last = -1;
  private run = 0;
  constructor(private readonly limit: number) {}
  startBlock(): void {
    this.last = -1;
    this.run = 0;
  }
  full(): boolean {
    return this.length >= this.limit;
  }
  push(byte: number): void {
    if (this.run === 4) {
      for (let i = 0; i < byte && !this.full(); i++) this.append(this.last);
      this.run = 0;
      this.last = -1;
      return;
    }
    this.run = byte === this.last ? this.run + 1 : 1;
    this.last = byte;
    this.append(byte);
  }
  bytes(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }
  private append(byte: number): void {
    if (this.length === this.buffer.length) {
      const wider = new Uint8Array(Math.min(Math.max(this.limit, 1), this.buffer.length * 2));
      wider.set(this.buffer.subarray(0, wider.length));
      this.buffer = wider;
    }
    if (this.length < this.limit) this.buffer[this.length++] = byte;
  }
}

function readBlock(reader: BitReader, size: number, output: Output): void {
  reader.read(24);
  reader.read(8);
  if (reader.read(1) === 1) throw new Broken();
  const origin = reader.read(24);
  const symbols = readSymbols(reader);
  const { tables, selectors } = readTables(reader, symbols.length + 2);
  const { block, length } = readRuns(reader, size, symbols, tables, selectors);
  if (origin >= length) throw new Broken();
  // The inverse of the Burrows-Wheeler transform: where each byte's successor lies, in the upper 24 bits.
  const starts = new Int32Array(257);
  for (let i = 0; i < length; i++) starts[(block[i]! & 0xff) + 1]!++;
  for (let i = 0; i < 256; i++) starts[i + 1]! += starts[i]!;
  for (let i = 0; i < length; i++) {
    const byte = block[i]! & 0xff;
    block[starts[byte]!]! |= i << 8;
    starts[byte]!++;
  }
  let position = block[origin]! >>> 8;
  output.startBlock();
  for (let i = 0; i < length && !output.full(); i++) {
    const entry = block[position]!;
    output.push(entry & 0xff);
    position = entry >>> 8;
  }
}

function readSymbols(reader: BitReader): number[] {
  const groups = reader.read(16);
  const symbols: number[] = [];
  for (let i = 0; i < 16; i++) {
    if ((groups & (0x8000 >> i)) === 0) continue;
    const used = reader.read(16);
    for (let j = 0; j < 16; j++) if ((used & (0x8000 >> j)) !== 0) symbols.push(i * 16 + j);
  }
  if (symbols.length === 0) throw new Broken();
  return symbols;
}

function readTables(reader: BitReader, alphabet: number): { tables: Codes[]; selectors: Uint8Array } {
  const count = reader.read(3);
  const selectorCount = reader.read(15);
  if (count < 2 || count > 6 || selectorCount === 0) throw new Broken();
  const order = Array.from({ length: count }, (_, i) => i);
  const selectors = new Uint8Array(selectorCount);
  for (let i = 0; i < selectorCount; i++) {
    let place = 0;
    while (reader.read(1) === 1) if (++place >= count) throw new Broken();
    const table = order.splice(place, 1)[0]!;
    order.unshift(table);
    selectors[i] = table;
  }
  const tables = Array.from({ length: count }, () => {
    const lengths = new Uint8Array(alphabet);
    let length = reader.read(5);
    for (let i = 0; i < alphabet; i++) {
      for (;;) {
        if (length < 1 || length > LONGEST_CODE) throw new Broken();
        if (reader.read(1) === 0) break;
        length += reader.read(1) === 0 ? 1 : -1;
      }
      lengths[i] = length;
    }
    return codesOf(lengths);
  });
  return { tables, selectors };
}

/** Canonical codes: the longest value of each length, and how to get from a value to its symbol. */
function codesOf(lengths: Uint8Array): Codes {
  const counts = new Int32Array(LONGEST_CODE + 2);
  for (const length of lengths) counts[length]!++;
  const order = new Uint16Array(lengths.length);
  let filled = 0;
  for (let length = 1; length <= LONGEST_CODE; length++)
    for (let symbol = 0; symbol < lengths.length; symbol++) if (lengths[symbol] === length) order[filled++] = symbol;
  const limit = new Int32Array(LONGEST_CODE + 2).fill(-1);
  const base = new Int32Array(LONGEST_CODE + 2);
  let code = 0;
  let before = 0;
  for (let length = 1; length <= LONGEST_CODE; length++) {
    base[length] = before - code;
    code += counts[length]!;
    before += counts[length]!;
    limit[length] = code - 1;
    code <<= 1;
  }
  return { limit, base, order, shortest: Math.min(...lengths) };
}

/** The block before its transform is undone: Huffman codes, runs of the first symbol, move to front. */
function readRuns(
  reader: BitReader,
  size: number,
  symbols: number[],
  tables: Codes[],
  selectors: Uint8Array,
): { block: Uint32Array; length: number } {
  const block = new Uint32Array(size);
  const end = symbols.length + 1;
  const front = [...symbols];
  let length = 0;
  let run = 0;
  let weight = 1;
  for (let group = 0; ; group++) {
    const codes = tables[selectors[group] ?? -1];
    if (codes === undefined) throw new Broken();
    for (let i = 0; i < 50; i++) {
      const symbol = readSymbol(reader, codes);
      if (symbol <= 1) {
        run += weight << symbol;
        weight <<= 1;
        if (run > size) throw new Broken();
        continue;
      }
      if (run > 0) {
        if (length + run > size) throw new Broken();
        block.fill(front[0]!, length, length + run);
        length += run;
        run = 0;
        weight = 1;
      }
      if (symbol === end) return { block, length };
      const byte = front.splice(symbol - 1, 1)[0]!;
      front.unshift(byte);
      if (length >= size) throw new Broken();
      block[length++] = byte;
    }
  }
}

function readSymbol(reader: BitReader, codes: Codes): number {
  let length = codes.shortest;
  let code = reader.read(length);
  while (code > codes.limit[length]!) {
    if (++length > LONGEST_CODE) throw new Broken();
    code = (code << 1) | reader.read(1);
  }
  const symbol = codes.order[codes.base[length]! + code];
  if (symbol === undefined) throw new Broken();
  return symbol;
}

/** Thrown for bytes that break the format, or that end too early. */
export class BrokenLzma extends Error {}

/** Bytes that grow up to a limit; what has been written is the dictionary, too. */
export class Output {
  length = 0;
  buffer = new Uint8Array(65_536);
  constructor(readonly limit: number) {}
  full(): boolean {
    return this.length >= this.limit;
  }
  push(byte: number): void {
    if (this.length === this.buffer.length) {
      const wider = new Uint8Array(this.buffer.length * 2);
      wider.set(this.buffer);
      this.buffer = wider;
    }
    this.buffer[this.length++] = byte;
  }
  bytes(): Uint8Array {
    return this.buffer.subarray(0, Math.min(this.length, this.limit));
  }
}

const EVEN = 1024;
const TOP = 2 ** 24;
const probabilities = (count: number): Uint16Array => new Uint16Array(count).fill(EVEN);

/** The range coder of LZMA (lzma-specification.txt of the LZMA SDK, which is in the public domain). */
class RangeDecoder {
  private range = 0xffffffff;
  private code = 0;
  at: number;
  constructor(
    private readonly bytes: Uint8Array,
    start: number,
    private readonly end: number,
  ) {
    this.at = start + 1;
    for (let i = 0; i < 4; i++) this.code = ((this.code << 8) | this.next()) >>> 0;
  }
  private next(): number {
    if (this.at >= this.end) throw new BrokenLzma();
    return this.bytes[this.at++]!;
  }
  private normalise(): void {
    if (this.range >= TOP) return;
    this.range = (this.range << 8) >>> 0;
    this.code = ((this.code << 8) | this.next()) >>> 0;
  }
  bit(model: Uint16Array, index: number): number {
    const probability = model[index]!;
    const bound = (this.range >>> 11) * probability;
    let bit: number;
    if (this.code < bound) {
      this.range = bound;
      model[index] = probability + ((2048 - probability) >> 5);
      bit = 0;
    } else {
      this.range -= bound;
      this.code -= bound;
      model[index] = probability - (probability >> 5);
      bit = 1;
    }
    this.normalise();
    return bit;
  }
  direct(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) {
      this.range = this.range >>> 1;
      const bit = this.code >= this.range ? 1 : 0;
      if (bit === 1) this.code -= this.range;
      this.normalise();
      value = ((value << 1) | bit) >>> 0;
    }
    return value;
  }
  tree(model: Uint16Array, start: number, bits: number): number {
    let node = 1;
    for (let i = 0; i < bits; i++) node = (node << 1) | this.bit(model, start + node);
    return node - (1 << bits);
  }
  reverseTree(model: Uint16Array, start: number, bits: number): number {
    let node = 1;
    let value = 0;
    for (let i = 0; i < bits; i++) {
      const bit = this.bit(model, start + node);
      node = (node << 1) | bit;
      value |= bit << i;
    }
    return value;
  }
}

class LengthModel {
  private readonly choice = probabilities(2);
  private readonly low = probabilities(16 << 3);
  private readonly middle = probabilities(16 << 3);
  private readonly high = probabilities(256);
  read(coder: RangeDecoder, position: number): number {
    if (coder.bit(this.choice, 0) === 0) return 2 + coder.tree(this.low, position << 3, 3);
    if (coder.bit(this.choice, 1) === 0) return 10 + coder.tree(this.middle, position << 3, 3);
    return 18 + coder.tree(this.high, 0, 8);
  }
}

/** The state of an LZMA stream, over all of its chunks. */
export class LzmaDecoder {
  private lc = 0;
  private lp = 0;
  private pb = 0;
  private state = 0;
  private readonly reps = [0, 0, 0, 0];
  private literals = probabilities(0x300);
  private isMatch = probabilities(0);
  private isRep = probabilities(0);
  private isRepLong = probabilities(0);
  private slots = probabilities(0);
  private special = probabilities(0);
  private align = probabilities(0);
  private matchLength = new LengthModel();
  private repLength = new LengthModel();
  /** Where the dictionary begins in the output: nothing before it may be copied. */
  dictionary = 0;

  constructor(private readonly output: Output) {}

  setProperties(byte: number): void {
    if (byte >= 225) throw new BrokenLzma();
    this.lc = byte % 9;
    this.lp = Math.floor(byte / 9) % 5;
    this.pb = Math.floor(byte / 45);
    if (this.lc + this.lp > 4 + 8) throw new BrokenLzma();
    this.reset();
  }

  reset(): void {
    this.state = 0;
    this.reps.fill(0);
    this.literals = probabilities(0x300 << (this.lc + this.lp));
    this.isMatch = probabilities(12 << 4);
    // isRep, isRepG0, isRepG1 and isRepG2 beside each other.
    this.isRep = probabilities(12 * 4);
    this.isRepLong = probabilities(12 << 4);
    this.slots = probabilities(4 << 6);
    this.special = probabilities(128);
    this.align = probabilities(16);
    this.matchLength = new LengthModel();
    this.repLength = new LengthModel();
  }

  /**
   * Decodes until `size` bytes are written, the output is full, or the end marker comes (only where `marker`); answers whether
   * it came to the end.
   */
  decode(packed: Uint8Array, start: number, end: number, size: number, marker: boolean): boolean {
    const { output } = this;
    const coder = new RangeDecoder(packed, start, end);
    const target = output.length + size;
    while (output.length < target) {
      if (output.full()) return false;
      const position = (output.length - this.dictionary) & ((1 << this.pb) - 1);
      if (coder.bit(this.isMatch, (this.state << 4) + position) === 0) {
        this.literal(coder);
        continue;
      }
      const length =
        coder.bit(this.isRep, this.state) === 1 ? this.repeat(coder, position) : this.match(coder, position);
      if (length < 0) {
        if (!marker) throw new BrokenLzma();
        return true;
      }
      this.copy(Math.min(length, target - output.length));
    }
    return true;
  }

  private literal(coder: RangeDecoder): void {
    const { output } = this;
    const place = output.length - this.dictionary;
    const previous = place > 0 ? output.buffer[output.length - 1]! : 0;
    const context = ((place & ((1 << this.lp) - 1)) << this.lc) + (previous >> (8 - this.lc));
    const base = 0x300 * context;
    let symbol = 1;
    if (this.state >= 7) {
      let matched = this.byteAt(this.reps[0]!);
      do {
        const bit = (matched >> 7) & 1;
        matched <<= 1;
        const read = coder.bit(this.literals, base + ((1 + bit) << 8) + symbol);
        symbol = (symbol << 1) | read;
        if (bit !== read) break;
      } while (symbol < 0x100);
    }
    while (symbol < 0x100) symbol = (symbol << 1) | coder.bit(this.literals, base + symbol);
    output.push(symbol & 0xff);
    this.state = this.state < 4 ? 0 : this.state < 10 ? this.state - 3 : this.state - 6;
  }

  private repeat(coder: RangeDecoder, position: number): number {
    const { reps, state } = this;
    if (coder.bit(this.isRep, 12 + state) === 0) {
      if (coder.bit(this.isRepLong, (state << 4) + position) === 0) {
        this.state = state < 7 ? 9 : 11;
        return 1;
      }
    } else {
      let which = 1;
      if (coder.bit(this.isRep, 24 + state) === 1) which = coder.bit(this.isRep, 36 + state) === 0 ? 2 : 3;
      const distance = reps[which]!;
      for (let i = which; i > 0; i--) reps[i] = reps[i - 1]!;
      reps[0] = distance;
    }
    this.state = state < 7 ? 8 : 11;
    return this.repLength.read(coder, position);
  }

  /** The length; -1 at the end marker. */
  private match(coder: RangeDecoder, position: number): number {
    const { reps } = this;
    reps[3] = reps[2]!;
    reps[2] = reps[1]!;
    reps[1] = reps[0]!;
    const length = this.matchLength.read(coder, position);
    this.state = this.state < 7 ? 7 : 10;
    const slot = coder.tree(this.slots, Math.min(length - 2, 3) << 6, 6);
    if (slot < 4) {
      reps[0] = slot;
      return length;
    }
    const bits = (slot >> 1) - 1;
    let distance = ((2 | (slot & 1)) << bits) >>> 0;
    if (slot < 14) distance += coder.reverseTree(this.special, distance - slot, bits);
    else {
      distance += coder.direct(bits - 4) * 16;
      distance += coder.reverseTree(this.align, 0, 4);
    }
    reps[0] = distance;
    return distance >= 0xffffffff ? -1 : length;
  }

  private byteAt(distance: number): number {
    if (distance >= this.output.length - this.dictionary) throw new BrokenLzma();
    return this.output.buffer[this.output.length - distance - 1]!;
  }

  private copy(length: number): void {
    const distance = this.reps[0]!;
    for (let i = 0; i < length; i++) this.output.push(this.byteAt(distance));
  }
}

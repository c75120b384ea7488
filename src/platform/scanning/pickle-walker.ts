import { OPCODES } from "./pickle-opcodes.ts";

/** Random access to bytes that may be too many for memory. */
export interface ByteSource {
  size: number;
  read(start: number, end: number): Promise<Uint8Array>;
}

export interface PickleWalk {
  /** Every name the pickle would import, with where. */
  globals: { module: string; name: string; offset: number }[];
  /** Places where a name is computed, or taken from the registry of extensions, so that it cannot be known. */
  obscured: number[];
  /** Text arguments that begin like a pickle themselves. */
  nested: Uint8Array[];
  /** Where the stream ended: after STOP, or at what could not be read. */
  end: number;
  /** Why it could not be read to its end; what came before would have run all the same. */
  error: string | null;
}

const PIECE = 256 * 1024;
const KEPT_TEXT = 256;
const NESTED_LIMIT = 1024 * 1024;
const STACK_LIMIT = 100_000;
const GLOBALS_LIMIT = 1_000;
const MARK = Symbol("mark");
type Value = string | null | typeof MARK;
const latin1 = new TextDecoder("latin1");
const utf8 = new TextDecoder();

class Truncated extends Error {}

/** A window over the source that moves forward and skips what need not be looked at. */
class Cursor {
  #bytes: Uint8Array = new Uint8Array(0);
  #base = 0;
  at: number;
  constructor(
    readonly source: ByteSource,
    start: number,
  ) {
    this.at = start;
  }
  async take(count: number): Promise<Uint8Array> {
    let from = this.at - this.#base;
    if (from < 0 || from + count > this.#bytes.length) {
      if (this.at + count > this.source.size) throw new Truncated("it ends in the middle");
      this.#bytes = await this.source.read(this.at, Math.min(this.source.size, this.at + Math.max(PIECE, count)));
      this.#base = this.at;
      from = 0;
      if (this.#bytes.length < count) throw new Truncated("it ends in the middle");
    }
    this.at += count;
    return this.#bytes.subarray(from, from + count);
  }
  async line(): Promise<string> {
    const codes: number[] = [];
    for (;;) {
      const byte = (await this.take(1))[0]!;
      if (byte === 10) return latin1.decode(Uint8Array.from(codes));
      codes.push(byte);
      if (codes.length > 4096) throw new Truncated("a line of it is longer than 4,096 bytes");
    }
  }
  skip(count: number): void {
    if (this.at + count > this.source.size) throw new Truncated("it ends in the middle");
    this.at += count;
  }
}

/** Walks one pickle without running it: what it would import is resolved through the stack and the memo. */
export async function walkPickle(source: ByteSource, start: number, signal: AbortSignal): Promise<PickleWalk> {
  const walk: PickleWalk = { globals: [], obscured: [], nested: [], end: start, error: null };
  const cursor = new Cursor(source, start);
  const machine = new Machine(walk);
  try {
    for (let steps = 0; ; steps++) {
      if (steps % 65536 === 0) signal.throwIfAborted();
      const at = cursor.at;
      const code = (await cursor.take(1))[0]!;
      const opcode = OPCODES.get(code);
      if (opcode === undefined) throw new Truncated(`byte ${code} is no opcode`);
      const argument = await readArgument(cursor, opcode.argument, walk);
      if (code === 0x2e) break;
      machine.step(code, opcode.effect, argument, at);
    }
  } catch (error) {
    if (!(error instanceof Truncated)) throw error;
    walk.error = error.message;
  }
  walk.end = cursor.at;
  return walk;
}

type Argument = string | number | [string, string] | null;

async function readArgument(cursor: Cursor, kind: string, walk: PickleWalk): Promise<Argument> {
  switch (kind) {
    case "none":
      return null;
    case "line":
      return unquoted(await cursor.line());
    case "two-lines":
      return [await cursor.line(), await cursor.line()];
    case "f8":
      cursor.skip(8);
      return null;
    default:
      break;
  }
  const number = await readNumber(cursor, Number(kind.at(-1)));
  if (!kind.startsWith("bytes")) return number;
  if (number > cursor.source.size) throw new Truncated("a length in it is larger than the file");
  if (number > NESTED_LIMIT) {
    cursor.skip(number);
    return null;
  }
  const bytes = await cursor.take(number);
  if (bytes.length > 4 && walk.nested.length < 100 && beginsLikePickle(bytes)) walk.nested.push(bytes.slice());
  return bytes.length <= KEPT_TEXT ? utf8.decode(bytes) : null;
}

/** Protocol 2 to 5 by its mark, protocol 0 by an import in its first bytes. */
export const beginsLikePickle = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0x80 && bytes[1]! >= 2 && bytes[1]! <= 5) ||
  /^\(?c[\w.]{1,80}\n[\w.]{1,80}\n/.test(latin1.decode(bytes.subarray(0, 200)));

async function readNumber(cursor: Cursor, width: number): Promise<number> {
  const bytes = await cursor.take(width);
  let value = 0;
  for (let i = width - 1; i >= 0; i--) value = value * 256 + bytes[i]!;
  return value;
}

const unquoted = (line: string): string => line.replace(/^(['"])(.*)\1$/, "$2");

/** The stack and memo of the pickle machine, with every value that is no text unknown. */
class Machine {
  #stack: Value[] = [];
  #memo = new Map<number, Value>();
  readonly #walk: PickleWalk;
  constructor(walk: PickleWalk) {
    this.#walk = walk;
  }

  step(code: number, effect: string, argument: Argument, offset: number): void {
    if (this.#stack.length > STACK_LIMIT) this.#stack.splice(0, STACK_LIMIT / 2);
    if (effect === "special") this.#special(code, argument, offset);
    else if (effect === "push") this.#stack.push(null);
    else if (effect === "text") this.#stack.push(typeof argument === "string" ? argument : null);
    else if (effect === "mark") this.#stack.push(MARK);
    else if (effect.startsWith("to-mark")) this.#popToMark();
    else if (effect.startsWith("pop")) for (let i = Number(effect[3]); i > 0; i--) this.#stack.pop();
    if (effect.endsWith("-push")) this.#stack.push(null);
  }

  #popToMark(): void {
    while (this.#stack.length > 0 && this.#stack.pop() !== MARK);
  }

  #special(code: number, argument: Argument, offset: number): void {
    switch (code) {
      case 0x32: // DUP
        this.#stack.push(this.#stack.at(-1) ?? null);
        return;
      case 0x63: // GLOBAL
      case 0x69: // INST
        if (code === 0x69) this.#popToMark();
        this.#import((argument as [string, string])[0], (argument as [string, string])[1], offset);
        return;
      case 0x93: {
        // STACK_GLOBAL
        const name = this.#stack.pop();
        const module = this.#stack.pop();
        if (typeof name === "string" && typeof module === "string") this.#import(module, name, offset);
        else this.#obscure(offset);
        return;
      }
      case 0x82: // EXT1, EXT2, EXT4
      case 0x83:
      case 0x84:
        this.#obscure(offset);
        return;
      case 0x87: // TUPLE3
        this.#stack.splice(-3, 3, null);
        return;
      case 0x92: // NEWOBJ_EX
        this.#stack.splice(-3, 3, null);
        return;
      case 0x67: // GET, BINGET, LONG_BINGET
      case 0x68:
      case 0x6a:
        this.#stack.push(this.#memo.get(Number(argument)) ?? null);
        return;
      case 0x94: // MEMOIZE
        this.#remember(this.#memo.size);
        return;
      default: // PUT, BINPUT, LONG_BINPUT
        this.#remember(Number(argument));
    }
  }

  #remember(key: number): void {
    const top = this.#stack.at(-1);
    this.#memo.set(key, top === undefined || top === MARK ? null : top);
  }

  #import(module: string, name: string, offset: number): void {
    if (this.#walk.globals.length < GLOBALS_LIMIT) this.#walk.globals.push({ module, name, offset });
    else throw new Truncated("it imports more than 1,000 times");
    this.#stack.push(null);
  }

  #obscure(offset: number): void {
    if (this.#walk.obscured.length < GLOBALS_LIMIT) this.#walk.obscured.push(offset);
    this.#stack.push(null);
  }
}

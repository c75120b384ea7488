import { ByteCursor, Unreadable } from "./byte-cursor.ts";
import { type ByteSpan, layOut } from "./byte-spans.ts";
import { TENSOR_BLOCKS, VALUE_BYTES } from "./gguf-types.ts";
import type { Problem } from "./model-scanner.ts";
import type { ByteSource } from "./pickle-walker.ts";

/** What a GGUF file's header says; the tensors' own bytes are never read. */
export interface GgufContents {
  problems: Problem[];
  /** Texts of the metadata, without the vocabulary; each cut at 1 MiB, all together at 4 MiB. */
  texts: { key: string; text: string }[];
}

const PAIRS = 100_000;
const TENSORS = 200_000;
const STRINGS = 8_000_000;
const METADATA_LIMIT = 512 * 1024 * 1024;
const KEY_LIMIT = 65_535;
const TEXT_LIMIT = 1024 * 1024;
const TEXTS_LIMIT = 4 * TEXT_LIMIT;
const DIMENSIONS = 8;
const STRING = 8;
const ARRAY = 9;
export const isGguf = (head: Uint8Array): boolean =>
  head[0] === 0x47 && head[1] === 0x47 && head[2] === 0x55 && head[3] === 0x46;

/** Walks header, metadata and tensor list of GGUF 2 and 3, of either byte order. Throws Unreadable at what cannot be read past. */
export async function readGguf(source: ByteSource, whole: boolean, signal: AbortSignal): Promise<GgufContents> {
  const reader = new GgufReader(source, signal);
  const spans = await reader.header();
  if (whole) reader.layout(spans);
  return { problems: reader.problems, texts: reader.texts };
}

class GgufReader {
  readonly problems: Problem[] = [];
  readonly texts: { key: string; text: string }[] = [];
  readonly #cursor: ByteCursor;
  readonly #signal: AbortSignal;
  #alignment = 32;
  #kept = 0;
  #strings = 0;

  constructor(source: ByteSource, signal: AbortSignal) {
    this.#cursor = new ByteCursor(source);
    this.#signal = signal;
  }

  async header(): Promise<ByteSpan[]> {
    const cursor = this.#cursor;
    await cursor.ready(24);
    cursor.skip(4);
    const mark = cursor.take(4);
    cursor.littleEndian = mark[0] !== 0 || mark[3] === 0;
    const version = cursor.littleEndian ? mark[0]! + mark[1]! * 256 : mark[3]! + mark[2]! * 256;
    if (version !== 2 && version !== 3) throw new Unreadable(`it is of version ${version}, and only 2 and 3 are known`);
    const tensors = cursor.u64();
    const pairs = cursor.u64();
    if (pairs > PAIRS || pairs * 13 > cursor.left) throw new Unreadable(`it claims ${pairs} entries of metadata`);
    if (tensors > TENSORS || tensors * 24 > cursor.left) throw new Unreadable(`it claims ${tensors} tensors`);
    await this.#metadata(pairs);
    return this.#tensors(tensors);
  }

  async #metadata(pairs: number): Promise<void> {
    const seen = new Set<string>();
    for (let i = 0; i < pairs; i++) {
      if (i % 1024 === 0) this.#signal.throwIfAborted();
      const key = await this.#string(KEY_LIMIT);
      if (seen.has(key))
        this.#add(
          "duplicate-key",
          "high",
          "Names the same metadata twice, of which programs believe one or the other.",
          key,
        );
      seen.add(key);
      await this.#cursor.ready(4);
      const type = this.#cursor.u32();
      if (key === "general.alignment") await this.#readAlignment(type);
      else await this.#value(key, type, 0);
      if (this.#cursor.at > METADATA_LIMIT) throw new Unreadable("its metadata is larger than 512 MiB");
    }
  }

  async #readAlignment(type: number): Promise<void> {
    if (type !== 4) throw new Unreadable("its alignment is no number of 32 bits");
    await this.#cursor.ready(4);
    const alignment = this.#cursor.u32();
    if (alignment < 8 || alignment > 1024 * 1024 || (alignment & (alignment - 1)) !== 0) {
      throw new Unreadable(`its alignment is ${alignment}, which is no power of two from 8`);
    }
    this.#alignment = alignment;
  }

  async #value(key: string, type: number, depth: number): Promise<void> {
    const fixed = VALUE_BYTES.get(type);
    if (fixed !== undefined) this.#cursor.skip(fixed);
    else if (type === STRING) await this.#text(key);
    else if (type === ARRAY && depth < 3) await this.#array(key, depth);
    else throw new Unreadable(`the metadata ${key.slice(0, 80)} is of the unknown type ${type}`);
  }

  async #text(key: string): Promise<void> {
    if (this.#kept >= TEXTS_LIMIT) {
      await this.#skipString();
      return;
    }
    const text = await this.#string(TEXT_LIMIT, key);
    this.#kept += text.length;
    this.texts.push({ key, text });
  }

  async #array(key: string, depth: number): Promise<void> {
    await this.#cursor.ready(12);
    const type = this.#cursor.u32();
    const count = this.#cursor.u64();
    const fixed = VALUE_BYTES.get(type);
    if (count * (fixed ?? 8) > this.#cursor.left) {
      throw new Unreadable(`the list ${key.slice(0, 80)} claims ${count} items, more than the file has room for`);
    }
    if (fixed !== undefined) {
      this.#cursor.skip(count * fixed);
      return;
    }
    // Templates by name come as lists of text; vocabularies are not read as text.
    const keep = type === STRING && count <= 64 && !key.startsWith("tokenizer.ggml");
    for (let i = 0; i < count; i++) {
      if (++this.#strings > STRINGS) throw new Unreadable("its metadata holds more than 8 million texts");
      if (i % 65536 === 0) this.#signal.throwIfAborted();
      if (type === STRING && !keep) await this.#skipString();
      else await this.#value(key, type, depth + 1);
    }
  }

  async #skipString(): Promise<void> {
    if (this.#cursor.available < 8) await this.#cursor.ready(8);
    this.#cursor.skip(this.#cursor.u64());
  }

  /** A text of which at most `limit` bytes are kept; a longer key or name is refused, a longer value is told of. */
  async #string(limit: number, key?: string): Promise<string> {
    const cursor = this.#cursor;
    await cursor.ready(8);
    const length = cursor.u64();
    if (length > cursor.left) {
      throw new Unreadable(`a text at byte ${cursor.at} claims ${length} bytes, of which the file has ${cursor.left}`);
    }
    if (length > limit) {
      if (key === undefined) throw new Unreadable(`a name at byte ${cursor.at} is ${length} bytes long`);
      this.#add(
        "long-text",
        "medium",
        "Holds a text of more than 1 MiB, of which only the beginning was looked at.",
        key,
      );
    }
    const kept = Math.min(length, limit);
    await cursor.ready(kept);
    const text = new TextDecoder().decode(cursor.take(kept));
    cursor.skip(length - kept);
    return text;
  }

  async #tensors(count: number): Promise<ByteSpan[]> {
    const spans: ByteSpan[] = [];
    const seen = new Set<string>();
    for (let i = 0; i < count; i++) {
      if (i % 1024 === 0) this.#signal.throwIfAborted();
      const name = await this.#string(KEY_LIMIT);
      if (seen.has(name)) this.#add("duplicate-tensor", "high", "Names the same tensor twice.", name);
      seen.add(name);
      spans.push(await this.#tensor(name));
    }
    return spans;
  }

  async #tensor(name: string): Promise<ByteSpan> {
    const cursor = this.#cursor;
    await cursor.ready(4);
    const dimensions = cursor.u32();
    if (dimensions > DIMENSIONS) throw new Unreadable(`the tensor ${name.slice(0, 80)} has ${dimensions} dimensions`);
    await cursor.ready(dimensions * 8 + 12);
    const shape = Array.from({ length: dimensions }, () => cursor.u64());
    const type = cursor.u32();
    const begin = cursor.u64();
    if (begin % this.#alignment !== 0) {
      this.#add(
        "misaligned",
        "high",
        `A tensor does not begin at a multiple of ${this.#alignment}, as the file says it does.`,
        `${name}: ${begin}`,
      );
    }
    const block = TENSOR_BLOCKS.get(type);
    if (block === undefined) {
      this.#add(
        "unknown-tensor-type",
        "low",
        "A tensor has a type that is not known, so that its length cannot be checked.",
        `${name}: ${type}`,
      );
      return { name, begin, end: begin };
    }
    const elements = shape.reduce((product, size) => product * size, 1);
    const size = (elements / block[0]) * block[1];
    if (size > Number.MAX_SAFE_INTEGER - begin) {
      this.#add(
        "shape-overflow",
        "high",
        "A tensor's dimensions overflow when they are multiplied, as an attack on loaders would.",
        `${name}: ${shape.join(" × ")}`,
      );
      return { name, begin, end: begin };
    }
    if (dimensions > 0 && shape[0]! % block[0] !== 0) {
      this.#add(
        "length-mismatch",
        "high",
        "A tensor's first dimension does not fill the blocks of its type.",
        `${name}: ${shape.join(" × ")}`,
      );
    }
    return { name, begin, end: begin + Math.ceil(size) };
  }

  /** Tensors lie after the header, one after another, with no more than padding between. */
  layout(spans: readonly ByteSpan[]): void {
    const start = Math.ceil(this.#cursor.at / this.#alignment) * this.#alignment;
    const size = Math.max(0, this.#cursor.end - start);
    const { overlap, hole, end } = layOut(spans, this.#alignment);
    const unknown = spans.some((span) => span.begin === span.end);
    if (overlap)
      this.#add(
        "overlap",
        "high",
        "Two tensors share bytes.",
        `${overlap[0].name.slice(0, 90)} and ${overlap[1].name.slice(0, 90)}`,
      );
    if (end > size)
      this.#add("beyond-end", "high", "A tensor reaches beyond the end of the file.", `${end} of ${size} bytes`);
    if (unknown) return;
    if (hole)
      this.#add(
        "hole",
        "medium",
        "Bytes that belong to no tensor lie between tensors: something else may hide there.",
        `${hole.begin}–${hole.end}`,
      );
    if (size - end > this.#alignment) {
      this.#add(
        "trailing-data",
        "medium",
        "Bytes that belong to no tensor follow the last one: something else may hide there.",
        `${size - end} bytes`,
      );
    }
  }

  #add(id: string, severity: Problem["severity"], message: string, excerpt: string): void {
    if (this.problems.filter((problem) => problem.id === id).length < 3) {
      this.problems.push({ id, severity, message, excerpt });
    }
  }
}

import { Unreadable } from "./byte-cursor.ts";

const DEPTH = 64;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const LIST = 0x5b;
const LIST_END = 0x5d;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const LITERALS = new Set(["true", "false", "null"]);

/** Reads strict JSON (RFC 8259, UTF-8) piece by piece without building it; throws Unreadable at the first fault. */
export class JsonReader {
  /** Keys that came twice in one object: readers differ in which one they believe. At most 20 are kept. */
  readonly duplicates: string[] = [];
  readonly #bytes: Uint8Array;
  readonly #utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The first byte of the next value. */
  peek(): number {
    this.#space();
    return this.#bytes[this.#at] ?? 0;
  }

  /** `member` must read the value of each key. */
  object(member: (key: string) => void): void {
    this.#expect(OPEN);
    const seen = new Set<string>();
    if (this.#eat(CLOSE)) return;
    do {
      const key = this.string();
      if (seen.has(key) && this.duplicates.length < 20) this.duplicates.push(key);
      seen.add(key);
      this.#expect(COLON);
      member(key);
    } while (this.#eat(COMMA));
    this.#expect(CLOSE);
  }

  array(element: () => void): void {
    this.#expect(LIST);
    if (this.#eat(LIST_END)) return;
    do element();
    while (this.#eat(COMMA));
    this.#expect(LIST_END);
  }

  string(): string {
    this.#expect(QUOTE);
    const start = this.#at;
    let escaped = false;
    for (; ; this.#at++) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) throw new Unreadable("a text in its JSON has no end");
      if (byte < 0x20) throw new Unreadable(`a control character lies in its JSON at byte ${this.#at}`);
      if (byte === QUOTE) break;
      if (byte === 0x5c) {
        escaped = true;
        this.#at++;
      }
    }
    const raw = this.#bytes.subarray(start, this.#at++);
    try {
      const text = this.#utf8.decode(raw);
      return escaped ? JSON.parse(`"${text}"`) : text;
    } catch {
      throw new Unreadable(`a text in its JSON at byte ${start} is not UTF-8 or escapes what cannot be escaped`);
    }
  }

  /** A number that counts bytes or items: an integer from 0 to 2^53. */
  count(): number {
    const text = this.#word();
    const value = /^(?:0|[1-9]\d{0,15})$/.test(text) ? Number(text) : Number.NaN;
    if (!Number.isSafeInteger(value))
      throw new Unreadable(`${text.slice(0, 40) || "something"} stands for a number in its JSON`);
    return value;
  }

  skip(depth = 0): void {
    if (depth > DEPTH) throw new Unreadable(`its JSON is nested deeper than ${DEPTH} levels`);
    const first = this.peek();
    if (first === OPEN) this.object(() => this.skip(depth + 1));
    else if (first === LIST) this.array(() => this.skip(depth + 1));
    else if (first === QUOTE) this.string();
    else {
      const word = this.#word();
      if (!LITERALS.has(word) && !NUMBER.test(word)) throw new Unreadable(`its JSON breaks off at byte ${this.#at}`);
    }
  }

  /** Nothing but white space may follow. */
  end(): void {
    this.#space();
    if (this.#at < this.#bytes.length) throw new Unreadable(`something follows its JSON at byte ${this.#at}`);
  }

  #word(): string {
    this.#space();
    const start = this.#at;
    while (this.#at - start < 400 && /[\w.+-]/.test(String.fromCharCode(this.#bytes[this.#at] ?? 0))) this.#at++;
    return String.fromCharCode(...this.#bytes.subarray(start, this.#at));
  }

  #space(): void {
    for (let byte = this.#bytes[this.#at]; byte === 32 || byte === 10 || byte === 13 || byte === 9; ) {
      byte = this.#bytes[++this.#at];
    }
  }

  #eat(byte: number): boolean {
    this.#space();
    if (this.#bytes[this.#at] !== byte) return false;
    this.#at++;
    return true;
  }

  #expect(byte: number): void {
    if (!this.#eat(byte)) {
      throw new Unreadable(`its JSON has no ${String.fromCharCode(byte)} at byte ${this.#at}`);
    }
  }
}

export const JSON_OBJECT = OPEN;
export const JSON_STRING = QUOTE;

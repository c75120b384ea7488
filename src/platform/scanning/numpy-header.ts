/** The header of a .npy file; `problem` when it is no plain literal, and everything else is then a guess. */
export interface NumpyHeader {
  /** Where the data begin; may lie beyond the end of the file. */
  dataStart: number;
  /** Its elements are Python objects: the data are a pickle. */
  objects: boolean;
  /** Bytes that the data must have; null when the type has no fixed size that is known. */
  dataSize: number | null;
  problem: string | null;
}

/** Bytes from the start of a file that `readNumpyHeader` needs; numpy itself refuses a header beyond 10,000. */
export const NUMPY_HEADER_BYTES = 64 * 1024 + 12;
const DEPTH = 16;
const TOKEN = /\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|(True|False|None)|(-?\d{1,19})L?(?![\w.])|([{}[\](),:]))/y;
const OBJECTS = /^[|=<>]?O\d*$/;
const TYPE = /^[|=<>]?([biufcSUVmM?])(\d{0,9})(?:\[[\w/]{1,20}\])?$/;

export const isNumpy = (head: Uint8Array): boolean =>
  head[0] === 0x93 && head[1] === 0x4e && head[2] === 0x55 && head[3] === 0x4d && head[4] === 0x50 && head[5] === 0x59;

type Literal = string | number | boolean | null | Literal[] | Map<string, Literal>;
class NoLiteral extends Error {}

/** Reads the header without evaluating it: numbers, texts, tuples, lists and one dictionary, as numpy writes them. */
export function readNumpyHeader(bytes: Uint8Array): NumpyHeader {
  const wide = (bytes[6] ?? 1) > 1;
  const at = wide ? 12 : 10;
  const length =
    (bytes[8] ?? 0) + (bytes[9] ?? 0) * 256 + (wide ? (bytes[10] ?? 0) * 65536 + (bytes[11] ?? 0) * 16777216 : 0);
  const text = new TextDecoder("latin1").decode(bytes.subarray(at, at + length));
  // For the pickle scanner, whatever else is wrong with the header.
  const header: NumpyHeader = {
    dataStart: at + length,
    objects: /["'][|=<>]?O\d*["']/.test(text),
    dataSize: null,
    problem: null,
  };
  try {
    const value = new LiteralReader(text).read();
    if (!(value instanceof Map)) throw new NoLiteral("is no dictionary");
    const shape = value.get("shape");
    const descr = value.get("descr");
    if (
      value.size !== 3 ||
      descr === undefined ||
      !Array.isArray(shape) ||
      typeof value.get("fortran_order") !== "boolean"
    )
      throw new NoLiteral("does not hold descr, fortran_order and shape alone");
    header.objects ||= holdsObjects(descr);
    const size = itemSize(descr);
    let elements = 1;
    for (const dimension of shape) {
      if (typeof dimension !== "number" || dimension < 0)
        throw new NoLiteral("has a shape of other things than counts");
      elements *= dimension;
    }
    header.dataSize = size === null || header.objects ? null : elements * size;
  } catch (error) {
    if (!(error instanceof NoLiteral)) throw error;
    header.problem = error.message;
  }
  return header;
}

function holdsObjects(descr: Literal): boolean {
  if (typeof descr === "string") return OBJECTS.test(descr);
  return Array.isArray(descr) && descr.some((part) => holdsObjects(part));
}

/** Bytes of one element of a simple type. */
function itemSize(descr: Literal): number | null {
  const type = typeof descr === "string" ? TYPE.exec(descr) : null;
  if (!type) return null;
  if (type[1] === "?") return 1;
  const count = type[2] === "" ? Number.NaN : Number(type[2]);
  return Number.isNaN(count) ? null : type[1] === "U" ? 4 * count : count;
}

class LiteralReader {
  readonly #text: string;
  #at = 0;
  constructor(text: string) {
    this.#text = text;
  }

  read(): Literal {
    const value = this.#value(0);
    if (this.#text.slice(this.#at).trim() !== "") throw new NoLiteral("has something after its dictionary");
    return value;
  }

  #token(): RegExpExecArray {
    TOKEN.lastIndex = this.#at;
    const token = TOKEN.exec(this.#text);
    if (!token) throw new NoLiteral(`is no plain literal at “${this.#text.slice(this.#at, this.#at + 40).trim()}”`);
    this.#at = TOKEN.lastIndex;
    return token;
  }

  #eat(mark: string): boolean {
    const before = this.#at;
    const rest = /\s*/y;
    rest.lastIndex = before;
    rest.exec(this.#text);
    if (this.#text[rest.lastIndex] !== mark) return false;
    this.#at = rest.lastIndex + 1;
    return true;
  }

  #value(depth: number): Literal {
    if (depth > DEPTH) throw new NoLiteral("is nested too deep");
    const [, single, double, word, digits, mark] = this.#token();
    if (single !== undefined || double !== undefined) return (single ?? double)!;
    if (word !== undefined) return word === "None" ? null : word === "True";
    if (digits !== undefined) return Number(digits);
    if (mark === "(" || mark === "[") return this.#items(mark === "(" ? ")" : "]", depth);
    if (mark === "{") return this.#dictionary(depth);
    throw new NoLiteral(`has “${mark}” where a value should stand`);
  }

  #items(closing: string, depth: number): Literal[] {
    const items: Literal[] = [];
    while (!this.#eat(closing)) {
      items.push(this.#value(depth + 1));
      if (!this.#eat(",") && !this.#eat(closing)) throw new NoLiteral("has a list without commas");
      else if (this.#text[this.#at - 1] === closing) break;
    }
    return items;
  }

  #dictionary(depth: number): Map<string, Literal> {
    const entries = new Map<string, Literal>();
    while (!this.#eat("}")) {
      const key = this.#value(depth + 1);
      if (typeof key !== "string" || !this.#eat(":")) throw new NoLiteral("has a key that is no text");
      if (entries.has(key)) throw new NoLiteral("names a key twice");
      entries.set(key, this.#value(depth + 1));
      if (!this.#eat(",") && !this.#eat("}")) throw new NoLiteral("has a dictionary without commas");
      else if (this.#text[this.#at - 1] === "}") break;
    }
    return entries;
  }
}

/** A place in a text file, both counted from 1. */
export interface Position {
  line: number;
  column: number;
}

/** Keys as one string: parts cannot be confused even when they hold dots. */
export const joinPath = (parts: readonly string[]): string => JSON.stringify(parts);

/**
 * Finds where each key and table of a TOML text is written: the first place, by `joinPath` of its parts. The text must
 * have passed a TOML parser; members of arrays count as members of the array's key.
 */
export function findPositions(toml: string): Map<string, Position> {
  const scan = new Scanner(toml);
  let table: string[] = [];
  while (scan.skipBlank()) {
    if (scan.peek() === "[") {
      scan.skipWhile("[ \t");
      table = scan.keys([]);
      scan.skipWhile("] \t");
    } else {
      scan.assignment(table);
    }
  }
  return scan.found;
}

class Scanner {
  readonly found = new Map<string, Position>();
  #at = 0;
  #line = 1;
  #lineStart = 0;

  constructor(readonly text: string) {}

  peek(): string {
    return this.text[this.#at] ?? "";
  }

  skipWhile(characters: string): void {
    while (this.peek() !== "" && characters.includes(this.peek())) this.#step();
  }

  /** Passes over white space, line ends and comments; false at the end of the text. */
  skipBlank(): boolean {
    for (;;) {
      this.skipWhile(" \t\r\n");
      if (this.peek() !== "#") return this.peek() !== "";
      while (this.peek() !== "" && this.peek() !== "\n") this.#step();
    }
  }

  /** Reads `a."b".c`, noting where each part begins; answers the whole path under `base`. */
  keys(base: readonly string[]): string[] {
    const path = [...base];
    for (;;) {
      this.skipWhile(" \t");
      const position = { line: this.#line, column: this.#at - this.#lineStart + 1 };
      path.push(this.#keyPart());
      const name = joinPath(path);
      if (!this.found.has(name)) this.found.set(name, position);
      this.skipWhile(" \t");
      if (this.peek() !== ".") return path;
      this.#step();
    }
  }

  assignment(base: readonly string[]): void {
    const path = this.keys(base);
    this.#step();
    this.#value(path);
  }

  #value(path: readonly string[]): void {
    this.skipWhile(" \t");
    const first = this.peek();
    if (first === '"' || first === "'") this.#string();
    else if (first === "{") this.#inside("}", () => this.assignment(path));
    else if (first === "[") this.#inside("]", () => this.#value(path));
    else while (!["", ",", "]", "}", "\n", "#"].includes(this.peek())) this.#step();
  }

  #inside(end: string, member: () => void): void {
    this.#step();
    while (this.skipBlank() && this.peek() !== end) {
      const start = this.#at;
      if (this.peek() !== ",") member();
      // Also past a comma, and past what is no TOML, so that the scan never stands still.
      if (this.#at === start) this.#step();
    }
    this.#step();
  }

  #keyPart(): string {
    if (this.peek() === '"' || this.peek() === "'") return unquote(this.#string());
    const start = this.#at;
    while (/[A-Za-z0-9_-]/.test(this.peek())) this.#step();
    // Only a text that is no TOML gets here without a key; stepping on keeps the scan from standing still.
    if (this.#at === start) this.#step();
    return this.text.slice(start, this.#at);
  }

  /** Passes over a string of any of TOML's four forms and answers it with its quotes. */
  #string(): string {
    const start = this.#at;
    const quote = this.peek();
    const long = this.text.startsWith(quote.repeat(3), start);
    const end = long ? quote.repeat(3) : quote;
    this.#step(end.length);
    while (this.peek() !== "" && !this.text.startsWith(end, this.#at))
      this.#step(quote === '"' && this.peek() === "\\" ? 2 : 1);
    this.#step(end.length);
    // A long string may end in up to two quotes of its own.
    if (long) this.skipWhile(quote);
    return this.text.slice(start, this.#at);
  }

  #step(count = 1): void {
    for (let i = 0; i < count && this.#at < this.text.length; i++) {
      if (this.text[this.#at] === "\n") {
        this.#line++;
        this.#lineStart = this.#at + 1;
      }
      this.#at++;
    }
  }
}

const ESCAPES: Record<string, string> = { b: "\b", t: "\t", n: "\n", f: "\f", r: "\r", e: "\u001b" };

function unquote(quoted: string): string {
  const inner = quoted.slice(1, -1);
  if (quoted.startsWith("'")) return inner;
  return inner.replace(/\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|(.))/g, (_, u, U, x, letter) =>
    letter === undefined ? String.fromCodePoint(Number.parseInt(u ?? U ?? x, 16)) : (ESCAPES[letter] ?? letter),
  );
}

/** A simple command of a shell: its words without quotes, and where it begins. */
export interface ShellCommand {
  offset: number;
  words: string[];
  /** Files that its output goes to. */
  writes: string[];
}

const MAX_WORD = 400;
const MAX_WORDS = 100;
const PLAIN = /[^\s"'`$()\\;|&<>#]{1,400}/y;
const SHELLS = new Set(["sh", "bash", "zsh", "dash", "ksh"]);

/**
 * The simple commands in a shell script, also those inside `$(…)`, backticks and double quotes; heredocs are passed over
 * unless a shell reads them. One way through the text, and nothing is ever run.
 */
export function shellCommands(text: string): ShellCommand[] {
  return new Lexer(text).commands();
}

class Lexer {
  readonly #text: string;
  readonly #found: ShellCommand[] = [];
  /** What is open: a double quote, `$(` or `(`, or a backtick. */
  readonly #open: ('"' | "(" | "`")[] = [];
  readonly #heredocs: string[] = [];
  #at = 0;
  #command: ShellCommand | null = null;
  #word: string | null = null;
  #target = false;

  constructor(text: string) {
    this.#text = text;
  }

  commands(): ShellCommand[] {
    while (this.#at < this.#text.length) this.#step(this.#text[this.#at]!);
    this.#endCommand();
    return this.#found;
  }

  #step(char: string): void {
    const quoted = this.#open.at(-1) === '"';
    if (char === "\\") this.#escape();
    else if (char === '"') this.#quote(quoted);
    else if (char === "`") this.#backtick();
    else if (char === "$" && this.#text[this.#at + 1] === "(") this.#enter(2);
    else if (quoted) this.#take(1);
    else if (char === "'") this.#single();
    else if (char === " " || char === "\t" || char === "\r") this.#skip(() => this.#endWord());
    else if (char === "\n") this.#newline();
    else if (char === ";" || char === "|" || char === "&") this.#skip(() => this.#endCommand());
    else if (char === "(") this.#enter(1);
    else if (char === ")") this.#leave();
    else if (char === "<" || char === ">") this.#redirect(char);
    else if (char === "#" && this.#word === null) this.#comment();
    else this.#plain();
  }

  #plain(): void {
    PLAIN.lastIndex = this.#at;
    this.#take(PLAIN.exec(this.#text)?.[0].length ?? 1);
  }

  #skip(act: () => void): void {
    act();
    this.#at += 1;
  }

  #take(length: number): void {
    this.#add(this.#text.slice(this.#at, this.#at + length));
    this.#at += length;
  }

  #add(piece: string): void {
    this.#command ??= { offset: this.#at, words: [], writes: [] };
    const word = this.#word ?? "";
    this.#word = word.length < MAX_WORD ? word + piece : word;
  }

  #escape(): void {
    const next = this.#text[this.#at + 1] ?? "";
    if (next !== "\n") this.#add(next);
    this.#at += 2;
  }

  #quote(quoted: boolean): void {
    this.#add("");
    if (quoted) this.#open.pop();
    else this.#open.push('"');
    this.#at += 1;
  }

  #single(): void {
    const end = this.#text.indexOf("'", this.#at + 1);
    const past = end < 0 ? this.#text.length : end;
    this.#add(this.#text.slice(this.#at + 1, past).slice(0, MAX_WORD));
    this.#at = past + 1;
  }

  #enter(length: number): void {
    this.#endCommand();
    this.#open.push("(");
    this.#at += length;
  }

  #leave(): void {
    const inside = this.#open.at(-1) === "(";
    // A pattern of `case` is no command.
    if (!inside) this.#command = this.#word = null;
    this.#endCommand();
    if (inside) this.#resume();
    this.#at += 1;
  }

  #backtick(): void {
    const closes = this.#open.at(-1) === "`";
    this.#endCommand();
    if (closes) this.#resume();
    else this.#open.push("`");
    this.#at += 1;
  }

  /** After what was put in, more words of the command around it follow; none of them is its program. */
  #resume(): void {
    this.#open.pop();
    this.#command = { offset: this.#at, words: [""], writes: [] };
  }

  #redirect(char: string): void {
    const rest = this.#text.slice(this.#at, this.#at + 100);
    const heredoc = /^<<-?[ \t]{0,4}(["']?)([A-Za-z_][\w-]{0,60})\1/.exec(rest);
    if (heredoc && !rest.startsWith("<<<")) {
      this.#endWord();
      if (!SHELLS.has(baseName(this.#command?.words[0] ?? ""))) this.#heredocs.push(heredoc[2]!);
      this.#at += heredoc[0].length;
      return;
    }
    if (/^\d{1,2}$/.test(this.#word ?? "")) this.#word = null;
    this.#endWord();
    this.#command ??= { offset: this.#at, words: [], writes: [] };
    // `2>&1` goes to no file.
    const joined = /^>&\d/.exec(rest);
    this.#at += joined ? joined[0].length : (/^[<>]{1,3}[&|]?/.exec(rest)?.[0].length ?? 1);
    this.#target = char === ">" && !joined;
  }

  #comment(): void {
    const end = this.#text.indexOf("\n", this.#at);
    this.#at = end < 0 ? this.#text.length : end;
  }

  #newline(): void {
    this.#endCommand();
    this.#at += 1;
    for (const mark of this.#heredocs.splice(0)) this.#passHeredoc(mark);
  }

  #passHeredoc(mark: string): void {
    while (this.#at < this.#text.length) {
      const end = this.#text.indexOf("\n", this.#at);
      const past = end < 0 ? this.#text.length : end;
      const line = this.#text.slice(this.#at, Math.min(past, this.#at + 200)).trim();
      this.#at = past + 1;
      if (line === mark) return;
    }
  }

  #endWord(): void {
    if (this.#word === null) return;
    const command = this.#command!;
    if (this.#target) command.writes.push(this.#word);
    else if (command.words.length < MAX_WORDS) command.words.push(this.#word);
    this.#word = null;
    this.#target = false;
  }

  #endCommand(): void {
    this.#endWord();
    this.#target = false;
    if (this.#command && (this.#command.words.length > 0 || this.#command.writes.length > 0))
      this.#found.push(this.#command);
    this.#command = null;
  }
}

/** `/usr/bin/python3` → `python3`. */
export const baseName = (program: string): string => program.slice(program.lastIndexOf("/") + 1);

/** A literal in Jinja code, with its escapes resolved. */
export interface JinjaString {
  value: string;
  /** Offset of its opening quote in the template. */
  start: number;
}

/** A stretch of a template. In `code` each literal stands as `"n"`, n counting from 0 in `strings`. */
export interface JinjaPiece {
  kind: "text" | "expression" | "statement" | "comment";
  start: number;
  /** Of text and comments the text itself. */
  code: string;
  strings: JinjaString[];
}

const CLOSING = { expression: "}}", statement: "%}", comment: "#}" } as const;
const OPENING = { "{": "expression", "%": "statement", "#": "comment" } as const;
const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|([\s\S]))/g;
const CONTROLS: Record<string, string> = { n: "\n", r: "\r", t: "\t" };

/**
 * Parts a template into text and code as Jinja does (a literal may hold what would close the code). `raw` blocks are
 * read as code too: what is written there is looked at all the same. Linear in the template's length.
 */
export function lexJinja(template: string): JinjaPiece[] {
  const pieces: JinjaPiece[] = [];
  let textStart = 0;
  let at = 0;
  const text = (end: number) => {
    if (end > textStart)
      pieces.push({ kind: "text", start: textStart, code: template.slice(textStart, end), strings: [] });
  };
  for (let open = template.indexOf("{", at); open !== -1; open = template.indexOf("{", at)) {
    const kind = OPENING[template[open + 1] as keyof typeof OPENING];
    if (kind === undefined) {
      at = open + 1;
      continue;
    }
    text(open);
    const { piece, end } = kind === "comment" ? comment(template, open) : code(template, open, kind);
    pieces.push(piece);
    at = end;
    textStart = end;
  }
  text(template.length);
  return pieces;
}

function comment(template: string, start: number): { piece: JinjaPiece; end: number } {
  const closing = template.indexOf("#}", start + 2);
  const end = closing === -1 ? template.length : closing + 2;
  return { piece: { kind: "comment", start, code: template.slice(start, end), strings: [] }, end };
}

function code(template: string, start: number, kind: "expression" | "statement"): { piece: JinjaPiece; end: number } {
  const strings: JinjaString[] = [];
  const parts: string[] = [];
  let from = start + 2;
  let at = from;
  for (; at < template.length && !template.startsWith(CLOSING[kind], at); at++) {
    const quote = template[at];
    if (quote !== '"' && quote !== "'") continue;
    const end = closingQuote(template, at, quote);
    parts.push(template.slice(from, at), `"${strings.length}"`);
    strings.push({ value: unescaped(template.slice(at + 1, end)), start: at });
    from = end + 1;
    at = end;
  }
  parts.push(template.slice(from, at));
  return {
    piece: { kind, start, code: parts.join("").replace(/^[-+]|[-+]$/g, ""), strings },
    end: Math.min(template.length, at + 2),
  };
}

function closingQuote(template: string, open: number, quote: string): number {
  for (let at = open + 1; at < template.length; at++) {
    if (template[at] === "\\") at++;
    else if (template[at] === quote) return at;
  }
  return template.length;
}

function unescaped(raw: string): string {
  if (!raw.includes("\\")) return raw;
  return raw.replace(ESCAPE, (_all, x?: string, u?: string, wide?: string, octal?: string, other?: string) => {
    const hex = x ?? u ?? wide;
    if (hex !== undefined) return codePoint(Number.parseInt(hex, 16));
    if (octal !== undefined) return codePoint(Number.parseInt(octal, 8));
    return CONTROLS[other ?? ""] ?? other ?? "";
  });
}

const codePoint = (value: number): string => (value <= 0x10ffff ? String.fromCodePoint(value) : "\ufffd");

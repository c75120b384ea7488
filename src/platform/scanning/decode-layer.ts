import { lastAtOrBefore } from "./rising.ts";

/** Everything in a text that was encoded and reads as text when decoded, one piece a line. */
export interface DecodedLayer {
  text: string;
  /** Where in the encoded text the piece at this offset began. */
  toSource(offset: number): number;
}

interface Piece {
  start: number;
  text: string;
}

const MIN_TEXT = 12;
const SMUGGLED = /[\ufe00-\ufe0f]{8}|\udb40/;
const MIN_RUN = 20;
const HEX = /^[0-9a-fA-F]{32,}$/;
const WRAP = /^[\s"'\\+>#*=]{1,24}$/;
// Letters, digits and + / _ - of base64 and base64url.
const IN_BASE64 = new Uint8Array(128);
for (const char of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-")
  IN_BASE64[char.charCodeAt(0)] = 1;
const ESCAPED = [
  { mark: "\\x", re: /(?:\\x[0-9a-fA-F]{2}){6,}/g, unit: /[0-9a-fA-F]{2}/g, radix: 16 },
  { mark: "\\u", re: /(?:\\u[0-9a-fA-F]{4}){6,}/g, unit: /[0-9a-fA-F]{4}/g, radix: 16 },
  { mark: "%", re: /(?:%[0-9a-fA-F]{2}){6,}/g, unit: /[0-9a-fA-F]{2}/g, radix: 16 },
  { mark: "&#x", re: /(?:&#x[0-9a-fA-F]{2,5};){6,}/g, unit: /[0-9a-fA-F]{2,5}/g, radix: 16 },
  { mark: "&#", re: /(?:&#\d{2,6};){6,}/g, unit: /\d{2,6}/g, radix: 10 },
  { mark: ",", re: /(?:\b\d{2,3}, ?){12,}\d{2,3}/g, unit: /\d{2,3}/g, radix: 10 },
] as const;
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Decodes base64, hexadecimal, escapes, entities, tag characters and variation selectors; null when there is nothing. */
export function decodeLayer(text: string): DecodedLayer | null {
  const pieces = [...encodedPieces(text), ...escapedPieces(text), ...smuggledPieces(text)];
  if (pieces.length === 0) return null;
  const starts: number[] = [];
  let length = 0;
  for (const piece of pieces) {
    starts.push(length);
    length += piece.text.length + 1;
  }
  return {
    text: pieces.map((piece) => piece.text).join("\n"),
    toSource: (offset) => pieces[Math.max(0, lastAtOrBefore(starts, offset))]!.start,
  };
}

/** Bytes as text when they are UTF-8 and at least 95 % letters, digits, spaces and punctuation. */
function readable(bytes: Uint8Array): string | null {
  if (bytes.length < MIN_TEXT) return null;
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return null;
  }
  let odd = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 9 || (code > 13 && code < 32) || code === 127) odd++;
  }
  return odd * 20 <= text.length ? text : null;
}

/** Base64 and hexadecimal: runs of their letters, with the lines of one wrapped block put together. */
function* encodedPieces(text: string): Iterable<Piece> {
  let joined = "";
  let start = 0;
  let end = -1;
  for (const [from, to] of runsOf(text)) {
    const wrapped = end >= 0 && joined.length >= 40 && from - end <= 24 && WRAP.test(text.slice(end, from));
    if (wrapped) joined += text.slice(from, to);
    else {
      yield* decodeRun(joined, start);
      joined = text.slice(from, to);
      start = from;
    }
    end = to;
  }
  yield* decodeRun(joined, start);
}

function* runsOf(text: string): Iterable<[number, number]> {
  let from = 0;
  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : 0;
    if (code < 128 && IN_BASE64[code] === 1) continue;
    if (at - from >= MIN_RUN) yield [from, at];
    from = at + 1;
  }
}

function* decodeRun(run: string, start: number): Iterable<Piece> {
  if (run.length < MIN_RUN) return;
  const text = HEX.test(run) ? readable(Buffer.from(run, "hex")) : decodeBase64(run);
  if (text !== null) yield { start, text };
}

function decodeBase64(run: string): string | null {
  const head = Buffer.from(run.slice(0, 64), "base64");
  let control = 0;
  for (const byte of head) if (byte < 9 || (byte > 13 && byte < 32) || byte === 127) control++;
  if (control > 2) return null;
  // A path or an identifier also decodes; its "text" is noise, which `readable` mostly refuses as broken UTF-8.
  return readable(Buffer.from(run, "base64"));
}

function* escapedPieces(text: string): Iterable<Piece> {
  for (const { mark, re, unit, radix } of ESCAPED) {
    if (!text.includes(mark)) continue;
    for (const match of text.matchAll(re)) {
      const codes = (match[0].match(unit) ?? []).map((digits) => Number.parseInt(digits, radix));
      const decoded = codes.every((code) => code < 256)
        ? readable(Uint8Array.from(codes))
        : String.fromCodePoint(...codes.slice(0, 4096).filter((code) => code <= 0x10ffff));
      if (decoded !== null && decoded.length >= 6) yield { start: match.index, text: decoded };
    }
  }
}

/** Text hidden in tag characters (U+E0020–E007E) and bytes hidden in variation selectors. */
function* smuggledPieces(text: string): Iterable<Piece> {
  if (!SMUGGLED.test(text)) return;
  for (const match of text.matchAll(/[\u{e0020}-\u{e007e}]{4,}/gu)) {
    const plain = Array.from(match[0], (char) => String.fromCodePoint(char.codePointAt(0)! - 0xe0000)).join("");
    yield { start: match.index, text: plain };
  }
  for (const match of text.matchAll(/[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]{8,}/gu)) {
    const bytes = Uint8Array.from(match[0], (char) => {
      const code = char.codePointAt(0)!;
      return code >= 0xe0100 ? code - 0xe0100 + 16 : code - 0xfe00;
    });
    const plain = readable(bytes);
    if (plain !== null) yield { start: match.index, text: plain };
  }
}

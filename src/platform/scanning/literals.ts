import { lastAtOrBefore } from "./rising.ts";

/** Files whose strings a program reads before a model does. */
const SOURCE = /\.(?:jsonl?|json5|ndjson|ipynb|py|pyi|jsx?|mjs|cjs|tsx?|mts|cts|go|rs|java|kt|rb|php|cs|swift)$/i;
const ESCAPE_OR_JOINT =
  /\\(?:[nrt"'`/\\]|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})|["'`][ \t]{0,20}(?:\+[ \t]{0,20})?(?:\\?\r?\n[ \t]{0,80})(?:\+[ \t]{0,20})?[fFbBrRuU]{0,2}["'`]|["'`] ?\+ ?["'`]/g;
const CONTROL: Readonly<Record<string, string>> = { n: "\n", r: "\n", t: " " };

/**
 * The text of a program or of JSON as its strings will read: escapes undone and neighbouring strings joined, with the
 * way back; null when that changes nothing or the file is of another kind.
 */
export function readLiterals(path: string, text: string): { text: string; toSource(offset: number): number } | null {
  if (!SOURCE.test(path)) return null;
  const pieces: string[] = [];
  const starts: number[] = [];
  const sources: number[] = [];
  let length = 0;
  let past = 0;
  const add = (piece: string, source: number): void => {
    if (piece === "") return;
    pieces.push(piece);
    starts.push(length);
    sources.push(source);
    length += piece.length;
  };
  for (const match of text.matchAll(ESCAPE_OR_JOINT)) {
    add(text.slice(past, match.index), past);
    add(unescaped(match[0]), match.index);
    past = match.index + match[0].length;
  }
  if (past === 0) return null;
  add(text.slice(past), past);
  return {
    text: pieces.join(""),
    toSource(offset) {
      const piece = Math.max(0, lastAtOrBefore(starts, offset));
      return sources[piece]! + Math.min(offset - starts[piece]!, pieces[piece]!.length);
    },
  };
}

function unescaped(found: string): string {
  if (found[0] !== "\\") return "";
  const kind = found[1]!;
  if (kind === "u" || kind === "x") return String.fromCharCode(Number.parseInt(found.slice(2), 16));
  return CONTROL[kind] ?? kind;
}

import { decodeLayer } from "./decode-layer.ts";
import { readLiterals } from "./literals.ts";
import { respellingsOf } from "./respelling.ts";
import { lastAtOrBefore } from "./rising.ts";

/** One way of reading a piece of text, with the way back to where each of its characters came from. */
export interface TextView {
  origin: "raw" | "normalised" | "literal" | "respelt" | "decoded";
  text: string;
  /** For the cheap question whether a rule can match at all. */
  lower: string;
  /** Offset in the raw text that the character at `offset` of this view stems from. */
  toRaw(offset: number): number;
}

/** Characters that a reader does not see and a model does: stripped before rules look. */
export const isInvisible = (code: number): boolean =>
  code === 0xad ||
  code === 0x34f ||
  code === 0x61c ||
  code === 0x115f ||
  code === 0x1160 ||
  code === 0x17b4 ||
  code === 0x17b5 ||
  (code >= 0x180b && code <= 0x180f) ||
  (code >= 0x200b && code <= 0x200f) ||
  (code >= 0x202a && code <= 0x202e) ||
  (code >= 0x2060 && code <= 0x206f) ||
  code === 0x3164 ||
  (code >= 0xfe00 && code <= 0xfe0f) ||
  code === 0xfeff ||
  code === 0xffa0 ||
  (code >= 0xfff0 && code <= 0xfffb) ||
  (code >= 0x1d173 && code <= 0x1d17a) ||
  (code >= 0xe0000 && code <= 0xe0fff);

/** Cyrillic and Greek letters that look like Latin ones (from Unicode TR39's confusables). */
const LOOKALIKES: Record<string, string> = Object.fromEntries(
  [
    ..."аaеeоoрpсcуyхxіiјjѕsԁdһhԛqԝwАAВBЕEКKМMНHОOРPСCТTХXІIЅSαaεeοoρpνvικiτtΑAΒBΕEΗHΙIΚKΜMΝNΟOΡPΤTΧXΥYΖZ".matchAll(
      /(.)([A-Za-z])/gu,
    ),
  ].map((m) => [m[1]!, m[2]!]),
);
// What may read otherwise: a continued line, "cu" + "rl", c""url, and anything beyond ASCII.
const TOUCHED = /\\\r?\n[ \t]{0,40}|["'] ?\+ ?["']|(?<=\w)(?:""|'')(?=\w)|[^\x00-\x7f]+/g;

const viewOf = (origin: TextView["origin"], text: string, toRaw: (offset: number) => number): TextView => ({
  origin,
  text,
  lower: text.toLowerCase(),
  toRaw,
});

/** Splices and NFKC, invisible characters gone, look-alike letters inside Latin words replaced; null when no word changes. */
export function normalise(text: string, toRaw: (offset: number) => number = (offset) => offset): TextView | null {
  const pieces: string[] = [];
  // Where a piece begins in the result, and where in the source.
  const starts: number[] = [];
  const sources: number[] = [];
  let length = 0;
  let past = 0;
  let changed = false;
  const add = (piece: string, source: number): void => {
    if (piece === "") return;
    pieces.push(piece);
    starts.push(length);
    sources.push(source);
    length += piece.length;
  };
  for (const match of text.matchAll(TOUCHED)) {
    add(text.slice(past, match.index), past);
    past = match.index + match[0].length;
    if (match[0].charCodeAt(0) < 0x80) changed = true;
    else changed = foldRun(text, match[0], match.index, add) || changed;
  }
  if (!changed) return null;
  add(text.slice(past), past);
  return viewOf("normalised", pieces.join(""), (offset) => {
    const index = lastAtOrBefore(starts, offset);
    return toRaw(index < 0 ? 0 : sources[index]! + offset - starts[index]!);
  });
}

/** Folds a run of characters beyond ASCII; true when a word reads otherwise for it, and not only an emoji or a dash. */
function foldRun(text: string, run: string, at: number, add: (piece: string, source: number) => void): boolean {
  let changed = false;
  let kept = 0;
  for (let i = 0; i < run.length; ) {
    const code = run.codePointAt(i)!;
    const char = String.fromCodePoint(code);
    const piece = foldCharacter(text, char, code, at + i);
    if (piece !== char) {
      add(run.slice(kept, i), at + kept);
      add(piece, at + i);
      kept = i + char.length;
      changed ||= piece === "" ? besideLatin(text, at + i) : /^[A-Za-z0-9 ]/.test(piece);
    }
    i += char.length;
  }
  add(run.slice(kept), at + kept);
  return changed;
}

function foldCharacter(text: string, char: string, code: number, at: number): string {
  if (isInvisible(code)) return "";
  const lookalike = LOOKALIKES[char];
  return lookalike !== undefined && besideLatin(text, at) ? lookalike : char.normalize("NFKC");
}

const besideLatin = (text: string, at: number): boolean => /[A-Za-z]/.test(text.slice(Math.max(0, at - 2), at + 3));

/**
 * The raw text, its normalised reading when that differs, its strings as a program reads them (told by `path`), words
 * that are disguised, and what it hides in encodings, three levels deep.
 */
export function viewsOf(text: string, path = ""): TextView[] {
  const raw = viewOf("raw", text, (offset) => offset);
  const views = [raw];
  const normalised = normalise(text);
  if (normalised) views.push(normalised);
  const literals = readLiterals(path, text);
  if (literals) views.push(viewOf("literal", literals.text, literals.toSource));
  let sources: TextView[] = [...views];
  for (let depth = 0; depth < 3; depth++) {
    const next: TextView[] = [];
    for (const source of sources) {
      for (const spelt of source.origin === "respelt" ? [] : respellingsOf(source.text))
        next.push(viewOf(spelt.meant ? "decoded" : "respelt", spelt.text, (at) => source.toRaw(spelt.toSource(at))));
      const layer = decodeLayer(source.text);
      if (layer === null) continue;
      const decoded = viewOf("decoded", layer.text, (offset) => source.toRaw(layer.toSource(offset)));
      next.push(decoded);
      const plain = normalise(decoded.text, decoded.toRaw);
      if (plain) next.push({ ...plain, origin: "decoded" });
    }
    // A raw text and its normalised reading mostly hide the same: keep one of each.
    sources = next.filter((view, i) => next.findIndex((other) => other.text === view.text) === i);
    views.push(...sources);
    if (sources.length === 0) break;
  }
  return views;
}

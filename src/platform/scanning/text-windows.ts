import { readRange } from "./read-bytes.ts";
import type { ScanFile, ScanTarget } from "./scanner.ts";
import { type TextView, viewsOf } from "./text-view.ts";

/** A stretch of a text file with every way of reading it; a file of up to 1 MiB is one window. */
export interface TextWindow {
  file: ScanFile;
  text: string;
  views: TextView[];
  /** Lines that come before this window in the file; exact unless bytes were left out before it. */
  linesBefore: number;
}

const WINDOW = 1024 * 1024;
// What a rule can span, so that nothing hides on a border.
const OVERLAP = 4096;
/**
 * Of a longer file so many bytes are looked at: its first and last part and, spread evenly over what is between, as
 * many samples as fit. Which ones depends on the size alone. archive-hygiene reports it.
 */
export const TEXT_LIMIT = 16 * WINDOW;
const HEAD = 6 * WINDOW;
const TAIL = 2 * WINDOW;
const SAMPLES = 8;
const CACHE_CHARACTERS = 24 * WINDOW;

const TEXT_EXTENSION =
  /\.(?:md|mdx|markdown|txt|rst|adoc|py|pyi|ipynb|js|cjs|mjs|jsx|ts|tsx|sh|bash|zsh|fish|ps1|psm1|bat|cmd|rb|pl|php|lua|go|rs|java|kt|swift|c|h|cpp|cs|json|jsonl|json5|yaml|yml|toml|ini|cfg|conf|env|xml|html|htm|css|svg|csv|tsv|sql|jinja|j2|tmpl|plist|service|desktop|properties|gradle|dockerfile|makefile)$/i;
/** `LICENSE`, `Makefile`, `.npmrc`. */
const BARE_NAME = /(?:^|\/)(?:[^./]{1,40}|\.[a-z]{1,20})$/i;

/** By name: something an agent, a person or an interpreter reads as text. */
export const hasTextName = (path: string): boolean => TEXT_EXTENSION.test(path) || BARE_NAME.test(path);

interface Cache {
  windows: Map<string, TextWindow[]>;
  characters: number;
}
// A scan's scanners look at the same target one after another: what one has read, the next need not read again.
const caches = new WeakMap<ScanTarget, Cache>();

/** Every window of a file that is text; none for a binary file. Aborting stops it between windows. */
export async function* textWindows(target: ScanTarget, file: ScanFile, signal: AbortSignal): AsyncIterable<TextWindow> {
  let cache = caches.get(target);
  if (!cache) {
    cache = { windows: new Map(), characters: 0 };
    caches.set(target, cache);
  }
  const known = cache.windows.get(file.path);
  if (known) {
    yield* known;
    return;
  }
  const read: TextWindow[] = [];
  const keep = file.size <= WINDOW && cache.characters < CACHE_CHARACTERS;
  let decode: Decode | null = null;
  let lines = 0;
  for (const [start, end] of windowBounds(file.size)) {
    signal.throwIfAborted();
    const bytes = await readRange(target, file, start, end);
    decode ??= decoderFor(bytes, file.path);
    if (decode === null) break;
    const text = decode(bytes);
    const window = { file, text, views: viewsOf(text, file.path), linesBefore: lines };
    lines += countLines(text.slice(0, text.length - (end < file.size ? OVERLAP : 0)));
    if (keep) {
      read.push(window);
      for (const view of window.views) cache.characters += view.text.length;
    }
    yield window;
  }
  if (keep) cache.windows.set(file.path, read);
}

function windowBounds(size: number): [number, number][] {
  if (size <= WINDOW) return size === 0 ? [] : [[0, size]];
  const bounds: [number, number][] = [];
  const add = (from: number, to: number) => {
    for (let at = from; at < to; at += WINDOW - OVERLAP) bounds.push([at, Math.min(at + WINDOW, to)]);
  };
  if (size <= TEXT_LIMIT) add(0, size);
  else {
    add(0, HEAD);
    const between = size - HEAD - TAIL;
    for (let sample = 0; sample < SAMPLES; sample++) {
      const from = HEAD + Math.floor((between * (sample + 0.5)) / SAMPLES - WINDOW / 2);
      bounds.push([from, from + WINDOW]);
    }
    add(size - TAIL, size);
  }
  return bounds;
}

type Decode = (bytes: Uint8Array) => string;

function decoderFor(bytes: Uint8Array, path: string): Decode | null {
  const utf16 = utf16Label(bytes);
  const decoder = new TextDecoder(utf16 ?? "utf-8");
  const script = bytes[0] === 0x23 && bytes[1] === 0x21;
  if (utf16 === null && !script && !TEXT_EXTENSION.test(path) && looksBinary(bytes)) return null;
  return (part) => decoder.decode(part);
}

function utf16Label(bytes: Uint8Array): "utf-16le" | "utf-16be" | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const head = bytes.subarray(0, 512);
  let even = 0;
  let odd = 0;
  for (let i = 0; i < head.length; i++) if (head[i] === 0) i % 2 === 0 ? even++ : odd++;
  if (odd * 3 > head.length && even === 0) return "utf-16le";
  if (even * 3 > head.length && odd === 0) return "utf-16be";
  return null;
}

/** Random bytes and packed ones: many control characters, or much that is not UTF-8 (Latin-1 prose has a little). */
function looksBinary(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 8192);
  let odd = 0;
  for (const byte of head) if (byte === 0 || (byte < 32 && (byte < 8 || byte > 13) && byte !== 27)) odd++;
  if (odd * 33 > head.length) return true;
  const text = new TextDecoder().decode(head);
  return (text.match(/\ufffd/g)?.length ?? 0) * 4 > text.length;
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}

/** Where an offset of the window's raw text lies in the file, counted from 1. */
export function placeOf(window: TextWindow, rawOffset: number): { line: number; column: number } {
  const before = window.text.slice(0, rawOffset);
  return {
    line: window.linesBefore + countLines(before) + 1,
    column: rawOffset - (before.lastIndexOf("\n") + 1) + 1,
  };
}

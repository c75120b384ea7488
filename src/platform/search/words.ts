/** A word of a text as it is compared, with where it stood in the original: [start, end) in UTF-16 units. */
export interface Token {
  word: string;
  start: number;
  end: number;
}

const MAX_WORD = 40;
/** Letters, digits and their marks, with the tail that makes "c++" and "c#" words; else one emoji or flag. */
const WORD =
  /[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:[+#]{1,2}(?![\p{L}\p{N}]))?|\p{Regional_Indicator}{2}|\p{Extended_Pictographic}/gu;
const ASCII = /^[\u0000-\u007f]*$/;
/** Scripts written without spaces between words: cut into overlapping pairs. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー]+/gu;
const HAS_UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const ACCENTS = /[\u0300-\u036f]/g;
const UNDECOMPOSED: Record<string, string> = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ı: "i", þ: "th" };

/** Case, width, compatibility forms and Latin, Greek and Cyrillic accents do not matter when words are compared. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  if (ASCII.test(lower)) return lower;
  return lower
    .normalize("NFKD")
    .replace(ACCENTS, "")
    .normalize("NFC")
    .toLowerCase()
    .replace(/[ßæœøłđıþ]/g, (letter) => UNDECOMPOSED[letter] ?? letter);
}

/**
 * The words of a text, at most `limit`. Chinese, Japanese, Thai … become overlapping pairs of characters; when the text is
 * to be found later (`last`: true) its last character stands alone too, so that every character begins a word.
 */
export function tokenize(text: string, limit: number, last = true): Token[] {
  const lower = text.toLowerCase();
  if (ASCII.test(lower)) return tokenizeAscii(lower, limit);
  const tokens: Token[] = [];
  for (const match of text.matchAll(WORD)) {
    if (tokens.length >= limit) break;
    const raw = match[0];
    if (HAS_UNSPACED.test(raw)) cutUnspaced(raw, match.index, last, tokens);
    else pushToken(tokens, fold(raw), match.index, match.index + raw.length);
  }
  return tokens.length > limit ? tokens.slice(0, limit) : tokens;
}

const OTHER = 0;
const LETTER = 1;
const TAIL = 2;
const ASCII_CLASS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[a-z0-9]/.test(character)) return LETTER;
  return /[+#]/.test(character) ? TAIL : OTHER;
});

/** The same as WORD for plain text, several times faster: nearly all that is indexed and highlighted is plain. */
function tokenizeAscii(lower: string, limit: number): Token[] {
  const tokens: Token[] = [];
  const classOf = (at: number): number => (at < lower.length ? ASCII_CLASS[lower.charCodeAt(at)]! : OTHER);
  for (let start = 0; start < lower.length && tokens.length < limit; ) {
    if (classOf(start) !== LETTER) {
      start++;
      continue;
    }
    let end = start + 1;
    while (classOf(end) === LETTER) end++;
    let tail = end;
    while (tail < end + 2 && classOf(tail) === TAIL) tail++;
    if (classOf(tail) === LETTER) tail = end + 1 < tail && classOf(end + 1) !== LETTER ? end + 1 : end;
    pushToken(tokens, lower.slice(start, tail), start, tail);
    start = tail;
  }
  return tokens;
}

function pushToken(tokens: Token[], folded: string, start: number, end: number): void {
  const word = folded.length > MAX_WORD ? folded.slice(0, MAX_WORD) : folded;
  if (word !== "") tokens.push({ word, start, end });
}

function cutUnspaced(raw: string, offset: number, last: boolean, tokens: Token[]): void {
  let done = 0;
  for (const run of raw.matchAll(UNSPACED)) {
    if (run.index > done) pushToken(tokens, fold(raw.slice(done, run.index)), offset + done, offset + run.index);
    pushPairs(run[0], offset + run.index, last, tokens);
    done = run.index + run[0].length;
  }
  if (done < raw.length) pushToken(tokens, fold(raw.slice(done)), offset + done, offset + raw.length);
}

function pushPairs(run: string, offset: number, last: boolean, tokens: Token[]): void {
  const characters = [...run];
  let at = offset;
  for (let i = 0; i < characters.length; i++) {
    const pair = characters[i]! + (characters[i + 1] ?? "");
    if (i + 1 < characters.length || last || characters.length === 1)
      pushToken(tokens, fold(pair), at, at + pair.length);
    at += characters[i]!.length;
  }
}

/** Words too common to tell assets apart; a query of nothing else still searches names for them. */
const STOP_WORDS = new Set(
  (
    "a an and are as at be by can do does for from has have how i if in into is it its me my no not of on or our " +
    "so such that the their them then there these they this to us use used uses using was we what when where which who " +
    "will with you your"
  ).split(" "),
);
export const isStopWord = (word: string): boolean => STOP_WORDS.has(word);

/** 32 bits of the words in a row: equal for texts that are the same name; 0 for a text without words. */
export function nameHash(words: readonly string[]): number {
  if (words.length === 0) return 0;
  let hash = 0x811c9dc5;
  for (const word of words) {
    for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ 0x20, 0x01000193);
  }
  return hash === 0 ? 1 : hash;
}

// Three rows of the distance table, reused: this runs some thousand times for one misspelt word.
let twoBack = new Uint8Array(MAX_WORD + 2);
let oneBack = new Uint8Array(MAX_WORD + 2);
let current = new Uint8Array(MAX_WORD + 2);
const FAR = 100;

/**
 * Optimal string alignment distance of two words (insert, delete, replace, swap neighbours) up to `max`; `max + 1` beyond.
 * Only the band of the table in which the distance can be within `max` is computed.
 */
export function editDistance(a: string, b: string, max: number): number {
  if (Math.abs(a.length - b.length) > max) return max + 1;
  for (let j = 0; j <= b.length; j++) oneBack[j] = j <= max ? j : FAR;
  for (let i = 1; i <= a.length; i++) {
    const letter = a.charCodeAt(i - 1);
    const first = Math.max(1, i - max);
    const last = Math.min(b.length, i + max);
    current[first - 1] = first === 1 && i <= max ? i : FAR;
    let best = current[first - 1]!;
    for (let j = first; j <= last; j++) {
      const other = b.charCodeAt(j - 1);
      let cost = oneBack[j - 1]! + (letter === other ? 0 : 1);
      if (oneBack[j]! + 1 < cost) cost = oneBack[j]! + 1;
      if (current[j - 1]! + 1 < cost) cost = current[j - 1]! + 1;
      const swapped = i > 1 && j > 1 && letter === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === other;
      if (swapped && twoBack[j - 2]! + 1 < cost) cost = twoBack[j - 2]! + 1;
      current[j] = cost;
      if (cost < best) best = cost;
    }
    current[last + 1] = FAR;
    if (best > max) return max + 1;
    const reused = twoBack;
    twoBack = oneBack;
    oneBack = current;
    current = reused;
  }
  return Math.min(oneBack[b.length]!, max + 1);
}

import { tokenizer } from "@orama/orama/components";
import { editDistance } from "./words.ts";

/** Every distinct word of the index, numbered, with the ways a query's word finds others: same stem, prefix, typo. */
export interface Vocabulary {
  readonly words: readonly string[];
  idOf(word: string): number | undefined;
  add(word: string): number;
  /** Words with the same English stem ("reviewing", "reviews"), the word itself left out. */
  sameStem(word: string): number[];
  /** Words that begin with the text and are longer than it, in alphabetical order. */
  withPrefix(prefix: string): number[];
  /** Words one edit away (from 4 letters) or two (from 8), swapped neighbours being one edit. */
  similar(word: string): { id: number; edits: number }[];
}

// Orama's English analysis; why its index is not used: docs/decisions/0009-search-index.md.
const { stemmer } = tokenizer.createTokenizer({ language: "english", stemming: true });
const ENGLISH = /^[a-z]{3,}$/;
const stemOf = (word: string): string => (ENGLISH.test(word) && stemmer ? stemmer(word) : word);

/** Recently added words are looked through one by one until there are this many; then they are sorted in. */
const UNSORTED_MAX = 1024;

export function createVocabulary(initial: readonly string[] = []): Vocabulary {
  const words: string[] = [];
  const ids = new Map<string, number>();
  const stems = new Map<string, number[]>();
  const byLength: WordsOfLength[] = [];
  let sorted: number[] = [];
  let unsorted: number[] = [];

  const add = (word: string): number => {
    const known = ids.get(word);
    if (known !== undefined) return known;
    const id = words.length;
    words.push(word);
    ids.set(word, id);
    const stem = stemOf(word);
    const family = stems.get(stem);
    if (family) family.push(id);
    else stems.set(stem, [id]);
    byLength[word.length] ??= { ids: [], letters: [] };
    byLength[word.length]!.ids.push(id);
    byLength[word.length]!.letters.push(lettersOf(word));
    unsorted.push(id);
    return id;
  };

  const sortIn = (): void => {
    const order = (a: number, b: number): number => (words[a]! < words[b]! ? -1 : 1);
    sorted = sorted.length === 0 ? unsorted.sort(order) : merge(sorted, unsorted.sort(order), order);
    unsorted = [];
  };

  for (const word of initial) add(word);
  return {
    words,
    idOf: (word) => ids.get(word),
    add,
    sameStem: (word) => (stems.get(stemOf(word)) ?? []).filter((id) => words[id] !== word),
    withPrefix(prefix) {
      if (unsorted.length > UNSORTED_MAX) sortIn();
      const found = unsorted.filter((id) => words[id]!.startsWith(prefix) && words[id] !== prefix);
      for (let i = lowerBound(sorted, words, prefix); i < sorted.length && words[sorted[i]!]!.startsWith(prefix); i++)
        if (words[sorted[i]!] !== prefix) found.push(sorted[i]!);
      return found;
    },
    similar: (word) => similarWords(word, words, byLength),
  };
}

/** One bit a letter, the rest of Unicode sharing six: an edit changes at most two bits, which rules out nearly every word. */
function lettersOf(word: string): number {
  let bits = 0;
  for (let i = 0; i < word.length; i++) {
    const code = word.charCodeAt(i);
    bits |= code >= 97 && code <= 122 ? 1 << (code - 97) : 1 << (26 + (code % 6));
  }
  return bits;
}

interface WordsOfLength {
  ids: number[];
  /** lettersOf each word. */
  letters: number[];
}

function similarWords(
  word: string,
  words: readonly string[],
  byLength: readonly (WordsOfLength | undefined)[],
): { id: number; edits: number }[] {
  const max = word.length >= 8 ? 2 : word.length >= 4 ? 1 : 0;
  if (max === 0) return [];
  const own = lettersOf(word);
  const found: { id: number; edits: number }[] = [];
  for (let length = word.length - max; length <= word.length + max; length++) {
    const { ids, letters } = byLength[length] ?? { ids: [], letters: [] };
    for (let i = 0; i < letters.length; i++) {
      if (bitCount(own ^ letters[i]!) > 2 * max) continue;
      const edits = editDistance(word, words[ids[i]!]!, max);
      if (edits > 0 && edits <= max) found.push({ id: ids[i]!, edits });
    }
  }
  return found;
}

function bitCount(value: number): number {
  let v = value - ((value >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function lowerBound(sorted: readonly number[], words: readonly string[], text: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (words[sorted[middle]!]! < text) low = middle + 1;
    else high = middle;
  }
  return low;
}

function merge(a: number[], b: number[], order: (x: number, y: number) => number): number[] {
  const merged: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) merged.push(order(a[i]!, b[j]!) < 0 ? a[i++]! : b[j++]!);
  while (i < a.length) merged.push(a[i++]!);
  while (j < b.length) merged.push(b[j++]!);
  return merged;
}

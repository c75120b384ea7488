import { tokenizer } from "@orama/orama/components";
import { editDistance } from "./words.ts";

/**
 * The words of the index by what Orama cannot look them up: their English stem, and how they are misspelt (Orama's own
 * tolerance misses a quarter of single edits and nearly all swapped letters: docs/decisions/0009-search-index.md).
 */
export interface Vocabulary {
  has(word: string): boolean;
  add(word: string): void;
  /** Words with the same English stem ("reviewing", "reviews"), the word itself left out. */
  sameStem(word: string): string[];
  /** Words one edit away (from 4 letters) or two (from 8), swapped neighbours being one edit: [one away, two away]. */
  similar(word: string): [string[], string[]];
}

const { stemmer } = tokenizer.createTokenizer({ language: "english", stemming: true });
const ENGLISH = /^[a-z]{3,}$/;
const stemOf = (word: string): string => (ENGLISH.test(word) && stemmer ? stemmer(word) : word);

/** Words of one length with `lettersOf` each. */
interface WordsOfLength {
  words: string[];
  letters: number[];
}

export function createVocabulary(initial: Iterable<string> = []): Vocabulary {
  const known = new Set<string>();
  /** A family of one is the word itself: most are. */
  const families = new Map<string, string | string[]>();
  const byLength: (WordsOfLength | undefined)[] = [];

  const add = (word: string): void => {
    if (known.has(word)) return;
    known.add(word);
    const stem = stemOf(word);
    const family = families.get(stem);
    if (family === undefined) families.set(stem, word);
    else if (typeof family === "string") families.set(stem, [family, word]);
    else family.push(word);
    byLength[word.length] ??= { words: [], letters: [] };
    byLength[word.length]!.words.push(word);
    byLength[word.length]!.letters.push(lettersOf(word));
  };

  for (const word of initial) add(word);
  return {
    has: (word) => known.has(word),
    add,
    sameStem: (word) => [families.get(stemOf(word)) ?? []].flat().filter((other) => other !== word),
    similar: (word) => similarWords(word, byLength),
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

function similarWords(word: string, byLength: readonly (WordsOfLength | undefined)[]): [string[], string[]] {
  const found: [string[], string[]] = [[], []];
  const max = word.length >= 8 ? 2 : word.length >= 4 ? 1 : 0;
  const own = lettersOf(word);
  for (let length = word.length - max; max > 0 && length <= word.length + max; length++) {
    const { words, letters } = byLength[length] ?? { words: [], letters: [] };
    for (let i = 0; i < letters.length; i++) {
      if (bitCount(own ^ letters[i]!) > 2 * max) continue;
      const edits = editDistance(word, words[i]!, max);
      if (edits > 0 && edits <= max) found[edits - 1]!.push(words[i]!);
    }
  }
  return found;
}

function bitCount(value: number): number {
  let v = value - ((value >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

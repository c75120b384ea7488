// LEAD: see AAA-NOTE-FROM-LEAD.txt in this folder before going on: use Orama itself for matching.
import { bodyShare, nameShare } from "./analyse.ts";
import { impactOf, listsOf, rowOf, type Postings } from "./postings.ts";
import { MAX_QUERY_TEXT, MAX_QUERY_WORDS, type SearchAudience } from "./search-index.ts";
import { visibilityFor, type Table } from "./table.ts";
import type { Vocabulary } from "./vocabulary.ts";
import { isStopWord, nameHash, tokenize } from "./words.ts";

/** Everything that is searched. */
export interface Corpus {
  table: Table;
  vocabulary: Vocabulary;
  names: Postings;
  body: Postings;
}

/** Per row room for one query at a time; `clearScratch` empties what the query touched. */
export interface Scratch {
  score: Float64Array;
  share: Float64Array;
  /** How many of the query's words the row has. */
  covered: Uint8Array;
  /** The last word that counted for the row, from 1. */
  lastWord: Uint8Array;
  touched: Int32Array;
  touchedCount: number;
  /** Rows of one word, and later those found, with their sort keys. */
  rows: Int32Array;
  keys: Float64Array;
}

export interface QueryWord {
  word: string;
  /** The indexed words that it stands for, best first. */
  expansions: Expansion[];
}
export interface Expansion {
  id: number;
  quality: number;
}

export interface Match {
  words: QueryWord[];
  /** Rows count as found from this many words on. */
  required: number;
  nameHash: number;
}

export const createScratch = (rows: number): Scratch => ({
  score: new Float64Array(rows),
  share: new Float64Array(rows),
  covered: new Uint8Array(rows),
  lastWord: new Uint8Array(rows),
  touched: new Int32Array(rows),
  touchedCount: 0,
  rows: new Int32Array(rows),
  keys: new Float64Array(rows),
});

export function clearScratch(scratch: Scratch): void {
  for (let i = 0; i < scratch.touchedCount; i++) {
    const row = scratch.touched[i]!;
    scratch.score[row] = 0;
    scratch.covered[row] = 0;
    scratch.lastWord[row] = 0;
  }
  scratch.touchedCount = 0;
}

/** The words of a query, stop words left out where others remain. Takes time and room for the first 256 characters only. */
export function queryWords(text: string): { words: string[]; nameHash: number } {
  const tokens = tokenize(text.slice(0, MAX_QUERY_TEXT), MAX_QUERY_WORDS, false);
  const all = [...new Set(tokens.map((token) => token.word))];
  const telling = all.filter((word) => !isStopWord(word));
  return { words: telling.length > 0 ? telling : all, nameHash: nameHash(tokens.map((token) => token.word)) };
}

/**
 * Scores the rows that the audience sees by the query's words. Nothing here depends on rows outside the audience, not
 * even the weight of a word or whether a typo is forgiven: what may not be seen does not exist.
 */
export function matchWords(
  corpus: Corpus,
  scratch: Scratch,
  query: { words: readonly string[]; nameHash: number; namesOnly: boolean },
  audience: SearchAudience,
): Match {
  const visit = createVisitor(corpus, scratch, audience);
  const words = query.words.map((word, index): QueryWord => {
    let expansions = knownForms(corpus.vocabulary, word);
    let found = visit(word, index, expansions, query.namesOnly);
    if (found === 0) {
      expansions = similarForms(corpus.vocabulary, word);
      found = visit(word, index, expansions, query.namesOnly);
    }
    return { word, expansions };
  });
  return { words, required: requiredWords(scratch, words.length), nameHash: query.nameHash };
}

const SAME_STEM = 0.8;

/** The word itself, its inflections, and the words it begins: best first. */
function knownForms(vocabulary: Vocabulary, word: string): Expansion[] {
  const forms: Expansion[] = [];
  const exact = vocabulary.idOf(word);
  if (exact !== undefined) forms.push({ id: exact, quality: 1 });
  for (const id of vocabulary.sameStem(word)) forms.push({ id, quality: SAME_STEM });
  for (const id of vocabulary.withPrefix(word))
    forms.push({ id, quality: 0.2 + (0.5 * word.length) / vocabulary.words[id]!.length });
  return forms;
}

const similarForms = (vocabulary: Vocabulary, word: string): Expansion[] =>
  vocabulary.similar(word).map(({ id, edits }) => ({ id, quality: 0.5 / edits }));

/** Prefixes this short would touch a good part of all descriptions; they are looked for in names. */
const SHORT_PREFIX = 2;

function createVisitor(corpus: Corpus, scratch: Scratch, audience: SearchAudience) {
  const { access, member } = corpus.table;
  const { level, members } = visibilityFor(corpus.table, audience);
  const { covered, lastWord, share, score, touched, rows } = scratch;

  /** Answers how many rows the word has after this list. */
  const visitList = (list: Int32Array, stamp: number, shares: Float64Array, quality: number, found: number): number => {
    let count = found;
    let touchedCount = scratch.touchedCount;
    for (let i = 0; i < list.length; i++) {
      const row = rowOf(list[i]!);
      if (access[row]! > level && (members === null || members[member[row]!] !== 1)) continue;
      const own = shares[impactOf(list[i]!)]! * quality;
      if (lastWord[row] !== stamp) {
        if (covered[row] === 0) touched[touchedCount++] = row;
        lastWord[row] = stamp;
        covered[row]!++;
        share[row] = own;
        rows[count++] = row;
      } else if (own > share[row]!) share[row] = own;
    }
    scratch.touchedCount = touchedCount;
    return count;
  };

  return (word: string, index: number, expansions: readonly Expansion[], namesOnly: boolean): number => {
    let count = 0;
    for (const { id, quality } of expansions) {
      for (const list of listsOf(corpus.names, id)) count = visitList(list, index + 1, NAME_SHARES, quality, count);
      if (namesOnly || (word.length <= SHORT_PREFIX && quality < SAME_STEM)) continue;
      for (const list of listsOf(corpus.body, id)) count = visitList(list, index + 1, BODY_SHARES, quality, count);
    }
    const weight = Math.log(1 + 10_000_000 / (1 + count));
    for (let i = 0; i < count; i++) score[rows[i]!]! += weight * share[rows[i]!]!;
    return count;
  };
}

const NAME_SHARES = Float64Array.from({ length: 256 }, (_, impact) => nameShare(impact));
const BODY_SHARES = Float64Array.from({ length: 256 }, (_, impact) => bodyShare(impact));

/** All words where any row has them all; else at least half of them, or as many as the best row has. */
function requiredWords(scratch: Scratch, words: number): number {
  let best = 0;
  for (let i = 0; i < scratch.touchedCount; i++) best = Math.max(best, scratch.covered[scratch.touched[i]!]!);
  return best === words ? words : Math.max(1, Math.min(best, Math.ceil(words / 2)));
}

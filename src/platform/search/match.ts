import { MAX_QUERY_TEXT, MAX_QUERY_WORDS, type SearchAudience } from "./search-index.ts";
import type { Table } from "./table.ts";
import { visibleRows } from "./visible-rows.ts";
import { FIELDS, NAME_FIELDS } from "./orama-words.ts";
import type { Answer, TextEngine } from "./text-engine.ts";
import type { Vocabulary } from "./vocabulary.ts";
import { isStopWord, nameHash, tokenize } from "./words.ts";

/** Everything that is searched. */
export interface Corpus {
  table: Table;
  engine: TextEngine;
  vocabulary: Vocabulary;
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
  /** Other words that it stands for: inflections, or what it may be a misspelling of. */
  others: string[];
  /** Whether it also stands for the words that begin with it. */
  begun: boolean;
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

/** From so many rows that have the very word (or an inflection) on, words that only begin with it add nothing. */
const PLENTY = 1000;
/** Beginnings this short would find a good part of all descriptions; they are looked for in names. */
const SHORT_BEGINNING = 2;
const SAME_STEM = 0.8;
const BEGUN = 0.5;
const ONE_EDIT = 0.5;
const TWO_EDITS = 0.25;

/**
 * Has Orama score the rows word by word and adds up what the audience sees. Nothing here depends on rows outside the
 * audience, not even the weight of a word or whether a typo is forgiven: what may not be seen does not exist.
 */
export function matchWords(
  corpus: Corpus,
  scratch: Scratch,
  query: { words: readonly string[]; nameHash: number; namesOnly: boolean },
  audience: SearchAudience,
): Match {
  const { engine, vocabulary } = corpus;
  const fields = query.namesOnly ? NAME_FIELDS : FIELDS;
  const visitor = createVisitor(corpus.table, scratch, audience);
  const words = query.words.map((word, index): QueryWord => {
    const visit = visitor(index + 1);
    if (vocabulary.has(word)) visit(engine.ask([word], false, fields), 1);
    let others = vocabulary.sameStem(word);
    if (others.length > 0) visit(engine.ask(others, false, fields), SAME_STEM);
    const begun = visit.count() < PLENTY;
    if (begun) visit(engine.ask([word], true, word.length > SHORT_BEGINNING ? fields : NAME_FIELDS), BEGUN);
    if (visit.count() === 0) {
      const [near, far] = vocabulary.similar(word);
      if (near.length > 0) visit(engine.ask(near, false, fields), ONE_EDIT);
      if (far.length > 0) visit(engine.ask(far, false, fields), TWO_EDITS);
      others = [...near, ...far];
    }
    visit.addUp();
    return { word, others, begun };
  });
  return { words, required: requiredWords(scratch, words.length), nameHash: query.nameHash };
}

/** Takes Orama's answers for one word of the query after the other; of several answers for a word a row's best counts. */
function createVisitor(table: Table, scratch: Scratch, audience: SearchAudience) {
  const visible = visibleRows(table, audience);
  const { covered, lastWord, share, score, touched, rows } = scratch;
  return (stamp: number) => {
    let count = 0;
    const visit = (answer: Answer, quality: number): void => {
      for (let i = 0; i < answer.rows.length; i++) {
        const row = answer.rows[i]!;
        if (!visible.has(row)) continue;
        const own = answer.scores[i]! * quality;
        if (lastWord[row] !== stamp) {
          if (covered[row] === 0) touched[scratch.touchedCount++] = row;
          lastWord[row] = stamp;
          covered[row]!++;
          share[row] = own;
          rows[count++] = row;
        } else if (own > share[row]!) share[row] = own;
      }
    };
    const addUp = (): void => {
      const weight = Math.log(1 + 10_000_000 / (1 + count));
      for (let i = 0; i < count; i++) score[rows[i]!]! += weight * share[rows[i]!]!;
    };
    return Object.assign(visit, { addUp, count: () => count });
  };
}

/** All words where any row has them all; else at least half of them, or as many as the best row has. */
function requiredWords(scratch: Scratch, words: number): number {
  let best = 0;
  for (let i = 0; i < scratch.touchedCount; i++) best = Math.max(best, scratch.covered[scratch.touched[i]!]!);
  return best === words ? words : Math.max(1, Math.min(best, Math.ceil(words / 2)));
}

import { bestRows } from "./best.ts";
import { foundRows, relevanceKeys } from "./collect.ts";
import { clearScratch, matchWords, queryWords, type Corpus, type Match, type Scratch } from "./match.ts";
import { MAX_QUERY_TEXT, type SearchAudience, type Suggestion } from "./search-index.ts";
import { documentAt, type Table } from "./table.ts";
import { NAME_FIELDS } from "./orama-words.ts";
import { tokenize } from "./words.ts";

/** Of a list of suggestions at most this share is tags, and this share completed words. */
const SHARE = 1 / 4;

/** A single letter could be anything: it is not completed to words. */
const MIN_COMPLETED = 2;

/** What a started text may become: assets whose names match, then tags and words that those assets have. */
export function suggestFor(
  corpus: Corpus,
  scratch: Scratch,
  text: string,
  limit: number,
  audience: SearchAudience,
): Suggestion[] {
  const query = queryWords(text);
  if (query.words.length === 0 || limit < 1) return [];
  const match = matchWords(corpus, scratch, { ...query, namesOnly: true }, audience);
  try {
    const few = Math.max(1, Math.floor(limit * SHARE));
    const rows = scratch.rows.slice(0, foundRows(scratch, match, scratch.rows));
    const tags = suggestTags(corpus.table, rows, text, few);
    const terms = suggestTerms(corpus, scratch, match, text, few);
    const room = Math.max(1, limit - tags.length - terms.length);
    return [...suggestAssets(corpus.table, scratch, match, rows, room), ...tags, ...terms].slice(0, limit);
  } finally {
    clearScratch(scratch);
  }
}

function suggestAssets(table: Table, scratch: Scratch, match: Match, rows: Int32Array, limit: number): Suggestion[] {
  const keys = relevanceKeys(table, scratch, match, rows, rows.length);
  return bestRows(table, rows, keys, rows.length, limit).map(({ row }) => {
    const document = documentAt(table, row);
    return { kind: "asset", text: document.title, document };
  });
}

/** Tags that begin with the text, most used among the rows first. */
function suggestTags(table: Table, rows: Int32Array, text: string, limit: number): Suggestion[] {
  const typed = plain(text);
  const { values } = table.dictionaries.tag;
  const begins = new Uint8Array(values.length);
  const counts = new Map<number, number>();
  for (const row of rows) {
    for (let k = row === 0 ? 0 : table.tagEnd[row - 1]!; k < table.tagEnd[row]!; k++) {
      const tag = table.tagValues[k]!;
      if (begins[tag] === 0) begins[tag] = plain(values[tag]!).startsWith(typed) ? 1 : 2;
      if (begins[tag] === 1) counts.set(tag, (counts.get(tag) ?? 0) + 1);
    }
  }
  return mostFrequent(
    [...counts].map(([tag, count]) => ({ text: values[tag]!, count })),
    limit,
  ).map((tag) => ({ kind: "tag", text: tag }));
}

const plain = (text: string): string =>
  tokenize(text.slice(0, MAX_QUERY_TEXT), 64, false)
    .map((token) => token.word)
    .join(" ");

/** The text with its last word completed, for words that the found rows have; most frequent first. */
function suggestTerms(corpus: Corpus, scratch: Scratch, match: Match, text: string, limit: number): Suggestion[] {
  const last = tokenize(text.slice(0, MAX_QUERY_TEXT), 64, false).at(-1);
  const word = match.words.at(-1);
  if (!last || !word || last.word !== word.word || word.word.length < MIN_COMPLETED) return [];
  const found = corpus.engine.completions(word.word);
  for (const other of word.others) found.set(other, new Set(corpus.engine.ask([other], false, NAME_FIELDS).rows));
  found.delete(word.word);
  const candidates = Array.from(found, ([text, rows]) => ({ text, count: countFound(scratch, match, rows) }));
  return mostFrequent(
    candidates.filter(({ count }) => count > 0),
    limit,
  ).map((term) => ({ kind: "term", text: text.slice(0, last.start) + term }));
}

function countFound({ covered }: Scratch, match: Match, rows: ReadonlySet<number>): number {
  let count = 0;
  for (const row of rows) if (covered[row]! >= match.required) count++;
  return count;
}

const mostFrequent = (found: { text: string; count: number }[], limit: number): string[] =>
  found
    .sort((a, b) => b.count - a.count || (a.text < b.text ? -1 : 1))
    .slice(0, limit)
    .map(({ text }) => text);

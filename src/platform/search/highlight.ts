import type { Match } from "./match.ts";
import type { SearchDocument, SearchHit } from "./search-index.ts";
import { tokenize } from "./words.ts";

const FIELDS = ["title", "description", "slug"] as const;
const MAX_HIGHLIGHTED_TEXT = 4096;
const MAX_HIGHLIGHTED_WORDS = 512;

/** Where the words of a hit are that the query's words stand for. Only for the hits of the page that is answered. */
export function createHighlighter(match: Match) {
  const whole = new Set(match.words.flatMap(({ word, others }) => [word, ...others]));
  const begun = match.words.filter((word) => word.begun).map(({ word }) => word);
  const matches = (word: string): boolean => whole.has(word) || begun.some((beginning) => word.startsWith(beginning));
  return (document: SearchDocument): SearchHit["highlight"] =>
    FIELDS.map((field) => ({ field, ranges: rangesIn(document[field], matches) })).filter(
      ({ ranges }) => ranges.length > 0,
    );
}

function rangesIn(text: string, matches: (word: string) => boolean): [number, number][] {
  const ranges: [number, number][] = [];
  for (const { word, start, end } of tokenize(text.slice(0, MAX_HIGHLIGHTED_TEXT), MAX_HIGHLIGHTED_WORDS)) {
    if (!matches(word)) continue;
    const previous = ranges.at(-1);
    if (previous && start <= previous[1]) previous[1] = Math.max(previous[1], end);
    else ranges.push([start, end]);
  }
  return ranges;
}

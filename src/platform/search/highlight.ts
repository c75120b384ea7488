import type { Match } from "./match.ts";
import type { SearchDocument, SearchHit } from "./search-index.ts";
import type { Vocabulary } from "./vocabulary.ts";
import { tokenize } from "./words.ts";

const FIELDS = ["title", "description", "slug"] as const;
const MAX_HIGHLIGHTED_TEXT = 4096;
const MAX_HIGHLIGHTED_WORDS = 512;

/** Where the words of a hit are that the query's words stand for. Only for the hits of the page that is answered. */
export function createHighlighter(match: Match, vocabulary: Vocabulary) {
  const matching = new Set<string>();
  for (const { word, expansions } of match.words) {
    matching.add(word);
    for (const { id } of expansions) matching.add(vocabulary.words[id]!);
  }
  return (document: SearchDocument): SearchHit["highlight"] =>
    FIELDS.map((field) => ({ field, ranges: rangesIn(document[field], matching) })).filter(
      ({ ranges }) => ranges.length > 0,
    );
}

function rangesIn(text: string, matching: ReadonlySet<string>): [number, number][] {
  const ranges: [number, number][] = [];
  for (const { word, start, end } of tokenize(text.slice(0, MAX_HIGHLIGHTED_TEXT), MAX_HIGHLIGHTED_WORDS)) {
    if (!matching.has(word)) continue;
    const previous = ranges.at(-1);
    if (previous && start <= previous[1]) previous[1] = Math.max(previous[1], end);
    else ranges.push([start, end]);
  }
  return ranges;
}

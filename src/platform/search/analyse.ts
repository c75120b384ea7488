import type { SearchDocument } from "./search-index.ts";
import { isStopWord, tokenize } from "./words.ts";

/** How much a word in each field says of an asset. */
const WEIGHT = { slug: 5, title: 4.5, tag: 3, namespace: 1.5, category: 1, kind: 1 } as const;
const NAME_SCALE = 14;
const BODY_WEIGHT = 1.2;
/** BM25's k1 and b, with a fixed average length so that an asset's impact does not depend on the others. */
const K1 = 1.2;
const B = 0.75;
const AVERAGE_DESCRIPTION = 40;
const MAX_FIELD_TEXT = 512;
const MAX_FIELD_WORDS = 64;
const MAX_DESCRIPTION_WORDS = 256;
const MAX_DESCRIPTION_TEXT = 4096;

/** A document's words, each with its impact from 1 to 255: of its names (slug, title, tags …) and of its description. */
export interface Analysis {
  names: Map<string, number>;
  body: Map<string, number>;
}

/** An impact as a share of the score, comparable between names and description. */
export const nameShare = (impact: number): number => impact / NAME_SCALE;
export const bodyShare = (impact: number): number => (impact / 255) * BODY_WEIGHT;

export function analyse(document: SearchDocument): Analysis {
  const weights = new Map<string, number>();
  const field = (text: string, weight: number): void => {
    const words = new Set(tokenize(text.slice(0, MAX_FIELD_TEXT), MAX_FIELD_WORDS).map((token) => token.word));
    const share = weight / (0.7 + 0.1 * words.size);
    for (const word of words) weights.set(word, (weights.get(word) ?? 0) + share);
  };
  field(document.slug, WEIGHT.slug);
  field(document.title, WEIGHT.title);
  field(document.namespace, WEIGHT.namespace);
  field(document.kind, WEIGHT.kind);
  for (const tag of document.tags) field(tag, WEIGHT.tag);
  for (const category of document.categories) field(category, WEIGHT.category);
  const names = new Map<string, number>();
  for (const [word, weight] of weights) names.set(word, byte(weight * NAME_SCALE));
  return { names, body: descriptionImpacts(document.description) };
}

function descriptionImpacts(description: string): Map<string, number> {
  const tokens = tokenize(description.slice(0, MAX_DESCRIPTION_TEXT), MAX_DESCRIPTION_WORDS);
  const times = new Map<string, number>();
  for (const { word } of tokens) if (!isStopWord(word)) times.set(word, (times.get(word) ?? 0) + 1);
  const damping = K1 * (1 - B + (B * tokens.length) / AVERAGE_DESCRIPTION);
  for (const [word, count] of times) times.set(word, byte((255 * count) / (count + damping)));
  return times;
}

const byte = (value: number): number => Math.min(255, Math.max(1, Math.round(value)));

import { NeedleIndex, type NeedleHits, REMEMBERED } from "./needle-index.ts";
import type { Pattern } from "./text-rule.ts";
import type { TextView } from "./text-view.ts";

export interface Span {
  start: number;
  end: number;
}

/** The places of patterns in one view, each pattern tried once however many rules share it. */
export interface PatternFinder {
  /** How often the pattern's needles stand in the view: 0 when it cannot match. Costs nothing. */
  chances(pattern: Pattern): number;
  spans(pattern: Pattern): readonly Span[];
}

/** What a match may reach before and after one of its needles; longer than anything a pattern spans. */
const REACH = 700;

/** Tries patterns only where their needles stand; made once for a set of patterns. */
export class PatternMatcher {
  readonly #index: NeedleIndex;
  readonly #ids = new Map<Pattern, readonly number[]>();

  constructor(patterns: Iterable<Pattern>) {
    const all = [...patterns];
    this.#index = new NeedleIndex(all.flatMap((pattern) => pattern.needles));
    for (const pattern of all)
      this.#ids.set(
        pattern,
        pattern.needles.map((needle) => this.#index.idOf(needle)),
      );
  }

  finderFor(view: TextView): PatternFinder {
    const hits = this.#index.find(view.lower);
    const known = new Map<Pattern, Span[]>();
    return {
      chances: (pattern) => {
        const ids = this.#ids.get(pattern)!;
        return ids.length === 0 ? REMEMBERED : ids.reduce((sum, id) => sum + hits.counts[id]!, 0);
      },
      spans: (pattern) => {
        let spans = known.get(pattern);
        if (!spans) {
          spans = spansOf(pattern, view.text, stretches(this.#ids.get(pattern)!, hits, view.text.length));
          known.set(pattern, spans);
        }
        return spans;
      },
    };
  }
}

/** The parts of the text around the needles, merged; null for all of it. */
function stretches(ids: readonly number[], hits: NeedleHits, length: number): Span[] | null {
  if (ids.length === 0) return null;
  const places: number[] = [];
  for (const id of ids) {
    const count = hits.counts[id]!;
    if (count > REMEMBERED) return null;
    for (let i = 0; i < count; i++) places.push(hits.places[id * REMEMBERED + i]!);
  }
  places.sort((a, b) => a - b);
  const merged: Span[] = [];
  let covered = 0;
  for (const place of places) {
    const start = Math.max(0, place - REACH);
    const end = Math.min(length, place + REACH);
    const last = merged.at(-1);
    if (last && start <= last.end) {
      covered += end - last.end;
      last.end = end;
    } else {
      merged.push({ start, end });
      covered += end - start;
    }
  }
  return covered * 2 > length ? null : merged;
}

function spansOf(pattern: Pattern, text: string, parts: readonly Span[] | null): Span[] {
  const spans: Span[] = [];
  for (const part of parts ?? [{ start: 0, end: text.length }]) {
    const piece = parts === null ? text : text.slice(part.start, part.end);
    for (const match of piece.matchAll(pattern.regexp)) {
      spans.push({ start: part.start + match.index, end: part.start + match.index + match[0].length });
    }
  }
  return spans;
}

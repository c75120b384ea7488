import type { Severity } from "../../core/kind.ts";
import { DISCUSSION, LESS, surroundings } from "./discussion.ts";
import type { PatternFinder, Span } from "./pattern-matcher.ts";
import { type Placed, sequences } from "./sequences.ts";
import type { TextRule } from "./text-rule.ts";
import type { TextView } from "./text-view.ts";

/** One thing that alone means little. */
export interface Signal extends Placed {
  /** What it is, for the finding: "asks to forget what came before". */
  says: string;
  /** Negative for what makes the passage harmless. */
  weight: number;
}

/** Weak signals that mean something when enough of them stand in one passage. */
export interface PassageRule
  extends Pick<TextRule, "id" | "category" | "message" | "remedy" | "kinds" | "exceptKinds" | "mentionable"> {
  signals: readonly Signal[];
  /** Characters from the start of the first signal to the end of the last. */
  span: number;
  /** Only in texts of so many characters. */
  from?: number;
  upTo?: number;
  /** The sum of weights from which on it is of which severity, the greatest first. */
  levels: readonly { least: number; severity: Severity }[];
}

export interface Passage {
  span: Span;
  severity: Severity;
  /** The signals that were found, for the reader of the finding. */
  says: string;
}

interface Place extends Span {
  signal: Signal;
}

/** The passages that reach a level, apart from one another, each as far as its signals go; linear in the places. */
export function passagesOf(rule: PassageRule, view: TextView, finder: PatternFinder): Passage[] {
  if (view.text.length < (rule.from ?? 0) || view.text.length > (rule.upTo ?? Number.POSITIVE_INFINITY)) return [];
  const places: Place[] = [];
  for (const signal of rule.signals)
    for (const span of sequences(signal, view, finder)) places.push({ ...span, signal });
  if (places.length === 0) return [];
  places.sort((a, b) => a.start - b.start);
  const passages: Passage[] = [];
  const counts = new Map<Signal, number>();
  let sum = 0;
  let first = 0;
  let best: { sum: number; from: number; to: number } | null = null;
  const least = rule.levels.at(-1)!.least;
  const close = (): void => {
    if (best === null) return;
    const passage = passageAt(rule, view, places.slice(best.from, best.to + 1), best.sum);
    if (passage) passages.push(passage);
    best = null;
  };
  for (const [index, place] of places.entries()) {
    while (place.end - places[first]!.start > rule.span && first < index) {
      const gone = places[first++]!.signal;
      const left = counts.get(gone)! - 1;
      counts.set(gone, left);
      if (left === 0) sum -= gone.weight;
    }
    const count = counts.get(place.signal) ?? 0;
    counts.set(place.signal, count + 1);
    if (count === 0) sum += place.signal.weight;
    if (best !== null && first > best.to) close();
    if (sum >= least && (best === null || sum > best.sum)) best = { sum, from: first, to: index };
  }
  close();
  return passages;
}

function passageAt(rule: PassageRule, view: TextView, places: readonly Place[], sum: number): Passage | null {
  const level = rule.levels.find(({ least }) => sum >= least);
  if (!level) return null;
  const span = { start: places[0]!.start, end: Math.max(...places.map(({ end }) => end)) };
  const mentioned = rule.mentionable && view.origin !== "decoded" && DISCUSSION.test(surroundings(view, span));
  const names = [...new Set(places.map(({ signal }) => signal.says))];
  return { span, severity: mentioned ? LESS[level.severity] : level.severity, says: names.join("; ") };
}

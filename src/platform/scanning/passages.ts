import type { Severity } from "../../core/kind.ts";
import { isReported, isQuotedInDiscussion, LESS, surroundings } from "./discussion.ts";
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
  /** Says what is wanted; the others only say with what. */
  intent?: boolean;
  /** What the text around it must match. */
  requires?: RegExp;
}

/** Weak signals that mean something when enough of them stand in one passage. */
export interface PassageRule
  extends Pick<TextRule, "id" | "category" | "message" | "remedy" | "kinds" | "exceptKinds" | "mentionable"> {
  signals: readonly Signal[];
  /** Characters from the start of the first signal to the end of the last. */
  span: number;
  /** How many different intents there must be; default none. */
  intents?: number;
  /** Only in texts of so many characters. */
  from?: number;
  upTo?: number;
  /**
   * The sum of weights from which on it is of which severity, the greatest first; `core` is the sum without signals of
   * weight 1.
   */
  levels: readonly { least: number; core?: number; intents?: number; severity: Severity }[];
  /** The sum from which on words of discussion nearby no longer make it less severe. */
  undoubted?: number;
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

/** What being hidden weighs. */
const HIDDEN_WEIGHT = 2;

/** The passages that reach a level, apart from one another, each as far as its signals go; linear in the places. */
export function passagesOf(
  rule: PassageRule,
  view: TextView,
  finder: PatternFinder,
  hiddenHow: (span: Span) => string | null,
): Passage[] {
  if (view.text.length < (rule.from ?? 0) || view.text.length > (rule.upTo ?? Number.POSITIVE_INFINITY)) return [];
  const places: Place[] = [];
  for (const signal of rule.signals)
    for (const span of sequences(signal, view, finder))
      if (signal.requires?.test(surroundings(view, span)) !== false && !isNoOrder(rule, view, span))
        places.push({ ...span, signal });
  if (places.length === 0) return [];
  places.sort((a, b) => a.start - b.start);
  const passages: Passage[] = [];
  const held = new Tally();
  const least = rule.levels.at(-1)!.least - HIDDEN_WEIGHT;
  let best: (Held & { from: number; to: number }) | null = null;
  let first = 0;
  const close = (): void => {
    const passage = best && passageAt(rule, view, places.slice(best.from, best.to + 1), best, hiddenHow);
    if (passage) passages.push(passage);
    best = null;
  };
  for (const [index, place] of places.entries()) {
    while (first < index && place.end - places[first]!.start > rule.span) held.remove(places[first++]!.signal);
    held.add(place.signal);
    if (best !== null && first > best.to) close();
    const enough = held.sum >= least && held.intents >= (rule.intents ?? 0);
    if (enough && (best === null || held.sum > best.sum))
      best = { sum: held.sum, core: held.core, intents: held.intents, from: first, to: index };
  }
  close();
  return passages;
}

/** A sign that somebody cites, or tells of himself, is none. */
const isNoOrder = (rule: PassageRule, view: TextView, span: Span): boolean =>
  rule.mentionable === true && view.origin !== "decoded" && isReported(view, span);

interface Held {
  sum: number;
  core: number;
  intents: number;
}

/** What a stretch holds, each thing once however often and in however many ways it is said. */
class Tally {
  readonly #counts = new Map<string, number>();
  sum = 0;
  core = 0;
  intents = 0;

  add(signal: Signal): void {
    const count = this.#counts.get(signal.says) ?? 0;
    this.#counts.set(signal.says, count + 1);
    if (count === 0) this.#change(signal, 1);
  }

  remove(signal: Signal): void {
    const left = this.#counts.get(signal.says)! - 1;
    this.#counts.set(signal.says, left);
    if (left === 0) this.#change(signal, -1);
  }

  #change(signal: Signal, by: 1 | -1): void {
    this.sum += by * signal.weight;
    if (signal.weight > 1) this.core += by * signal.weight;
    if (signal.intent) this.intents += by;
  }
}

function passageAt(
  rule: PassageRule,
  view: TextView,
  places: readonly Place[],
  held: Held,
  hiddenHow: (span: Span) => string | null,
): Passage | null {
  const span = { start: places[0]!.start, end: Math.max(...places.map(({ end }) => end)) };
  const hidden = view.origin === "decoded" ? "there encoded" : hiddenHow(span);
  const extra = hidden === null ? 0 : HIDDEN_WEIGHT;
  const level = rule.levels.find(
    ({ least, core, intents }) =>
      held.sum + extra >= least && held.core + extra >= (core ?? 0) && held.intents >= (intents ?? 0),
  );
  if (!level) return null;
  const doubtful = rule.mentionable && hidden === null && held.sum < (rule.undoubted ?? Number.POSITIVE_INFINITY);
  const mentioned = doubtful && isQuotedInDiscussion(view, span);
  const names = [...new Set(places.map(({ signal }) => signal.says))];
  if (hidden !== null) names.unshift(`stands ${hidden}`);
  return { span, severity: mentioned ? LESS[level.severity] : level.severity, says: names.join("; ") };
}

import type { PatternFinder, Span } from "./pattern-matcher.ts";
import type { TextRule } from "./text-rule.ts";
import type { TextView } from "./text-view.ts";

/** What a rule says about where its parts stand. */
export type Placed = Pick<TextRule, "parts" | "within" | "boundary" | "unordered">;

/** Every place where the parts of a rule stand as it says, in order; places do not overlap. */
export function* sequences(rule: Placed, view: TextView, finder: PatternFinder): Iterable<Span> {
  const chances = rule.parts.map((part) => finder.chances(part));
  if (chances.includes(0)) return;
  // The rarest part first: mostly it is not there, and the others need not be looked for.
  const order = [...rule.parts.keys()].sort((a, b) => chances[a]! - chances[b]!);
  if (order.some((part) => finder.spans(rule.parts[part]!).length === 0)) return;
  const [first, ...rest] = rule.parts.map((part) => finder.spans(part));
  let past = -1;
  for (const head of first ?? []) {
    if (head.start < past) continue;
    const span = chain(head, rest, rule, view);
    if (span === null) continue;
    yield span;
    past = span.end;
  }
}

/** The stretch from the first part's place over one place of every other part; null when one is not near enough. */
function chain(head: Span, rest: readonly (readonly Span[])[], rule: Placed, view: TextView): Span | null {
  let span = head;
  let last = head;
  for (const spans of rest) {
    const next = nearest(spans, last, rule, view);
    if (next === null) return null;
    last = next;
    span = { start: Math.min(span.start, next.start), end: Math.max(span.end, next.end) };
  }
  return span;
}

function nearest(spans: readonly Span[], to: Span, rule: Placed, view: TextView): Span | null {
  const within = rule.within ?? 120;
  const after = spans[firstAtOrAfter(spans, to.end)];
  if (after && after.start - to.end <= within && joined(rule, view, to.end, after.start)) return after;
  if (!rule.unordered) return null;
  const inside = spans[firstAtOrAfter(spans, to.start)];
  if (inside && inside.start < to.end) return inside;
  const before = spans[firstAtOrAfter(spans, to.start) - 1];
  if (before && before.end > to.start) return before;
  return before && to.start - before.end <= within && joined(rule, view, before.end, to.start) ? before : null;
}

function firstAtOrAfter(spans: readonly Span[], offset: number): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle]!.start < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function joined(rule: Placed, view: TextView, from: number, to: number): boolean {
  if (rule.boundary === undefined) return true;
  const between = view.text.slice(from, to);
  return rule.boundary === "line"
    ? !between.includes("\n")
    : !/[.!?;](?:\s|$)|[。！？；]|\n\s{0,20}(?:\n|[-*#>|\d`])/.test(between);
}

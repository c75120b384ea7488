import { SEVERITIES, type Severity } from "../../core/kind.ts";
import { excerptOf } from "./excerpt.ts";
import type { PatternFinder, PatternMatcher, Span } from "./pattern-matcher.ts";
import type { Finding } from "./scanner.ts";
import type { TextRule } from "./text-rule.ts";
import type { TextView } from "./text-view.ts";
import { placeOf, type TextWindow } from "./text-windows.ts";

/** More findings of one rule in one file tell nobody more. */
export const PER_RULE_AND_FILE = 5;
const DISCUSSION =
  /\b(?:detect(?:s|ed|ing|ion|or)?|flag(?:s|ged)?|scan(?:s|ner|ning)? for|look(?:s|ing)? for|watch (?:out )?for|red flags?|attack(?:s|ers?| patterns?| vectors?)?|malicious|injections?|jailbreaks?|suspicious|phishing|adversarial|vulnerab(?:le|ility|ilities)|exploit(?:s|ation)|untrusted|block(?:list|s|ed)|blacklist|payloads?|heuristics?|reject(?:s|ed)?|threats?|indicators?|anti-?patterns?|bad examples?|(?:never|do not|don't) (?:run|do|use|execute|follow|obey)|dangerous|unsafe)\b|❌|🚫|🚩/iu;
const LESS: Record<Severity, Severity> = { critical: "high", high: "medium", medium: "low", low: "info", info: "info" };

/** Every place where a rule holds, in every view of the window, the most severe first; each rule once a line. */
export function applyRules(
  scanner: string,
  rules: readonly TextRule[],
  matcher: PatternMatcher,
  window: TextWindow,
): Finding[] {
  const best = new Map<string, Finding>();
  for (const view of window.views) {
    const finder = matcher.finderFor(view);
    for (const rule of rules) {
      if (rule.only !== undefined && rule.only !== view.origin) continue;
      if (rule.disguisedOnly && view.origin !== "normalised") continue;
      let full = 0;
      let less = 0;
      for (const span of sequences(rule, view, finder)) {
        if (rule.disguisedOnly && !isDisguised(window.text, view, span)) continue;
        const severity = severityAt(rule, view, span);
        if (severity === null) continue;
        // Places that are worth less are looked past, so that a decoy does not use up the count.
        if (severity === rule.severity ? ++full > 2 * PER_RULE_AND_FILE : ++less > 2 * PER_RULE_AND_FILE) {
          if (severity === rule.severity) break;
          continue;
        }
        const finding = findingAt(scanner, rule, severity, window, view, span);
        const key = `${rule.id}:${finding.line}`;
        const known = best.get(key);
        if (!known || (known.severity !== rule.severity && severity === rule.severity)) best.set(key, finding);
      }
    }
  }
  return [...best.values()].sort((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity));
}

function* sequences(rule: TextRule, view: TextView, finder: PatternFinder): Iterable<Span> {
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
function chain(head: Span, rest: readonly (readonly Span[])[], rule: TextRule, view: TextView): Span | null {
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

function nearest(spans: readonly Span[], to: Span, rule: TextRule, view: TextView): Span | null {
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

function joined(rule: TextRule, view: TextView, from: number, to: number): boolean {
  if (rule.boundary === undefined) return true;
  const between = view.text.slice(from, to);
  return rule.boundary === "line"
    ? !between.includes("\n")
    : !/[.!?;。！？](?:\s|$)|\n\s{0,20}(?:\n|[-*#>|\d`])/.test(between);
}

function severityAt(rule: TextRule, view: TextView, span: Span): Severity | null {
  const around = view.text.slice(Math.max(0, span.start - 160), Math.min(span.end, span.start + 400) + 80);
  if (rule.unless?.test(around) || rule.exempt?.test(view.text.slice(span.start, span.start + 600))) return null;
  return rule.mentionable && view.origin !== "decoded" && DISCUSSION.test(around) ? LESS[rule.severity] : rule.severity;
}

// A command over several lines is no disguise, nor are typographic quotes and spaces.
const CONTINUED = /\\\r?\n[ \t]*/g;
const TYPOGRAPHY = /[\u00a0\u2000-\u200a\u2010-\u2015\u2018-\u201f\u2026\u202f\u3000\uff01-\uff5e]/;

function isDisguised(raw: string, view: TextView, span: Span): boolean {
  const written = raw.slice(view.toRaw(span.start), view.toRaw(span.end - 1) + 1).replace(CONTINUED, "");
  return !TYPOGRAPHY.test(written) && written !== view.text.slice(span.start, span.end);
}

function findingAt(
  scanner: string,
  rule: TextRule,
  severity: Severity,
  window: TextWindow,
  view: TextView,
  span: Span,
): Finding {
  const place = placeOf(window, view.toRaw(span.start));
  return {
    scanner,
    ruleId: `${scanner}/${rule.id}`,
    severity,
    category: rule.category,
    path: window.file.path,
    ...place,
    excerpt: excerptOf(view.text, span.start, span.end),
    message: view.origin === "decoded" ? `${rule.message} (It was encoded or invisible.)` : rule.message,
    remedy: rule.remedy,
  };
}

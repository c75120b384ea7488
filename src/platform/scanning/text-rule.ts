import type { Kind, Severity } from "../../core/kind.ts";
import { excerptOf } from "./excerpt.ts";
import type { Finding, ScanTarget, Scanner } from "./scanner.ts";
import type { TextView } from "./text-view.ts";
import { placeOf, type TextWindow, textWindows } from "./text-windows.ts";

/**
 * One expression that runs in linear time (no nested or adjacent unbounded repetition) and the lower-case words of
 * which at least one is in everything that it matches.
 */
export interface Pattern {
  regexp: RegExp;
  needles: readonly string[];
}

/** What one rule looks for: its parts in this order (or any), each at most `within` characters from the last. */
export interface TextRule {
  /** Unique, without the scanner's name. */
  id: string;
  severity: Severity;
  category: string;
  message: string;
  remedy: string;
  parts: readonly Pattern[];
  /** Characters between the end of one part and the start of the next; default 120. */
  within?: number;
  unordered?: boolean;
  /** What may not lie between the parts: the end of the line, or of the sentence too. */
  boundary?: "line" | "sentence";
  /** The stretch from 160 characters before to 80 after must not match: what makes the place harmless. */
  unless?: RegExp;
  /** Talking about the thing (a list of attacks to look out for) is not doing it: two degrees less severe there. */
  mentionable?: boolean;
  /** Only in these views; default all. */
  only?: TextView["origin"];
  /** Only, or except, in assets of these kinds. */
  kinds?: readonly Kind[];
  exceptKinds?: readonly Kind[];
}

export const pattern = (regexp: RegExp, ...needles: string[]): Pattern => ({ regexp, needles });

/** A pattern in plain language: each space in it may be a line break or some spaces in the text. */
export const prose = (regexp: RegExp, ...needles: string[]): Pattern =>
  pattern(new RegExp(regexp.source.replaceAll(" ?", "\\s{0,3}").replaceAll(" ", "\\s{1,3}"), regexp.flags), ...needles);

interface Span {
  start: number;
  end: number;
}

const PER_RULE_AND_FILE = 5;
const DISCUSSION =
  /\b(?:detect(?:s|ed|ing|ion|or)?|flag(?:s|ged)?|scan(?:s|ner|ning)? for|look(?:s|ing)? for|watch (?:out )?for|red flags?|attacks?|attackers?|malicious|injections?|jailbreaks?|suspicious|phishing|adversarial|vulnerab\w{1,8}|exploit(?:s|ed|ation)?|untrusted|blocklist|blacklist|payloads?|patterns?|heuristics?|refuse|reject(?:s|ed)?|threats?|indicators?|signatures?|anti-?patterns?|bad examples?|never (?:run|do|use|execute|follow|obey)|do not (?:run|do|use|execute|follow|obey)|don't (?:run|do|use|execute|follow|obey)|avoid|dangerous|unsafe|risky)\b|❌|🚫|⚠️|🚩/iu;
const LESS: Record<Severity, Severity> = { critical: "medium", high: "low", medium: "low", low: "info", info: "info" };

/** A scanner made of a table of rules over the text of every file. */
export function createTextScanner(options: {
  name: string;
  revision: number;
  rules: readonly TextRule[];
  /** What a table cannot say. */
  extra?: (window: TextWindow, target: ScanTarget) => Finding[];
}): Scanner {
  return {
    name: options.name,
    version: `${options.revision}.${fingerprint(options.rules)}`,
    async scan(target, signal) {
      const findings: Finding[] = [];
      const rules = options.rules.filter(
        (rule) => (rule.kinds?.includes(target.kind) ?? true) && !rule.exceptKinds?.includes(target.kind),
      );
      for (const file of target.files) {
        const counts = new Map<string, number>();
        for await (const window of textWindows(target, file, signal)) {
          signal.throwIfAborted();
          const found = [...applyRules(options.name, rules, window), ...(options.extra?.(window, target) ?? [])];
          for (const finding of found) {
            const count = (counts.get(finding.ruleId) ?? 0) + 1;
            counts.set(finding.ruleId, count);
            if (count <= PER_RULE_AND_FILE) findings.push(finding);
          }
        }
      }
      return findings;
    },
  };
}

/** Changes with every rule, so that a changed table is a changed scanner version. */
export function fingerprint(rules: readonly unknown[]): string {
  const text = JSON.stringify(rules, (_key, value) => (value instanceof RegExp ? value.toString() : value));
  return Bun.hash.crc32(text).toString(16);
}

/** Every place where a rule holds, in every view of the window; each rule once a line. */
export function applyRules(scanner: string, rules: readonly TextRule[], window: TextWindow): Finding[] {
  const best = new Map<string, Finding>();
  for (const view of window.views) {
    const spansOf = spanFinder(view);
    for (const rule of rules) {
      if (rule.only !== undefined && rule.only !== view.origin) continue;
      if (!rule.parts.every((part) => mayMatch(part, view))) continue;
      let reported = 0;
      for (const span of sequences(rule, view, spansOf)) {
        const severity = severityAt(rule, view, span);
        if (severity === null) continue;
        // Places that are worth less are looked past, so that a decoy does not use up the count.
        if (severity === rule.severity && ++reported > 2 * PER_RULE_AND_FILE) break;
        const finding = findingAt(scanner, rule, severity, window, view, span);
        const key = `${rule.id}:${finding.line}`;
        const known = best.get(key);
        if (!known || (known.severity !== rule.severity && severity === rule.severity)) best.set(key, finding);
      }
    }
  }
  return [...best.values()].sort((a, b) => rank(b.severity) - rank(a.severity));
}

const rank = (severity: Severity): number => ["info", "low", "medium", "high", "critical"].indexOf(severity);

const mayMatch = (part: Pattern, view: TextView): boolean =>
  part.needles.length === 0 || part.needles.some((needle) => view.lower.includes(needle));

/** Positions of a pattern in a view, found once however many rules share it. */
function spanFinder(view: TextView): (part: Pattern) => Span[] {
  const known = new Map<Pattern, Span[]>();
  return (part) => {
    let spans = known.get(part);
    if (!spans) {
      spans = [];
      for (const match of view.text.matchAll(part.regexp)) {
        spans.push({ start: match.index, end: match.index + match[0].length });
      }
      known.set(part, spans);
    }
    return spans;
  };
}

function* sequences(rule: TextRule, view: TextView, spansOf: (part: Pattern) => Span[]): Iterable<Span> {
  const [first, ...rest] = rule.parts.map(spansOf);
  if (first === undefined || rest.some((spans) => spans.length === 0)) return;
  let past = -1;
  for (const head of first) {
    if (head.start < past) continue;
    let span = head;
    let last = head;
    let whole = true;
    for (const spans of rest) {
      const next = nearest(spans, last, rule, view);
      if (next === null) {
        whole = false;
        break;
      }
      last = next;
      span = { start: Math.min(span.start, next.start), end: Math.max(span.end, next.end) };
    }
    if (whole) {
      yield span;
      past = span.end;
    }
  }
}

function nearest(spans: Span[], to: Span, rule: TextRule, view: TextView): Span | null {
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

function firstAtOrAfter(spans: Span[], offset: number): number {
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
  const around = view.text.slice(Math.max(0, span.start - 160), Math.min(span.end, span.start + 2000) + 80);
  if (rule.unless?.test(around)) return null;
  return rule.mentionable && view.origin !== "decoded" && DISCUSSION.test(around) ? LESS[rule.severity] : rule.severity;
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

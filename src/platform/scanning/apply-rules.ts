import { SEVERITIES, type Severity } from "../../core/kind.ts";
import { CODE_FILE } from "./behaviour-vocabulary.ts";
import { excerptOf } from "./excerpt.ts";
import { DISCUSSION, isReported, LESS, MORE, surroundings } from "./discussion.ts";
import type { PatternMatcher, Span } from "./pattern-matcher.ts";
import type { Finding } from "./scanner.ts";
import type { TextRule } from "./text-rule.ts";
import type { TextView } from "./text-view.ts";
import { type HiddenRegion, hiddenHow, hiddenRegions } from "./hidden-regions.ts";
import { sequences } from "./sequences.ts";
import { placeOf, type TextWindow } from "./text-windows.ts";
import { type PassageRule, passagesOf } from "./passages.ts";

/** More findings of one rule in one file tell nobody more. */
export const PER_RULE_AND_FILE = 5;

/** What is said to a model weighs more where a reader does not see it. */
const HIDING_MATTERS = new Set(["prompt-injection", "data-theft"]);

/** Every place where a rule holds, in every view of the window, the most severe first; each rule once a line. */
export function applyRules(
  scanner: string,
  rules: readonly TextRule[],
  matcher: PatternMatcher,
  window: TextWindow,
  passages: readonly PassageRule[] = [],
): Finding[] {
  const best = new Map<string, Finding>();
  for (const view of window.views) {
    const finder = matcher.finderFor(view);
    let regions: HiddenRegion[] | null = null;
    const how = (span: Span): string | null => {
      regions ??= hiddenRegions(view.text);
      return hiddenHow(regions, span.start, span.end);
    };
    for (const rule of rules) {
      if (rule.only !== undefined && rule.only !== view.origin) continue;
      if (rule.disguisedOnly && view.origin !== "normalised") continue;
      let full = 0;
      let less = 0;
      for (const span of sequences(rule, view, finder)) {
        if (rule.disguisedOnly && !isDisguised(window.text, view, span)) continue;
        const severity = severityAt(rule, view, span, window.file.path);
        if (severity === null) continue;
        // Places that are worth less are looked past, so that a decoy does not use up the count.
        if (severity === rule.severity ? ++full > 2 * PER_RULE_AND_FILE : ++less > 2 * PER_RULE_AND_FILE) {
          if (severity === rule.severity) break;
          continue;
        }
        const hidden = HIDING_MATTERS.has(rule.category) ? how(span) : null;
        const finding = findingAt(scanner, rule, hidden ? MORE[severity] : severity, window, view, span);
        if (hidden) finding.message += ` (It stands ${hidden}.)`;
        const key = `${rule.id}:${finding.line}`;
        const known = best.get(key);
        if (!known || SEVERITIES.indexOf(finding.severity) > SEVERITIES.indexOf(known.severity)) best.set(key, finding);
      }
    }
    for (const rule of passages) {
      for (const { span, severity, says } of passagesOf(rule, view, finder, how).slice(0, PER_RULE_AND_FILE)) {
        const finding = findingAt(scanner, rule, severity, window, view, span);
        const key = `${rule.id}:${finding.line}`;
        if (best.has(key)) continue;
        best.set(key, { ...finding, message: `${finding.message} (${says})` });
      }
    }
  }
  return [...best.values()].sort((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity));
}

function severityAt(rule: TextRule, view: TextView, span: Span, path: string): Severity | null {
  const around = surroundings(view, span);
  if (rule.requires?.test(around) === false) return null;
  if (rule.unless?.test(around) || rule.exempt?.test(view.text.slice(span.start, span.start + 600))) return null;
  const mayTalk = rule.mentionable === "prose" ? !CODE_FILE.test(path) : rule.mentionable;
  return mayTalk && view.origin !== "decoded" && (DISCUSSION.test(around) || isReported(view, span))
    ? LESS[rule.severity]
    : rule.severity;
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
  rule: Pick<TextRule, "id" | "category" | "message" | "remedy">,
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
    message: view.origin === "decoded" ? `${rule.message} (It was encoded, disguised or invisible.)` : rule.message,
    remedy: rule.remedy,
  };
}

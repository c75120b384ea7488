import type { Severity } from "../../core/kind.ts";
import type { Span } from "./pattern-matcher.ts";
import type { TextView } from "./text-view.ts";

/** Words of somebody who talks about attacks. */
export const DISCUSSION =
  /\b(?:detect(?:s|ed|ing|ion|or)?|flag(?:s|ged)?|scan(?:s|ner|ning)? for|look(?:s|ing)? for|watch (?:out )?for|red flags?|attack(?:s|ers?| patterns?| vectors?)?|malicious|injections?|jailbreaks?|suspicious|phishing|adversarial|vulnerab(?:le|ility|ilities)|exploit(?:s|ation)|untrusted|block(?:list|s|ed)|blacklist|payloads?|heuristics?|reject(?:s|ed)?|threats?|indicators?|anti-?patterns?|bad examples?|(?:never|do not|don't) (?:run|do|use|execute|follow|obey)|dangerous|unsafe|poison(?:s|ed|ing)?|spoof(?:s|ed|ing)?|social engineering|such as|for example|e\.g\.|declin(?:e|es|ed)|refusals?|(?:if|when(?:ever)?) (?:a |an |the |any )?(?:users?|someone|anyone|messages?|documents?|pages?|they|somebody) (?:asks?|tr(?:y|ies)|attempts?|tells?|says?|requests?|wants?|claims?))\b|❌|🚫|🚩/iu;
/** One degree less severe. */
export const LESS: Record<Severity, Severity> = {
  critical: "high",
  high: "medium",
  medium: "low",
  low: "info",
  info: "info",
};

/** What lies around a place, to see whether it is talked about there. */
export const surroundings = (view: TextView, span: Span): string =>
  view.text.slice(Math.max(0, span.start - 160), Math.min(span.end, span.start + 400) + 80);

/** One degree more severe. */
export const MORE: Record<Severity, Severity> = {
  info: "info",
  low: "medium",
  medium: "high",
  high: "critical",
  critical: "critical",
};

// What somebody quotes stands in quotation marks, code or a table, or after "such as".
const QUOTING = /["“”„«»‘`|❌🚫]|^\s{0,8}>|(?:^|\s)'|such as|for example|e\.g\./u;

/** Words of discussion nearby, and marks of quotation before or at its beginning: an order needs neither. */
export function isQuotedInDiscussion(view: TextView, span: Span): boolean {
  const line = view.text.lastIndexOf("\n", span.start) + 1;
  const before = view.text.slice(Math.max(line, span.start - 200), Math.min(span.end, span.start + 40));
  return QUOTING.test(before) && DISCUSSION.test(surroundings(view, span));
}

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

const OPENS = /["“”„«‘`「『]|(?<![\p{L}\d])'/gu;
const CLOSING: Readonly<Record<string, RegExp>> = {
  "„": /[“”"]/,
  "«": /»/,
  "‘": /[’']/,
  "「": /」/,
  "『": /』/,
  "“": /”/,
};
// What is to be worked on, or is named as an example, stands in quotation marks after or before such words.
const CITES_BEFORE =
  /(?:\b(?:translat\w{0,4}|proofread|spell-?check|correct|korrigier\w{0,3}|corrig\w{0,4}|corregir|explain|classif\w{1,4}|analy[sz]e|what does|phrases?|sentences?|strings?|texts?|words?|messages?|mails?|e-?mails?|patterns?|requests?|commands?|like|says?|said|saying|titled|called|named|about|contain\w{0,3}|quotes?|examples?|such as|e\.g\.|means?|reads?|überset\p{L}{0,4}|s[aä]tze?n?|texte?|wie|etwa|bedeutet|tradui\p{L}{0,4}|traduc\p{L}{0,4}|phrases?|frases?|como|comme|come|переве\p{L}{0,4}|фраз\p{L}{0,3}|вроде|如|cümle\p{L}{0,4})\b|(?:出现|包含|含有|例如|比如|诸如|翻译|句子|类似|例えば|たとえば|翻訳|예를 들어|번역))[^.!?。"\n]{0,40}$/iu;
const CITES_AFTER =
  /^(?:\s{0,2}(?:之类|这样的|这类|等|的文字|的句子|같은|라는|이라는|などの|のような|という|といった|を英語|翻译)|,? (?:(?:in)?to|in|auf|ins|en|em|na) (?:english|french|german|spanish|italian|japanese|chinese|englisch\w{0,2}|deutsch\w{0,2}|français|español|italiano|inglés|inglês|anglais)\b|,? (?:mean|means|is (?:data|only|just|a (?:sentence|quote|phrase|text))|are (?:data|to be|only)|too is|counts? as|(?:and|or) (?:similar|the like)))/iu;

/** A text about attacks; its tables, lists and block quotations show some. */
const TEACHES =
  /\b(?:prompt injections?|(?:tool|memory) poisoning|malicious|attack(?:s|ers?)?|phishing|red flags?|jailbreaks?|social engineering)\b/i;
const CELL = /^\|(?:[^|\n]{0,60}\|)?\s{0,3}$/;
const POINT = /^\s{0,8}(?:[-*+]|\d{1,3}[.)])\s{1,3}$/;
const QUOTE_BLOCK = /^\s{0,3}> /;
const OF_ONESELF =
  /\b(?:(?:i|we)(?:'d| would)? (?:want|need|have|like|love|tried|try|plan|decided|am trying|are trying|should|must|may|can|often|always|sometimes|tend)(?: to)?|(?:how|when|why|where|can|could|should|must|may|do|did|would) (?:do |can |should |would |could )?(?:i|we)|my (?:boss|manager|teacher|doctor|mother|father|colleagues?|team|company|landlord|friends?|subclass|class|code|function) \w{1,14}|ich (?:soll|will|möchte|muss|darf|kann)|wie (?:kann|soll) ich|(?:soll|darf|kann) ich|quiero|queremos|me gustaría|puedo|debo|je (?:veux|dois|voudrais|peux|ne)?|puis-je|voglio|vorrei|posso|devo|quero|gostaria|ik wil|chcę|я хочу|мне нужно)(?![\p{L}])/iu;
const OF_THE_MODEL =
  /\b(?:you|your|yours|u|ur|du|dich|dein\p{L}{0,2}|sie|ihre\p{L}?|tu|tus|tú|te|ton|ta|tes|vous|votre|vos|usted|ti|tuoi|tue|você|seu|sua|seus|jij|jouw|ty|twoje|ты|вы|твои|ваши)(?![\p{L}])/iu;

/** Whether somebody says of himself, not of the model, that he disregards something: "I want to ignore the old rules". */
function isOfOneself(view: TextView, span: Span): boolean {
  const before = view.text.slice(Math.max(0, span.start - 120), span.start);
  const sentence = before.slice(Math.max(before.search(/[^.!?。\n;:]*$/), 0));
  return OF_ONESELF.test(sentence) && !OF_THE_MODEL.test(sentence + view.text.slice(span.start, span.end));
}

/** Whether a place is cited or told rather than said to the model. */
export const isReported = (view: TextView, span: Span): boolean => isCited(view, span) || isOfOneself(view, span);

/** Whether a place lies in quotation marks whose words around them say that they cite: an order is not cited. */
function isCited(view: TextView, span: Span): boolean {
  const line = Math.max(view.text.lastIndexOf("\n", span.start) + 1, span.start - 160);
  const before = view.text.slice(line, Math.min(span.start + 1, view.text.length));
  for (const { 0: mark, index } of [...before.matchAll(OPENS)].slice(-4).reverse()) {
    const opened = line + index + mark.length;
    const until = CLOSING[mark] ?? (mark === "'" ? /'(?![\p{L}])/u : new RegExp(mark));
    const rest = view.text.slice(opened, opened + 400);
    const length = rest.search(until);
    if (length === -1 || opened + length < span.end) continue;
    const lead = view.text.slice(Math.max(0, opened - mark.length - 80), opened - mark.length);
    const past = rest.slice(length + 1, length + 40);
    if (CITES_BEFORE.test(lead) || CITES_AFTER.test(past)) return true;
    const beside = lead.slice(lead.lastIndexOf("\n") + 1);
    const alone = CELL.test(beside)
      ? /^\s{0,3}\|/.test(past)
      : POINT.test(beside) && /^\s{0,3}(?:\n|$|[,;(–—-])/.test(past);
    if (alone && TEACHES.test(view.text.slice(Math.max(0, opened - 800), opened))) return true;
  }
  return QUOTE_BLOCK.test(before) && TEACHES.test(view.text.slice(Math.max(0, line - 800), line));
}

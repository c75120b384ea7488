import type { Severity } from "../../core/kind.ts";
import { excerptOf } from "./excerpt.ts";
import type { Finding, Scanner } from "./scanner.ts";
import { createTextScanner, fingerprint } from "./text-scanner.ts";
import { placeOf, type TextWindow } from "./text-windows.ts";

const NAME = "hidden-unicode";
const REMEDY = "Remove the invisible characters: a reader cannot see what a model or a compiler reads.";

interface Hidden {
  id: string;
  severity: Severity;
  regexp: RegExp;
  message: string;
  /** Smallest number of places that means anything. */
  least?: number;
  unless?: (before: string, after: string, text: string) => boolean;
}

const JOINING_SCRIPT =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Thai}\p{Script=Lao}\p{Script=Mongolian}\p{Script=Hebrew}\p{Extended_Pictographic}]|\p{Emoji_Modifier}|\ufe0f/u;
const joins = (before: string, after: string): boolean => JOINING_SCRIPT.test(before) || JOINING_SCRIPT.test(after);
const FLAG = /^\u{1f3f4}[\u{e0061}-\u{e007a}\u{e0030}-\u{e0039}]{2,6}\u{e007f}/u;

export const HIDDEN: readonly Hidden[] = [
  {
    id: "tag-characters",
    severity: "critical",
    regexp: /[\u{e0000}-\u{e007f}]{4,}/gu,
    // The flags of England, Scotland and Wales are written so, directly after a black flag.
    unless: (before, _after, text) => FLAG.test(before.slice(-2) + text),
    message: "Holds text in invisible tag characters, which a model reads and a person cannot see.",
  },
  {
    id: "variation-selector-data",
    severity: "critical",
    regexp: /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]{4,}/gu,
    message: "Holds data in a run of variation selectors.",
  },
  {
    id: "zero-width-run",
    severity: "high",
    regexp: /[\u200b-\u200d\u2060-\u2064\ufeff\u180e]{3,}/gu,
    message: "Holds a run of zero-width characters, which can carry hidden text.",
  },
  {
    id: "zero-width-in-words",
    severity: "medium",
    regexp: /(?<=[A-Za-z])[\u200b-\u200d\u2060-\u2064\u00ad\ufeff\u180e]{1,2}(?=[A-Za-z])/g,
    least: 3,
    unless: joins,
    message: "Splits words with invisible characters, so that a search for them fails.",
  },
  {
    id: "bidi-override",
    severity: "high",
    regexp: /[\u202d\u202e]/g,
    unless: (before, after) => joins(before, after),
    message: "Turns the direction of text around: what is shown differs from what is read (CVE-2021-42574).",
  },
  {
    id: "bidi-control",
    severity: "low",
    regexp: /[\u202a-\u202c\u2066-\u2069]/g,
    unless: (before, after) => joins(before, after),
    message: "Holds direction marks among left-to-right text.",
  },
  {
    id: "invisible-letters",
    severity: "medium",
    regexp: /[\u3164\uffa0\u115f\u1160\u2800]{2,}/g,
    message: "Holds letters that are drawn as nothing.",
  },
  {
    id: "terminal-escapes",
    severity: "high",
    regexp:
      /(?:\u001b|\\u001b|\\x1b|\\033|\\e)\[(?:[0-9;]{0,20};)?(?:8|38;5;(?:15|231|255)|38;2;25\d;25\d;25\d|37;47|97;107|30;40|2K|1A|[12]J)(?:;[0-9;]{0,12})?(?:m|(?<=[KAJ]))/g,
    message: "Hides text from a terminal with escape sequences, while a model reads it.",
  },
  {
    id: "hidden-html",
    severity: "medium",
    regexp:
      /<[a-z][a-z0-9]{0,12} [^<>]{0,200}(?:display ?: ?none|visibility ?: ?hidden|font-size ?: ?0(?:px|pt|em|%)?[;"' ]|opacity ?: ?0[;"' ]|color ?: ?(?:white|#fff(?:fff)?|transparent)[;"' ])[^<>]{0,200}>[^<]{0,10}\b(?:ignore|you must|assistant|agent|system|instruction|send|execute|do not|curl|always)\b/gi,
    message: "Holds text for the model in an element that is not shown.",
  },
];
/** Programs colour and clear their terminal; texts and descriptions have no reason to. */
const PROGRAM =
  /\.(?:py|pyi|[cm]?[jt]sx?|sh|bash|zsh|fish|ps1|psm1|go|rs|java|kt|c|h|cc|cpp|cs|rb|php|pl|lua|swift|sql|ipynb|css|svg|snap|map)$/i;
const ASCII = new Set(["hidden-html", "terminal-escapes"]);
const CODE_OF_HTML = /\.(?:html?|css|jsx|tsx|vue|svelte)$/i;

/** Text that is in the file and not on the screen. */
export const createHiddenUnicodeScanner = (): Scanner => ({
  ...createTextScanner({ name: NAME, revision: 1, rules: [], extra: look }),
  version: `1.${fingerprint(HIDDEN)}`,
});

function look(window: TextWindow): Finding[] {
  // All but two rules need a character beyond ASCII.
  const plain = /^[\x00-\x7f]*$/.test(window.text);
  const findings: Finding[] = [];
  for (const hidden of HIDDEN) {
    if (plain && !ASCII.has(hidden.id)) continue;
    if (hidden.id === "terminal-escapes" && PROGRAM.test(window.file.path)) continue;
    if (hidden.id === "hidden-html" && CODE_OF_HTML.test(window.file.path)) continue;
    const places: { start: number; end: number }[] = [];
    for (const match of window.text.matchAll(hidden.regexp)) {
      const end = match.index + match[0].length;
      const before = window.text.slice(Math.max(0, match.index - 3), match.index);
      const after = window.text.slice(end, end + 3);
      // A byte order mark opens many files.
      if (match.index === 0 && match[0] === "\ufeff") continue;
      if (hidden.unless?.(before, after, match[0])) continue;
      places.push({ start: match.index, end });
      if (places.length >= 1000) break;
    }
    const first = places[0];
    if (first === undefined || places.length < (hidden.least ?? 1)) continue;
    findings.push({
      scanner: NAME,
      ruleId: `${NAME}/${hidden.id}`,
      severity: hidden.severity,
      category: "hidden-text",
      path: window.file.path,
      ...placeOf(window, first.start),
      excerpt: excerptOf(window.text, first.start, first.end),
      message: places.length === 1 ? hidden.message : `${hidden.message} (${places.length} places, this is the first.)`,
      remedy: REMEDY,
    });
  }
  return findings;
}

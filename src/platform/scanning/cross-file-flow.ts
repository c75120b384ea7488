import {
  ALL_ENVIRONMENT,
  CODE_FILE,
  METADATA_KEYS,
  SENDS,
  SENDS_IN_ADDRESS,
  SENDS_IN_NAMES,
  STRONG_SECRET,
} from "./behaviour-vocabulary.ts";
import { excerptOf } from "./excerpt.ts";
import { PatternMatcher } from "./pattern-matcher.ts";
import type { Finding, ScanFile, ScanTarget } from "./scanner.ts";
import { pattern, prose, type TextRule } from "./text-rule.ts";
import type { TextView } from "./text-view.ts";
import { placeOf, textWindows } from "./text-windows.ts";
import { SECRET_ENVIRONMENT } from "./theft-rules.ts";

type Described = Pick<TextRule, "id" | "severity" | "category" | "message" | "remedy">;

export const CROSS_FILE_FLOW: Described = {
  id: "cross-file-flow",
  severity: "high",
  category: "data-theft",
  message: "Reads secrets in one file, and sends data away in another that belongs to it",
  remedy: "Do not read other programs' credentials. Ask the user for exactly the one key that is needed.",
};
export const OFFLINE_AND_SENDS: Described = {
  id: "says-offline-and-sends",
  severity: "high",
  category: "data-theft",
  message: "Says that it works offline, and sends data away in",
  remedy: "Say in the description what is sent, and where to.",
};

/** Files that a tool of the same trade reads with reason: one of them alone is no theft. */
const USED_WITH_REASON =
  /kube|docker|gcloud|application_default|netrc|npmrc|pypirc|\.env|\.aws|hosts|gh auth|claude|print-access/i;
/** The environment handed on to a program that is started. */
const HANDED_ON = /\benv ?[:=] ?\{?[^\n]{0,20}$|\benv=\w{0,12}$/;
const SAYS_OFFLINE = prose(
  /\b(?:(?:works?|runs?|processed|stays?) (?:entirely |fully |completely |100% )?(?:offline|on (?:this|your) (?:machine|device) only)|no (?:network|internet) (?:access|connection|calls?|requests?)? ?(?:is |are )?(?:needed|required|made|used)?|never (?:leaves|uploads|sends|phones)|without (?:any )?(?:network|internet)|nothing (?:is (?:sent|uploaded|transmitted)|leaves))\b/gi,
  ..."offline only network internet leaves uploads sends phones sent uploaded transmitted".split(" "),
);
const SINKS = [SENDS, SENDS_IN_ADDRESS, SENDS_IN_NAMES] as const;
const SOURCES = [STRONG_SECRET, ALL_ENVIRONMENT, METADATA_KEYS, SECRET_ENVIRONMENT] as const;
const LOCAL = /https?:\/\/(?:localhost|127\.|0\.0\.0\.0|\[::1\])/i;
/** A file that one writes and another reads. */
const SCRATCH = pattern(
  /(?:\/tmp|\/var\/tmp|\/dev\/shm|~\/\.cache|\$TMPDIR)\/[\w./-]{3,60}/g,
  "/tmp/",
  "/dev/shm",
  ".cache",
  "tmpdir",
);

/** Bounds on what is remembered of one version: files with facts, and characters of text to look for names in. */
const FILES = 400;
/** Larger files are data or bundles of other people's code. */
const SIZE = 256 * 1024;
const TEXT = 64 * 1024;

interface Place {
  line: number;
  column: number;
  excerpt: string;
  /** What was matched. */
  text: string;
}
interface Facts {
  path: string;
  code: boolean;
  source: Place | null;
  sink: Place | null;
  /** The first places where it promises to keep to this machine. */
  offline: Place | null;
  scratch: ReadonlySet<string>;
  text: string;
}

let matcher: PatternMatcher | null = null;

/**
 * A source of secrets in one file and a way out in another of the same version, where one names the other, both use the
 * same temporary file, or a third names both. State is bounded: a few places and 64 kB of text a file, 400 files.
 */
export async function crossFileFindings(target: ScanTarget, signal: AbortSignal): Promise<Finding[]> {
  matcher ??= new PatternMatcher([...SOURCES, ...SINKS, SAYS_OFFLINE, SCRATCH]);
  const files: Facts[] = [];
  for (const file of target.files) {
    if (files.length >= FILES) break;
    const facts = await factsOf(target, file, matcher, signal);
    if (facts) files.push(facts);
  }
  const sinks = files.filter((file) => file.sink);
  return [...flows(files, sinks), ...broken(files, sinks)];
}

async function factsOf(
  target: ScanTarget,
  file: ScanFile,
  known: PatternMatcher,
  signal: AbortSignal,
): Promise<Facts | null> {
  const code = CODE_FILE.test(file.path);
  if (file.size > SIZE || file.path.endsWith(".d.ts")) return null;
  if (!code && !/\.(?:md|json|txt)$/i.test(file.path)) return null;
  for await (const window of textWindows(target, file, signal)) {
    const facts: Facts = {
      path: file.path,
      code,
      source: null,
      sink: null,
      offline: null,
      scratch: new Set(),
      text: window.text.slice(0, TEXT).toLowerCase(),
    };
    for (const view of window.views) {
      const finder = known.finderFor(view);
      const first = (
        patterns: typeof SINKS | typeof SOURCES | readonly [typeof SAYS_OFFLINE],
        isOne: Judge,
      ): Place | null => {
        for (const part of patterns)
          for (const { start, end } of finder.spans(part))
            if (isOne(view, start, end))
              return {
                ...placeOf(window, view.toRaw(start)),
                excerpt: excerptOf(view.text, start, end),
                text: view.text.slice(start, end),
              };
        return null;
      };
      if (code)
        facts.source ??= first(SOURCES, (at, start, end) => isTheft(at, start, end, finder.spans(STRONG_SECRET)));
      if (code) facts.sink ??= first(SINKS, (at, start, end) => !LOCAL.test(at.text.slice(start, end + 120)));
      if (!code) facts.offline ??= first([SAYS_OFFLINE], () => true);
      facts.scratch = new Set([
        ...facts.scratch,
        ...finder.spans(SCRATCH).map(({ start, end }) => view.text.slice(start, end)),
      ]);
    }
    // Files of this size are one window.
    return facts;
  }
  return null;
}

type Judge = (view: TextView, start: number, end: number) => boolean;

function isTheft(view: TextView, start: number, end: number, all: readonly { start: number; end: number }[]): boolean {
  if (HANDED_ON.test(view.text.slice(Math.max(0, start - 30), start))) return false;
  const text = view.text.slice(start, end);
  if (/process\.env ?[,})]|\.\.\.process\.env|\*\*os\.environ|os\.environ\.copy|dict\( ?os\.environ/.test(text))
    return /stringify|dumps|entries/.test(text);
  if (!USED_WITH_REASON.test(text)) return true;
  return new Set(all.map((span) => view.text.slice(span.start, span.end).toLowerCase())).size >= 2;
}

function* flows(files: readonly Facts[], sinks: readonly Facts[]): Iterable<Finding> {
  for (const from of files) {
    if (!from.source) continue;
    const to = sinks.find((sink) => sink !== from && belongTogether(from, sink, files));
    if (to) yield findingOf(CROSS_FILE_FLOW, from.path, from.source, `${CROSS_FILE_FLOW.message}: ${to.path}.`);
  }
}

function* broken(files: readonly Facts[], sinks: readonly Facts[]): Iterable<Finding> {
  const says = files.find((file) => file.offline);
  const sends = sinks[0];
  if (says?.offline && sends)
    yield findingOf(OFFLINE_AND_SENDS, says.path, says.offline, `${OFFLINE_AND_SENDS.message} ${sends.path}.`);
}

function belongTogether(from: Facts, to: Facts, files: readonly Facts[]): boolean {
  if (names(from, to) || names(to, from)) return true;
  for (const path of from.scratch) if (to.scratch.has(path)) return true;
  return files.some((file) => file !== from && file !== to && names(file, from) && names(file, to));
}

/** `util` of `import util`, `./util`, `util.py`: the file's own name as a word. */
function names(file: Facts, other: Facts): boolean {
  const base = other.path.slice(other.path.lastIndexOf("/") + 1).toLowerCase();
  const stem = base.replace(/\.\w{1,5}$/, "");
  if (stem.length < 2) return false;
  if (file.text.includes(base)) return true;
  if (stem === "index" || stem === "main") return false;
  for (let at = file.text.indexOf(stem); at !== -1; at = file.text.indexOf(stem, at + 1)) {
    const [before = "", after = ""] = [file.text[at - 1], file.text[at + stem.length]];
    if (
      !/[\w-]/.test(before) &&
      !/[\w-]/.test(after) &&
      /(?:import|require|from|source|\.\/|\.) ?\(? ?["'./]{0,6}(?:[\w-]{1,40}[./]){0,5}$/.test(
        file.text.slice(Math.max(0, at - 120), at),
      )
    )
      return true;
  }
  return false;
}

const findingOf = (rule: Described, path: string, place: Place, message: string): Finding => ({
  scanner: "behaviour",
  ruleId: `behaviour/${rule.id}`,
  severity: rule.severity,
  category: rule.category,
  path,
  line: place.line,
  column: place.column,
  excerpt: place.excerpt,
  message,
  remedy: rule.remedy,
});

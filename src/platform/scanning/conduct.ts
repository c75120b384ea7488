import type { Severity } from "../../core/kind.ts";
import { type AssetWords, createAssetWords } from "./asset-words.ts";
import { SIGN_PATTERNS, SIGNS_TOGETHER, sumOfSigns } from "./conduct-signs.ts";
import { excerptOf } from "./excerpt.ts";
import { PatternMatcher, type Span } from "./pattern-matcher.ts";
import type { Finding, ScanTarget } from "./scanner.ts";
import type { TextView } from "./text-view.ts";
import { placeOf, type TextWindow, textWindows } from "./text-windows.ts";
import {
  type Described,
  HOST_PATTERNS,
  hostFindings,
  type NamedHosts,
  nameHosts,
  strangersIn,
} from "./unexplained-hosts.ts";

/** Bounds on what is looked at of one version at once; larger files are data or bundles of other people's code. */
const FILES = 400;
const SIZE = 256 * 1024;
const PER_RULE_AND_FILE = 3;

let matcher: PatternMatcher | null = null;

/**
 * What a version does as a whole, measured by what it says of itself: hosts that its own words do not explain, and signs that
 * stand together. Reads the
 * version twice, first its words and named addresses.
 */
export async function conductFindings(target: ScanTarget, signal: AbortSignal): Promise<Finding[]> {
  if (target.kind === "model" || target.kind === "dataset") return [];
  matcher ??= new PatternMatcher([...HOST_PATTERNS, ...SIGN_PATTERNS]);
  const windows = await windowsOf(target, signal);
  const words = createAssetWords();
  const named: NamedHosts = new Map();
  for (const window of windows) {
    words.add(window.file.path, window.text);
    for (const view of window.views) nameHosts(view, named);
  }
  const findings: Finding[] = [];
  for (const window of windows) {
    signal.throwIfAborted();
    findings.push(...findingsIn(window, words, named, matcher));
  }
  return findings;
}

function findingsIn(window: TextWindow, words: AssetWords, named: NamedHosts, known: PatternMatcher): Finding[] {
  const findings: Finding[] = [];
  const counts = new Map<string, number>();
  const seen = new Set<string>();
  const { path } = window.file;
  const add = (rule: Described, severity: Severity, view: TextView, span: Span, says: string): void => {
    const count = counts.get(rule.id) ?? 0;
    if (count >= PER_RULE_AND_FILE || seen.has(`${rule.id} ${says}`)) return;
    seen.add(`${rule.id} ${says}`);
    counts.set(rule.id, count + 1);
    findings.push({
      scanner: "behaviour",
      ruleId: `behaviour/${rule.id}`,
      severity,
      category: rule.category,
      path,
      ...placeOf(window, view.toRaw(span.start)),
      excerpt: excerptOf(view.text, span.start, span.end),
      message: `${rule.message}: ${says}.`,
      remedy: rule.remedy,
    });
  };
  for (const view of window.views) {
    const finder = known.finderFor(view);
    for (const { rule, severity, span, host } of hostFindings(path, view, finder, words, named))
      add(rule, severity, view, span, host);
    const sum = counts.has(SIGNS_TOGETHER.id) ? null : sumOfSigns(path, view, finder, strangersIn(view, words));
    if (!sum) continue;
    const lineOf = (at: number) => placeOf(window, view.toRaw(at)).line;
    add(
      SIGNS_TOGETHER,
      sum.severity,
      view,
      sum,
      sum.signs.map(({ name, at }) => `${name} (line ${lineOf(at)})`).join(", "),
    );
  }
  return findings;
}

async function windowsOf(target: ScanTarget, signal: AbortSignal): Promise<TextWindow[]> {
  const windows: TextWindow[] = [];
  for (const file of target.files) {
    if (windows.length >= FILES) break;
    if (file.size > SIZE || /\.d\.ts$|(?:^|\/)LICEN[CS]E/i.test(file.path)) continue;
    for await (const window of textWindows(target, file, signal)) windows.push(window);
  }
  return windows;
}

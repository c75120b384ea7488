import { createAssetWords } from "./asset-words.ts";
import { excerptOf } from "./excerpt.ts";
import { PatternMatcher } from "./pattern-matcher.ts";
import type { Finding, ScanTarget } from "./scanner.ts";
import { placeOf, type TextWindow, textWindows } from "./text-windows.ts";
import { HOST_PATTERNS, hostFindings, type NamedHosts, nameHosts } from "./unexplained-hosts.ts";

/** Bounds on what is looked at of one version at once; larger files are data or bundles of other people's code. */
const FILES = 400;
const SIZE = 256 * 1024;
const PER_RULE_AND_FILE = 3;

let matcher: PatternMatcher | null = null;

/**
 * What a version does as a whole, measured by what it says of itself: hosts that its own words do not explain. Reads the
 * version twice, first its words and named addresses.
 */
export async function conductFindings(target: ScanTarget, signal: AbortSignal): Promise<Finding[]> {
  if (target.kind === "model" || target.kind === "dataset") return [];
  matcher ??= new PatternMatcher(HOST_PATTERNS);
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
    const counts = new Map<string, number>();
    const seen = new Set<string>();
    for (const view of window.views) {
      for (const { rule, severity, span, host } of hostFindings(
        window.file.path,
        view,
        matcher.finderFor(view),
        words,
        named,
      )) {
        const count = counts.get(rule.id) ?? 0;
        const key = `${rule.id} ${host}`;
        if (count >= PER_RULE_AND_FILE || seen.has(key)) continue;
        seen.add(key);
        counts.set(rule.id, count + 1);
        findings.push({
          scanner: "behaviour",
          ruleId: `behaviour/${rule.id}`,
          severity,
          category: rule.category,
          path: window.file.path,
          ...placeOf(window, view.toRaw(span.start)),
          excerpt: excerptOf(view.text, span.start, span.end),
          message: `${rule.message}: ${host}.`,
          remedy: rule.remedy,
        });
      }
    }
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

import { PatternMatcher } from "./pattern-matcher.ts";
import type { Finding, ScanTarget, Scanner } from "./scanner.ts";
import type { PassageRule } from "./passages.ts";
import type { TextRule } from "./text-rule.ts";
import { type TextWindow, textWindows } from "./text-windows.ts";
import { applyRules, PER_RULE_AND_FILE } from "./apply-rules.ts";

/** A scanner made of a table of rules over the text of every file. */
export function createTextScanner(options: {
  name: string;
  revision: number;
  rules: readonly TextRule[];
  /** Rules that add up weak signals. */
  passages?: readonly PassageRule[];
  /** What a table cannot say. */
  extra?: (window: TextWindow, target: ScanTarget) => Finding[];
}): Scanner {
  // Made at the first scan: the main thread only asks for names and versions.
  let made: PatternMatcher | null = null;
  return {
    name: options.name,
    version: `${options.revision}.${fingerprint([...options.rules, ...(options.passages ?? [])])}`,
    async scan(target, signal) {
      made ??= matcherOf([...options.rules, ...(options.passages ?? []).flatMap((passage) => passage.signals)]);
      const matcher = made;
      const findings: Finding[] = [];
      const concerned = (rule: Pick<TextRule, "kinds" | "exceptKinds">): boolean =>
        (rule.kinds?.includes(target.kind) ?? true) && !rule.exceptKinds?.includes(target.kind);
      const rules = options.rules.filter(concerned);
      const passages = (options.passages ?? []).filter(concerned);
      for (const file of target.files) {
        const here = rules.filter((rule) => rule.paths?.test(file.path) ?? true);
        const counts = new Map<string, number>();
        for await (const window of textWindows(target, file, signal)) {
          signal.throwIfAborted();
          const found = [
            ...applyRules(options.name, here, matcher, window, passages),
            ...(options.extra?.(window, target) ?? []),
          ];
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

export const matcherOf = (rules: readonly Pick<TextRule, "parts">[]): PatternMatcher =>
  new PatternMatcher(new Set(rules.flatMap((rule) => rule.parts)));

/** Changes with every rule, so that a changed table is a changed scanner version. */
export function fingerprint(rules: readonly unknown[]): string {
  const text = JSON.stringify(rules, (_key, value) => (value instanceof RegExp ? value.toString() : value));
  return Bun.hash.crc32(text).toString(16);
}

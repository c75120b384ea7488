import { SEVERITIES, type Severity } from "../../src/core/kind.ts";
import type { LabelledSample } from "./samples.ts";
import type { Result } from "./scan.ts";

type Results = readonly Result<LabelledSample>[];

/** How a way of flagging did. `precision` is 1 when it flagged nothing, `recall` when there was nothing to find. */
export interface Score {
  found: number;
  missed: number;
  /** Harmless samples that were flagged. */
  false: number;
  /** Harmless samples that were not. */
  passed: number;
  precision: number;
  recall: number;
  f1: number;
}

const rankOf = (severity: Severity): number => SEVERITIES.indexOf(severity);

/** A version that the default policy does not let pass. */
export const flagged = ({ verdict }: Pick<Result, "verdict">): boolean => verdict !== "passed";

/** Counts what `isFlagged` picks against the labels. */
export function scoreOf(results: Results, isFlagged: (result: Result<LabelledSample>) => boolean): Score {
  const count = (harmful: boolean, picked: boolean) =>
    results.filter((result) => result.sample.harmful === harmful && isFlagged(result) === picked).length;
  const found = count(true, true);
  const missed = count(true, false);
  const wrong = count(false, true);
  const precision = found + wrong === 0 ? 1 : found / (found + wrong);
  const recall = found + missed === 0 ? 1 : found / (found + missed);
  const f1 = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
  return { found, missed, false: wrong, passed: count(false, false), precision, recall, f1 };
}

/** Each scanner alone, and all of them, at each least severity that flags anything. */
export function scannerScores(
  results: Results,
  scanners: readonly string[],
): { scanner: string; least: Severity; score: Score }[] {
  return [...scanners, "all"].flatMap((scanner) =>
    SEVERITIES.map((least) => ({
      scanner,
      least,
      score: scoreOf(results, ({ findings }) =>
        findings.some(
          (finding) =>
            (scanner === "all" ? finding.scanner !== "licence-policy" : finding.scanner === scanner) &&
            rankOf(finding.severity) >= rankOf(least),
        ),
      ),
    })).filter(({ score }) => score.found + score.false > 0),
  );
}

/** How many of each technique the default policy stops, harmful ones and their harmless counterparts. */
export function techniqueScores(
  results: Results,
): { harmful: boolean; technique: string; flagged: number; of: number }[] {
  const groups = Map.groupBy(results, ({ sample }) => `${sample.harmful ? 0 : 1} ${sample.technique}`);
  return [...groups].sort().map(([, group]) => ({
    harmful: group[0]!.sample.harmful,
    technique: group[0]!.sample.technique,
    flagged: group.filter(flagged).length,
    of: group.length,
  }));
}

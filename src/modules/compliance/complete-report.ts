import type { ScannerOutcome, ScanReport } from "../../platform/scanning/scanner.ts";

declare const proof: unique symbol;
/** A report in which every expected scanner, at its expected version, completed: the only thing that can be judged. */
export type CompleteReport = ScanReport & { readonly [proof]: true };

/** Why a report says nothing about a version, fit for administrators. */
export interface IncompleteReport {
  reason: string;
  /** Scanners that did not complete; empty when none is configured at all. */
  scanners: string[];
}

/**
 * Tells a whole report from one that must not be judged: no scanner expected, one missing, in another version, twice,
 * or one that failed or timed out. A failed scan is retried; it never becomes a verdict.
 */
export function completeReport(
  report: ScanReport,
  expected: readonly { name: string; version: string }[],
): { complete: CompleteReport } | { incomplete: IncompleteReport } {
  if (expected.length === 0) {
    return { incomplete: { reason: "No scanner is configured, so nothing can pass.", scanners: [] } };
  }
  const problems = expected.flatMap((scanner) => {
    const problem = problemOf(
      scanner,
      report.outcomes.filter((outcome) => outcome.scanner === scanner.name),
    );
    return problem === null ? [] : [{ name: scanner.name, problem }];
  });
  const names = new Set(expected.map((scanner) => scanner.name));
  for (const outcome of report.outcomes) {
    if (!names.has(outcome.scanner)) problems.push({ name: outcome.scanner, problem: "was not expected" });
  }
  if (problems.length === 0) return { complete: report as CompleteReport };
  return {
    incomplete: {
      reason: problems.map((problem) => `${problem.name} ${problem.problem}`).join("; "),
      scanners: problems.map((problem) => problem.name),
    },
  };
}

function problemOf(expected: { version: string }, outcomes: readonly ScannerOutcome[]): string | null {
  const [outcome] = outcomes;
  if (outcome === undefined) return "gave no result";
  if (outcomes.length > 1) return "gave more than one result";
  if (outcome.version !== expected.version) return `ran as version ${outcome.version}, not ${expected.version}`;
  switch (outcome.state) {
    case "completed":
      return null;
    case "failed":
      return `failed: ${outcome.error ?? "no reason given"}`;
    case "timed-out":
      return "took too long";
    case "missing":
      return "is missing";
    default:
      return "ended in an unknown state";
  }
}

import type { Database } from "../../platform/database/index.ts";
import type { Finding, ScannerOutcome, ScanReport } from "../../platform/scanning/scanner.ts";
import type { Asset, Version, VersionFile } from "../catalog/index.ts";

/** What a check looks at: a version, and what the scanners said of it. */
export interface CheckedVersion {
  asset: Asset;
  version: Version;
  files: readonly VersionFile[];
  report: ScanReport;
}

/**
 * A scanner that needs the catalogue rather than the bytes (look-alike names, known vulnerabilities …). It runs in the scan's job
 * after the scanners, outside of any transaction, reads in bounded queries, and counts as one of the scanners that must complete:
 * a throw fails the scan, never passes it.
 */
export interface CatalogueCheck {
  name: string;
  /** Changes whenever the same version and catalogue could give other findings; data that changes daily is not part of it. */
  version: string;
  check(database: Database, subject: CheckedVersion, signal: AbortSignal): Promise<Finding[]>;
}

/** What must complete before a version is judged. Without scanners nothing is, whatever the checks say. */
export const expectedOf = (
  scanners: readonly { name: string; version: string }[],
  checks: readonly CatalogueCheck[],
): { name: string; version: string }[] =>
  scanners.length === 0 ? [] : [...scanners, ...checks.map(({ name, version }) => ({ name, version }))];

/** The report with the checks' findings and outcomes in it. */
export async function withChecks(
  database: Database,
  checks: readonly CatalogueCheck[],
  subject: CheckedVersion,
  signal: AbortSignal,
): Promise<ScanReport> {
  const { outcomes, findings, ...rest } = subject.report;
  const report = { ...rest, outcomes: [...outcomes], findings: [...findings] };
  for (const check of checks) {
    signal.throwIfAborted();
    const started = performance.now();
    const outcome: ScannerOutcome = {
      scanner: check.name,
      version: check.version,
      state: "completed",
      error: null,
      elapsedMs: 0,
    };
    try {
      report.findings.push(...(await check.check(database, subject, signal)));
    } catch (error) {
      signal.throwIfAborted();
      outcome.state = "failed";
      outcome.error = (error instanceof Error ? error.message : String(error)).slice(0, 500);
    }
    report.outcomes.push({ ...outcome, elapsedMs: Math.round(performance.now() - started) });
  }
  return report;
}

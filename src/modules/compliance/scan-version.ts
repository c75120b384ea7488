import { instant } from "../../core/clock.ts";
import { type Id, newId } from "../../core/id.ts";
import type { Queries } from "../../platform/database/index.ts";
import type { JobContext } from "../../platform/jobs/job-queue.ts";
import { PACKAGES } from "../../platform/scanning/packages/index.ts";
import type { ScanEngine, ScannerOutcome, ScanReport } from "../../platform/scanning/scanner.ts";
import {
  type Asset,
  assetById,
  decideVersion,
  filesOf,
  lockAsset,
  type Version,
  versionById,
  versionsOf,
} from "../catalog/index.ts";
import { expectedOf, withChecks } from "./catalogue-check.ts";
import { bringUpToDate, comparedWith, extractorOf } from "./capabilities.ts";
import { replaceCapabilities } from "./capability-repository.ts";
import type { ComplianceDeps } from "./deps.ts";
import { replacePackages } from "./package-repository.ts";
import { scanWhatChanged } from "./scan-again.ts";
import { completeReport } from "./complete-report.ts";
import { ruleOnVersion } from "./judge-version.ts";
import * as repository from "./repository.ts";

export const SCAN_JOB = "compliance.scan-version";
const MAX_ATTEMPTS = 6;

/** Inside the transaction that made the version (or asked for a rescan): a scan exists exactly when it will be run. */
export async function requestScan(
  tx: Queries,
  deps: Pick<ComplianceDeps, "clock" | "jobs">,
  versionId: Id,
  requestedBy: Id | null,
): Promise<Id> {
  const open = await repository.openScanOf(tx, versionId);
  const id = open?.id ?? newId();
  if (!open) await repository.insertScan(tx, { id, versionId, requestedBy, at: instant(deps.clock.now()) });
  await deps.jobs.enqueue(tx, { kind: SCAN_JOB, payload: { versionId }, key: versionId, maxAttempts: MAX_ATTEMPTS });
  return id;
}

/**
 * The job: runs every scanner, judges, and carries the verdict out in one transaction. A scanner that failed, timed out or
 * is missing leaves the version as it was, and the job is tried again; after the last try the scan is `failed` and a
 * moderator sees it. Running it twice does no harm. `carryOver`: only the scanners run that changed since the last scan.
 */
export async function scanVersion(
  deps: ComplianceDeps,
  payload: { versionId: Id; carryOver?: boolean },
  context: JobContext,
): Promise<void> {
  const { database, clock, engine } = deps;
  const scan = await repository.openScanOf(database.read, payload.versionId);
  const version = await versionById(database.read, payload.versionId);
  const asset = version && (await assetById(database.read, version.assetId));
  if (!scan || !version || !asset) return;
  await database.write((tx) => repository.markRunning(tx, scan.id, instant(clock.now())));
  const before = version.releasedAt === null ? comparedWith(version, await versionsOf(database.read, asset.id)) : null;
  const report = await runScanners(deps, asset, version, before, payload.carryOver ?? false, context.signal);
  const whole = completeReport(report, expectedOf(engine.scanners(), deps.checks));
  if ("incomplete" in whole) {
    const { reason } = whole.incomplete;
    const again = context.attempt < MAX_ATTEMPTS;
    await database.write((tx) =>
      repository.markFailed(tx, scan.id, {
        error: reason,
        outcomes: report.outcomes,
        again,
        at: instant(clock.now()),
      }),
    );
    throw new Error(reason);
  }
  await database.write(async (tx) => {
    await lockAsset(tx, version.assetId);
    // Read again: while it was scanned it may have moved to somebody with another policy.
    const owned = (await assetById(tx, version.assetId)) ?? asset;
    const scanned = { report: whole.complete, capabilities: report.capabilities };
    const { verdict, reason, judgement } = await ruleOnVersion(tx, deps, owned, version, scanned);
    await repository.completeScan(tx, scan.id, {
      verdict,
      reason,
      policyVerdict: judgement.verdict,
      outcomes: report.outcomes,
      findings: report.findings.map((finding, i) => ({ ...finding, judged: judgement.byFinding[i]! })),
      at: instant(clock.now()),
    });
    const extractor = extractorOf(engine);
    const at = instant(clock.now());
    if (extractor !== null) await replaceCapabilities(tx, version.id, { extractor, facts: report.capabilities, at });
    const packagesBy = packageExtractor(engine);
    if (packagesBy !== null)
      await replacePackages(tx, version.id, { extractor: packagesBy, packages: report.packages, at });
    const events = await decideVersion(tx, clock, version.id, { verdict, reason });
    await deps.onDecided(tx, version.id, verdict);
    await deps.outbox.append(tx, ...events);
  });
  deps.outbox.announce();
  deps.jobs.wake();
}

/** The revision by which this server looks for packages; null when it does not. */
const packageExtractor = (engine: ScanEngine): string | null =>
  engine.scanners().find((scanner) => scanner.name === PACKAGES)?.version ?? null;

/** The version that it will be compared with is looked at first, where that is to be done. */
async function runScanners(
  deps: ComplianceDeps,
  asset: Asset,
  version: Version,
  before: Version | null,
  carryOver: boolean,
  signal: AbortSignal,
): Promise<ScanReport> {
  const files = await filesOf(deps.database.read, version.id);
  const request = { kind: version.metadata.kind, license: version.metadata.license, files };
  try {
    if (before) await bringUpToDate(deps, before, signal);
    const report = carryOver
      ? await scanWhatChanged(deps, version.id, request, signal)
      : await deps.engine.scan(request, signal);
    return await withChecks(deps.database, deps.checks, { asset, version, files, report }, signal);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const outcomes = expectedOf(deps.engine.scanners(), deps.checks).map(
      (scanner): ScannerOutcome => ({
        scanner: scanner.name,
        version: scanner.version,
        state: "failed",
        error: message,
        elapsedMs: 0,
      }),
    );
    return { outcomes, findings: [], capabilities: [], packages: [] };
  }
}

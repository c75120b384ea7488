import { instant } from "../../core/clock.ts";
import { type Id, newId } from "../../core/id.ts";
import type { Queries } from "../../platform/database/index.ts";
import type { JobContext } from "../../platform/jobs/job-queue.ts";
import type { Capability } from "../../core/capability.ts";
import type { ScannerOutcome, ScanReport } from "../../platform/scanning/scanner.ts";
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
import { bringUpToDate, comparedWith, extractorOf, increaseOf } from "./capabilities.ts";
import { replaceCapabilities } from "./capability-repository.ts";
import type { ComplianceDeps } from "./deps.ts";
import { completeReport, type JudgedFacts, type Judgement, judge } from "./policy.ts";
import * as repository from "./repository.ts";
import type { ModerationDecision } from "./scan.ts";

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
 * moderator sees it. Running it twice does no harm.
 */
export async function scanVersion(
  deps: ComplianceDeps,
  payload: { versionId: Id },
  context: JobContext,
): Promise<void> {
  const { database, clock, engine } = deps;
  const scan = await repository.openScanOf(database.read, payload.versionId);
  const version = await versionById(database.read, payload.versionId);
  const asset = version && (await assetById(database.read, version.assetId));
  if (!scan || !version || !asset) return;
  await database.write((tx) => repository.markRunning(tx, scan.id, instant(clock.now())));
  const before = version.releasedAt === null ? comparedWith(version, await versionsOf(database.read, asset.id)) : null;
  const report = await runScanners(deps, asset, version, before, context.signal);
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
    const judgement = judge(whole.complete, deps.policy, await factsOfVersion(tx, deps, version, report.capabilities));
    const { verdict, reason } = outranked(judgement, (await repository.decisionsOf(tx, version.id))[0] ?? null);
    await repository.completeScan(tx, scan.id, {
      verdict,
      reason,
      outcomes: report.outcomes,
      findings: report.findings,
      at: instant(clock.now()),
    });
    const extractor = extractorOf(engine);
    const at = instant(clock.now());
    if (extractor !== null) await replaceCapabilities(tx, version.id, { extractor, facts: report.capabilities, at });
    const events = await decideVersion(tx, clock, version.id, { verdict, reason });
    await deps.onDecided(tx, version.id, verdict);
    await deps.outbox.append(tx, ...events);
  });
  deps.outbox.announce();
  deps.jobs.wake();
}

async function factsOfVersion(
  tx: Queries,
  deps: ComplianceDeps,
  version: Version,
  capabilities: readonly Capability[],
): Promise<JudgedFacts> {
  const signed = (await repository.liveSignatures(tx, version.id)) > 0;
  const asset = version.releasedAt === null ? await assetById(tx, version.assetId) : null;
  const before = asset && comparedWith(version, await versionsOf(tx, asset.id));
  return {
    signed,
    owner: asset && (await deps.namespacePolicy(tx, asset.namespaceId)),
    increase: await increaseOf(tx, deps, capabilities, before),
  };
}

/**
 * What a moderator decided outlives rescans: a rejection holds until a moderator takes it back; an approval has seen what
 * sends a version to review, and only a blocking finding outweighs it.
 */
function outranked(judgement: Judgement, decision: ModerationDecision | null): Pick<Judgement, "verdict" | "reason"> {
  if (decision?.decision === "rejected") return { verdict: "blocked", reason: decision.reason };
  if (decision?.decision === "approved" && judgement.verdict === "review")
    return { verdict: "passed", reason: decision.reason || judgement.reason };
  return judgement;
}

/** The version that it will be compared with is looked at first, where that is to be done. */
async function runScanners(
  deps: ComplianceDeps,
  asset: Asset,
  version: Version,
  before: Version | null,
  signal: AbortSignal,
): Promise<ScanReport> {
  const files = await filesOf(deps.database.read, version.id);
  const request = { kind: version.metadata.kind, license: version.metadata.license, files };
  try {
    if (before) await bringUpToDate(deps, before, signal);
    const report = await deps.engine.scan(request, signal);
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
    return { outcomes, findings: [], capabilities: [] };
  }
}

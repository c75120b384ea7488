import { instant } from "../../core/clock.ts";
import { type Id, newId } from "../../core/id.ts";
import type { Queries } from "../../platform/database/index.ts";
import type { JobContext } from "../../platform/jobs/job-queue.ts";
import { expectedOf } from "./catalogue-check.ts";
import type { ComplianceDeps } from "./deps.ts";
import * as repository from "./repository.ts";
import { endRescan, isFirstScanWaiting, nextRescan, type QueuedRescan, queueRescans } from "./rescan-repository.ts";
import { requestScan, scanVersion } from "./scan-version.ts";

export const RESCAN_JOB = "compliance.rescan-queued";
const BATCH = 100;
/** A job's slice: another one follows while versions wait, so that a restart or another process takes over soon. */
const SLICE_MS = 60_000;
const LOOK_AGAIN_MS = 250;
/** A first scan that does not come to its end must not keep rescans away for ever. */
const MOST_PATIENCE_MS = 30_000;

/**
 * Asks for a fresh scan of every version, or of those whose last scan ran with other scanners or rules than today's, or that
 * no scan completed. Answers how many. The verdicts they have hold until the new ones are reached.
 */
export async function rescanVersions(
  deps: ComplianceDeps,
  which: "all" | "outdated",
  signal: AbortSignal,
): Promise<number> {
  const today = fingerprint(expectedOf(deps.engine.scanners(), deps.checks));
  let asked = 0;
  let after: Id = "";
  for (;;) {
    signal.throwIfAborted();
    const batch = await repository.latestCompletedScans(deps.database.read, after, BATCH);
    if (batch.length === 0) return asked;
    after = batch[batch.length - 1]?.versionId ?? after;
    const outdated = batch.filter(
      (scan) =>
        which === "all" || fingerprint(scan.outcomes.map((o) => ({ name: o.scanner, version: o.version }))) !== today,
    );
    if (outdated.length === 0) continue;
    const ids = outdated.map(({ versionId }) => versionId);
    await deps.database.write((tx) => requestRescans(tx, deps, ids, which === "all"));
    deps.jobs.wake();
    asked += outdated.length;
  }
}

/**
 * In the transaction of what made them necessary. They run one after another, behind the first scans of new versions; unless
 * `whole`, only the scanners run that changed since a version's last scan.
 */
export async function requestRescans(
  tx: Queries,
  deps: Pick<ComplianceDeps, "clock" | "jobs">,
  versionIds: readonly Id[],
  whole: boolean,
): Promise<void> {
  if (versionIds.length === 0) return;
  await queueRescans(tx, versionIds, whole, instant(deps.clock.now()));
  await deps.jobs.enqueue(tx, { kind: RESCAN_JOB, payload: {}, key: "queue" });
}

/** The job: takes versions off the queue, at most `share` (0 to 1) of the time, for a slice of a minute. */
export async function runRescans(deps: ComplianceDeps, share: number, context: JobContext): Promise<void> {
  const ends = performance.now() + SLICE_MS;
  for (;;) {
    await untilFirstScansRan(deps, context.signal);
    const next = await nextRescan(deps.database.read);
    if (next === null) return;
    const started = performance.now();
    await rescan(deps, next, context);
    await pause((performance.now() - started) * (1 / share - 1), context.signal);
    if (performance.now() > ends) break;
  }
  await deps.database.write((tx) => deps.jobs.enqueue(tx, { kind: RESCAN_JOB, payload: {}, key: "queue" }));
}

/** A rescan that fails is handed to the job that tries scans again, with its pauses. */
async function rescan(deps: ComplianceDeps, next: QueuedRescan, context: JobContext): Promise<void> {
  const { database, clock, jobs } = deps;
  const { versionId } = next;
  const mine = await database.write(async (tx) => {
    const open = await repository.openScanOf(tx, versionId);
    if (open === null)
      await repository.insertScan(tx, { id: newId(), versionId, requestedBy: null, at: instant(clock.now()) });
    // Somebody asked for it meanwhile, or a process died over it: that scan is done as a whole.
    else await handOver(tx, deps, next);
    return open === null;
  });
  if (!mine) return jobs.wake();
  try {
    await scanVersion(deps, { versionId, carryOver: !next.whole }, { ...context, attempt: 1 });
    await database.write((tx) => endRescan(tx, next));
  } catch {
    context.signal.throwIfAborted();
    await database.write((tx) => handOver(tx, deps, next));
    jobs.wake();
  }
}

async function handOver(tx: Queries, deps: ComplianceDeps, next: QueuedRescan): Promise<void> {
  await requestScan(tx, deps, next.versionId, null);
  await endRescan(tx, next);
}

async function untilFirstScansRan(deps: ComplianceDeps, signal: AbortSignal): Promise<void> {
  const latest = performance.now() + MOST_PATIENCE_MS;
  while (performance.now() < latest && (await isFirstScanWaiting(deps.database.read)))
    await pause(LOOK_AGAIN_MS, signal);
  signal.throwIfAborted();
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  if (ms < 1) return Promise.resolve();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  });
}

const fingerprint = (scanners: readonly { name: string; version: string }[]): string =>
  scanners
    .map(({ name, version }) => `${name}@${version}`)
    .sort()
    .join(" ");

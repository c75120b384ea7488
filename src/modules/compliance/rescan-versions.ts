import type { Id } from "../../core/id.ts";
import { expectedOf } from "./catalogue-check.ts";
import type { ComplianceDeps } from "./deps.ts";
import * as repository from "./repository.ts";
import { requestScan } from "./scan-version.ts";

const BATCH = 100;

/**
 * Asks for a fresh scan of every version, or of those whose last scan ran with other scanners or rules than today's, or that
 * no scan completed: then the scanners failed, or died with the server, more often than a job is tried. Answers how many. The
 * verdicts they have hold until the new ones are reached; a scan that is waiting already stays the only one.
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
    await deps.database.write(async (tx) => {
      for (const { versionId } of outdated) await requestScan(tx, deps, versionId, null);
    });
    deps.jobs.wake();
    asked += outdated.length;
  }
}

const fingerprint = (scanners: readonly { name: string; version: string }[]): string =>
  scanners
    .map(({ name, version }) => `${name}@${version}`)
    .sort()
    .join(" ");

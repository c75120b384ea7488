import { type Actor, SYSTEM } from "../../core/actor.ts";
import type { Id } from "../../core/id.ts";
import type { PageRequest } from "../../core/page.ts";
import { forbidden } from "../../core/error.ts";
import { mayAsset, requireModerator, requireScope } from "../../core/permission.ts";
import type { Queries } from "../../platform/database/index.ts";
import { auditSubject, type CatalogModule, factsOf, type Version } from "../catalog/index.ts";
import type { ComplianceDeps } from "./deps.ts";
import { capabilitiesSince, compareVersionCapabilities } from "./compare-capabilities.ts";
import { reviewQueue } from "./read-model.ts";
import * as repository from "./repository.ts";
import { rescanVersions } from "./rescan-versions.ts";
import { approveVersion, rejectVersion } from "./review-version.ts";
import type { ScanWithFindings } from "./scan.ts";
import { requestScan, SCAN_JOB, scanVersion } from "./scan-version.ts";

export { complianceApi } from "./api.ts";
export type { CatalogueCheck, CheckedVersion } from "./catalogue-check.ts";
export { compliancePages } from "./pages.tsx";
export type { ShownCapabilities } from "./compare-capabilities.ts";
export { type Policy, policyOf } from "./policy.ts";
export type { ModerationDecision, QueueEntry, Scan, ScanWithFindings } from "./scan.ts";

export type ComplianceModule = ReturnType<typeof createCompliance>;

/** Scans, verdicts and the review queue. Registers the scan job. */
export function createCompliance(
  deps: ComplianceDeps & { catalog: CatalogModule; concurrency: number; timeoutMs: number },
) {
  const { database, catalog, jobs } = deps;
  jobs.register<{ versionId: Id }>(SCAN_JOB, (payload, context) => scanVersion(deps, payload, context), {
    concurrency: deps.concurrency,
    timeoutMs: deps.timeoutMs,
  });
  return {
    requestScan: (tx: Queries, versionId: Id, requestedBy: Id | null) => requestScan(tx, deps, versionId, requestedBy),

    /** Newest first; findings with each. Whoever may read the version may read its scans. */
    async listScans(actor: Actor, ref: string, selector: string): Promise<ScanWithFindings[]> {
      const { version } = await catalog.findVersion(actor, ref, selector);
      const scans = await repository.scansOf(database.read, version.id);
      return Promise.all(
        scans.map(async (scan) => ({ ...scan, findings: await repository.findingsOf(database.read, scan.id) })),
      );
    },

    /** Asks for a fresh scan of a version; its verdict holds until the new one is reached. */
    async rescan(actor: Actor, ref: string, selector: string): Promise<Id> {
      const { asset, version } = await catalog.findVersion(actor, ref, selector);
      requireScope(actor, "publish");
      if (!mayAsset(actor, "update", factsOf(asset)) && !mayAsset(actor, "moderate", factsOf(asset)))
        throw forbidden("Only the publisher and moderators may ask for a scan.");
      const id = await database.write(async (tx) => {
        const scanId = await requestScan(tx, deps, version.id, actor.userId);
        await deps.audit.append(tx, {
          action: "asset.version.rescan_requested",
          outcome: "success",
          actor,
          subject: auditSubject(asset),
          details: { versionId: version.id, version: version.version },
        });
        return scanId;
      });
      jobs.wake();
      return id;
    },

    async reviewQueue(actor: Actor, page: PageRequest) {
      requireModerator(actor);
      return { ...(await reviewQueue(database.read, page)), ...page };
    },

    /** Asks for fresh scans of all versions, or of those that were scanned by other rules than today's; answers how many. */
    async rescanVersions(which: "all" | "outdated", signal: AbortSignal): Promise<number> {
      const requested = await rescanVersions(deps, which, signal);
      if (requested > 0)
        await deps.audit.record({
          action: "scans.requested",
          outcome: "success",
          actor: SYSTEM,
          subject: { type: "server", id: null },
          details: { which, requested },
        });
      return requested;
    },

    /** The newest scan with its findings, of a version that was found already. */
    async newestScan(versionId: Id): Promise<ScanWithFindings | null> {
      const scan = (await repository.scansOf(database.read, versionId, 1))[0];
      return scan ? { ...scan, findings: await repository.findingsOf(database.read, scan.id) } : null;
    },

    /** Throws VERSION_NOT_FOUND, and CONFLICT as long as one of the versions was not scanned. */
    compareCapabilities: (actor: Actor, ref: string, selector: string, other: string | null) =>
      compareVersionCapabilities(catalog, actor, ref, selector, other),
    /** What a version that was found already can do, and what is new since the version it is compared with. */
    capabilitiesSince: (versions: readonly Version[], version: Version) =>
      capabilitiesSince(catalog, versions, version),

    decisionsOf: (versionId: Id) => repository.decisionsOf(database.read, versionId),
    approve: (actor: Actor, versionId: Id, reason: string) => approveVersion(deps, actor, versionId, reason),
    reject: (actor: Actor, versionId: Id, reason: string) => rejectVersion(deps, actor, versionId, reason),
  };
}

import { type Actor, SYSTEM } from "../../core/actor.ts";
import type { Id } from "../../core/id.ts";
import { forbidden } from "../../core/error.ts";
import { mayAsset, requireModerator, requireScope } from "../../core/permission.ts";
import type { Queries } from "../../platform/database/index.ts";
import { auditSubject, factsOf } from "../catalog/index.ts";
import type { ComparableVersion } from "./capabilities.ts";
import { capabilitiesSince, compareVersionCapabilities } from "./compare-capabilities.ts";
import { type ExplainedScan, explainFindings } from "./explain-findings.ts";
import * as repository from "./repository.ts";
import { packagesOf } from "./package-repository.ts";
import { policyUses } from "./policy-uses.ts";
import { rescanProgress } from "./rescan-repository.ts";
import { indexNames } from "./similarity/index-names.ts";
import { RESCAN_JOB, requestRescans, rescanVersions, runRescans } from "./rescan-versions.ts";
import type { ReportDeps } from "./report-asset.ts";
import { supersede } from "./review-changes.ts";
import { createReviewDesk } from "./review-desk.ts";
import type { ScanWithFindings } from "./scan.ts";
import { requestScan, SCAN_JOB, scanVersion } from "./scan-version.ts";

export { complianceApi } from "./api.ts";
export { effectAnswer, policyApi } from "./policy-api.ts";
export type { CatalogueCheck, CheckedVersion } from "./catalogue-check.ts";
export { compliancePages } from "./pages.tsx";
export { createLicenceCompatibility } from "./licences/licence-compatibility.ts";
export { createLookAlikeNames } from "./similarity/look-alike-names.ts";
export { createNearDuplicates } from "./similarity/near-duplicates.ts";
export type { ShownCapabilities } from "./compare-capabilities.ts";
export {
  type NamespacePolicy,
  NO_ORGANIZATION_RULES,
  type OrganizationRules,
  organizationRulesWire,
  readOrganizationRules,
  requireStricter,
} from "./organization-rules.ts";
export { type Policy, policyOf } from "./policy.ts";
export type { PolicyEffect, PolicyEffects } from "./judge-again.ts";
export type { ExplainedFinding, ExplainedScan, FindingExplanation } from "./explain-findings.ts";
export type { Appeal, AppealEntry } from "./appeal.ts";
export type { Suppression } from "./suppression.ts";
export { reportsApi } from "./reports-api.ts";
export { reportsPages } from "./reports-pages.tsx";
export type { ReviewRules } from "./review.ts";
export { reviewApi } from "./review-api.ts";
export type { ModerationDecision, Scan, ScanWithFindings } from "./scan.ts";

export type ComplianceModule = ReturnType<typeof createCompliance>;

/** Scans, verdicts and the review queue. Registers the scan job. */
export function createCompliance(deps: ReportDeps & { concurrency: number; timeoutMs: number; rescanShare: number }) {
  const { database, catalog, jobs } = deps;
  jobs.register<{ versionId: Id }>(SCAN_JOB, (payload, context) => scanVersion(deps, payload, context), {
    concurrency: deps.concurrency,
    timeoutMs: deps.timeoutMs,
  });
  jobs.register(RESCAN_JOB, (_payload, context) => runRescans(deps, deps.rescanShare, context), {
    timeoutMs: 2 * deps.timeoutMs,
  });
  return {
    /** In the transaction that publishes a version. */
    async requestScan(tx: Queries, versionId: Id, requestedBy: Id | null): Promise<Id> {
      await supersede(tx, deps, versionId, requestedBy);
      return requestScan(tx, deps, versionId, requestedBy);
    },
    review: createReviewDesk(deps),
    policy: policyUses(deps),

    /** Newest first; findings with each. Whoever may read the version may read its scans. */
    async listScans(actor: Actor, ref: string, selector: string): Promise<ExplainedScan[]> {
      const { asset, version } = await catalog.findVersion(actor, ref, selector);
      const q = database.read;
      return Promise.all(
        (await repository.scansOf(q, version.id)).map(async (scan) => ({
          ...scan,
          findings: await explainFindings(q, actor, asset, await repository.findingsOf(q, scan.id)),
        })),
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

    /** In the transaction of what made them necessary: only the scanners run that changed since a version's last scan. */
    requestRescans: (tx: Queries, versionIds: readonly Id[]) => requestRescans(tx, deps, versionIds, false),
    /** How many versions wait for a rescan, and since when. */
    async rescanProgress(actor: Actor) {
      requireModerator(actor);
      return rescanProgress(database.read);
    },
    /** Packages of other ecosystems that a version names which was found already. */
    packagesOf: (versionId: Id) => packagesOf(database.read, versionId),

    /** Makes assets findable by names like their own: those that are not yet, or were renamed. Answers how many. */
    indexNames: (signal: AbortSignal) => indexNames(database, signal),

    /** The newest scan with its findings, of a version that was found already. */
    async newestScan(versionId: Id): Promise<ScanWithFindings | null> {
      const scan = (await repository.scansOf(database.read, versionId, 1))[0];
      return scan ? { ...scan, findings: await repository.findingsOf(database.read, scan.id) } : null;
    },

    /** Throws VERSION_NOT_FOUND, and CONFLICT as long as one of the versions was not scanned. */
    compareCapabilities: (actor: Actor, ref: string, selector: string, other: string | null) =>
      compareVersionCapabilities(catalog, actor, ref, selector, other),
    /** What a version that was found already can do, and what is new since the version it is compared with. */
    capabilitiesSince: (versions: readonly ComparableVersion[], version: ComparableVersion) =>
      capabilitiesSince(catalog, versions, version),

    decisionsOf: (versionId: Id) => repository.decisionsOf(database.read, versionId),
  };
}

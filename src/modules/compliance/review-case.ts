import type { Actor } from "../../core/actor.ts";
import { instant } from "../../core/clock.ts";
import { versionNotFound } from "../../core/error.ts";
import type { Id } from "../../core/id.ts";
import { requireModerator } from "../../core/permission.ts";
import type { Asset, CatalogModule, SignatureView, Version } from "../catalog/index.ts";
import type { Appeal } from "./appeal.ts";
import { appealsOf } from "./appeal-repository.ts";
import { comparedWith } from "./capabilities.ts";
import { capabilitiesSince, type ShownCapabilities } from "./compare-capabilities.ts";
import {
  compareDependencies,
  compareMetadata,
  comparePackages,
  type DependencyChange,
  type MetadataChange,
} from "./compare-metadata.ts";
import { type ExplainedScan, explainFindings } from "./explain-findings.ts";
import { packagesOf } from "./package-repository.ts";
import { type PublisherRecord, publisherRecord } from "./read-model.ts";
import type { ReportDeps } from "./report-asset.ts";
import { listReports } from "./report-repository.ts";
import type { Report } from "./reports.ts";
import * as repository from "./repository.ts";
import { type ChangeRequest, type Claim, type FirstApproval, needsTwo, type ReviewAct } from "./review.ts";
import { historyOf } from "./review-history-read-model.ts";
import * as reviews from "./review-repository.ts";
import type { Suppression } from "./suppression.ts";
import { suppressionsOf } from "./suppression-repository.ts";

/** Everything that a moderator needs to decide about a version, without the texts of its files. */
export interface ReviewCase {
  asset: Asset;
  version: Version;
  /** The released version that it is compared with; null for the first. */
  previous: Version | null;
  /** The newest that completed, else the newest. */
  scan: ExplainedScan | null;
  capabilities: ShownCapabilities | null;
  metadata: MetadataChange[];
  dependencies: DependencyChange[];
  /** Of other ecosystems. */
  packages: DependencyChange[];
  publisher: PublisherRecord;
  signatures: SignatureView[];
  claim: (Claim & { mine: boolean }) | null;
  changeRequest: ChangeRequest | null;
  firstApproval: FirstApproval | null;
  needsTwo: boolean;
  /** The moderator published it, and so does not approve it. */
  own: boolean;
  /** Of all versions of the asset, the newest first. */
  history: ReviewAct[];
  /** Open ones on the asset. */
  reports: Report[];
  appeals: Appeal[];
  suppressions: Suppression[];
}

const MAX_REPORTS = 20;

/** Throws VERSION_NOT_FOUND, FORBIDDEN for who is no moderator. */
export async function reviewCase(deps: ReportDeps, actor: Actor, versionId: Id): Promise<ReviewCase> {
  requireModerator(actor);
  const { catalog, database } = deps;
  const q = database.read;
  const { asset, version } = await catalog.versionWithAsset(actor, versionId);
  const versions = await catalog.listVersions(actor, asset);
  const publisher = await publisherRecord(q, version.publishedBy);
  if (publisher === null) throw versionNotFound(versionId);
  const previous = comparedWith(version, versions);
  const scan = await scanToShow(deps, actor, asset, version.id);
  const claim = await reviews.claimOf(q, version.id, instant(deps.clock.now()));
  const severities = scan?.findings.map((finding) => finding.severity) ?? [];
  const reports = await listReports(q, { status: "open", assetId: asset.id }, { page: 1, perPage: MAX_REPORTS });
  return {
    asset,
    version,
    previous,
    scan,
    capabilities: await capabilitiesSince(catalog, versions, version),
    ...(await differences(deps, catalog, previous, version)),
    publisher,
    signatures: await catalog.signaturesOf(version.id),
    claim: claim && { ...claim, mine: claim.moderatorId === actor.userId },
    changeRequest: await reviews.changeRequestOf(q, version.id),
    firstApproval: await reviews.firstApprovalOf(q, version.id),
    needsTwo: needsTwo(deps.review, { kind: asset.kind, severities }),
    own:
      !deps.review.allowSelfReview && (version.publishedBy === actor.userId || asset.namespaceId === actor.namespaceId),
    history: await historyOf(q, asset.id),
    reports: reports.items,
    appeals: await appealsOf(q, version.id),
    suppressions: await suppressionsOf(q, asset.id),
  };
}

async function scanToShow(deps: ReportDeps, actor: Actor, asset: Asset, versionId: Id): Promise<ExplainedScan | null> {
  const q = deps.database.read;
  const scans = await repository.scansOf(q, versionId);
  const scan = scans.find((one) => one.status === "completed") ?? scans[0];
  return scan
    ? { ...scan, findings: await explainFindings(q, actor, asset, await repository.findingsOf(q, scan.id)) }
    : null;
}

async function differences(
  { database }: ReportDeps,
  catalog: CatalogModule,
  previous: Version | null,
  version: Version,
) {
  const q = database.read;
  return {
    metadata: previous === null ? [] : compareMetadata(previous.metadata, version.metadata),
    dependencies: compareDependencies(
      previous === null ? [] : await catalog.dependenciesOf(previous.id),
      await catalog.dependenciesOf(version.id),
    ),
    packages: comparePackages(
      previous === null ? [] : ((await packagesOf(q, previous.id)) ?? []),
      (await packagesOf(q, version.id)) ?? [],
    ),
  };
}

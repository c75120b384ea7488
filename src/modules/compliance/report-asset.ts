import type { Actor, SignedIn } from "../../core/actor.ts";
import { instant } from "../../core/clock.ts";
import { AppError, validationError } from "../../core/error.ts";
import { type Id, isId, newId } from "../../core/id.ts";
import type { Page, PageRequest } from "../../core/page.ts";
import { requireScope } from "../../core/permission.ts";
import type { Rate, RateLedger } from "../../core/rate.ts";
import { isUniqueViolation } from "../../platform/database/index.ts";
import { type Asset, auditSubject, type CatalogModule, refOf } from "../catalog/index.ts";
import type { ComplianceDeps } from "./deps.ts";
import * as repository from "./report-repository.ts";
import { isReportCategory, type OwnReport, REPORT_CATEGORIES } from "./reports.ts";
import { messageOf } from "./review-step.ts";

export interface ReportDeps extends ComplianceDeps {
  catalog: CatalogModule;
  rates: RateLedger;
  /** How often one person may report; null: as often as they like. */
  reportRate: Rate | null;
}

/** `asset` is a ref; `version` a number, channel or digest of it, or, without `asset`, a version's id. */
export interface NewReport {
  asset?: string;
  version?: string;
  category: string;
  text: string;
}

/**
 * Tells the moderators what is wrong with an asset that the actor may read. Throws CONFLICT while an earlier report of theirs on it
 * is open, RATE_LIMIT_EXCEEDED. The publisher learns nothing of it.
 */
export async function reportAsset(deps: ReportDeps, actor: Actor, report: NewReport): Promise<Id> {
  requireScope(actor, "publish");
  const { category } = report;
  if (!isReportCategory(category))
    throw validationError({ field: "category", message: `must be one of ${REPORT_CATEGORIES.join(", ")}.` });
  const text = messageOf("text", report.text, { empty: "say what is wrong, and where." });
  const { asset, versionId } = await subjectOf(deps.catalog, actor, report);
  await countReport(deps, actor);
  const id = newId();
  try {
    await deps.database.write(async (tx) => {
      await repository.insertReport(tx, {
        id,
        assetId: asset.id,
        versionId,
        ref: refOf(asset),
        reporterId: actor.userId,
        category,
        text,
        at: instant(deps.clock.now()),
      });
      await deps.audit.append(tx, {
        action: "asset.reported",
        outcome: "success",
        actor,
        subject: auditSubject(asset),
        details: { reportId: id, category, versionId },
      });
    });
  } catch (error) {
    if (isUniqueViolation(error))
      throw new AppError(
        "CONFLICT",
        `Your earlier report on ${refOf(asset)} is still open. It is on your list of reports (/settings/reports).`,
      );
    throw error;
  }
  return id;
}

async function subjectOf(
  catalog: CatalogModule,
  actor: Actor,
  report: NewReport,
): Promise<{ asset: Asset; versionId: Id | null }> {
  if (report.asset === undefined) {
    if (report.version === undefined || !isId(report.version))
      throw validationError({ field: "asset", message: "name the asset, or the version by its id." });
    const { asset, version } = await catalog.versionWithAsset(actor, report.version);
    return { asset, versionId: version.id };
  }
  if (!report.version) return { asset: await catalog.findAsset(actor, report.asset), versionId: null };
  const { asset, version } = await catalog.findVersion(actor, report.asset, report.version);
  return { asset, versionId: version.id };
}

async function countReport({ rates, reportRate }: ReportDeps, actor: SignedIn): Promise<void> {
  if (reportRate === null) return;
  const decision = await rates.take(`report ${actor.userId}`, reportRate);
  if (decision.allowed) return;
  const seconds = Math.ceil(decision.retryMs / 1000);
  throw new AppError("RATE_LIMIT_EXCEEDED", `You have sent many reports: try again in ${seconds} s.`, {
    details: { retry_after: seconds },
    headers: { "Retry-After": String(seconds) },
  });
}

/** The actor's own reports, the newest first. */
export async function listOwnReports(deps: ReportDeps, actor: Actor, page: PageRequest): Promise<Page<OwnReport>> {
  requireScope(actor, "read");
  return { ...(await repository.reportsBy(deps.database.read, actor.userId, page)), ...page };
}

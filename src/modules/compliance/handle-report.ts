import type { Actor, SignedIn } from "../../core/actor.ts";
import { instant, later } from "../../core/clock.ts";
import { conflict, forbidden, notFound, versionNotFound } from "../../core/error.ts";
import { type Id, isId } from "../../core/id.ts";
import type { Page, PageRequest } from "../../core/page.ts";
import { requireModerator } from "../../core/permission.ts";
import type { Queries } from "../../platform/database/index.ts";
import { assetById, versionById } from "../catalog/index.ts";
import { hasOtherModerator } from "./appeal-repository.ts";
import { putBack } from "./review-changes.ts";
import { reportAnsweredMail } from "./review-mails.ts";
import type { ReportDeps } from "./report-asset.ts";
import * as repository from "./report-repository.ts";
import type { Report, ReportFilter } from "./reports.ts";
import { CLAIM_MS } from "./review.ts";
import * as reviews from "./review-repository.ts";
import { messageOf } from "./review-step.ts";
import { rejectVersion } from "./review-version.ts";

/** What readers reported: open ones the oldest first. */
export async function listReports(
  deps: ReportDeps,
  actor: Actor,
  filter: ReportFilter,
  page: PageRequest,
): Promise<Page<Report>> {
  requireModerator(actor);
  return { ...(await repository.listReports(deps.database.read, filter, page)), ...page };
}

export async function findReport(deps: ReportDeps, actor: Actor, id: Id): Promise<Report> {
  requireModerator(actor);
  const report = isId(id) ? await repository.reportById(deps.database.read, id) : null;
  if (!report) throw notFound("report");
  return report;
}

/**
 * Closes a report with an answer, which its reporter gets as a mail. Throws CONFLICT when somebody closed it before, and FORBIDDEN
 * for whoever published what it is about, while there is another moderator.
 */
export async function closeReport(
  deps: ReportDeps,
  actor: Actor,
  id: Id,
  outcome: "resolved" | "dismissed",
  answer: string,
): Promise<void> {
  requireModerator(actor);
  const text = messageOf("answer", answer, { optional: outcome === "resolved", empty: "tell the reporter why." });
  const { subject } = await findReport(deps, actor, id);
  await deps.database.write(async (tx) => {
    const at = instant(deps.clock.now());
    const done = await repository.closeReport(tx, { id, status: outcome, answer: text, handledBy: actor.userId, at });
    const report = await repository.reportById(tx, id);
    if (!report) throw notFound("report");
    await requireOthersWork(tx, deps, actor, report);
    if (!done) throw conflict(`${report.handledBy} ${report.status} this report at ${report.handledAt} already.`);
    if (subject !== null) {
      const versionId = subject.id;
      const expiresAt = later(deps.clock.now(), CLAIM_MS);
      await reviews.renewClaim(tx, { versionId, moderatorId: actor.userId, at, expiresAt });
      await reviews.insertAct(tx, { versionId, actorId: actor.userId, act: `report-${outcome}`, text, at });
    }
    const to = deps.mailer.delivers ? await reviews.recipientOf(tx, report.reporterId) : null;
    if (to) {
      const [namespace = "", slug = ""] = report.ref.split("/");
      const asset = { namespace, slug };
      await deps.mailer.queue(
        tx,
        reportAnsweredMail(deps, { ...to, userId: report.reporterId, asset, outcome, answer: text }),
      );
    }
    await deps.audit.append(tx, {
      action: `report.${outcome}`,
      outcome: "success",
      actor,
      subject: { type: "asset", id: report.assetId, name: report.presentRef },
      details: { reportId: id, category: report.category },
    });
  });
}

async function requireOthersWork(
  tx: Queries,
  deps: ReportDeps,
  actor: SignedIn,
  { assetId, subject }: Report,
): Promise<void> {
  const asset = await assetById(tx, assetId);
  const version = subject && (await versionById(tx, subject.id));
  const own = asset?.namespaceId === actor.namespaceId || version?.publishedBy === actor.userId;
  if (own && !deps.review.allowSelfReview && (await hasOtherModerator(tx, [actor.userId])))
    throw forbidden("This report is about your own publication: another moderator answers it.");
}

/**
 * Acts on what was reported: puts the version (the reported one, else the latest) back into review, or blocks it. The publisher
 * reads the reason. The report stays open until it is answered. Answers the version's id.
 */
export async function takeUpReport(
  deps: ReportDeps,
  actor: Actor,
  id: Id,
  action: "review" | "block",
  reason: string,
): Promise<Id> {
  const { subject, presentRef } = await findReport(deps, actor, id);
  if (subject === null) throw versionNotFound(presentRef);
  if (action === "review") await putBack(deps, actor, subject.id, reason);
  else await rejectVersion(deps, actor, subject.id, reason);
  return subject.id;
}

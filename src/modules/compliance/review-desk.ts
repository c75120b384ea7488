import type { Actor } from "../../core/actor.ts";
import { instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { Page, PageRequest } from "../../core/page.ts";
import { requireModerator } from "../../core/permission.ts";
import { closeReport, findReport, listReports, takeUpReport } from "./handle-report.ts";
import { nextInQueue, queueCounts, type QueueReader, reviewQueue } from "./read-model.ts";
import { listOwnReports, type NewReport, reportAsset, type ReportDeps } from "./report-asset.ts";
import type { ReportFilter } from "./reports.ts";
import { reviewCase } from "./review-case.ts";
import { answerChanges, putBack, requestChanges } from "./review-changes.ts";
import { claimVersion, releaseVersion } from "./review-claim.ts";
import type { QueueCounts, QueueEntry, QueueFilter } from "./review-queue.ts";
import * as reviews from "./review-repository.ts";
import { approveVersion, rejectVersion } from "./review-version.ts";

export type ReviewDesk = ReturnType<typeof createReviewDesk>;

/** What moderators do with versions in review, and everybody with reports. Every act asks for permission itself. */
export function createReviewDesk(deps: ReportDeps) {
  const { database, clock, policy } = deps;
  const readerOf = (actor: Actor): QueueReader => {
    requireModerator(actor);
    return { moderatorId: actor.userId, at: instant(clock.now()), watched: policy.reviewCapabilityIncrease };
  };
  return {
    /** Versions that wait, the longest waiting first. */
    async queue(actor: Actor, filter: QueueFilter, page: PageRequest): Promise<Page<QueueEntry>> {
      return { ...(await reviewQueue(database.read, readerOf(actor), filter, page)), ...page };
    },
    counts: async (actor: Actor): Promise<QueueCounts> => queueCounts(database.read, readerOf(actor)),
    /** The longest waiting version, besides this one, that no other moderator has. */
    next: async (actor: Actor, filter: QueueFilter, except: Id): Promise<Id | null> =>
      nextInQueue(database.read, readerOf(actor), filter, except),
    openCase: (actor: Actor, versionId: Id) => reviewCase(deps, actor, versionId),

    claim: (actor: Actor, versionId: Id, takeOver: boolean) => claimVersion(deps, actor, versionId, takeOver),
    release: (actor: Actor, versionId: Id) => releaseVersion(deps, actor, versionId),
    approve: (actor: Actor, versionId: Id, reason: string, seenScan: Id | null = null) =>
      approveVersion(deps, actor, versionId, reason, seenScan),
    reject: (actor: Actor, versionId: Id, reason: string) => rejectVersion(deps, actor, versionId, reason),
    requestChanges: (actor: Actor, versionId: Id, message: string) => requestChanges(deps, actor, versionId, message),
    /** Takes a released version out of use until a moderator decides again. */
    putBack: (actor: Actor, versionId: Id, reason: string) => putBack(deps, actor, versionId, reason),

    answerChanges: (actor: Actor, ref: string, version: string, comment: string) =>
      answerChanges(deps, actor, ref, version, comment),
    /** What the publisher of a version that was found already is asked to change; null for nothing. */
    changesAsked: (versionId: Id) => reviews.changeRequestOf(database.read, versionId),

    report: (actor: Actor, report: NewReport) => reportAsset(deps, actor, report),
    ownReports: (actor: Actor, page: PageRequest) => listOwnReports(deps, actor, page),
    reports: (actor: Actor, filter: ReportFilter, page: PageRequest) => listReports(deps, actor, filter, page),
    findReport: (actor: Actor, id: Id) => findReport(deps, actor, id),
    closeReport: (actor: Actor, id: Id, outcome: "resolved" | "dismissed", answer: string) =>
      closeReport(deps, actor, id, outcome, answer),
    takeUpReport: (actor: Actor, id: Id, action: "review" | "block", reason: string) =>
      takeUpReport(deps, actor, id, action, reason),
  };
}

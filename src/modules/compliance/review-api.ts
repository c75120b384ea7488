import { Elysia, t } from "elysia";
import { parsePage } from "../../core/page.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { jsonWithETag, ok, pageAnswer } from "../../platform/http/respond.ts";
import { refIn } from "../catalog/index.ts";
import { findingWire } from "./api.ts";
import type { Claim } from "./review.ts";
import type { ReviewCase } from "./review-case.ts";
import type { ReviewDesk } from "./review-desk.ts";
import { parseQueueFilter, type QueueEntry } from "./review-queue.ts";

const claimWire = (claim: Pick<Claim, "moderator" | "expiresAt">) => ({
  moderator: claim.moderator,
  expires_at: claim.expiresAt,
});

const queueWire = (entry: QueueEntry) => ({
  version_id: entry.versionId,
  ref: entry.ref,
  type: entry.kind,
  title: entry.title,
  version: entry.version,
  status: entry.status,
  reason: entry.reason,
  causes: entry.causes,
  publisher: entry.publisher,
  findings: entry.findings,
  worst: entry.worst,
  gained_capabilities: entry.gained,
  first_version: entry.firstVersion,
  reports: entry.reports,
  claim: entry.claim && { ...claimWire(entry.claim), mine: entry.claim.mine },
  first_approval: entry.firstApproval,
  waiting_since: entry.waitingSince,
});

const caseWire = (found: ReviewCase) => ({
  version_id: found.version.id,
  ref: `${found.asset.namespace}/${found.asset.slug}`,
  version: found.version.version,
  type: found.asset.kind,
  visibility: found.asset.visibility,
  status: found.version.status,
  reason: found.version.verdictReason,
  compared: found.previous?.version ?? null,
  scan_id: found.scan?.id ?? null,
  findings: found.scan?.findings.map(findingWire) ?? [],
  capabilities: found.capabilities && { gained: found.capabilities.gained, lost: found.capabilities.lost },
  metadata: found.metadata,
  dependencies: found.dependencies,
  packages: found.packages,
  publisher: {
    username: found.publisher.username,
    since: found.publisher.since,
    published: found.publisher.published,
    blocked: found.publisher.blocked,
    in_review: found.publisher.inReview,
  },
  signed: found.signatures.some((signature) => signature.revokedAt === null),
  provenance: found.version.provenance,
  claim: found.claim && { ...claimWire(found.claim), mine: found.claim.mine },
  needs_two: found.needsTwo,
  first_approval: found.firstApproval && { moderator: found.firstApproval.moderator, at: found.firstApproval.at },
  changes_requested: found.changeRequest && {
    message: found.changeRequest.message,
    moderator: found.changeRequest.moderator,
    requested_at: found.changeRequest.at,
    superseded_by: found.changeRequest.supersededBy,
  },
  history: found.history.map(({ version, who, act, text, at }) => ({ version, who, act, text, at })),
  reports: found.reports.map(({ id, category, text, version, createdAt }) => ({
    id,
    category,
    text,
    version,
    created_at: createdAt,
  })),
});

const detail = (summary: string) => ({ detail: { summary, tags: ["Moderation"] } });
const Text = t.Optional(t.String({ maxLength: 4000 }));
const Query = t.Optional(t.String({ maxLength: 40 }));

/** REST of the review queue and of decisions. */
export function reviewApi(desk: ReviewDesk) {
  const answer = (app: Elysia, at: string, hide: boolean) =>
    app.post(
      `${at}/versions/:version/review-answer`,
      async ({ request, params, body }) => {
        const { version, ...ref } = params as { namespace: string; slug?: string; version: string };
        await desk.answerChanges(contextOf(request).actor, refIn(ref), version, body.comment);
        return ok({ status: "under_review" });
      },
      {
        body: t.Object({ comment: t.String({ maxLength: 4000 }) }),
        detail: {
          summary: "Answer what moderators asked to be changed; puts the version back into their queue",
          tags: ["Moderation"],
          hide,
        },
      },
    );
  return new Elysia({ name: "review-api" })
    .use(answer(new Elysia({ name: "review-answer-name" }), "/assets/:namespace/:slug", false))
    .use(answer(new Elysia({ name: "review-answer-id" }), "/assets/:namespace", true))
    .get(
      "/admin/reviews",
      async ({ request, query }) =>
        pageAnswer(
          request,
          await desk.queue(contextOf(request).actor, parseQueueFilter(query), parsePage(query)),
          queueWire,
        ),
      {
        query: t.Object({
          state: Query,
          kind: Query,
          severity: Query,
          reason: Query,
          claim: Query,
          page: t.Optional(t.String()),
          per_page: t.Optional(t.String()),
        }),
        ...detail("The review queue, the longest waiting first"),
      },
    )
    .get(
      "/admin/reviews/:versionId",
      async ({ request, params }) =>
        jsonWithETag(request, ok(caseWire(await desk.openCase(contextOf(request).actor, params.versionId)))),
      detail("What a moderator needs to decide about a version, with its history"),
    )
    .post(
      "/admin/reviews/:versionId/claim",
      async ({ request, params, body }) => {
        const claim = await desk.claim(contextOf(request).actor, params.versionId, body?.take_over ?? false);
        return ok({ version_id: params.versionId, ...claimWire(claim) });
      },
      {
        body: t.Optional(t.Object({ take_over: t.Optional(t.Boolean()) })),
        ...detail("Claim a version for 30 minutes, or renew a claim; `take_over` takes it from another moderator"),
      },
    )
    .delete(
      "/admin/reviews/:versionId/claim",
      async ({ request, params }) => {
        await desk.release(contextOf(request).actor, params.versionId);
        return new Response(null, { status: 204 });
      },
      detail("Give a claimed version back to the queue"),
    )
    .post(
      "/admin/reviews/:versionId/approve",
      async ({ request, params, body }) => {
        const { actor } = contextOf(request);
        const decision = await desk.approve(actor, params.versionId, body.reason ?? "", body.scan_id ?? null);
        return ok({ version_id: params.versionId, decision: decision.replace("-", "_") });
      },
      {
        body: t.Object({ reason: Text, scan_id: t.Optional(t.String({ maxLength: 64 })) }),
        ...detail(
          "Approve a version in review; with `scan_id` only if no scan found more since. Answers `first_approval` where another moderator's is needed",
        ),
      },
    )
    .post(
      "/admin/reviews/:versionId/reject",
      async ({ request, params, body }) => {
        await desk.reject(contextOf(request).actor, params.versionId, body.reason ?? "");
        return ok({ version_id: params.versionId, decision: "rejected" });
      },
      { body: t.Object({ reason: Text }), ...detail("Reject a version, or take a published one back") },
    )
    .post(
      "/admin/reviews/:versionId/request-changes",
      async ({ request, params, body }) => {
        await desk.requestChanges(contextOf(request).actor, params.versionId, body.message);
        return ok({ version_id: params.versionId, decision: "changes_requested" });
      },
      {
        body: t.Object({ message: t.String({ maxLength: 4000 }) }),
        ...detail("Ask the publisher of a version in review for changes"),
      },
    )
    .post(
      "/admin/reviews/:versionId/put-back",
      async ({ request, params, body }) => {
        await desk.putBack(contextOf(request).actor, params.versionId, body.reason);
        return ok({ version_id: params.versionId, status: "under_review" });
      },
      {
        body: t.Object({ reason: t.String({ maxLength: 4000 }) }),
        ...detail("Put a released version back into review; nobody gets it meanwhile"),
      },
    );
}

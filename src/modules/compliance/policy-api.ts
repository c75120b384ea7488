import { Elysia, t } from "elysia";
import { parsePage } from "../../core/page.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { jsonWithETag, ok, pageAnswer } from "../../platform/http/respond.ts";
import { refIn } from "../catalog/index.ts";
import type { Appeal, AppealEntry } from "./appeal.ts";
import type { Appeals } from "./appeal-version.ts";
import type { ComplianceModule } from "./index.ts";
import type { policyEffect } from "./judge-again.ts";
import type { Suppression } from "./suppression.ts";

const suppressionWire = (one: Suppression & { ref?: string }) => ({
  id: one.id,
  ...(one.ref === undefined ? {} : { ref: one.ref }),
  rule: one.ruleId,
  path: one.path,
  reason: one.reason,
  source: one.source,
  status: one.status,
  proposed_by: one.proposedBy,
  created_at: one.createdAt,
  decided_by: one.decidedBy,
  decided_at: one.decidedAt,
  answer: one.answer,
  expires_at: one.expiresAt,
});

const appealWire = (one: Appeal | AppealEntry) => ({
  id: one.id,
  version_id: one.versionId,
  ...("ref" in one ? { ref: one.ref, version: one.version } : {}),
  against: one.decision === "policy" ? "policy" : "moderator",
  text: one.text,
  status: one.status,
  appealed_by: one.appealedBy,
  created_at: one.createdAt,
  decided_by: one.decidedBy,
  decided_at: one.decidedAt,
  answer: one.answer,
});

/** What a policy would take back, as pages of what was looked at. */
export const effectAnswer = ({ items, lookedAt, next }: Awaited<ReturnType<typeof policyEffect>>) =>
  ok(
    items.map((one) => ({
      ref: one.ref,
      version: one.version,
      released_at: one.releasedAt,
      would_be: one.wouldBe,
      reason: one.reason,
    })),
    { looked_at: lookedAt, next_cursor: next },
  );

type Policies = ComplianceModule["policy"];
const PageQuery = t.Object({ page: t.Optional(t.String()), per_page: t.Optional(t.String()) });
const about = (summary: string, tag: string, hide = false) => ({ detail: { summary, tags: [tag], hide } });

/** REST of explanations of findings, of appeals, and of what the policy would take back. */
export const policyApi = ({ policy }: Pick<ComplianceModule, "policy">) =>
  new Elysia({ name: "policy-api" })
    .use(suppressionRoutes(policy, "/assets/:namespace/:slug", false))
    .use(suppressionRoutes(policy, "/assets/:namespace", true))
    .use(appealRoutes(policy, "/assets/:namespace/:slug", false))
    .use(appealRoutes(policy, "/assets/:namespace", true))
    .use(moderation(policy))
    .get(
      "/admin/policy/effect",
      async ({ request, query }) =>
        effectAnswer(await policy.policyEffect(contextOf(request).actor, query.cursor ?? "")),
      {
        query: t.Object({ cursor: t.Optional(t.String({ maxLength: 64 })) }),
        ...about("Published versions that a rescan would take back by today's policy", "Moderation"),
      },
    );

type RefParams = { namespace: string; slug?: string };

function suppressionRoutes(policy: Policies, at: string, hide: boolean) {
  return new Elysia({ name: `suppressions ${at}` })
    .get(
      `${at}/suppressions`,
      async ({ request, params }) => {
        const found = await policy.listSuppressions(contextOf(request).actor, refIn(params as RefParams));
        return jsonWithETag(request, ok(found.map(suppressionWire)));
      },
      about("Explanations of findings: readers see accepted ones, publishers and moderators all", "Scans", hide),
    )
    .post(
      `${at}/suppressions`,
      async ({ request, params, body, set }) => {
        const { rule, path = null, reason } = body;
        const made = await policy.proposeSuppression(contextOf(request).actor, refIn(params as RefParams), {
          rule,
          path,
          reason,
        });
        set.status = 201;
        return ok(suppressionWire(made));
      },
      {
        body: t.Object({
          rule: t.String({ maxLength: 300, description: "The rule's id, as the scan names it" }),
          path: t.Optional(t.Nullable(t.String({ maxLength: 600, description: "A file; default: wherever" }))),
          reason: t.String({ maxLength: 4000, description: "Why it is harmless, for moderators and readers" }),
        }),
        ...about("Explain what a rule finds in an asset; a moderator accepts or refuses it", "Scans", hide),
      },
    )
    .delete(
      `${at}/suppressions/:id`,
      async ({ request, params }) => {
        const { id, ...ref } = params as RefParams & { id: string };
        await policy.withdrawSuppression(contextOf(request).actor, refIn(ref), id);
        return new Response(null, { status: 204 });
      },
      about("Withdraw an explanation", "Scans", hide),
    );
}

function appealRoutes(policy: Policies, at: string, hide: boolean) {
  const wire = ({ appeals, mayAppeal }: Appeals) => ok(appeals.map(appealWire), { may_appeal: mayAppeal });
  type VersionParams = RefParams & { version: string };
  return new Elysia({ name: `appeals ${at}` })
    .get(
      `${at}/versions/:version/appeals`,
      async ({ request, params }) => {
        const { version, ...ref } = params as VersionParams;
        return jsonWithETag(
          request,
          wire(await policy.appealsOfVersion(contextOf(request).actor, refIn(ref), version)),
        );
      },
      about("Appeals against the refusal of a version, newest first", "Scans", hide),
    )
    .post(
      `${at}/versions/:version/appeal`,
      async ({ request, params, body, set }) => {
        const { version, ...ref } = params as VersionParams;
        const appeal = await policy.appeal(contextOf(request).actor, refIn(ref), version, body.text);
        set.status = 201;
        return ok(appealWire(appeal));
      },
      {
        body: t.Object({ text: t.String({ maxLength: 4000 }) }),
        ...about("Ask another moderator to look at a refusal, once per decision", "Scans", hide),
      },
    );
}

function moderation(policy: Policies) {
  const Answer = t.Object({ answer: t.Optional(t.String({ maxLength: 4000 })) });
  return new Elysia({ name: "policy-api-moderation" })
    .get(
      "/admin/suppressions",
      async ({ request, query }) =>
        pageAnswer(
          request,
          await policy.waitingSuppressions(contextOf(request).actor, parsePage(query)),
          suppressionWire,
        ),
      { query: PageQuery, ...about("Explanations that wait for a moderator, oldest first", "Moderation") },
    )
    .post(
      "/admin/suppressions/:id/accept",
      async ({ request, params, body }) => {
        const { answer = "", version_id: versionId = null } = body;
        await policy.acceptSuppression(contextOf(request).actor, params.id, { answer, versionId });
        return ok({ id: params.id, status: "accepted" });
      },
      {
        body: t.Object({
          answer: t.Optional(t.String({ maxLength: 4000 })),
          version_id: t.Optional(
            t.String({ maxLength: 64, description: "The version that was looked at; default: the one scanned last" }),
          ),
        }),
        ...about("Accept an explanation: what it is about passes from now on", "Moderation"),
      },
    )
    .post(
      "/admin/suppressions/:id/refuse",
      async ({ request, params, body }) => {
        await policy.refuseSuppression(contextOf(request).actor, params.id, body.answer ?? "");
        return ok({ id: params.id, status: "refused" });
      },
      { body: Answer, ...about("Refuse an explanation, or take an acceptance back", "Moderation") },
    )
    .get(
      "/admin/appeals",
      async ({ request, query }) =>
        pageAnswer(request, await policy.waitingAppeals(contextOf(request).actor, parsePage(query)), appealWire),
      { query: PageQuery, ...about("Appeals that wait, oldest first", "Moderation") },
    )
    .post(
      "/admin/appeals/:id/grant",
      async ({ request, params, body }) => {
        const outcome = await policy.grantAppeal(contextOf(request).actor, params.id, body.answer ?? "");
        return ok({ id: params.id, status: outcome === "approved" ? "granted" : "open", approval: outcome });
      },
      { body: Answer, ...about("Grant an appeal: the version is approved", "Moderation") },
    )
    .post(
      "/admin/appeals/:id/refuse",
      async ({ request, params, body }) => {
        await policy.refuseAppeal(contextOf(request).actor, params.id, body.answer ?? "");
        return ok({ id: params.id, status: "refused" });
      },
      { body: Answer, ...about("Refuse an appeal: the version stays refused", "Moderation") },
    );
}

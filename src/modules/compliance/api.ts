import { Elysia, t } from "elysia";
import { parsePage } from "../../core/page.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { jsonWithETag, ok, pageAnswer } from "../../platform/http/respond.ts";
import type { Finding } from "../../platform/scanning/scanner.ts";
import { refIn } from "../catalog/index.ts";
import type { ComplianceModule } from "./index.ts";
import type { QueueEntry, ScanWithFindings } from "./scan.ts";

const findingWire = (finding: Finding) => ({
  scanner: finding.scanner,
  rule_id: finding.ruleId,
  severity: finding.severity,
  category: finding.category,
  path: finding.path,
  line: finding.line,
  column: finding.column,
  excerpt: finding.excerpt,
  message: finding.message,
  remedy: finding.remedy,
});

const scanWire = (scan: ScanWithFindings) => ({
  id: scan.id,
  status: scan.status,
  verdict: scan.verdict,
  reason: scan.policyReason,
  // What exactly went wrong is for the log and the review queue: it may name paths and hosts of the server.
  error: scan.error === null ? null : "A scanner did not complete.",
  scanners: scan.outcomes.map((o) => ({
    scanner: o.scanner,
    version: o.version,
    state: o.state,
    elapsed_ms: o.elapsedMs,
  })),
  findings: scan.findings.map(findingWire),
  created_at: scan.createdAt,
  started_at: scan.startedAt,
  finished_at: scan.finishedAt,
});

const queueWire = (entry: QueueEntry) => ({
  version_id: entry.versionId,
  ref: entry.ref,
  type: entry.kind,
  title: entry.title,
  version: entry.version,
  status: entry.status,
  reason: entry.reason,
  publisher: entry.publisher,
  findings: entry.findings,
  waiting_since: entry.waitingSince,
});

type VersionParams = { namespace: string; slug?: string; version: string };

/** REST of scans and review. */
export function complianceApi(compliance: ComplianceModule) {
  const scans = (app: Elysia, at: string, hide: boolean) =>
    app
      .get(
        `${at}/versions/:version/scans`,
        async ({ request, params }) => {
          const { version, ...ref } = params as VersionParams;
          const found = await compliance.listScans(contextOf(request).actor, refIn(ref), version);
          return jsonWithETag(request, ok(found.map(scanWire)));
        },
        { detail: { summary: "Scans of a version with their findings, newest first", tags: ["Scans"], hide } },
      )
      .post(
        `${at}/versions/:version/scans`,
        async ({ request, params, set }) => {
          const { version, ...ref } = params as VersionParams;
          const id = await compliance.rescan(contextOf(request).actor, refIn(ref), version);
          set.status = 202;
          return ok({ id, status: "queued" });
        },
        { detail: { summary: "Ask for a fresh scan", tags: ["Scans"], hide } },
      );

  const capabilities = (app: Elysia, at: string, hide: boolean) =>
    app.get(
      `${at}/versions/:version/capabilities`,
      async ({ request, params, query }) => {
        const { version, ...ref } = params as VersionParams;
        const { actor } = contextOf(request);
        const found = await compliance.compareCapabilities(actor, refIn(ref), version, query.compare ?? null);
        return jsonWithETag(request, ok(found));
      },
      {
        query: t.Object({
          compare: t.Optional(
            t.String({
              maxLength: 200,
              description: "The version to compare with; default: the highest published one before",
            }),
          ),
        }),
        detail: {
          summary: "What a version can do, and what it gained and lost since another",
          tags: ["Scans"],
          hide,
        },
      },
    );

  const Decision = t.Object({ reason: t.Optional(t.String({ maxLength: 2000 })) });
  return new Elysia({ name: "compliance-api" })
    .use(scans(new Elysia({ name: "scans-name" }), "/assets/:namespace/:slug", false))
    .use(scans(new Elysia({ name: "scans-id" }), "/assets/:namespace", true))
    .use(capabilities(new Elysia({ name: "capabilities-name" }), "/assets/:namespace/:slug", false))
    .use(capabilities(new Elysia({ name: "capabilities-id" }), "/assets/:namespace", true))
    .get(
      "/admin/reviews",
      async ({ request, query }) =>
        pageAnswer(request, await compliance.reviewQueue(contextOf(request).actor, parsePage(query)), queueWire),
      {
        query: t.Object({ page: t.Optional(t.String()), per_page: t.Optional(t.String()) }),
        detail: { summary: "The review queue, oldest first", tags: ["Moderation"] },
      },
    )
    .post(
      "/admin/reviews/:versionId/approve",
      async ({ request, params, body }) => {
        await compliance.approve(contextOf(request).actor, params.versionId, body.reason ?? "");
        return ok({ version_id: params.versionId, decision: "approved" });
      },
      { body: Decision, detail: { summary: "Approve a version in review", tags: ["Moderation"] } },
    )
    .post(
      "/admin/reviews/:versionId/reject",
      async ({ request, params, body }) => {
        await compliance.reject(contextOf(request).actor, params.versionId, body.reason ?? "");
        return ok({ version_id: params.versionId, decision: "rejected" });
      },
      { body: Decision, detail: { summary: "Reject a version", tags: ["Moderation"] } },
    );
}

import { Elysia, t } from "elysia";
import { contextOf } from "../../platform/http/request-context.ts";
import { jsonWithETag, ok } from "../../platform/http/respond.ts";
import { refIn } from "../catalog/index.ts";
import type { ExplainedScan, FindingExplanation } from "./explain-findings.ts";
import type { ComplianceModule } from "./index.ts";
import type { ShownFinding } from "./scan.ts";

export const findingWire = (finding: ShownFinding & { explanation?: FindingExplanation | null }) => ({
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
  /** pass, warn, review or block; null for scans of before it was kept. */
  consequence: finding.consequence,
  because: finding.because,
  suppression: finding.explanation ? explanationWire(finding.explanation) : null,
});

const explanationWire = (one: FindingExplanation) => ({
  id: one.id,
  status: one.status,
  reason: one.reason,
  path: one.path,
  answer: one.answer,
  applies: one.applies,
  expires_at: one.expiresAt,
});

const scanWire = (scan: ExplainedScan) => ({
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

type VersionParams = { namespace: string; slug?: string; version: string };

/** REST of scans and what versions can do. */
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

  return new Elysia({ name: "compliance-api" })
    .get("/admin/rescans", async ({ request }) => ok(await compliance.rescanProgress(contextOf(request).actor)), {
      detail: { summary: "How many versions wait for a rescan, and since when", tags: ["Administration"] },
    })
    .use(scans(new Elysia({ name: "scans-name" }), "/assets/:namespace/:slug", false))
    .use(scans(new Elysia({ name: "scans-id" }), "/assets/:namespace", true))
    .use(capabilities(new Elysia({ name: "capabilities-name" }), "/assets/:namespace/:slug", false))
    .use(capabilities(new Elysia({ name: "capabilities-id" }), "/assets/:namespace", true));
}

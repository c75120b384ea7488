import { Elysia } from "elysia";
import { TERMS_TEXT, TRUST_HEADLINE, type TrustSummary } from "../../../core/trust-summary.ts";
import { contextOf } from "../../../platform/http/request-context.ts";
import { jsonWithETag, ok } from "../../../platform/http/respond.ts";
import { refIn } from "../../catalog/index.ts";
import type { TrustSummaries } from "./summarise-version.ts";

/** REST of what speaks for or against a version. */
export function trustSummaryApi(summaries: TrustSummaries) {
  const read = async ({ request, params }: { request: Request; params: unknown }) => {
    const { version: selector } = params as { version: string };
    const { version, summary } = await summaries.find(contextOf(request).actor, refIn(params), selector);
    return jsonWithETag(request, ok({ version: version.version, digest: version.digest, ...wire(summary) }));
  };
  const detail = { summary: "What speaks for or against a version, in one answer", tags: ["Signing"] };
  return new Elysia({ name: "trust-summary-api" })
    .get("/assets/:namespace/:slug/versions/:version/trust", read, { detail })
    .get("/assets/:namespace/versions/:version/trust", read, { detail: { ...detail, hide: true } });
}

const wire = (one: TrustSummary) => ({
  state: one.state,
  headline: TRUST_HEADLINE[one.state],
  recalled: one.recall && { number: one.recall.number, reason: one.recall.reason, recalled_at: one.recall.at },
  publisher: {
    name: one.publisher.name,
    kind: one.publisher.kind,
    verified: one.publisher.verified,
    since: one.publisher.since,
    published_versions: one.publisher.published,
    more_versions: one.publisher.more,
  },
  signatures: one.signatures.map((signature) => ({
    signer: signature.signer,
    key_name: signature.keyName,
    fingerprint: signature.fingerprint,
    signed_at: signature.signedAt,
    revoked_at: signature.revokedAt,
    signed_as: signature.signedAs,
  })),
  signature_count: one.signatureCount,
  model_signature: { state: one.modelSignature.state, signer: one.modelSignature.signer },
  build: one.build,
  verdict: one.verdict,
  verdict_reason: one.verdictReason,
  scan: one.scan && {
    finished_at: one.scan.finishedAt,
    scanners: one.scan.scanners,
    completed: one.scan.completed,
    findings: one.scan.findings,
    explained: one.scan.explained,
  },
  capabilities: one.capabilities,
  license: {
    expression: one.license.expression,
    terms: one.license.terms,
    asks: TERMS_TEXT[one.license.terms] || null,
  },
  advisories: {
    known: one.advisories.known,
    count: one.advisories.count,
    looked: one.advisories.looked,
    as_of: one.advisories.asOf,
  },
  review: one.review && {
    decision: one.review.decision,
    reason: one.review.reason,
    decided_at: one.review.at,
    moderator: one.review.moderator,
  },
  log_index: one.logIndex,
});

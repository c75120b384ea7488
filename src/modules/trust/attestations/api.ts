import { Elysia } from "elysia";
import { fingerprintOf } from "../../../core/signing/ed25519.ts";
import { contextOf } from "../../../platform/http/request-context.ts";
import { jsonWithETag, ok } from "../../../platform/http/respond.ts";
import { refIn } from "../../catalog/index.ts";
import type { Attestation, Attestations } from "./index.ts";

/** REST of what is signed of versions. */
export function attestationsApi(attestations: Attestations) {
  const list = async ({ request, params }: { request: Request; params: unknown }) => {
    const { version } = params as { version: string };
    const { actor } = contextOf(request);
    const found = await attestations.list(actor, refIn(params), version);
    const model = await attestations.modelSignature(actor, refIn(params), version);
    const key = await attestations.serverKey();
    const meta = {
      public_key: Buffer.from(key).toString("base64"),
      fingerprint: fingerprintOf(key),
      model_signature: model,
    };
    return jsonWithETag(request, ok(found.map(wire), meta));
  };
  const detail = {
    summary:
      "What is signed of a version (DSSE): its publishers' signatures, the server's verdict, and where it was built",
    tags: ["Signing"],
  };
  return new Elysia({ name: "attestations-api" })
    .get("/assets/:namespace/:slug/versions/:version/attestations", list, { detail })
    .get("/assets/:namespace/versions/:version/attestations", list, { detail: { ...detail, hide: true } });
}

const wire = ({ kind, signer, revokedAt, envelope }: Attestation) => ({
  kind,
  signer,
  revoked_at: revokedAt,
  predicate_type: statementOf(envelope)?.predicateType ?? null,
  statement: statementOf(envelope),
  envelope,
});

function statementOf(envelope: unknown): { predicateType?: string } | null {
  const { payload } = (envelope ?? {}) as { payload?: unknown };
  try {
    return JSON.parse(Buffer.from(String(payload), "base64").toString()) as { predicateType?: string };
  } catch {
    return null;
  }
}

import { Elysia, t } from "elysia";
import { contextOf } from "../../platform/http/request-context.ts";
import { ok } from "../../platform/http/respond.ts";
import { refIn } from "../catalog/index.ts";
import type { TrustModule } from "./index.ts";
import type { SigningKey } from "./signing-key.ts";

const keyWire = (key: SigningKey) => ({
  id: key.id,
  fingerprint: key.fingerprint,
  public_key: key.publicKey,
  name: key.name,
  created_at: key.createdAt,
  revoked_at: key.revokedAt,
  revoke_reason: key.revokeReason,
});

const MAX_ENVELOPE = 64 * 1024;

/** REST of signing keys and signatures. */
export function trustApi(trust: TrustModule) {
  const sign = async ({
    request,
    params,
    body,
    set,
  }: {
    request: Request;
    params: unknown;
    body: { envelope: string };
    set: { status?: number | string };
  }) => {
    const { version } = params as { version: string };
    await trust.signVersion(contextOf(request).actor, refIn(params), version, body.envelope);
    set.status = 201;
    return ok({ signed: true });
  };
  const Signature = t.Object({ envelope: t.String({ maxLength: MAX_ENVELOPE }) });
  return new Elysia({ name: "trust-api" })
    .get("/me/keys", async ({ request }) => ok((await trust.listKeys(contextOf(request).actor)).map(keyWire)), {
      detail: { summary: "Your signing keys", tags: ["Signing"] },
    })
    .post(
      "/me/keys",
      async ({ request, body, set }) => {
        set.status = 201;
        return ok(
          keyWire(await trust.addKey(contextOf(request).actor, { name: body.name, publicKey: body.public_key })),
        );
      },
      {
        body: t.Object({ name: t.String({ maxLength: 100 }), public_key: t.String({ maxLength: 64 }) }),
        detail: { summary: "Register an Ed25519 public key", tags: ["Signing"] },
      },
    )
    .delete(
      "/me/keys/:id",
      async ({ request, params, query }) => {
        await trust.revokeKey(contextOf(request).actor, params.id, query.reason ?? "");
        return new Response(null, { status: 204 });
      },
      {
        query: t.Object({ reason: t.Optional(t.String({ maxLength: 500 })) }),
        detail: { summary: "Revoke a signing key", tags: ["Signing"] },
      },
    )
    .get(
      "/users/:username/keys",
      async ({ params }) => ok((await trust.keysOfUsername(params.username)).map(keyWire)),
      { detail: { summary: "Somebody's signing keys, revoked ones too", tags: ["Signing"] } },
    )
    .post("/assets/:namespace/:slug/versions/:version/signatures", sign, {
      body: Signature,
      detail: { summary: "Add a signature to a version", tags: ["Signing"] },
    })
    .post("/assets/:namespace/versions/:version/signatures", sign, { body: Signature, detail: { hide: true } });
}

import { Elysia, t } from "elysia";
import { forbidden, validationError } from "../../core/error.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { ok } from "../../platform/http/respond.ts";
import type { Accounts } from "./accounts.ts";
import type { Passkey } from "./passkeys/passkey.ts";
import type { SudoProof } from "./sudo.ts";
import { seedUri } from "./two-factor/totp.ts";
import { requirePerson } from "./user.ts";
import { Moment, Password, TokensWire, tokensWire } from "./wire.ts";

const Code = t.Object({ code: t.String({ maxLength: 64 }) });
const Codes = t.Array(t.String());
const Data = <T extends Parameters<typeof t.Object>[0][string]>(data: T) => t.Object({ data });
const Named = { params: t.Object({ id: t.String() }) };
const SudoBody = t.Object({
  password: t.Optional(Password),
  otp: t.Optional(t.String({ maxLength: 64, description: "A code of the authenticator app, or a recovery code" })),
});
const StatusWire = t.Object({
  enabled: t.Boolean(),
  authenticator_since: t.Nullable(Moment),
  passkeys: t.Number(),
  recovery_codes_left: t.Number(),
});
const PasskeyWire = t.Object({
  id: t.String(),
  name: t.String(),
  backed_up: t.Boolean({ description: "Synchronised between the person's devices" }),
  created_at: Moment,
  last_used_at: t.Nullable(Moment),
});

/** For answers that hold a secret: no cache keeps them, nor does an Idempotency-Key. */
const SECRET = { "cache-control": "no-store" };
const shown = (summary: string, tag: "Authentication" | "Accounts" | "Administration") => ({
  detail: { summary, tags: [tag] },
});
const noContent = (): Response => new Response(null, { status: 204 });

/** REST of second factors, passkeys and sudo mode, below `/api/v1`. */
export const secondFactorApi = (accounts: Accounts) =>
  new Elysia({ name: "accounts-api-second-factor" })
    .use(sudoApi(accounts))
    .use(twoFactorApi(accounts))
    .use(passkeysApi(accounts))
    .delete(
      "/admin/users/:username/two-factor",
      async ({ request, params }) => {
        await accounts.administration.resetTwoFactor(contextOf(request).actor, params.username);
        return noContent();
      },
      {
        params: t.Object({ username: t.String() }),
        ...shown("Remove the second factors of somebody who lost them", "Administration"),
      },
    );

const sudoApi = (accounts: Accounts) =>
  new Elysia({ name: "accounts-api-sudo" }).post(
    "/auth/sudo",
    async ({ request, body, set }) => {
      const { actor } = contextOf(request);
      requirePerson(actor);
      if (actor.via !== "access-token") throw forbidden("In a browser, confirm that it is you at /sudo.");
      const { twoFactor } = await accounts.sudo.prove(actor, proofOf(body));
      const user = await accounts.me(actor);
      await accounts.tokens.end({ accessToken: request.headers.get("Authorization")?.replace(/^Bearer +/i, "") });
      Object.assign(set.headers, SECRET);
      const methods = body.password === undefined ? ["otp"] : ["pwd"];
      const client = request.headers.get("User-Agent") ?? "";
      return ok(tokensWire(user, await accounts.tokens.start(user.id, { twoFactor, client, methods })));
    },
    {
      body: SudoBody,
      response: { 200: Data(TokensWire) },
      ...shown(
        "Prove again who you are, for dangerous acts: answers new tokens for those of the request",
        "Authentication",
      ),
    },
  );

function proofOf(body: typeof SudoBody.static): SudoProof {
  if (body.password !== undefined) return { password: body.password };
  if (body.otp !== undefined) return { code: body.otp };
  throw validationError({ field: "password", message: "send it, or `otp`." });
}

function twoFactorApi(accounts: Accounts) {
  return new Elysia({ name: "accounts-api-two-factor" })
    .get(
      "/me/two-factor",
      async ({ request }) => {
        const status = await accounts.twoFactor.status(contextOf(request).actor);
        return ok({
          enabled: status.authenticatorSince !== null || status.passkeys > 0,
          authenticator_since: status.authenticatorSince,
          passkeys: status.passkeys,
          recovery_codes_left: status.recoveryCodesLeft,
        });
      },
      { response: { 200: Data(StatusWire) }, ...shown("What you have beside a password", "Accounts") },
    )
    .post(
      "/me/two-factor/totp",
      async ({ request, set }) => {
        const { actor } = contextOf(request);
        const { seed } = await accounts.twoFactor.begin(actor);
        const { username } = await accounts.me(actor);
        set.status = 201;
        Object.assign(set.headers, SECRET);
        return ok({ secret: seed, uri: seedUri(seed, { issuer: new URL(request.url).hostname, account: username }) });
      },
      {
        response: { 201: Data(t.Object({ secret: t.String(), uri: t.String() })) },
        ...shown("Begin to enrol an authenticator app; needs a proof of who you are within 15 minutes", "Accounts"),
      },
    )
    .post(
      "/me/two-factor/totp/confirm",
      async ({ request, body, set }) => {
        const { recoveryCodes } = await accounts.twoFactor.confirm(contextOf(request).actor, body.code);
        Object.assign(set.headers, SECRET);
        return ok({ recovery_codes: recoveryCodes });
      },
      {
        body: Code,
        response: { 200: Data(t.Object({ recovery_codes: t.Nullable(Codes) })) },
        ...shown("Turn the authenticator app on with a code of it; recovery codes are shown this once", "Accounts"),
      },
    )
    .post(
      "/me/two-factor/totp/disable",
      async ({ request, body }) => {
        await accounts.twoFactor.disable(contextOf(request).actor, body.code);
        return noContent();
      },
      { body: Code, ...shown("Remove the authenticator app, with a code of it or a recovery code", "Accounts") },
    )
    .post(
      "/me/two-factor/recovery-codes",
      async ({ request, set }) => {
        const codes = await accounts.twoFactor.renewRecoveryCodes(contextOf(request).actor);
        Object.assign(set.headers, SECRET);
        return ok({ recovery_codes: codes });
      },
      {
        response: { 200: Data(t.Object({ recovery_codes: Codes })) },
        ...shown("Make new recovery codes in place of the old ones", "Accounts"),
      },
    );
}

function passkeysApi(accounts: Accounts) {
  return new Elysia({ name: "accounts-api-passkeys" })
    .get(
      "/me/passkeys",
      async ({ request }) => ok((await accounts.passkeys.list(contextOf(request).actor)).map(passkeyWire)),
      { response: { 200: Data(t.Array(PasskeyWire)) }, ...shown("Your passkeys; browsers add them", "Accounts") },
    )
    .patch(
      "/me/passkeys/:id",
      async ({ request, params, body }) => {
        await accounts.passkeys.rename(contextOf(request).actor, params.id, body.name);
        return noContent();
      },
      { ...Named, body: t.Object({ name: t.String({ maxLength: 320 }) }), ...shown("Rename a passkey", "Accounts") },
    )
    .delete(
      "/me/passkeys/:id",
      async ({ request, params }) => {
        await accounts.passkeys.remove(contextOf(request).actor, params.id);
        return noContent();
      },
      { ...Named, ...shown("Remove a passkey; needs a proof of who you are within 15 minutes", "Accounts") },
    );
}

const passkeyWire = (passkey: Passkey): typeof PasskeyWire.static => ({
  id: passkey.id,
  name: passkey.name,
  backed_up: passkey.backedUp,
  created_at: passkey.createdAt,
  last_used_at: passkey.lastUsedAt,
});

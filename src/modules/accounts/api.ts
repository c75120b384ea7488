import { Elysia, t } from "elysia";
import { forbidden, unauthorized } from "../../core/error.ts";
import { type Page, offsetOf, parsePage } from "../../core/page.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { jsonWithETag, ok, pageAnswer } from "../../platform/http/respond.ts";
import type { Accounts } from "./accounts.ts";
import { apiKeysApi } from "./api-keys-api.ts";
import { recoveryApi } from "./recovery-api.ts";
import { secondFactorApi } from "./second-factor-api.ts";
import { tokenKeysApi } from "./token-keys-api.ts";
import type { SessionInfo } from "./own-sessions.ts";
import type { TokenSignIn } from "./tokens.ts";
import { usersApi } from "./users-api.ts";
import * as wire from "./wire.ts";

const PageQuery = t.Object({ page: t.Optional(t.String()), per_page: t.Optional(t.String()) });
const Data = <T extends Parameters<typeof t.Object>[0][string]>(data: T) => t.Object({ data });
/** For answers that hold a secret: no cache keeps them, nor does an Idempotency-Key. */
const SECRET = { "cache-control": "no-store" };
const bearerOf = (request: Request) => request.headers.get("Authorization")?.replace(/^Bearer +/i, "");
const noContent = (): Response => new Response(null, { status: 204 });
const shown = (summary: string, tag: "Authentication" | "Accounts") => ({ detail: { summary, tags: [tag] } });

/** A sign-in over the API with a password, and what was proved beside it (RFC 8176 has no word for recovery codes). */
const passwordSignIn = (request: Request, factor: "otp" | "recovery" | null): TokenSignIn => ({
  twoFactor: factor !== null,
  client: request.headers.get("User-Agent") ?? "",
  methods: factor === "otp" ? ["pwd", "otp"] : ["pwd"],
});

/** For a directory's person whose account cannot be told from here. */
const connectFirst = () =>
  forbidden(
    "Your password is right, but nothing says which account here is yours. Sign in once in a browser: it shows how to connect them.",
  );

/** REST of accounts, below `/api/v1`. */
export const accountsApi = (accounts: Accounts) =>
  new Elysia({ name: "accounts-api" })
    .use(authApi(accounts))
    .use(secondFactorApi(accounts))
    .use(recoveryApi(accounts))
    .use(usersApi(accounts))
    .use(meApi(accounts))
    .use(apiKeysApi(accounts))
    .use(tokenKeysApi(accounts));

function authApi(accounts: Accounts) {
  return new Elysia({ name: "accounts-api-auth" })
    .post(
      "/auth/login",
      async ({ request, body, set }) => {
        const signIn = await accounts.signIn(body.username, body.password);
        if (signIn.kind === "unproven") throw connectFirst();
        const { user, method } = signIn;
        const factor = await accounts.secondFactor.demand(user.id, body.otp);
        Object.assign(set.headers, SECRET);
        const how = { ...passwordSignIn(request, factor), method };
        return ok(wire.tokensWire(user, await accounts.tokens.start(user.id, how)));
      },
      { body: wire.LoginBody, response: { 200: Data(wire.TokensWire) }, ...shown("Sign in", "Authentication") },
    )
    .post(
      "/auth/refresh",
      async ({ body, set }) => {
        const { user, tokens } = await accounts.tokens.refresh(body.refresh_token);
        Object.assign(set.headers, SECRET);
        return ok(wire.tokensWire(user, tokens));
      },
      {
        body: wire.RefreshBody,
        response: { 200: Data(wire.TokensWire) },
        ...shown("Exchange a refresh token for a new pair; each works once", "Authentication"),
      },
    )
    .post(
      "/auth/logout",
      async ({ request, body }) => {
        const { actor, session } = contextOf(request);
        const refreshToken = body?.refresh_token;
        if (actor.kind === "anonymous" && refreshToken === undefined) throw unauthorized();
        const bearer = bearerOf(request);
        const accessToken = actor.kind === "user" && actor.via === "access-token" ? bearer : undefined;
        await accounts.tokens.end({ refreshToken, accessToken });
        if (session) await accounts.endSession(actor, session.id);
        return noContent();
      },
      { body: wire.LogoutBody, ...shown("End the tokens of this sign-in", "Authentication") },
    );
}

function meApi(accounts: Accounts) {
  return new Elysia({ name: "accounts-api-me" })
    .get(
      "/me",
      async ({ request }) => jsonWithETag(request, ok(wire.userWire(await accounts.me(contextOf(request).actor)))),
      shown("Who you are", "Accounts"),
    )
    .patch(
      "/me",
      async ({ request, body }) => {
        const { display_name: displayName, bio, website } = body;
        return ok(wire.userWire(await accounts.updateProfile(contextOf(request).actor, { displayName, bio, website })));
      },
      { body: wire.ProfileBody, response: { 200: Data(wire.UserWire) }, ...shown("Change your profile", "Accounts") },
    )
    .post(
      "/me/password",
      async ({ request, body, set }) => {
        const input = { current: body.current_password, next: body.new_password };
        const { actor } = contextOf(request);
        const user = await accounts.changePassword(actor, input);
        Object.assign(set.headers, SECRET);
        const signIn = { ...passwordSignIn(request, null), twoFactor: actor.kind === "user" && actor.twoFactor };
        return ok(wire.tokensWire(user, await accounts.tokens.start(user.id, signIn)));
      },
      {
        body: wire.PasswordBody,
        response: { 200: Data(wire.TokensWire) },
        ...shown("Change your password: ends every session and token, and answers new ones", "Accounts"),
      },
    )
    .get(
      "/me/sessions",
      async ({ request, query }) => {
        const { actor, session } = contextOf(request);
        const page = pageOf(await accounts.listSessions(actor), query);
        return pageAnswer(request, page, (item) => sessionWire(item, session?.id ?? null));
      },
      { query: PageQuery, ...shown("Browsers you are signed in with", "Accounts") },
    )
    .delete(
      "/me/sessions",
      async ({ request }) => {
        const { actor, session } = contextOf(request);
        await accounts.endOtherSessions(actor, session?.id ?? null);
        return noContent();
      },
      shown("Sign every other browser out", "Accounts"),
    )
    .delete(
      "/me/sessions/:id",
      async ({ request, params }) => {
        await accounts.endSession(contextOf(request).actor, params.id);
        return noContent();
      },
      { params: t.Object({ id: t.String() }), ...shown("Sign a browser out", "Accounts") },
    )
    .get(
      "/users/:username",
      async ({ request, params }) =>
        jsonWithETag(request, ok(wire.publicUserWire(await accounts.profile(params.username)))),
      { params: t.Object({ username: t.String() }), ...shown("A person's public profile", "Accounts") },
    );
}

/** The public key of access tokens, at its well-known place outside `/api`. */
export const jwksRoute = (accounts: Accounts) =>
  new Elysia({ name: "accounts-jwks" }).get(
    "/.well-known/jwks.json",
    async ({ request }) => {
      const response = jsonWithETag(request, await accounts.jwks(), { "Content-Type": "application/jwk-set+json" });
      response.headers.set("Cache-Control", "public, max-age=300");
      return response;
    },
    { detail: { summary: "The public key of access tokens (RFC 7517)", tags: ["Authentication"] } },
  );

/** A numbered page of a list that is short by its nature. */
function pageOf<T>(items: T[], query: { page?: string; per_page?: string }): Page<T> {
  const request = parsePage(query);
  const offset = offsetOf(request);
  return { items: items.slice(offset, offset + request.perPage), total: items.length, ...request };
}

const sessionWire = (session: SessionInfo, current: string | null) => ({
  id: session.id,
  user_agent: session.userAgent,
  address: session.address || null,
  seen_at: session.seenAt,
  two_factor: session.twoFactor,
  created_at: session.createdAt,
  expires_at: session.expiresAt,
  current: session.id === current,
});

import { Elysia, t } from "elysia";
import { parsePage } from "../../core/page.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { ok, pageAnswer } from "../../platform/http/respond.ts";
import type { Accounts } from "./accounts.ts";
import type { AccountInvitation } from "./invite-account.ts";
import { Moment, Password, RegisterBody, Short, TokensWire, tokensWire } from "./wire.ts";

const Token = t.Object({ token: t.String({ maxLength: 100 }) });
const Said = t.Object({ data: t.Object({ message: t.String({ description: "What happens next, for people" }) }) });
const InvitationWire = t.Object({
  id: t.String(),
  email: t.Nullable(t.String({ description: "The only address it is for; null: for whoever holds the link" })),
  invited_by: t.String(),
  created_at: Moment,
  expires_at: Moment,
});
/** For answers that hold a secret: no cache keeps them, nor does an Idempotency-Key. */
const SECRET = { "cache-control": "no-store" };
const shown = (summary: string, tag: "Authentication" | "Accounts" | "Administration") => ({
  detail: { summary, tags: [tag] },
});
const noContent = (): Response => new Response(null, { status: 204 });

/** What comes after a request whose link went out, whoever it was for. */
export const linkSent = (accounts: Accounts, what: string): string =>
  accounts.mailDelivers
    ? `${what} Look into your mailbox.`
    : `${what} This server sends no mail: ask an administrator for the link.`;

/** REST of what goes through links in mails, below `/api/v1`. */
export const recoveryApi = (accounts: Accounts) =>
  new Elysia({ name: "accounts-api-recovery" })
    .use(registrationApi(accounts))
    .use(passwordResetApi(accounts))
    .use(emailApi(accounts))
    .use(invitationsApi(accounts));

const registrationApi = (accounts: Accounts) =>
  new Elysia({ name: "accounts-api-registration" })
    .post(
      "/auth/register",
      async ({ request, body, set }) => {
        const { display_name: displayName, invitation, ...account } = body;
        const registered = await accounts.register({ ...account, displayName }, invitation);
        Object.assign(set.headers, SECRET);
        if (registered.kind === "link-sent") {
          set.status = 202;
          return ok({
            message: linkSent(accounts, "The account is made when you follow the link sent to your address."),
          });
        }
        const { user } = registered;
        const client = request.headers.get("User-Agent") ?? "";
        const tokens = await accounts.tokens.start(user.id, { twoFactor: false, client, methods: ["pwd"] });
        set.status = 201;
        return ok(tokensWire(user, tokens));
      },
      {
        body: RegisterBody,
        response: { 201: t.Object({ data: TokensWire }), 202: Said },
        ...shown("Make an account; 202 where its address has to be confirmed first", "Authentication"),
      },
    )
    .post(
      "/auth/verify-email",
      async ({ body }) => {
        const { username, email } = await accounts.emailVerification.confirm(body.token);
        return ok({ username, email });
      },
      {
        body: Token,
        response: { 200: t.Object({ data: t.Object({ username: t.String(), email: t.String() }) }) },
        ...shown("Confirm an address, or the registration with it; each link works once", "Authentication"),
      },
    );

const passwordResetApi = (accounts: Accounts) =>
  new Elysia({ name: "accounts-api-password-reset" })
    .post(
      "/auth/forgot-password",
      async ({ body, set }) => {
        await accounts.passwordReset.request(body.login);
        set.status = 202;
        return ok({
          message: linkSent(accounts, "If there is such an account, a link for a new password is on its way."),
        });
      },
      {
        body: t.Object({ login: Short }),
        response: { 202: Said },
        ...shown("Ask for a link to set a new password; the answer is the same for all names", "Authentication"),
      },
    )
    .post(
      "/auth/reset-password",
      async ({ body }) => {
        await accounts.passwordReset.complete({ token: body.token, password: body.password, code: body.otp });
        return noContent();
      },
      {
        body: t.Composite([Token, t.Object({ password: Password, otp: t.Optional(Short) })]),
        ...shown("Set a new password with the link's token; ends every session and token", "Authentication"),
      },
    )
    .post(
      "/admin/users/:username/reset-link",
      async ({ request, params, set }) => {
        const link = await accounts.passwordReset.linkFor(contextOf(request).actor, params.username);
        set.status = 201;
        Object.assign(set.headers, SECRET);
        return ok({ link });
      },
      {
        params: t.Object({ username: t.String() }),
        response: { 201: t.Object({ data: t.Object({ link: t.String({ description: "Works once, for an hour" }) }) }) },
        ...shown("Make a link to set a person's password with, to hand over", "Administration"),
      },
    );

const emailApi = (accounts: Accounts) =>
  new Elysia({ name: "accounts-api-email" })
    .post(
      "/me/email",
      async ({ request, body, set }) => {
        const { email, password, otp } = body;
        await accounts.emailChange.request(contextOf(request).actor, { email, password, code: otp });
        set.status = 202;
        return ok({ message: linkSent(accounts, "The address changes when you follow the link sent to it.") });
      },
      {
        body: t.Object({ email: Short, password: t.Optional(Password), otp: t.Optional(Short) }),
        response: { 202: Said },
        ...shown("Ask for another address: needs your password, or a sign-in of the last minutes", "Accounts"),
      },
    )
    .post(
      "/me/email/verification",
      async ({ request, set }) => {
        await accounts.emailVerification.resend(contextOf(request).actor);
        set.status = 202;
        return ok({ message: linkSent(accounts, "The link is on its way.") });
      },
      { response: { 202: Said }, ...shown("Have the link that confirms your address sent again", "Accounts") },
    )
    .post(
      "/auth/confirm-email",
      async ({ body }) => {
        await accounts.emailChange.confirm(body.token);
        return noContent();
      },
      {
        body: Token,
        ...shown("Follow the link of a new address; ends every session and token", "Authentication"),
      },
    )
    .post(
      "/auth/undo-email",
      async ({ body, set }) => {
        const { resetToken } = await accounts.emailChange.undo(body.token);
        Object.assign(set.headers, SECRET);
        return ok({ reset_token: resetToken });
      },
      {
        body: Token,
        response: { 200: t.Object({ data: t.Object({ reset_token: t.String() }) }) },
        ...shown("Bring the former address back; answers a token to set a new password with", "Authentication"),
      },
    );

const invitationWire = (invitation: AccountInvitation): typeof InvitationWire.static => ({
  id: invitation.id,
  email: invitation.email,
  invited_by: invitation.invitedBy,
  created_at: invitation.createdAt,
  expires_at: invitation.expiresAt,
});

const invitationsApi = (accounts: Accounts) =>
  new Elysia({ name: "accounts-api-invitations" })
    .get(
      "/admin/invitations",
      async ({ request, query }) =>
        pageAnswer(
          request,
          await accounts.invitations.list(contextOf(request).actor, parsePage(query)),
          invitationWire,
        ),
      {
        query: t.Object({ page: t.Optional(t.String()), per_page: t.Optional(t.String()) }),
        ...shown("Invitations to make an account that still hold", "Administration"),
      },
    )
    .post(
      "/admin/invitations",
      async ({ request, body, set }) => {
        const { actor } = contextOf(request);
        const { invitation, link, mailed } = await accounts.invitations.create(actor, { email: body?.email ?? null });
        set.status = 201;
        Object.assign(set.headers, SECRET);
        return ok({ ...invitationWire(invitation), link, mailed });
      },
      {
        body: t.Optional(t.Object({ email: t.Optional(t.Nullable(Short)) })),
        response: {
          201: t.Object({
            data: t.Composite([
              InvitationWire,
              t.Object({ link: t.String({ description: "Shown this once" }), mailed: t.Boolean() }),
            ]),
          }),
        },
        ...shown("Invite somebody to make an account, by link or by mail", "Administration"),
      },
    )
    .delete(
      "/admin/invitations/:id",
      async ({ request, params }) => {
        await accounts.invitations.revoke(contextOf(request).actor, params.id);
        return noContent();
      },
      { params: t.Object({ id: t.String() }), ...shown("Take an invitation back", "Administration") },
    );

import { Elysia, t } from "elysia";
import { contextOf } from "../../platform/http/request-context.ts";
import { ok } from "../../platform/http/respond.ts";
import type { Accounts } from "./accounts.ts";
import type { TokenKeyState } from "./rotate-token-keys.ts";
import { Moment } from "./wire.ts";

const TokenKeyWire = t.Object({
  id: t.String({ description: "The `kid` of tokens" }),
  state: t.Union([t.Literal("next"), t.Literal("signing"), t.Literal("retired")]),
  created_at: Moment,
  retired_at: t.Nullable(Moment),
});
const Answer = { 200: t.Object({ data: t.Array(TokenKeyWire) }) };

const tokenKeyWire = (key: TokenKeyState): typeof TokenKeyWire.static => ({
  id: key.id,
  state: key.state,
  created_at: key.createdAt,
  retired_at: key.retiredAt,
});

/** `/admin/token-keys`, below `/api/v1`. */
export function tokenKeysApi({ tokenKeys }: Accounts) {
  const listed = async (request: Request) => ok((await tokenKeys.list(contextOf(request).actor)).map(tokenKeyWire));
  return new Elysia({ name: "accounts-api-token-keys" })
    .get("/admin/token-keys", ({ request }) => listed(request), {
      response: Answer,
      detail: { summary: "The keys that sign access tokens", tags: ["Administration"] },
    })
    .post(
      "/admin/token-keys/rotate",
      async ({ request, body }) => {
        await tokenKeys.rotate(contextOf(request).actor, { revoke: body?.revoke ?? false });
        return listed(request);
      },
      {
        body: t.Optional(t.Object({ revoke: t.Optional(t.Boolean()) })),
        response: Answer,
        detail: {
          summary:
            "Have a new key sign access tokens; with `revoke` at once, and every access and refresh token ends. Needs a sign-in of the last 15 minutes",
          tags: ["Administration"],
        },
      },
    );
}

import { Elysia, t } from "elysia";
import { offsetOf, parsePage } from "../../core/page.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { ok, pageAnswer } from "../../platform/http/respond.ts";
import type { Accounts } from "./accounts.ts";
import type { ListedApiKey } from "./api-keys.ts";
import { Moment, Short } from "./wire.ts";

const Scope = t.Union([t.Literal("read"), t.Literal("publish"), t.Literal("admin")]);
const Names = t.Nullable(t.Array(Short, { maxItems: 100 }));

const ApiKeyBody = t.Object({
  name: Short,
  scopes: t.Optional(t.Array(Short, { maxItems: 10 })),
  namespaces: t.Optional(Names),
  assets: t.Optional(Names),
  expires_in_days: t.Optional(t.Nullable(t.Number())),
  kind: t.Optional(
    t.Union([t.Literal("personal"), t.Literal("capability")], {
      description: "`capability`: for addresses that begin with `/k/<key>`, to read alone; it must expire",
    }),
  ),
});
const ApiKeyWire = t.Object({
  id: t.String(),
  name: t.String(),
  hint: t.String({ description: "The first characters, to recognise a key by" }),
  kind: t.Union([t.Literal("personal"), t.Literal("capability"), t.Literal("trusted-publisher")]),
  scopes: t.Array(Scope),
  namespaces: t.Nullable(t.Array(t.String()), {
    description: "The namespaces it is confined to, as far as they are still there for you; null: it is not confined",
  }),
  assets: t.Nullable(t.Array(t.String()), {
    description: "The assets (`namespace/slug`) it is confined to beside those namespaces; null: it is not confined",
  }),
  created_at: Moment,
  expires_at: t.Nullable(Moment),
  last_used_at: t.Nullable(Moment),
});
const NewApiKeyWire = t.Composite([ApiKeyWire, t.Object({ key: t.String({ description: "Shown this once" }) })]);

const apiKeyWire = (key: ListedApiKey): typeof ApiKeyWire.static => ({
  id: key.id,
  name: key.name,
  hint: key.hint,
  kind: key.kind,
  scopes: key.scopes,
  namespaces: key.confinedTo?.namespaces ?? null,
  assets: key.confinedTo?.assets ?? null,
  created_at: key.createdAt,
  expires_at: key.expiresAt,
  last_used_at: key.lastUsedAt,
});

const shown = (summary: string) => ({ detail: { summary, tags: ["Accounts"] } });

/** `/me/api-keys`. */
export function apiKeysApi(accounts: Accounts) {
  return new Elysia({ name: "accounts-api-keys" })
    .get(
      "/me/api-keys",
      async ({ request, query }) => {
        const keys = await accounts.apiKeys.list(contextOf(request).actor);
        const page = parsePage(query);
        const items = keys.slice(offsetOf(page), offsetOf(page) + page.perPage);
        return pageAnswer(request, { items, total: keys.length, ...page }, apiKeyWire);
      },
      {
        query: t.Object({ page: t.Optional(t.String()), per_page: t.Optional(t.String()) }),
        ...shown("Your API keys"),
      },
    )
    .post(
      "/me/api-keys",
      async ({ request, body, set }) => {
        const { key, secret } = await accounts.apiKeys.create(contextOf(request).actor, {
          name: body.name,
          scopes: body.scopes ?? ["read"],
          namespaces: body.namespaces,
          assets: body.assets,
          expiresInDays: body.expires_in_days ?? null,
          kind: body.kind,
        });
        set.status = 201;
        // No cache keeps the key, nor does an Idempotency-Key.
        set.headers["cache-control"] = "no-store";
        return ok({ ...apiKeyWire(key), key: secret });
      },
      {
        body: ApiKeyBody,
        response: { 201: t.Object({ data: NewApiKeyWire }) },
        ...shown("Make an API key; it is shown this once"),
      },
    )
    .delete(
      "/me/api-keys/:id",
      async ({ request, params }) => {
        const bearer = request.headers.get("Authorization")?.replace(/^Bearer +/i, "");
        const presented = bearer ?? request.headers.get("X-API-Key");
        await accounts.apiKeys.revoke(contextOf(request).actor, params.id, presented);
        return new Response(null, { status: 204 });
      },
      {
        params: t.Object({ id: t.String() }),
        ...shown("Revoke an API key; a key itself may revoke none but itself"),
      },
    );
}

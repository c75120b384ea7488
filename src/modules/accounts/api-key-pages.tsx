import { Elysia } from "elysia";
import { type CreatedKey, SettingsApiKeysPage } from "../../../views/accounts/api-keys.tsx";
import { EMPTY_FORM, type FormState, type PageProps } from "../../../views/layout/page.ts";
import { answerForm, htmlPage, textFields } from "../../platform/http/forms.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { seeOther } from "../../platform/http/respond.ts";
import type { Accounts } from "./accounts.ts";

/** `/settings/api-keys`. */
export function apiKeyPages(deps: {
  accounts: Accounts;
  pageProps: (request: Request) => PageProps;
  /** Where people reach this server. */
  origin: (request: Request) => string;
}) {
  const { accounts, pageProps, origin } = deps;
  const show = async (request: Request, form: FormState, created: CreatedKey | null) => {
    const keys = (await accounts.apiKeys.list(contextOf(request).actor)).map(({ hint, lastUsedAt, ...key }) => ({
      ...key,
      prefix: hint,
      usedAt: lastUsedAt,
    }));
    return <SettingsApiKeysPage page={pageProps(request)} keys={keys} created={created} form={form} />;
  };
  return new Elysia({ name: "accounts-pages-api-keys" })
    .get("/settings/api-keys", ({ request }) => htmlPage(show(request, EMPTY_FORM, null)))
    .post("/settings/api-keys", ({ request, body }) => {
      const values = textFields(body);
      return answerForm(
        values,
        async () => {
          const days = values["expires_in_days"] ?? "";
          const { key, secret } = await accounts.apiKeys.create(contextOf(request).actor, {
            name: values["name"] ?? "",
            scopes: [values["scope"] ?? ""],
            namespaces: words(values["namespaces"]),
            assets: words(values["assets"]),
            expiresInDays: days === "" ? null : Number(days),
            kind: values["kind"] === "capability" ? "capability" : "personal",
          });
          const address = key.kind === "capability" ? `${origin(request)}/k/${secret}` : null;
          // Not a redirect: the key is shown here once and stands in no URL, cookie or table.
          return htmlPage(show(request, EMPTY_FORM, { name: key.name, secret, address }), 201);
        },
        (form) => show(request, form, null),
      );
    })
    .post("/settings/api-keys/:id/revoke", async ({ request, params }) => {
      await accounts.apiKeys.revoke(contextOf(request).actor, params.id);
      return seeOther("/settings/api-keys");
    });
}

/** Names between commas or spaces; null for none, which confines nothing. */
function words(text: string | undefined): string[] | null {
  const found = (text ?? "").split(/[\s,]+/).filter((word) => word !== "");
  return found.length === 0 ? null : found;
}

import { Elysia } from "elysia";
import { SettingsSigningKeysPage } from "../../../views/accounts/settings.tsx";
import { EMPTY_FORM, type FormState, type PageProps } from "../../../views/layout/page.ts";
import { answerForm, htmlPage, textFields } from "../../platform/http/forms.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { seeOther } from "../../platform/http/respond.ts";
import type { TrustModule } from "./index.ts";

const AT = "/settings/signing-keys";

/** The signing keys of the person who is signed in. */
export function trustPages({ trust, pageProps }: { trust: TrustModule; pageProps: (request: Request) => PageProps }) {
  const show = async (request: Request, form: FormState) => (
    <SettingsSigningKeysPage
      page={pageProps(request)}
      form={form}
      keys={(await trust.listKeys(contextOf(request).actor)).map((key) => ({
        id: key.id,
        name: key.name,
        digest: key.fingerprint,
        createdAt: key.createdAt,
        revokedAt: key.revokedAt,
      }))}
    />
  );
  return new Elysia({ name: "trust-pages" })
    .get(AT, async ({ request }) => htmlPage(await show(request, EMPTY_FORM)))
    .post(AT, ({ request, body }) => {
      const values = textFields(body);
      return answerForm(
        values,
        async () => {
          const input = { name: values["name"] ?? "", publicKey: rawKey(values["public_key"] ?? "") };
          await trust.addKey(contextOf(request).actor, input);
          return seeOther(AT);
        },
        (form) => show(request, form),
      );
    })
    .post(`${AT}/:id/revoke`, async ({ request, params, body }) => {
      await trust.revokeKey(contextOf(request).actor, params.id, textFields(body)["reason"] ?? "");
      return seeOther(AT);
    });
}

/** What comes before the key in the SPKI of every Ed25519 key (RFC 8410). */
const ED25519_SPKI = Buffer.from("302a300506032b6570032100", "hex");

/** The raw key of an Ed25519 SPKI PEM (RFC 8410: its last 32 bytes), or the text as it is. */
function rawKey(text: string): string {
  const pem = /^-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]{1,200})-----END PUBLIC KEY-----\s*$/.exec(text.trim());
  if (!pem) return text.trim();
  const der = Buffer.from(pem[1] ?? "", "base64");
  const isEd25519 = der.length === ED25519_SPKI.length + 32 && der.indexOf(ED25519_SPKI) === 0;
  return isEd25519 ? der.subarray(-32).toString("base64") : text.trim();
}

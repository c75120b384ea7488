import { Elysia } from "elysia";
import { clientName } from "../../../views/accounts/client-name.ts";
import {
  SettingsAuthenticatorPage,
  SettingsRecoveryCodesPage,
  type SecurityProps,
  SettingsSecurityPage,
} from "../../../views/accounts/security.tsx";
import { EMPTY_FORM, type FormState } from "../../../views/layout/page.ts";
import { answerForm, htmlPage, textFields } from "../../platform/http/forms.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { ok, seeOther } from "../../platform/http/respond.ts";
import { rotateSession } from "./credentials-api.ts";
import type { AccountsPagesDeps } from "./pages.tsx";
import { answerIn, findSite, siteOf } from "./passkeys/passkey-wire.ts";
import { qrCode } from "./two-factor/qr-code.ts";
import { seedUri } from "./two-factor/totp.ts";

/** `/settings/security`: authenticator app, passkeys and recovery codes of the person who is signed in. */
export function securityPages(deps: AccountsPagesDeps) {
  return new Elysia({ name: "accounts-pages-security" })
    .get("/settings/security", ({ request, query }) => {
      const notice = NOTICES[Object.keys(query)[0] ?? ""] ?? null;
      return htmlPage(securityPage(deps, request, null, EMPTY_FORM, notice));
    })
    .use(authenticatorPages(deps))
    .use(passkeyPages(deps));
}

const NOTICES: Partial<Record<string, string>> = {
  "authenticator-on": "The authenticator app is on.",
  "authenticator-off": "The authenticator app is removed.",
  "passkey-added": "The passkey is added.",
};

async function securityPage(
  deps: AccountsPagesDeps,
  request: Request,
  at: SecurityProps["at"],
  form: FormState,
  notice: string | null = null,
) {
  const { accounts } = deps;
  const { actor } = contextOf(request);
  const status = await accounts.twoFactor.status(actor);
  const passkeys = (await accounts.passkeys.list(actor)).map(({ lastUsedAt, ...one }) => ({
    ...one,
    usedAt: lastUsedAt,
  }));
  const enrolled = status.authenticatorSince !== null || passkeys.length > 0;
  return (
    <SettingsSecurityPage
      page={{ ...deps.pageProps(request), notice }}
      authenticatorSince={status.authenticatorSince}
      recoveryCodesLeft={status.recoveryCodesLeft}
      passkeys={passkeys}
      passkeysWork={findSite(deps, request) !== null}
      suggestedName={clientName(request.headers.get("User-Agent") ?? "")}
      required={!enrolled && accounts.mustEnrol(await accounts.me(actor))}
      at={at}
      form={form}
    />
  );
}

/** Recovery codes stand on the answer itself, this once, and in no URL, cookie or table. */
const recoveryCodes = (deps: AccountsPagesDeps, request: Request, codes: string[], headers = {}) =>
  htmlPage(<SettingsRecoveryCodesPage page={deps.pageProps(request)} codes={codes} />, 200, headers);

function authenticatorPages(deps: AccountsPagesDeps) {
  const { accounts, pageProps } = deps;
  const enrolment = async (request: Request, seed: string, form: FormState) => {
    const user = await accounts.me(contextOf(request).actor);
    const page = pageProps(request);
    const qr = qrCode(seedUri(seed, { issuer: page.brand.name, account: user.username }));
    return <SettingsAuthenticatorPage page={page} form={form} seed={seed} qr={qr} />;
  };
  return new Elysia({ name: "accounts-pages-authenticator" })
    .post("/settings/security/authenticator", async ({ request }) => {
      const { seed } = await accounts.twoFactor.begin(contextOf(request).actor);
      return htmlPage(enrolment(request, seed, EMPTY_FORM));
    })
    .post("/settings/security/authenticator/confirm", ({ request, body }) => {
      const { actor } = contextOf(request);
      return answerForm(
        {},
        async () => {
          const confirmed = await accounts.twoFactor.confirm(actor, textFields(body)["code"] ?? "");
          const headers = await rotateSession(accounts, request, { twoFactor: true });
          return confirmed.recoveryCodes
            ? recoveryCodes(deps, request, confirmed.recoveryCodes, headers)
            : seeOther("/settings/security?authenticator-on", headers);
        },
        async (form) => enrolment(request, (await accounts.twoFactor.pending(actor)).seed, form),
      );
    })
    .post("/settings/security/authenticator/remove", ({ request, body }) =>
      answerForm(
        {},
        async () => {
          await accounts.twoFactor.disable(contextOf(request).actor, textFields(body)["code"] ?? "");
          return seeOther("/settings/security?authenticator-off");
        },
        (form) => securityPage(deps, request, "authenticator", form),
      ),
    )
    .post("/settings/security/recovery-codes", async ({ request }) =>
      recoveryCodes(deps, request, await accounts.twoFactor.renewRecoveryCodes(contextOf(request).actor)),
    );
}

function passkeyPages(deps: AccountsPagesDeps) {
  const { accounts } = deps;
  return new Elysia({ name: "accounts-pages-passkeys" })
    .post("/settings/security/passkeys/options", async ({ request }) =>
      Response.json(ok(await accounts.passkeys.registrationOptions(contextOf(request).actor, siteOf(deps, request)))),
    )
    .post("/settings/security/passkeys", ({ request, body }) => {
      const values = textFields(body);
      return answerForm(
        values,
        async () => {
          const input = { name: values["name"] ?? "", answer: answerIn(values) };
          const made = await accounts.passkeys.register(contextOf(request).actor, siteOf(deps, request), input);
          const headers = await rotateSession(accounts, request, { twoFactor: true });
          return made.recoveryCodes
            ? recoveryCodes(deps, request, made.recoveryCodes, headers)
            : seeOther("/settings/security?passkey-added", headers);
        },
        (form) => securityPage(deps, request, "passkey", form),
      );
    })
    .post("/settings/security/passkeys/:id/rename", ({ request, params, body }) =>
      answerForm(
        {},
        async () => {
          await accounts.passkeys.rename(contextOf(request).actor, params.id, textFields(body)["name"] ?? "");
          return seeOther("/settings/security");
        },
        (form) => securityPage(deps, request, "passkey", form),
      ),
    )
    .post("/settings/security/passkeys/:id/remove", async ({ request, params }) => {
      await accounts.passkeys.remove(contextOf(request).actor, params.id);
      return seeOther("/settings/security");
    });
}

import { Elysia } from "elysia";
import { SecondStepPage } from "../../../views/accounts/second-step.tsx";
import { EMPTY_FORM, type FormState } from "../../../views/layout/page.ts";
import { clearCookie, cookieName, readCookie } from "../../platform/http/cookies.ts";
import { answerForm, htmlPage, textFields } from "../../platform/http/forms.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { localPath, ok, seeOther } from "../../platform/http/respond.ts";
import { continueSignIn, SECOND_STEP_COOKIE, type SignedInBy } from "./credentials-api.ts";
import type { AccountsPagesDeps } from "./pages.tsx";
import { answerIn, siteOf } from "./passkeys/passkey-wire.ts";
import { signInOver } from "./second-step.ts";

interface SecondStepDeps extends AccountsPagesDeps {
  signInPage: (request: Request, form: FormState, next: string) => JSX.Element;
}

const secretOf = (request: Request): string =>
  readCookie(request, cookieName(SECOND_STEP_COOKIE, contextOf(request).secure)) ?? "";

/** `/sign-in/two-factor` after a right password, and `/sign-in/passkey` instead of one. */
export function secondStepPages(deps: SecondStepDeps) {
  return new Elysia({ name: "accounts-pages-second-step" }).use(codePages(deps)).use(passkeyPages(deps));
}

/** Into a session that counts from now, whatever the first step was; the cookie between the steps is forgotten. */
async function finish({ accounts }: AccountsPagesDeps, request: Request, by: Omit<SignedInBy, "twoFactor">) {
  const response = await continueSignIn(accounts, request, { ...by, twoFactor: true, authenticatedAt: undefined });
  response.headers.append("Set-Cookie", clearCookie(SECOND_STEP_COOKIE, contextOf(request).secure));
  return response;
}

function codePages(deps: AccountsPagesDeps) {
  const { accounts, pageProps } = deps;
  const show = async (request: Request, form: FormState) => {
    const step = await accounts.secondStep.look(secretOf(request));
    return step && <SecondStepPage page={pageProps(request)} form={form} methods={step.methods} />;
  };
  /** Where nothing waits for a second factor, a sign-in begins. */
  const page = async (request: Request, form: FormState, status = 200) => {
    const html = await show(request, form);
    return html === null ? seeOther("/sign-in?over") : htmlPage(html, status);
  };
  return new Elysia({ name: "accounts-pages-second-step-code" })
    .get("/sign-in/two-factor", ({ request }) => page(request, EMPTY_FORM))
    .post("/sign-in/two-factor", async ({ request, body }) => {
      const code = textFields(body)["code"] ?? "";
      if ((await accounts.secondStep.look(secretOf(request))) === null) return seeOther("/sign-in?over");
      return answerForm(
        {},
        async () => finish(deps, request, await accounts.secondStep.finish(secretOf(request), code)),
        async (form) =>
          (await show(request, form)) ?? <SecondStepPage page={pageProps(request)} form={form} methods={[]} />,
      );
    });
}

function passkeyPages(deps: SecondStepDeps) {
  const { accounts } = deps;
  return new Elysia({ name: "accounts-pages-second-step-passkey" })
    .post("/sign-in/two-factor/passkey/options", async ({ request }) => {
      const step = await accounts.secondStep.look(secretOf(request));
      if (!step) throw signInOver();
      const use = { for: "second-factor", userId: step.userId } as const;
      return Response.json(ok(await accounts.passkeyProof.options(siteOf(deps, request), use)));
    })
    .post("/sign-in/two-factor/passkey", async ({ request, body }) => {
      const step = await accounts.secondStep.look(secretOf(request));
      if (!step) return seeOther("/sign-in?over");
      const values = textFields(body);
      return answerForm(
        {},
        async () => {
          const use = { for: "second-factor", userId: step.userId } as const;
          await accounts.passkeyProof.check(siteOf(deps, request), use, answerIn(values));
          return finish(deps, request, await accounts.secondStep.complete(secretOf(request), step.userId));
        },
        (form) => <SecondStepPage page={deps.pageProps(request)} form={form} methods={step.methods} />,
      );
    })
    .post("/sign-in/passkey/options", async ({ request }) =>
      Response.json(ok(await accounts.passkeyProof.options(siteOf(deps, request), { for: "sign-in" }))),
    )
    .post("/sign-in/passkey", ({ request, body }) => {
      const values = textFields(body);
      const next = localPath(values["next"]);
      return answerForm(
        {},
        async () => {
          const user = await accounts.passkeyProof.check(siteOf(deps, request), { for: "sign-in" }, answerIn(values));
          return finish(deps, request, { user, method: "passkey", persistent: values["remember"] !== undefined, next });
        },
        (form) => deps.signInPage(request, form, next),
      );
    });
}

import { Elysia } from "elysia";
import { SudoPage } from "../../../views/accounts/second-step.tsx";
import { EMPTY_FORM, type FormState } from "../../../views/layout/page.ts";
import { answerForm, htmlPage, textFields } from "../../platform/http/forms.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { localPath, ok, seeOther } from "../../platform/http/respond.ts";
import { rotateSession } from "./credentials-api.ts";
import type { AccountsPagesDeps } from "./pages.tsx";
import { answerIn, siteOf } from "./passkeys/passkey-wire.ts";
import type { SudoProof } from "./sudo.ts";
import { requirePerson } from "./user.ts";

/** `/sudo`: proving again who one is, and then on to `next`. */
export function sudoPages(deps: AccountsPagesDeps) {
  const { accounts, pageProps, signOn } = deps;
  const page = async (request: Request, form: FormState, next: string) => {
    const { actor } = contextOf(request);
    const ways = await accounts.sudo.ways(actor);
    const connected = new Set((await signOn.list(actor)).map(({ provider }) => provider));
    const providers = signOn.providers.filter(({ name, provesAnew }) => provesAnew && connected.has(name));
    return <SudoPage page={pageProps(request)} form={form} next={next} providers={providers} {...ways} />;
  };
  const prove = (request: Request, values: Record<string, string>, proof: () => SudoProof) => {
    const next = localPath(values["next"], "/settings/security");
    return answerForm(
      {},
      async () => {
        const proved = await accounts.sudo.prove(contextOf(request).actor, proof());
        return seeOther(next, await rotateSession(accounts, request, proved));
      },
      (form) => page(request, form, next),
    );
  };
  return new Elysia({ name: "accounts-pages-sudo" })
    .get("/sudo", ({ request, query }) =>
      htmlPage(page(request, EMPTY_FORM, localPath(query["next"], "/settings/security"))),
    )
    .post("/sudo", ({ request, body }) => {
      const values = textFields(body);
      const { password, code = "" } = values;
      return prove(request, values, () => (password === undefined ? { code } : { password }));
    })
    .post("/sudo/passkey/options", async ({ request }) => {
      const { actor } = contextOf(request);
      requirePerson(actor);
      const use = { for: "sudo", userId: actor.userId } as const;
      return Response.json(ok(await accounts.passkeyProof.options(siteOf(deps, request), use)));
    })
    .post("/sudo/passkey", ({ request, body }) => {
      const values = textFields(body);
      return prove(request, values, () => ({ site: siteOf(deps, request), answer: answerIn(values) }));
    });
}

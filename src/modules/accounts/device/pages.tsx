import { Elysia } from "elysia";
import { DeviceCodePage, DeviceConfirmPage, DeviceDonePage } from "../../../../views/accounts/device.tsx";
import { EMPTY_FORM, type FormState, type PageProps } from "../../../../views/layout/page.ts";
import { answerForm, htmlPage, textFields } from "../../../platform/http/forms.ts";
import { contextOf } from "../../../platform/http/request-context.ts";
import { seeOther } from "../../../platform/http/respond.ts";
import { requirePerson } from "../user.ts";
import { shownUserCode } from "./device-authorization.ts";
import type { DeviceSignIn } from "./device-sign-in.ts";

/** `/device`: where somebody says that a command line may act for them. Everything that counts is a POST. */
export function devicePages(deps: { device: DeviceSignIn; pageProps: (request: Request) => PageProps }) {
  const { pageProps } = deps;
  // Annotated, or TypeScript does not follow what it asserts.
  const device: DeviceSignIn = deps.device;
  const typing = (request: Request, form: FormState) => <DeviceCodePage page={pageProps(request)} form={form} />;
  return new Elysia({ name: "device-pages" })
    .get("/device", ({ request, query }) => {
      device.requireDecider(contextOf(request).actor);
      // Filled in, but not looked up: whoever follows a link still compares the code (RFC 8628 5.4).
      const given = (query["user_code"] ?? "").slice(0, 40);
      return htmlPage(typing(request, { ...EMPTY_FORM, values: { user_code: given } }));
    })
    .post("/device", ({ request, body }) => {
      const values = textFields(body);
      const { actor } = contextOf(request);
      return answerForm(
        values,
        async () => {
          const found = await device.look(actor, values["user_code"] ?? "");
          const shown = { ...found, userCode: shownUserCode(found.userCode) };
          return htmlPage(<DeviceConfirmPage page={pageProps(request)} device={shown} />);
        },
        (form) => typing(request, form),
      );
    })
    .post("/device/decision", ({ request, body }) => {
      const values = textFields(body);
      const decision = values["decision"] === "approve" ? "approved" : "denied";
      return answerForm(
        values,
        async () => {
          await device.decide(contextOf(request).actor, values["user_code"] ?? "", decision);
          return seeOther(`/device/done?${decision}`);
        },
        (form) => typing(request, form),
      );
    })
    .get("/device/done", ({ request, query }) => {
      requirePerson(contextOf(request).actor);
      return htmlPage(<DeviceDonePage page={pageProps(request)} approved={query["approved"] !== undefined} />);
    });
}

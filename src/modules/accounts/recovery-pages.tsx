import { Elysia } from "elysia";
import {
  DeadLinkPage,
  FollowLinkPage,
  ForgotPasswordPage,
  LinkSentPage,
  ResetPasswordPage,
} from "../../../views/accounts/recovery.tsx";
import { RegisterPage } from "../../../views/accounts/sign-in.tsx";
import { EMPTY_FORM, type FormState, type PageProps } from "../../../views/layout/page.ts";
import { notFound } from "../../core/error.ts";
import { answerForm, htmlPage, textFields } from "../../platform/http/forms.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { seeOther } from "../../platform/http/respond.ts";
import type { Accounts } from "./accounts.ts";
import { newSession } from "./credentials-api.ts";
import { emailSettingsPages } from "./email-settings-pages.tsx";
import { invitationPages } from "./invitation-pages.tsx";

interface RecoveryPagesDeps {
  accounts: Accounts;
  pageProps: (request: Request) => PageProps;
}

/** Pages of registering and of everything that a link in a mail leads to. Links change nothing until their page's button is pressed. */
export const recoveryPages = (deps: RecoveryPagesDeps) =>
  new Elysia({ name: "accounts-pages-recovery" })
    .use(registerPages(deps))
    .use(passwordResetPages(deps))
    .use(verificationPages(deps))
    .use(emailSettingsPages(deps))
    .use(invitationPages(deps))
    .use(emailChangePages(deps));

function registerPages({ accounts, pageProps }: RecoveryPagesDeps) {
  const page = async (request: Request, form: FormState, token: string) => {
    const invitation = token === "" ? null : await accounts.invitations.look(token);
    return (
      <RegisterPage
        page={pageProps(request)}
        form={form}
        invitation={invitation && { token, email: invitation.email }}
        confirmsFirst={accounts.registration === "domain" && invitation === null}
      />
    );
  };
  return new Elysia({ name: "accounts-pages-register" })
    .get("/register", async ({ request, query }) => {
      const token = query["invitation"] ?? "";
      if (contextOf(request).actor.kind === "user") return seeOther("/");
      if (accounts.registration === "closed") throw notFound();
      const needed = accounts.registration === "invited" || token !== "";
      if (needed && !(await accounts.invitations.look(token)))
        return htmlPage(
          <DeadLinkPage page={pageProps(request)} invited={token === ""} retry={null} />,
          token === "" ? 200 : 403,
        );
      return htmlPage(page(request, EMPTY_FORM, token));
    })
    .post("/register", ({ request, body }) => {
      const { invitation = "", ...values } = textFields(body);
      return answerForm(
        values,
        async () => {
          const account = {
            username: values["username"] ?? "",
            email: values["email"] ?? "",
            password: values["password"] ?? "",
            displayName: values["display_name"] ?? "",
          };
          const registered = await accounts.register(account, invitation === "" ? null : invitation);
          if (registered.kind === "link-sent")
            return htmlPage(
              <LinkSentPage page={pageProps(request)} what="registration" delivers={accounts.mailDelivers} />,
            );
          const cookie = await newSession(accounts, request, registered.user.id, { method: "password" });
          return seeOther("/", { "Set-Cookie": cookie });
        },
        (form) => page(request, form, invitation),
      );
    });
}

function passwordResetPages({ accounts, pageProps }: RecoveryPagesDeps) {
  const reset = async (request: Request, form: FormState, token: string) => {
    const found = await accounts.passwordReset.look(token);
    return found ? (
      <ResetPasswordPage page={pageProps(request)} form={form} token={token} {...found} />
    ) : (
      <DeadLinkPage page={pageProps(request)} invited={false} retry="/forgot-password" />
    );
  };
  return new Elysia({ name: "accounts-pages-password-reset" })
    .get("/forgot-password", ({ request }) =>
      htmlPage(<ForgotPasswordPage page={pageProps(request)} form={EMPTY_FORM} delivers={accounts.mailDelivers} />),
    )
    .post("/forgot-password", async ({ request, body }) => {
      await accounts.passwordReset.request(textFields(body)["login"] ?? "");
      return htmlPage(<LinkSentPage page={pageProps(request)} what="password" delivers={accounts.mailDelivers} />);
    })
    .get("/reset-password", ({ request, query }) => htmlPage(reset(request, EMPTY_FORM, query["token"] ?? "")))
    .post("/reset-password", ({ request, body }) => {
      const { token = "", ...values } = textFields(body);
      return answerForm(
        values,
        async () => {
          await accounts.passwordReset.complete({ token, password: values["password"] ?? "", code: values["code"] });
          return seeOther("/sign-in?reset");
        },
        (form) => reset(request, form, token),
      );
    });
}

function verificationPages({ accounts, pageProps }: RecoveryPagesDeps) {
  const page = async (request: Request, form: FormState, token: string) => {
    const what = await accounts.emailVerification.look(token);
    return what ? (
      <FollowLinkPage page={pageProps(request)} form={form} token={token} action="/verify-email" what={what} />
    ) : (
      <DeadLinkPage page={pageProps(request)} invited={false} retry={null} problem={form.message} />
    );
  };
  return new Elysia({ name: "accounts-pages-verification" })
    .get("/verify-email", ({ request, query }) => htmlPage(page(request, EMPTY_FORM, query["token"] ?? "")))
    .post("/verify-email", ({ request, body }) => {
      const { token = "" } = textFields(body);
      return answerForm(
        {},
        async () => {
          await accounts.emailVerification.confirm(token);
          return seeOther(contextOf(request).actor.kind === "user" ? "/settings/email?verified" : "/sign-in?verified");
        },
        (form) => page(request, form, token),
      );
    });
}

function emailChangePages({ accounts, pageProps }: RecoveryPagesDeps) {
  const page = async (request: Request, form: FormState, kind: "confirm" | "undo", token: string) => {
    const found = await accounts.emailChange.look(kind, token);
    return found ? (
      <FollowLinkPage
        page={pageProps(request)}
        form={form}
        token={token}
        action={`/${kind}-email`}
        what={kind === "undo" ? "undo" : "change"}
        {...found}
      />
    ) : (
      <DeadLinkPage page={pageProps(request)} invited={false} retry={kind === "confirm" ? "/settings/email" : null} />
    );
  };
  return new Elysia({ name: "accounts-pages-email-change" })
    .get("/confirm-email", ({ request, query }) => htmlPage(page(request, EMPTY_FORM, "confirm", query["token"] ?? "")))
    .post("/confirm-email", ({ request, body }) => {
      const { token = "" } = textFields(body);
      return answerForm(
        {},
        async () => {
          await accounts.emailChange.confirm(token);
          return seeOther("/sign-in?moved");
        },
        (form) => page(request, form, "confirm", token),
      );
    })
    .get("/undo-email", ({ request, query }) => htmlPage(page(request, EMPTY_FORM, "undo", query["token"] ?? "")))
    .post("/undo-email", ({ request, body }) => {
      const { token = "" } = textFields(body);
      return answerForm(
        {},
        async () => {
          const { resetToken } = await accounts.emailChange.undo(token);
          return seeOther(`/reset-password?token=${resetToken}`);
        },
        (form) => page(request, form, "undo", token),
      );
    });
}

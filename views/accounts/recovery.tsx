import { attr, localHref } from "../components/format.ts";
import { Csrf, Field, FormProblem } from "../components/form.tsx";
import { Layout } from "../layout/layout.tsx";
import type { FormState, PageProps } from "../layout/page.ts";

/** Field `login`; posts to `/forgot-password`. */
export function ForgotPasswordPage(props: { page: PageProps; form: FormState; delivers: boolean }): JSX.Element {
  const { page, form } = props;
  return (
    <Layout page={page} title="Forgotten password" width="narrow" unlisted>
      <div class="gate">
        <h1>Forgotten password</h1>
        <p class="lede">
          {props.delivers
            ? "You get a mail with a link to set a new one."
            : "This server sends no mail: an administrator gets the link and hands it to you."}
        </p>
        <form method="post" action="/forgot-password" class="form">
          <Csrf token={page.csrfToken} />
          <FormProblem form={form} />
          <Field
            form={form}
            name="login"
            label="User name or e-mail"
            autocomplete="username"
            maxlength={320}
            spellcheck={false}
            required
            autofocus
          />
          <button class="button button-primary">{props.delivers ? "Send the link" : "Ask for the link"}</button>
        </form>
        <p class="quiet">
          <a href="/sign-in">Back to signing in</a>
        </p>
      </div>
    </Layout>
  );
}

const SENT = {
  password: {
    mailed: "If there is such an account, a link to set a new password is on its way. It works for an hour.",
    held: "If there is such an account, a link to set a new password waits with an administrator. It works for an hour.",
  },
  registration: {
    mailed: "The account is made when you follow the link that was sent to your address. It works for a day.",
    held: "The account is made when you follow a link that waits for you with an administrator. It works for a day.",
  },
} as const;

/** The same whoever was meant, and whether or not there is such an account. */
export function LinkSentPage(props: { page: PageProps; what: keyof typeof SENT; delivers: boolean }): JSX.Element {
  const title = props.delivers ? "Look into your mailbox" : "Ask an administrator";
  const sent = props.what === "registration" ? SENT.registration : SENT.password;
  return (
    <Layout page={props.page} title={title} width="narrow" unlisted>
      <div class="gate">
        <h1>{title}</h1>
        <p class="lede" role="status">
          {props.delivers ? sent.mailed : sent.held}
        </p>
        <p class="quiet">
          {props.delivers
            ? "Nothing there after some minutes? Look among unwanted mail, then ask an administrator."
            : "This server sends no mail. Its administrators see the link and hand it over."}
        </p>
        <p>
          <a href="/sign-in">Back to signing in</a>
        </p>
      </div>
    </Layout>
  );
}

/** Fields `password` and, for who has a second factor, `code`; posts to `/reset-password`. */
export function ResetPasswordPage(props: {
  page: PageProps;
  form: FormState;
  token: string;
  username: string;
  methods: readonly ("passkey" | "otp" | "recovery")[];
}): JSX.Element {
  const { page, form, methods } = props;
  return (
    <Layout page={page} title="New password" width="narrow" unlisted>
      <div class="gate">
        <h1>Set a new password</h1>
        <p class="lede" safe>{`For ${props.username}. Everything that is signed in will be signed out.`}</p>
        <form method="post" action="/reset-password" class="form">
          <Csrf token={page.csrfToken} />
          <input type="hidden" name="token" value={attr(props.token)} />
          <input type="text" name="username" value={attr(props.username)} autocomplete="username" hidden />
          <FormProblem form={form} />
          <NewPasswordField form={form} name="password" label="New password" />
          {methods.length === 0 ? null : (
            <Field
              form={form}
              name="code"
              label="Second factor"
              hint={
                methods.includes("otp")
                  ? "The code of your authenticator app, or a recovery code."
                  : "One of your recovery codes."
              }
              autocomplete="one-time-code"
              maxlength={40}
              spellcheck={false}
              required
              mono
            />
          )}
          <button class="button button-primary">Set the password</button>
        </form>
      </div>
    </Layout>
  );
}

/** A field for a password that is to be chosen; its limits are those of the server. */
export const NewPasswordField = (props: {
  form: FormState;
  name: string;
  label: string;
  hint?: string;
}): JSX.Element => (
  <Field
    form={props.form}
    name={props.name}
    label={props.label}
    type="password"
    autocomplete="new-password"
    minlength={8}
    maxlength={256}
    hint={`At least 8 characters. ${props.hint ?? "A sentence is easier to remember than a riddle, and harder to guess."}`}
    required
  />
);

const FOLLOW = {
  confirm: {
    title: "Confirm your address",
    text: "Press the button to confirm that this address is yours.",
    button: "Confirm",
  },
  register: {
    title: "Make your account",
    text: "Press the button to confirm your address and make the account.",
    button: "Make the account",
  },
  change: {
    title: "Confirm your new address",
    text: "Everything that is signed in will be signed out.",
    button: "Use this address",
  },
  undo: {
    title: "Bring the old address back",
    text: "Everything that is signed in will be signed out, and you set a new password next.",
    button: "Bring it back",
  },
} as const;

/** A link's page: programs that look into mails follow links, so that only the button does anything. Posts `token` to `action`. */
export function FollowLinkPage(props: {
  page: PageProps;
  form: FormState;
  token: string;
  action: string;
  what: keyof typeof FOLLOW;
  username?: string;
  email?: string;
}): JSX.Element {
  const { page, username, email } = props;
  const { title, text, button } = Object.hasOwn(FOLLOW, props.what) ? FOLLOW[props.what] : FOLLOW.confirm;
  return (
    <Layout page={page} title={title} width="narrow" unlisted>
      <div class="gate">
        <h1>{title}</h1>
        {username && email ? <p class="lede" safe>{`${username}: ${email}`}</p> : null}
        <p>{text}</p>
        <form method="post" action={attr(localHref(props.action))} class="form">
          <Csrf token={page.csrfToken} />
          <input type="hidden" name="token" value={attr(props.token)} />
          <FormProblem form={props.form} />
          <button class="button button-primary">{button}</button>
        </form>
      </div>
    </Layout>
  );
}

/** A link that was used, has expired or was cut; or (`invited`) registering without an invitation. */
export function DeadLinkPage(props: {
  page: PageProps;
  invited: boolean;
  retry: string | null;
  problem?: string | null;
}): JSX.Element {
  const title = props.invited ? "By invitation" : "This link does not work any more";
  return (
    <Layout page={props.page} title={title} width="narrow" unlisted>
      <div class="gate">
        <h1>{title}</h1>
        {props.problem ? (
          <p class="form-problem" role="alert" safe>
            {props.problem}
          </p>
        ) : (
          <p class="lede">
            {props.invited
              ? "Accounts on this server are made by invitation. Ask an administrator for one."
              : "Each link works once, for a limited time; perhaps a part of it is missing."}
          </p>
        )}
        <p>
          {props.retry === null ? null : (
            <>
              <a href={attr(localHref(props.retry))}>Ask for a new one</a>
              {" · "}
            </>
          )}
          <a href="/sign-in">Sign in</a>
        </p>
      </div>
    </Layout>
  );
}

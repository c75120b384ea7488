import { attr } from "../components/format.ts";
import { Csrf, Field, FormProblem } from "../components/form.tsx";
import { Layout } from "../layout/layout.tsx";
import type { FormState, PageProps } from "../layout/page.ts";
import { NewPasswordField } from "./recovery.tsx";
import { PasskeyForm } from "./passkey-form.tsx";
import { ProviderButtons, type ProviderModel } from "./sign-on.tsx";

export interface SignInProps {
  page: PageProps;
  /** Fields `username` (or e-mail), `password`. */
  form: FormState;
  /** Where to go afterwards: a path on this server, already checked. */
  next: string;
  registrationOpen: boolean;
  /** Whether browsers offer passkeys at this server's address. */
  passkeys: boolean;
  /** Who else signs people in. */
  providers: readonly ProviderModel[];
  /** Whether the form for a password is shown. */
  passwords: boolean;
  /** The directory whose passwords sign in here too; null when there is none. */
  ldap: string | null;
}

export function SignInPage(props: SignInProps): JSX.Element {
  const { form, page } = props;
  return (
    <Layout page={page} title="Sign in" width="narrow" unlisted>
      <div class="gate">
        <h1>Sign in</h1>
        {props.providers.length > 0 ? (
          <ProviderButtons providers={props.providers} next={props.next} verb="Sign in with" />
        ) : null}
        {props.passwords ? <PasswordForm {...props} /> : <FormProblem form={form} />}
        {props.passkeys ? (
          <div class="gate-other">
            <PasskeyForm
              use="get"
              action="/sign-in/passkey"
              options="/sign-in/passkey/options"
              label="Sign in with a passkey"
              csrfToken={page.csrfToken}
            >
              <input type="hidden" name="next" value={attr(props.next)} />
              <input type="hidden" name="remember" disabled />
            </PasskeyForm>
          </div>
        ) : null}
        {props.registrationOpen ? (
          <p class="quiet">
            No account yet? <a href="/register">Register</a>.
          </p>
        ) : props.providers.length > 0 || props.ldap !== null ? null : (
          <p class="quiet">Accounts on this server are made by its administrators.</p>
        )}
      </div>
    </Layout>
  );
}

const PasswordForm = ({ form, page, next, ldap }: SignInProps): JSX.Element => (
  <form method="post" action="/sign-in" class="form">
    <Csrf token={page.csrfToken} />
    <input type="hidden" name="next" value={attr(next)} />
    <FormProblem form={form} />
    <Field
      form={form}
      name="username"
      label="User name or e-mail"
      hint={ldap === null ? undefined : `Of ${ldap}, or of this server.`}
      autocomplete="username"
      required
      autofocus
      spellcheck={false}
    />
    <Field form={form} name="password" label="Password" type="password" autocomplete="current-password" required />
    <label class="facet">
      <input type="checkbox" name="remember" checked={form.values["remember"] !== undefined} />
      <span>Stay signed in on this device</span>
    </label>
    <button class="button button-primary">Sign in</button>
    <p class="quiet">
      <a href="/forgot-password">Forgotten your password?</a>
    </p>
  </form>
);

/** Fields `username`, `email`, `display_name`, `password`, and the `invitation` where there is one. */
export function RegisterPage(props: {
  page: PageProps;
  form: FormState;
  /** `email` null: the invitation is for whoever holds its link. */
  invitation: { token: string; email: string | null } | null;
  /** The account is made only when the link sent to the address is followed. */
  confirmsFirst: boolean;
}): JSX.Element {
  const { form, page, invitation } = props;
  return (
    <Layout page={page} title="Register" width="narrow" unlisted>
      <div class="gate">
        <h1>Register</h1>
        {invitation ? (
          <p class="lede" safe>{`You are invited${invitation.email === null ? "" : ` as ${invitation.email}`}.`}</p>
        ) : null}
        {props.confirmsFirst ? (
          <p class="lede">You get a link to confirm your address with; it makes the account.</p>
        ) : null}
        <form method="post" action="/register" class="form">
          <Csrf token={page.csrfToken} />
          {invitation ? <input type="hidden" name="invitation" value={attr(invitation.token)} /> : null}
          <FormProblem form={form} />
          <AccountFields form={form} email={invitation?.email ?? null} />
          <button class="button button-primary">Create the account</button>
        </form>
        <p class="quiet">
          Already registered? <a href="/sign-in">Sign in</a>.
        </p>
      </div>
    </Layout>
  );
}

/** The first administrator, made through the one-time link that `serve` printed. Fields as for registering, and `token`. */
export function SetupPage(props: { page: PageProps; form: FormState; token: string }): JSX.Element {
  const { form, page } = props;
  return (
    <Layout page={page} title="Set up" width="narrow" unlisted>
      <div class="gate">
        <p class="eyebrow">Set up</p>
        <h1>Make the first administrator</h1>
        <p class="lede">This link works once. The account can do everything on this server.</p>
        <form method="post" action="/setup" class="form">
          <Csrf token={page.csrfToken} />
          <input type="hidden" name="token" value={attr(props.token)} />
          <FormProblem form={form} />
          <AccountFields form={form} />
          <button class="button button-primary">Create the administrator</button>
        </form>
      </div>
    </Layout>
  );
}

const AccountFields = (props: { form: FormState; email?: string | null }): JSX.Element => (
  <>
    <Field
      form={props.form}
      name="username"
      label="User name"
      autocomplete="username"
      hint="Also your namespace: a to z, 0 to 9 and single hyphens."
      maxlength={64}
      pattern="[a-z0-9]+(-[a-z0-9]+)*"
      spellcheck={false}
      required
      autofocus
      mono
    />
    <Field
      form={props.form}
      name="email"
      label="E-mail"
      type="email"
      autocomplete="email"
      value={props.email ?? undefined}
      required
    />
    <Field form={props.form} name="display_name" label="Name" autocomplete="name" maxlength={100} />
    <NewPasswordField form={props.form} name="password" label="Password" />
  </>
);

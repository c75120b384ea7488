import { attr } from "../components/format.ts";
import { Csrf, Field, FormProblem } from "../components/form.tsx";
import { Layout } from "../layout/layout.tsx";
import type { FormState, PageProps } from "../layout/page.ts";
import { PasskeyForm } from "./passkey-form.tsx";
import { ProviderButtons, type ProviderModel } from "./sign-on.tsx";

/** What somebody may prove themselves with beside a password. */
export type Factor = "passkey" | "otp" | "recovery";

const codeHint = (methods: readonly Factor[]): string =>
  methods.includes("otp")
    ? "Six digits from your authenticator app, or one of your recovery codes."
    : "One of your recovery codes.";

const takesCode = (methods: readonly Factor[]): boolean => methods.includes("otp") || methods.includes("recovery");

const CodeField = (props: { form: FormState; methods: readonly Factor[]; autofocus?: boolean }): JSX.Element => (
  <Field
    form={props.form}
    name="code"
    label="Code"
    hint={codeHint(props.methods)}
    autocomplete="one-time-code"
    maxlength={64}
    spellcheck={false}
    autofocus={props.autofocus}
    required
    mono
  />
);

/** The second step of a sign-in. Field `code`, to `/sign-in/two-factor`; or a passkey, to `/sign-in/two-factor/passkey`. */
export function SecondStepPage(props: { page: PageProps; form: FormState; methods: readonly Factor[] }): JSX.Element {
  const { page, form, methods } = props;
  return (
    <Layout page={page} title="Second factor" width="narrow" unlisted>
      <div class="gate">
        <h1>Second factor</h1>
        {takesCode(methods) ? (
          <form method="post" action="/sign-in/two-factor" class="form">
            <Csrf token={page.csrfToken} />
            <FormProblem form={form} />
            <CodeField form={form} methods={methods} autofocus />
            <button class="button button-primary">Sign in</button>
          </form>
        ) : (
          <FormProblem form={form} />
        )}
        {methods.includes("passkey") ? (
          <div class="gate-other">
            <PasskeyForm
              use="get"
              action="/sign-in/two-factor/passkey"
              options="/sign-in/two-factor/passkey/options"
              label="Use a passkey"
              csrfToken={page.csrfToken}
            />
            <noscript>
              <p class="quiet">Your passkeys need a browser that runs scripts.</p>
            </noscript>
          </div>
        ) : null}
        <p class="quiet">
          Lost it? Use a recovery code, or ask an administrator. <a href="/sign-in">Begin again</a>.
        </p>
      </div>
    </Layout>
  );
}

export interface SudoPageProps {
  page: PageProps;
  /** Field `password` or `code`, to `/sudo`. */
  form: FormState;
  /** Where to go afterwards: a path on this server, already checked. */
  next: string;
  hasPassword: boolean;
  methods: readonly Factor[];
  /** Who else vouches for this person, and asks them anew. */
  providers: readonly ProviderModel[];
}

/** Proving again who one is, before something dangerous. */
export function SudoPage(props: SudoPageProps): JSX.Element {
  const { page, form, methods } = props;
  const nothing = !props.hasPassword && methods.length === 0 && props.providers.length === 0;
  return (
    <Layout page={page} title="Confirm that it is you" width="narrow" unlisted>
      <div class="gate">
        <h1>Confirm that it is you</h1>
        <p class="lede">What comes next matters: prove once more who you are. It then counts for 15 minutes.</p>
        {props.hasPassword ? (
          <form method="post" action="/sudo" class="form">
            <Csrf token={page.csrfToken} />
            <input type="hidden" name="next" value={attr(props.next)} />
            <FormProblem form={form} />
            <Field
              form={form}
              name="password"
              label="Password"
              type="password"
              autocomplete="current-password"
              required
              autofocus
            />
            <button class="button button-primary">Go on</button>
          </form>
        ) : (
          <FormProblem form={form} />
        )}
        {takesCode(methods) ? (
          <form method="post" action="/sudo" class="form gate-other">
            <Csrf token={page.csrfToken} />
            <input type="hidden" name="next" value={attr(props.next)} />
            <CodeField form={form} methods={methods} />
            <button class="button">Go on with the code</button>
          </form>
        ) : null}
        {methods.includes("passkey") ? (
          <div class="gate-other">
            <PasskeyForm
              use="get"
              action="/sudo/passkey"
              options="/sudo/passkey/options"
              label="Use a passkey"
              csrfToken={page.csrfToken}
            >
              <input type="hidden" name="next" value={attr(props.next)} />
            </PasskeyForm>
          </div>
        ) : null}
        {props.providers.length > 0 ? (
          <div class="gate-other">
            <ProviderButtons providers={props.providers} next={props.next} verb="Confirm with" fresh />
          </div>
        ) : null}
        {nothing ? (
          <form method="post" action="/sign-out" class="form">
            <Csrf token={page.csrfToken} />
            <p>
              The service that signs you in cannot confirm it. Sign out, and set a password of your own with “Forgot
              your password?” on the sign-in page; or ask an administrator for a link that does.
            </p>
            <button class="button button-primary">Sign out</button>
          </form>
        ) : null}
      </div>
    </Layout>
  );
}

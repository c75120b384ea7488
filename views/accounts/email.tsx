import { Csrf, Field, FormProblem } from "../components/form.tsx";
import { Badge } from "../components/small.tsx";
import type { FormState, PageProps } from "../layout/page.ts";
import { SettingsLayout } from "./settings-layout.tsx";

/**
 * Fields `email`, `password` and, for who has one, `code` of the second factor; posts to `/settings/email`, and for the link that
 * confirms today's address to `/settings/email/verification`.
 */
export function SettingsEmailPage(props: {
  page: PageProps;
  form: FormState;
  email: string;
  verified: boolean;
  secondFactor: boolean;
  delivers: boolean;
}): JSX.Element {
  const { page, form } = props;
  return (
    <SettingsLayout page={page} here="/settings/email" title="E-mail">
      <p>
        <b safe>{props.email}</b>{" "}
        <Badge text={props.verified ? "confirmed" : "not confirmed"} tone={props.verified ? "good" : "warn"} />
      </p>
      {props.verified ? null : (
        <form method="post" action="/settings/email/verification" class="form after">
          <Csrf token={page.csrfToken} />
          <button class="button">
            {props.delivers ? "Send the link that confirms it again" : "Ask for the link that confirms it"}
          </button>
        </form>
      )}
      <section>
        <h2>Change it</h2>
        <p class="quiet">
          You get a link at the new address; following it signs everything out. The old address is told, and can take it
          back for seven days.
        </p>
        <form method="post" action="/settings/email" class="form after">
          <Csrf token={page.csrfToken} />
          <FormProblem form={form} />
          <Field form={form} name="email" label="New e-mail" type="email" autocomplete="email" required />
          <Field
            form={form}
            name="password"
            label="Password"
            type="password"
            autocomplete="current-password"
            hint="Not needed when you just proved who you are."
          />
          {props.secondFactor ? (
            <Field
              form={form}
              name="code"
              label="Second factor"
              hint="The code of your authenticator app, or a recovery code. Not needed when you just gave one."
              autocomplete="one-time-code"
              maxlength={40}
              spellcheck={false}
              mono
            />
          ) : null}
          <button class="button button-primary">{props.delivers ? "Send the link" : "Ask for the link"}</button>
        </form>
      </section>
    </SettingsLayout>
  );
}

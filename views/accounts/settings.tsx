import { attr } from "../components/format.ts";
import { Csrf, Field, FormProblem, TextArea } from "../components/form.tsx";
import { Command } from "../components/install.tsx";
import { Badge, DigestText, Empty, Time } from "../components/small.tsx";
import type { FormState, PageProps } from "../layout/page.ts";
import { revokeUrl } from "../urls.ts";
import { KeyLine } from "./key-line.tsx";
import { NewPasswordField } from "./recovery.tsx";
import { SettingsLayout } from "./settings-layout.tsx";

/** Fields `display_name`, `bio`; posts to `/settings/profile`. */
export function SettingsProfilePage(props: { page: PageProps; form: FormState }): JSX.Element {
  const { page, form } = props;
  return (
    <SettingsLayout page={page} here="/settings/profile" title="Profile">
      <form method="post" action="/settings/profile" class="form">
        <Csrf token={page.csrfToken} />
        <FormProblem form={form} />
        <Field form={form} name="display_name" label="Name" autocomplete="name" maxlength={100} />
        <TextArea form={form} name="bio" label="About" rows={3} maxlength={500} hint="Plain text, on your profile." />
        <button class="button button-primary">Save</button>
      </form>
    </SettingsLayout>
  );
}

/** Fields `current_password`, `new_password`; posts to `/settings/password`. */
export function SettingsPasswordPage(props: { page: PageProps; form: FormState }): JSX.Element {
  const { page, form } = props;
  return (
    <SettingsLayout page={page} here="/settings/security" title="Password">
      <form method="post" action="/settings/password" class="form">
        <Csrf token={page.csrfToken} />
        <FormProblem form={form} />
        <Field
          form={form}
          name="current_password"
          label="Present password"
          type="password"
          autocomplete="current-password"
          required
        />
        <NewPasswordField
          form={form}
          name="new_password"
          label="New password"
          hint="Every other session is signed out."
        />
        <button class="button button-primary">Change it</button>
      </form>
    </SettingsLayout>
  );
}

export interface SessionModel {
  id: string;
  /** Browser and system as far as they are known. */
  client: string;
  address: string | null;
  createdAt: string;
  seenAt: string | null;
  twoFactor: boolean;
  current: boolean;
}

/** Revoking posts to `/settings/sessions/{id}/revoke`, all but this one to `/settings/sessions/revoke-others`. */
export function SettingsSessionsPage(props: { page: PageProps; sessions: SessionModel[] }): JSX.Element {
  const { page } = props;
  return (
    <SettingsLayout page={page} here="/settings/sessions" title="Sessions">
      <p class="quiet">Where you are signed in. Sign out what you do not know, then change the password.</p>
      <ul class="lines">
        {props.sessions.map((session) => (
          <li>
            <div>
              <p>
                <b safe>{session.client}</b> {session.current ? <Badge text="this one" tone="good" /> : null}{" "}
                {session.twoFactor ? <Badge text="two factors" /> : null}
              </p>
              <ul class="facts">
                {session.address === null ? null : (
                  <li class="mono" safe>
                    {session.address}
                  </li>
                )}
                <li>
                  Since <Time at={session.createdAt} now={page.now} />
                </li>
                {session.seenAt === null ? null : (
                  <li>
                    Seen <Time at={session.seenAt} now={page.now} />
                  </li>
                )}
              </ul>
            </div>
            {session.current ? null : (
              <form method="post" action={attr(revokeUrl("sessions", session.id))}>
                <Csrf token={page.csrfToken} />
                <button class="button button-small" aria-label={attr(`Sign out ${session.client}`)}>
                  Sign out
                </button>
              </form>
            )}
          </li>
        ))}
      </ul>
      {props.sessions.some(({ current }) => !current) ? (
        <form method="post" action="/settings/sessions/revoke-others" class="after">
          <Csrf token={page.csrfToken} />
          <button class="button button-danger">Sign out everywhere else</button>
        </form>
      ) : null}
    </SettingsLayout>
  );
}

export interface SigningKeyModel {
  id: string;
  name: string;
  /** `sha256:…` of the public key. */
  digest: string;
  createdAt: string;
  revokedAt: string | null;
}

/** Fields `name`, `public_key` (base64 or PEM); posts to `/settings/signing-keys`, revoking to `/settings/signing-keys/{id}/revoke`. */
export function SettingsSigningKeysPage(props: {
  page: PageProps;
  keys: SigningKeyModel[];
  form: FormState;
}): JSX.Element {
  const { page, form } = props;
  return (
    <SettingsLayout page={page} here="/settings/signing-keys" title="Signing keys">
      {props.keys.length === 0 ? (
        <Empty title="No signing key yet">Make one on your own machine: only its public half comes here.</Empty>
      ) : (
        <ul class="lines">
          {props.keys.map((key) =>
            key.revokedAt === null ? (
              <KeyLine name={key.name} token={page.csrfToken} action={revokeUrl("signing-keys", key.id)}>
                <li>
                  <DigestText digest={key.digest} />
                </li>
                <li>
                  Added <Time at={key.createdAt} now={page.now} />
                </li>
              </KeyLine>
            ) : (
              <RevokedKey signingKey={key} at={key.revokedAt} now={page.now} />
            ),
          )}
        </ul>
      )}
      <section>
        <h2>Add a key</h2>
        <Command text="marketplace keys generate && marketplace keys add" label="From the command line" />
        <form method="post" action="/settings/signing-keys" class="form after">
          <Csrf token={page.csrfToken} />
          <FormProblem form={form} />
          <Field form={form} name="name" label="Name" placeholder="laptop" maxlength={100} required />
          <TextArea
            form={form}
            name="public_key"
            label="Public key (Ed25519)"
            rows={3}
            maxlength={2000}
            required
            mono
          />
          <button class="button button-primary">Add the key</button>
        </form>
      </section>
    </SettingsLayout>
  );
}

const RevokedKey = (props: { signingKey: SigningKeyModel; at: string; now: string }): JSX.Element => (
  <li>
    <div>
      <p>
        <b safe>{props.signingKey.name}</b> <Badge text="revoked" tone="warn" />
      </p>
      <ul class="facts">
        <li>
          <DigestText digest={props.signingKey.digest} />
        </li>
        <li>
          Revoked <Time at={props.at} now={props.now} />
        </li>
      </ul>
    </div>
  </li>
);

import { attr, localHref } from "../components/format.ts";
import { Csrf, Field, FormProblem } from "../components/form.tsx";
import { Command } from "../components/install.tsx";
import { Badge, Confirm, Copy, Time } from "../components/small.tsx";
import { EMPTY_FORM, type FormState, type PageProps } from "../layout/page.ts";
import { passkeyUrl } from "../urls.ts";
import { PasskeyForm } from "./passkey-form.tsx";
import { SettingsLayout } from "./settings-layout.tsx";

export interface PasskeyModel {
  id: string;
  name: string;
  /** Synchronised between the person's devices. */
  backedUp: boolean;
  createdAt: string;
  usedAt: string | null;
}

export interface SecurityProps {
  page: PageProps;
  /** When the authenticator app was enrolled. */
  authenticatorSince: string | null;
  passkeys: PasskeyModel[];
  recoveryCodesLeft: number;
  /** Whether browsers offer passkeys at this server's address. */
  passkeysWork: boolean;
  /** What the next passkey is called, unless its person says otherwise. */
  suggestedName: string;
  /** The person's role counts only with a second factor, and there is none. */
  required: boolean;
  /** What is wrong with the form `at` of this page. */
  at: "authenticator" | "passkey" | null;
  form: FormState;
}

/** Password, authenticator app, passkeys and recovery codes of one's own account. */
export function SettingsSecurityPage(props: SecurityProps): JSX.Element {
  const { page } = props;
  const enrolled = props.authenticatorSince !== null || props.passkeys.length > 0;
  return (
    <SettingsLayout page={page} here="/settings/security" title="Security">
      {props.required ? (
        <section class="callout callout-warn" role="status">
          <p>
            <b>Your role needs a second factor.</b> Until you add an authenticator app or a passkey here, you have the
            rights of an ordinary user.
          </p>
        </section>
      ) : null}
      <section class="flow">
        <h2>Password</h2>
        <p>
          <a href="/settings/password">Change the password</a>
        </p>
      </section>
      <Authenticator {...props} />
      <PasskeyList {...props} />
      {enrolled ? (
        <section class="flow">
          <h2>Recovery codes</h2>
          <p
            safe
          >{`${props.recoveryCodesLeft} of them are left. Each signs you in once, when you have nothing else.`}</p>
          <Confirm label="Make new ones…">
            <form method="post" action="/settings/security/recovery-codes">
              <Csrf token={page.csrfToken} />
              <p>The old ones stop working at once.</p>
              <button class="button">Make ten new codes</button>
            </form>
          </Confirm>
        </section>
      ) : null}
    </SettingsLayout>
  );
}

function Authenticator(props: SecurityProps): JSX.Element {
  const { page } = props;
  if (props.authenticatorSince === null)
    return (
      <section class="flow">
        <h2>Authenticator app</h2>
        <p class="quiet">
          An app on your telephone that shows a new code every half minute, asked for beside the password.
        </p>
        <form method="post" action="/settings/security/authenticator">
          <Csrf token={page.csrfToken} />
          <button class="button">Add an authenticator app</button>
        </form>
      </section>
    );
  const form = props.at === "authenticator" ? props.form : EMPTY_FORM;
  return (
    <section class="flow">
      <h2>
        Authenticator app <Badge text="on" tone="good" />
      </h2>
      <p>
        Added <Time at={props.authenticatorSince} now={page.now} />.
      </p>
      <form method="post" action="/settings/security/authenticator/remove" class="form after">
        <Csrf token={page.csrfToken} />
        <FormProblem form={form} />
        <Field
          form={form}
          name="code"
          label="Code"
          hint="To remove the app: a code of it, or a recovery code."
          autocomplete="one-time-code"
          maxlength={64}
          spellcheck={false}
          required
          mono
        />
        <button class="button button-danger">Remove the app</button>
      </form>
    </section>
  );
}

function PasskeyList(props: SecurityProps): JSX.Element {
  const { page, passkeys } = props;
  return (
    <section class="flow">
      <h2>Passkeys</h2>
      <p class="quiet">Sign in with a finger, a face or a security key; no password to remember or to steal.</p>
      {passkeys.length === 0 ? null : (
        <ul class="lines">
          {passkeys.map((passkey) => (
            <PasskeyLine passkey={passkey} page={page} />
          ))}
        </ul>
      )}
      {props.passkeysWork ? <NewPasskey {...props} /> : <NoPasskeys />}
    </section>
  );
}

const NoPasskeys = (): JSX.Element => (
  <p>
    Browsers offer passkeys only at a name with https. Ask the administrator to set <code>public_url</code>.
  </p>
);

function NewPasskey(props: SecurityProps): JSX.Element {
  const { page } = props;
  const form = props.at === "passkey" ? props.form : EMPTY_FORM;
  return (
    <div class="after">
      <FormProblem form={form} />
      <PasskeyForm
        use="create"
        action="/settings/security/passkeys"
        options="/settings/security/passkeys/options"
        label="Add a passkey"
        csrfToken={page.csrfToken}
      >
        <Field
          form={form}
          name="name"
          label="Name"
          value={props.suggestedName}
          hint="To know it by."
          maxlength={60}
          required
        />
      </PasskeyForm>
      <noscript>
        <p>Adding a passkey needs a browser that runs scripts.</p>
      </noscript>
    </div>
  );
}

function PasskeyLine(props: { passkey: PasskeyModel; page: PageProps }): JSX.Element {
  const { passkey, page } = props;
  const field = `name-${passkey.id}`;
  return (
    <li>
      <div>
        <p>
          <b safe>{passkey.name}</b> {passkey.backedUp ? <Badge text="synchronised" /> : null}
        </p>
        <ul class="facts">
          <li>
            Added <Time at={passkey.createdAt} now={page.now} />
          </li>
          <li>{passkey.usedAt === null ? "never used" : <UsedAt at={passkey.usedAt} now={page.now} />}</li>
        </ul>
      </div>
      <Confirm label="Rename…">
        <form method="post" action={localHref(passkeyUrl(passkey.id, "rename"))}>
          <Csrf token={page.csrfToken} />
          <label for={attr(field)}>New name</label>
          <input id={attr(field)} name="name" value={attr(passkey.name)} maxlength="60" required />
          <button class="button">Rename</button>
        </form>
      </Confirm>
      <Confirm label="Remove…" tone="danger">
        <form method="post" action={localHref(passkeyUrl(passkey.id, "remove"))}>
          <Csrf token={page.csrfToken} />
          <p>You cannot sign in with it any more. Remove it from the device, too.</p>
          <button class="button button-danger">Remove it</button>
        </form>
      </Confirm>
    </li>
  );
}

const UsedAt = (props: { at: string; now: string }): JSX.Element => (
  <>
    Used <Time at={props.at} now={props.now} />
  </>
);

export interface QrCode {
  /** Modules in a row, with the quiet zone around. */
  size: number;
  /** The dark ones, as the path of an SVG. */
  path: string;
}

/** Enrolling an authenticator app: field `code`, to `/settings/security/authenticator/confirm`. */
export function SettingsAuthenticatorPage(props: {
  page: PageProps;
  form: FormState;
  /** The seed as base32, for apps without a camera. */
  seed: string;
  qr: QrCode;
}): JSX.Element {
  const { page, form, qr } = props;
  return (
    <SettingsLayout page={page} here="/settings/security" title="Authenticator app">
      <div class="flow">
        <p>Scan this with an authenticator app, or type the key into it. Then give the code that it shows.</p>
        <svg
          class="qr"
          viewBox={`0 0 ${qr.size} ${qr.size}`}
          role="img"
          aria-label="QR code of the key below"
          shape-rendering="crispEdges"
        >
          <rect width={String(qr.size)} height={String(qr.size)} fill="#fff" />
          <path d={attr(qr.path)} fill="#000" />
        </svg>
        <p class="qr-text">
          <code safe>{props.seed.replace(/(.{4})(?=.)/g, "$1 ")}</code>
          <Copy text={props.seed} label="Copy the key" />
        </p>
        <form method="post" action="/settings/security/authenticator/confirm" class="form">
          <Csrf token={page.csrfToken} />
          <FormProblem form={form} />
          <Field
            form={form}
            name="code"
            label="Code"
            hint="Six digits, from the app."
            autocomplete="one-time-code"
            maxlength={64}
            spellcheck={false}
            required
            autofocus
            mono
          />
          <button class="button button-primary">Turn it on</button>
        </form>
        <p class="quiet">
          <a href="/settings/security">Not now</a>
        </p>
      </div>
    </SettingsLayout>
  );
}

/** Recovery codes, shown this once. */
export function SettingsRecoveryCodesPage(props: { page: PageProps; codes: readonly string[] }): JSX.Element {
  return (
    <SettingsLayout page={props.page} here="/settings/security" title="Recovery codes">
      <section class="callout callout-good" role="status">
        <p>
          <b>Keep these codes</b> where you find them without your telephone: on paper, or in a password manager. Each
          works once. They are not shown again.
        </p>
      </section>
      <ol class="codes mono after">
        {props.codes.map((code) => (
          <li safe>{code}</li>
        ))}
      </ol>
      <div class="after">
        <Command text={props.codes.join(" ")} label="All codes, to copy" />
      </div>
      <p class="after">
        <a class="button button-primary" href="/settings/security">
          I have kept them
        </a>
      </p>
    </SettingsLayout>
  );
}

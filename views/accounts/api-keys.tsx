import { SCOPES, type Scope } from "../../src/core/actor.ts";
import { Csrf, Field, FormProblem, Select } from "../components/form.tsx";
import { Command } from "../components/install.tsx";
import { Empty, Time } from "../components/small.tsx";
import type { FormState, PageProps } from "../layout/page.ts";
import { revokeUrl } from "../urls.ts";
import { KeyLine } from "./key-line.tsx";
import { SettingsLayout } from "./settings-layout.tsx";

export interface ApiKeyModel {
  id: string;
  name: string;
  /** The first characters, to recognise it by. */
  prefix: string;
  kind: "personal" | "capability" | "trusted-publisher";
  scopes: Scope[];
  /** Null: wherever its person may. */
  confinedTo: { namespaces: string[]; assets: string[] } | null;
  createdAt: string;
  usedAt: string | null;
  expiresAt: string | null;
}

export interface CreatedKey {
  name: string;
  secret: string;
  /** Of a key for addresses: what stands in front of any path. */
  address: string | null;
}

const SCOPE_LABEL: Record<Scope, string> = {
  read: "Read: see and install what you may see",
  publish: "Publish: also publish and change your assets",
  admin: "Administration: everything your role allows",
};

const KIND_NOTE: Record<ApiKeyModel["kind"], string> = {
  personal: "",
  capability: "For addresses that begin with /k/",
  "trusted-publisher": "Given to a CI job",
};

const DAYS = [
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "One year" },
  { value: "", label: "Never" },
];

/**
 * Fields `name`, `scope`, `namespaces`, `assets`, `kind`, `expires_in_days`; posts to `/settings/api-keys`, revoking to `/settings/api-keys/{id}/revoke`.
 * `created` is shown once, right after it was made.
 */
export function SettingsApiKeysPage(props: {
  page: PageProps;
  keys: ApiKeyModel[];
  created: CreatedKey | null;
  form: FormState;
}): JSX.Element {
  const { page, form, created } = props;
  return (
    <SettingsLayout page={page} here="/settings/api-keys" title="API keys">
      {created === null ? null : (
        <section class="callout callout-good" role="status">
          <p>
            <b safe>{`The key “${created.name}” is made.`}</b> Copy it now: it is not shown again.
          </p>
          <Command
            text={created.address ?? created.secret}
            label={created.address === null ? "The new API key" : "The new address"}
          />
          {created.address === null ? null : (
            <p>
              Put it in front of any path that reads, as in <code>…/api/v1/assets</code>. Whoever has the address has
              the key.
            </p>
          )}
        </section>
      )}
      {props.keys.length === 0 ? (
        <Empty title="No API key yet">Keys are for the command line, for CI and for tools.</Empty>
      ) : (
        <ul class="lines">
          {props.keys.map((key) => (
            <KeyLine name={key.name} token={page.csrfToken} action={revokeUrl("api-keys", key.id)}>
              <li class="mono" safe>{`${key.prefix}…`}</li>
              <li safe>{key.scopes.join(", ")}</li>
              <Confined to={key.confinedTo} />
              {KIND_NOTE[key.kind] === "" ? null : <li safe>{KIND_NOTE[key.kind]}</li>}
              <li>
                Made <Time at={key.createdAt} now={page.now} />
              </li>
              <li>{key.usedAt === null ? "never used" : <Used at={key.usedAt} now={page.now} />}</li>
              <li>{key.expiresAt === null ? "never expires" : <Expires at={key.expiresAt} now={page.now} />}</li>
            </KeyLine>
          ))}
        </ul>
      )}
      <section>
        <h2>New key</h2>
        <form method="post" action="/settings/api-keys" class="form">
          <Csrf token={page.csrfToken} />
          <FormProblem form={form} />
          <Field
            form={form}
            name="name"
            label="What it is for"
            placeholder="CI of team search"
            maxlength={100}
            required
          />
          <Select
            form={form}
            name="scope"
            label="What it may do"
            choices={SCOPES.map((value) => ({ value, label: SCOPE_LABEL[value] }))}
          />
          <Field
            form={form}
            name="namespaces"
            label="Only in these namespaces"
            placeholder="team-search"
            maxlength={2000}
            hint="Names between commas. With both fields empty the key reaches whatever you may."
          />
          <Field
            form={form}
            name="assets"
            label="Only these assets"
            placeholder="team-search/summariser"
            maxlength={4000}
            hint="As namespace/name, between commas; beside the namespaces above. A confined key has no rights anywhere else."
          />
          <Select
            form={form}
            name="kind"
            label="Where it stands"
            value="personal"
            choices={[
              { value: "personal", label: "In a header: the command line, CI, tools" },
              {
                value: "capability",
                label: "In the address, for clients that send no header: to read, and it expires",
              },
            ]}
          />
          <Select form={form} name="expires_in_days" label="Expires after" value="90" choices={DAYS} />
          <button class="button button-primary">Make the key</button>
        </form>
      </section>
    </SettingsLayout>
  );
}

function Confined(props: { to: ApiKeyModel["confinedTo"] }): JSX.Element | null {
  if (props.to === null) return null;
  const names = [...props.to.namespaces.map((name) => `${name}/*`), ...props.to.assets];
  return <li safe>{names.length === 0 ? "Confined to what is not there any more" : `Only ${names.join(", ")}`}</li>;
}

const Used = (props: { at: string; now: string }): JSX.Element => (
  <>
    Used <Time at={props.at} now={props.now} />
  </>
);
const Expires = (props: { at: string; now: string }): JSX.Element => (
  <>
    Expires <Time at={props.at} now={props.now} />
  </>
);

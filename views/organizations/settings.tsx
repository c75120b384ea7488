import { attr, counted } from "../components/format.ts";
import { Csrf, Field, FormProblem, Select, TextArea } from "../components/form.tsx";
import { Confirm } from "../components/small.tsx";
import type { FormState, PageProps } from "../layout/page.ts";
import { organizationActionUrl, organizationUrl } from "../urls.ts";
import type { OrganizationRules } from "../../src/modules/compliance/organization-rules.ts";
import { ORGANIZATION_VISIBILITIES } from "./mine.tsx";
import { type ServerPolicyModel, VersionPolicyForm } from "./version-policy.tsx";
import { OrganizationLayout, type OrganizationModel } from "./organization-layout.tsx";

interface SettingsProps {
  page: PageProps;
  organization: OrganizationModel;
  form: FormState;
}

/** Fields `display_name`, `description`, `website`; posts to `/organizations/{slug}/settings`. */
export function OrganizationSettingsPage(
  props: SettingsProps & { profile: { description: string; website: string } },
): JSX.Element {
  const { page, organization, form, profile } = props;
  return (
    <OrganizationLayout page={page} organization={organization} here="settings" title="Profile">
      <form method="post" action={attr(organizationUrl(organization.slug, "settings"))} class="form">
        <Csrf token={page.csrfToken} />
        <FormProblem form={form} />
        <Field
          form={form}
          name="display_name"
          label="Full name"
          value={organization.displayName}
          maxlength={100}
          required
        />
        <TextArea form={form} name="description" label="About" value={profile.description} rows={3} maxlength={1000} />
        <Field form={form} name="website" label="Website" type="url" value={profile.website} maxlength={300} />
        <button class="button button-primary">Save</button>
      </form>
    </OrganizationLayout>
  );
}

export interface PolicyModel {
  requireTwoFactor: boolean;
  requireSignature: boolean;
  requireReview: boolean;
}

/** Fields `require_two_factor`, `require_signature`, `require_review` (`on`); posts to `/organizations/{slug}/policy`. */
export function OrganizationPolicyPage(
  props: SettingsProps & {
    policy: PolicyModel;
    withoutSecondFactor: string[];
    rules: OrganizationRules;
    /** What the server's own policy says, for comparison. */
    server: ServerPolicyModel;
  },
): JSX.Element {
  const { page, organization, form, policy, withoutSecondFactor } = props;
  return (
    <OrganizationLayout page={page} organization={organization} here="policy" title="Policy">
      {organization.may.own ? <Flags {...props} /> : <FormProblem form={form} />}
      <VersionPolicyForm page={page} slug={organization.slug} rules={props.rules} server={props.server} />
      {withoutSecondFactor.length === 0 ? null : (
        <section>
          <h2 safe>{`${counted(withoutSecondFactor.length, "member")} without a second factor`}</h2>
          <p class="quiet">
            {policy.requireTwoFactor
              ? "They have no access until they set one up and sign in with it."
              : "They would lose their access until they set one up, if you asked for it."}
          </p>
          <ul class="facts">
            {withoutSecondFactor.map((username) => (
              <li class="mono" safe>
                {username}
              </li>
            ))}
          </ul>
        </section>
      )}
    </OrganizationLayout>
  );
}

/** Who is a member, and what all versions need: owners alone say so. */
function Flags(props: SettingsProps & { policy: PolicyModel }): JSX.Element {
  const { page, organization, form, policy } = props;
  return (
    <form method="post" action={attr(organizationUrl(organization.slug, "policy"))} class="form">
      <Csrf token={page.csrfToken} />
      <FormProblem form={form} />
      <Check
        name="require_two_factor"
        label="Members sign in with a second factor"
        hint="Until they do, they have no more rights here than others."
        checked={policy.requireTwoFactor}
      />
      <Check
        name="require_signature"
        label="Versions are signed"
        hint="A new version without a signature waits for a moderator."
        checked={policy.requireSignature}
      />
      <Check
        name="require_review"
        label="Versions are reviewed"
        hint="Every new version waits for a moderator. What is out already stays out."
        checked={policy.requireReview}
      />
      <button class="button button-primary">Save</button>
    </form>
  );
}

function Check(props: { name: string; label: string; hint: string; checked: boolean }): JSX.Element {
  const id = `field-${props.name}`;
  return (
    <div class="field">
      <label class="facet" for={id}>
        <input
          type="checkbox"
          id={id}
          name={props.name}
          value="on"
          checked={props.checked}
          aria-describedby={`${id}-hint`}
        />
        <span safe>{props.label}</span>
      </label>
      <p class="field-hint" id={`${id}-hint`} safe>
        {props.hint}
      </p>
    </div>
  );
}

/** Who sees it, its name, its end: each form posts to its own address below `/organizations/{slug}`. */
export function OrganizationDangerPage(props: SettingsProps & { assets: number }): JSX.Element {
  const { page, organization, form } = props;
  const to = (...parts: string[]) => attr(organizationActionUrl(organization.slug, ...parts));
  return (
    <OrganizationLayout page={page} organization={organization} here="danger" title="Name and deletion">
      <FormProblem form={form} />
      <div class="settings-sections">
        <section>
          <h2>Who sees it</h2>
          <p class="quiet">
            A private organization, and everything of it, does not exist for others. Assets that are wider open become
            visible to the organization alone.
          </p>
          <form method="post" action={to("visibility")} class="form">
            <Csrf token={page.csrfToken} />
            <Select
              form={form}
              name="visibility"
              label="Visibility"
              choices={ORGANIZATION_VISIBILITIES}
              value={organization.visibility}
            />
            <button class="button">Change it</button>
          </form>
        </section>
        <section>
          <h2>Rename</h2>
          <p class="quiet">The old name goes on leading here, and is never given to anybody else.</p>
          <form method="post" action={to("rename")} class="form">
            <Csrf token={page.csrfToken} />
            <Field form={form} name="slug" label="New name" maxlength={64} spellcheck={false} mono required />
            <button class="button">Rename</button>
          </form>
        </section>
        <section>
          <h2>Delete</h2>
          <p class="quiet">Nobody has a right in it any more. Its name is never given away again.</p>
          <Confirm label="Delete…" tone="danger">
            <form method="post" action={to("delete")} class="form">
              <Csrf token={page.csrfToken} />
              {props.assets === 0 ? null : <Fate form={form} assets={props.assets} />}
              <button class="button button-danger">Delete the organization</button>
            </form>
          </Confirm>
        </section>
      </div>
    </OrganizationLayout>
  );
}

function Fate(props: { form: FormState; assets: number }): JSX.Element {
  return (
    <>
      <p safe>{`It has ${counted(props.assets, "asset")}. What becomes of them?`}</p>
      <Select
        form={props.form}
        name="assets"
        label="Assets"
        choices={[
          { value: "transfer", label: "They are transferred" },
          { value: "delete", label: "They are deleted" },
        ]}
      />
      <Field form={props.form} name="transfer_to" label="To the namespace" maxlength={64} mono spellcheck={false} />
    </>
  );
}

import { attr } from "../components/format.ts";
import { Csrf, Field, FormProblem, Select, TextArea } from "../components/form.tsx";
import { Badge, Confirm, Empty, Time } from "../components/small.tsx";
import type { FormState, PageProps } from "../layout/page.ts";
import { assetUrl, trustedPublishersUrl } from "../urls.ts";
import { SettingsLayout } from "./settings-layout.tsx";

export interface TrustedPublisherModel {
  id: string;
  namespace: string;
  slug: string;
  issuer: string;
  claims: [name: string, value: string][];
  /** The asset is there already. */
  exists: boolean;
  createdAt: string;
  lastUsedAt: string | null;
}

export interface TrustedPublishersProps {
  page: PageProps;
  publishers: TrustedPublisherModel[];
  /** Where new ones may be registered. */
  namespaces: string[];
  /** Null: the page of all that a person may register. */
  asset: { namespace: string; slug: string } | null;
  issuers: readonly string[];
  audience: string;
  form: FormState;
}

const EXAMPLE = ["repository = acme/skills", "repository_owner_id = 12345", "workflow_file = release.yml"].join("\n");

/** Fields `issuer`, `claims`, and without an asset `namespace` and `slug`; posts to its own address, removing to `/{id}/remove`. */
export function TrustedPublishersPage(props: TrustedPublishersProps): JSX.Element {
  const { page, asset, publishers } = props;
  return (
    <SettingsLayout page={page} here="/settings/trusted-publishers" title="Trusted publishers">
      <p class="quiet">
        {asset === null ? (
          "CI jobs that may publish without a stored key."
        ) : (
          <>
            CI jobs that may publish <a href={attr(assetUrl(asset))} safe>{`${asset.namespace}/${asset.slug}`}</a>{" "}
            without a stored key.
          </>
        )}{" "}
        A job shows the token of its CI service and gets a key for 15 minutes that can publish this one asset.
      </p>
      {publishers.length === 0 ? (
        <Empty title="No trusted publisher yet">Only people and their API keys can publish.</Empty>
      ) : (
        <ul class="lines">
          {publishers.map((publisher) => (
            <PublisherLine page={page} publisher={publisher} asset={asset} />
          ))}
        </ul>
      )}
      {props.issuers.length === 0 ? (
        <p class="callout" role="note">
          This server trusts no CI service yet: its administrator names them under <code>[trusted_publishing]</code>.
        </p>
      ) : (
        <NewPublisher {...props} />
      )}
    </SettingsLayout>
  );
}

function PublisherLine(props: {
  page: PageProps;
  publisher: TrustedPublisherModel;
  asset: TrustedPublishersProps["asset"];
}): JSX.Element {
  const { page, publisher } = props;
  const ref = `${publisher.namespace}/${publisher.slug}`;
  return (
    <li>
      <div>
        <p>
          <b class="mono" safe>
            {ref}
          </b>{" "}
          {publisher.exists ? null : <Badge text="not made yet" />}
        </p>
        <ul class="facts">
          <li class="mono" safe>
            {publisher.issuer}
          </li>
          {publisher.claims.map(([name, value]) => (
            <li class="mono" safe>{`${name} = ${value}`}</li>
          ))}
          <li>
            Since <Time at={publisher.createdAt} now={page.now} />
          </li>
          <li>
            {publisher.lastUsedAt === null ? (
              "never used"
            ) : (
              <>
                Used <Time at={publisher.lastUsedAt} now={page.now} />
              </>
            )}
          </li>
        </ul>
      </div>
      <Confirm label="Remove…" tone="danger">
        <form method="post" action={attr(`${trustedPublishersUrl(props.asset)}/${publisher.id}/remove`)}>
          <Csrf token={page.csrfToken} />
          <input type="hidden" name="namespace" value={attr(publisher.namespace)} />
          <p>The job cannot publish any more. What it published stays.</p>
          <button class="button button-danger">Remove it</button>
        </form>
      </Confirm>
    </li>
  );
}

function NewPublisher(props: TrustedPublishersProps): JSX.Element {
  const { page, form, asset } = props;
  const choices = (values: readonly string[]) => values.map((value) => ({ value, label: value }));
  return (
    <section>
      <h2>New trusted publisher</h2>
      <form method="post" action={attr(trustedPublishersUrl(asset))} class="form">
        <Csrf token={page.csrfToken} />
        <FormProblem form={form} />
        {asset === null ? (
          <>
            <Select form={form} name="namespace" label="Namespace" choices={choices(props.namespaces)} />
            <Field
              form={form}
              name="slug"
              label="Asset"
              hint="Its name. It need not exist yet: the job's first publication makes it."
              maxlength={64}
              spellcheck={false}
              required
              mono
            />
          </>
        ) : null}
        <Select form={form} name="issuer" label="CI service" choices={choices(props.issuers)} />
        <TextArea
          form={form}
          name="claims"
          label="What the job's token must say"
          hint="One a line. GitHub: repository, repository_owner_id, workflow_file or job_workflow_ref, environment. GitLab: project_path, namespace_id, ref_path, environment."
          placeholder={EXAMPLE}
          rows={5}
          required
          mono
        />
        <p class="quiet">
          The job asks for a token with the audience <code safe>{props.audience}</code>.
        </p>
        <button class="button button-primary">Trust this job</button>
      </form>
    </section>
  );
}

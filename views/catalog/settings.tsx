import { VISIBILITIES } from "../../src/core/kind.ts";
import { attr } from "../components/format.ts";
import { Csrf, Field, FormProblem, Select, TextArea } from "../components/form.tsx";
import { capital, Confirm } from "../components/small.tsx";
import type { FormState, PageProps } from "../layout/page.ts";
import {
  assetActionUrl,
  assetSettingsUrl,
  trustedPublishersUrl,
  channelsActionUrl,
  versionActionUrl,
} from "../urls.ts";
import { type AssetAccessModel, AccessSections } from "./access.tsx";
import { type AssetFrame, AssetLayout } from "./asset-frame.tsx";

export interface AssetSettingsProps {
  page: PageProps;
  frame: AssetFrame;
  /** Fields `title`, `description`, `visibility`, `tags`, `categories` (comma lists), `homepage`, `repository`. */
  form: FormState;
  channels: { name: string; version: string }[];
  versions: { version: string; yanked: boolean }[];
  /** For those who manage it. */
  access: AssetAccessModel | null;
}

/** What an asset's owner changes. Each form posts to its own address in urls.ts. */
export function AssetSettingsPage(props: AssetSettingsProps): JSX.Element {
  return (
    <AssetLayout page={props.page} frame={props.frame} tab="settings" title="Settings">
      <div class="settings-sections">
        <Details {...props} />
        <Channels {...props} />
        <Yanking {...props} />
        {props.access === null ? null : (
          <AccessSections page={props.page} asset={props.frame.asset} access={props.access} />
        )}
        <Lifecycle {...props} />
      </div>
    </AssetLayout>
  );
}

function Details(props: AssetSettingsProps): JSX.Element {
  const { page, form } = props;
  const { asset } = props.frame;
  return (
    <section>
      <h2>Details</h2>
      <form method="post" action={attr(assetSettingsUrl(asset))} class="form">
        <Csrf token={page.csrfToken} />
        <FormProblem form={form} />
        <Field form={form} name="title" label="Title" value={asset.title} maxlength={200} required />
        <TextArea
          form={form}
          name="description"
          label="Description"
          value={asset.description}
          rows={3}
          maxlength={1000}
        />
        {props.access === null ? null : (
          <Select
            form={form}
            name="visibility"
            label="Who sees it"
            value={asset.visibility}
            choices={VISIBILITIES.map((value) => ({ value, label: capital(value) }))}
          />
        )}
        <Field form={form} name="tags" label="Tags" value={asset.tags.join(", ")} hint="Separated by commas." />
        <Field
          form={form}
          name="categories"
          label="Categories"
          value={asset.categories.join(", ")}
          hint="Names from the categories page, separated by commas."
        />
        <Field form={form} name="homepage" label="Homepage" type="url" value={asset.homepage ?? ""} />
        <Field form={form} name="repository" label="Source" type="url" value={asset.repository ?? ""} />
        <button class="button button-primary">Save</button>
      </form>
    </section>
  );
}

function Channels(props: AssetSettingsProps): JSX.Element {
  const { asset } = props.frame;
  return (
    <section>
      <p>
        <a href={attr(trustedPublishersUrl(asset))}>Trusted publishers</a>: CI jobs that may publish this asset without
        a stored key.
      </p>
      <h2>Channels</h2>
      <p class="quiet">Names that move from version to version. “latest” follows the highest release by itself.</p>
      <dl class="about">
        {props.channels.map((channel) => (
          <>
            <dt class="mono" safe>
              {channel.name}
            </dt>
            <dd class="mono" safe>
              {channel.version}
            </dd>
          </>
        ))}
      </dl>
      <form method="post" action={attr(channelsActionUrl(asset))} class="form form-inline">
        <Csrf token={props.page.csrfToken} />
        <Field form={{ values: {}, problems: [] }} name="channel" label="Channel" placeholder="beta" required mono />
        <Select
          form={{ values: {}, problems: [] }}
          name="version"
          label="Version"
          choices={props.versions.map((v) => ({ value: v.version, label: v.version }))}
        />
        <button class="button">Set</button>
      </form>
    </section>
  );
}

function Yanking(props: AssetSettingsProps): JSX.Element {
  const { asset } = props.frame;
  return (
    <section>
      <h2>Yank</h2>
      <p class="quiet">A yanked version is no longer chosen for new installs; whoever has locked it still gets it.</p>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">
              <span class="hidden-visually">Action</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {props.versions.map((v) => (
            <tr>
              <th scope="row" class="mono" safe>
                {v.version}
              </th>
              <td class="number">
                <YankForm asset={asset} token={props.page.csrfToken} version={v.version} yanked={v.yanked} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function YankForm(props: {
  asset: { namespace: string; slug: string };
  token: string;
  version: string;
  yanked: boolean;
}): JSX.Element {
  const { asset, version } = props;
  if (props.yanked)
    return (
      <form method="post" action={attr(versionActionUrl(asset, version, "unyank"))}>
        <Csrf token={props.token} />
        <button class="button button-small" aria-label={attr(`Take back the yank of ${version}`)}>
          Take back
        </button>
      </form>
    );
  return (
    <Confirm label="Yank…">
      <form method="post" action={attr(versionActionUrl(asset, version, "yank"))} class="form">
        <Csrf token={props.token} />
        <label>
          <span>Why</span>
          <input name="reason" maxlength="500" required placeholder="Broken on Windows" />
        </label>
        <button class="button button-danger">Yank it</button>
      </form>
    </Confirm>
  );
}

function Lifecycle(props: AssetSettingsProps): JSX.Element {
  const { asset } = props.frame;
  const token = props.page.csrfToken;
  return (
    <section>
      <h2>Status</h2>
      <div class="lifecycle">
        {asset.status === "published" ? (
          <Step
            asset={asset}
            token={token}
            action="deprecate"
            label="Deprecate"
            text="Still installs, with your reason shown. Say what to use instead."
            reason
          />
        ) : (
          <Step asset={asset} token={token} action="publish" label="Publish" text="Shows the asset to its audience." />
        )}
        <Step
          asset={asset}
          token={token}
          action="archive"
          label="Archive"
          text="Nothing new comes; what is there still installs."
        />
        {props.access === null ? null : (
          <Step
            asset={asset}
            token={token}
            action="delete"
            label="Delete"
            text="Takes the asset away for everyone. Its name and versions are never given out again."
            danger
          />
        )}
      </div>
    </section>
  );
}

function Step(props: {
  asset: { namespace: string; slug: string };
  token: string;
  action: "publish" | "deprecate" | "archive" | "delete";
  label: string;
  text: string;
  reason?: boolean;
  danger?: boolean;
}): JSX.Element {
  return (
    <div class="lifecycle-step">
      <p safe>{props.text}</p>
      <Confirm label={`${props.label}…`} tone={props.danger ? "danger" : "plain"}>
        <form method="post" action={attr(assetActionUrl(props.asset, props.action))} class="form">
          <Csrf token={props.token} />
          {props.reason ? (
            <label>
              <span>Reason</span>
              <input name="reason" maxlength="500" required />
            </label>
          ) : null}
          <button class={props.danger ? "button button-danger" : "button"} safe>
            {`${props.label} this asset`}
          </button>
        </form>
      </Confirm>
    </div>
  );
}

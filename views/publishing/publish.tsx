import { VISIBILITIES } from "../../src/core/kind.ts";
import { attr, bytes, grouped } from "../components/format.ts";
import { Csrf, Field, FormProblem, Select, TextArea } from "../components/form.tsx";
import { Icon } from "../components/icon.tsx";
import { capital } from "../components/small.tsx";
import { staticUrl } from "../layout/assets.ts";
import { Layout } from "../layout/layout.tsx";
import type { FormState, PageProps } from "../layout/page.ts";

export interface PublishProps {
  page: PageProps;
  /** Namespaces the viewer may publish in; the first is chosen. */
  namespaces: string[];
  limits: { archiveBytes: number; files: number; expansionRatio: number };
  /** Fields `namespace`, `slug`, `version`, `visibility`, `channel`, `changelog`, `file`. */
  form: FormState;
}

/**
 * Publishing from a browser. Without a script it is a multipart form to `/publish` with an archive; the script also takes a
 * folder, packs it in the browser, and PUTs it to the API with progress, once the name and version are filled in.
 */
export function PublishPage(props: PublishProps): JSX.Element {
  const { page, form, limits } = props;
  return (
    <Layout page={page} title="Publish" width="narrow" unlisted>
      <header class="page-head">
        <h1>Publish</h1>
        <p class="lede">
          A folder or an archive with a SKILL.md, plugin.json, server.json, model card or prompt is enough: the kind,
          title and licence are read from the files.
        </p>
      </header>
      <form
        class="form publish"
        method="post"
        action="/publish"
        enctype="multipart/form-data"
        data-upload-script={staticUrl("upload.js")}
      >
        <Csrf token={page.csrfToken} />
        <FormProblem form={form} />
        <Drop limits={limits} />
        <div class="publish-name">
          <Select
            form={form}
            name="namespace"
            label="Namespace"
            choices={props.namespaces.map((value) => ({ value, label: value }))}
          />
          <Field
            form={form}
            name="slug"
            label="Name"
            maxlength={64}
            mono
            spellcheck={false}
            hint="Left empty: from the files."
          />
          <Field form={form} name="version" label="Version" maxlength={64} mono hint="Left empty: the next one." />
        </div>
        <Select
          form={form}
          name="visibility"
          label="Who sees it"
          value="public"
          choices={VISIBILITIES.map((value) => ({ value, label: capital(value) }))}
        />
        <details class="more">
          <summary>Changelog and channel</summary>
          <TextArea form={form} name="changelog" label="What changed" rows={4} maxlength={10_000} />
          <Field form={form} name="channel" label="Channel" placeholder="beta" maxlength={64} mono />
        </details>
        <div class="publish-act">
          <button class="button button-primary">Publish</button>
          <p class="quiet" safe>
            {`Up to ${bytes(limits.archiveBytes)}, ${grouped(limits.files)} files. Scanned before anyone else sees it.`}
          </p>
        </div>
        <div class="upload" data-upload hidden>
          <label for="upload-bar" data-upload-label>
            Uploading
          </label>
          <progress id="upload-bar" max="100" value="0" />
          <p class="upload-facts" data-upload-facts aria-live="polite" />
          <button type="button" class="button button-small" data-upload-cancel>
            Cancel
          </button>
        </div>
      </form>
    </Layout>
  );
}

function Drop(props: { limits: PublishProps["limits"] }): JSX.Element {
  return (
    <div class="drop" data-drop data-max={String(props.limits.archiveBytes)} data-files={String(props.limits.files)}>
      <Icon name="upload" size={24} />
      <div class="drop-pick">
        <input
          id="field-file"
          type="file"
          name="file"
          accept={attr(".zip,.tar.gz,.tgz,application/zip,application/gzip")}
          required
        />
        <label for="field-file" class="button">
          Choose an archive
        </label>
        <input id="field-folder" class="needs-script" type="file" attrs={{ webkitdirectory: "" }} />
        <label for="field-folder" class="button needs-script">
          Choose a folder
        </label>
      </div>
      <p class="needs-script">or drop either here</p>
      <p class="drop-chosen" data-drop-chosen aria-live="polite" />
    </div>
  );
}

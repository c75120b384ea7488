import type { Asset } from "../../src/modules/catalog/asset.ts";
import type { Version } from "../../src/modules/catalog/version.ts";
import { attr } from "../components/format.ts";
import { Csrf, FormProblem, Select, TextArea } from "../components/form.tsx";
import { DigestText, Time } from "../components/small.tsx";
import { TrustMark } from "../components/trust-mark.tsx";
import { Layout } from "../layout/layout.tsx";
import type { FormState, PageProps } from "../layout/page.ts";
import { recallUrl, recallVersionUrl, reviewUrl, versionUrl } from "../urls.ts";

/** Before an administrator recalls a version. Posts `reason` and `severity` to `/moderation/{versionId}/recall`. */
export function RecallVersionPage(props: {
  page: PageProps;
  asset: Asset;
  version: Version;
  form: FormState;
}): JSX.Element {
  const { page, asset, version, form } = props;
  const name = `${asset.namespace}/${asset.slug}`;
  return (
    <Layout page={page} title={`Recall ${name} ${version.version}`} width="narrow" unlisted>
      <nav class="crumbs" aria-label="Path">
        <a href="/moderation">Moderation</a>
        <a href={attr(reviewUrl(version.id))}>Review</a>
      </nav>
      <header class="asset-head">
        <h1 class="asset-name">
          Recall
          <a href={attr(versionUrl(asset, version.version))} safe>
            {name}
          </a>
          <span class="quiet" safe>
            {version.version}
          </span>
        </h1>
        <ul class="facts facts-head">
          <li>
            <Time at={version.createdAt} now={page.now} />
          </li>
          <li>
            <DigestText digest={version.digest} />
          </li>
          <li>
            <TrustMark state={version.recall ? "recalled" : version.verdict} />
          </li>
        </ul>
      </header>
      {version.recall ? (
        <p class="callout callout-bad">
          It is recalled already. <a href={attr(recallUrl(version.recall.number))}>See who has it</a>
        </p>
      ) : (
        <>
          <p class="callout callout-warn">
            From this moment the content with this digest cannot be downloaded, resolved, installed or published again,
            under any name on this server. It is put on the signed list that <code>install</code>, <code>verify</code>{" "}
            and <code>audit</code> check, and those who have it are told by mail.
          </p>
          <form method="post" action={attr(recallVersionUrl(version.id))} class="form">
            <Csrf token={page.csrfToken} />
            <FormProblem form={form} />
            <TextArea
              form={form}
              name="reason"
              label="Reason"
              rows={4}
              maxlength={1000}
              hint="Everybody who may see the version reads it: say what it does, and what somebody who used it should do."
              required
            />
            <Select
              form={form}
              name="severity"
              label="Severity"
              value="critical"
              choices={["critical", "high", "medium", "low"].map((value) => ({ value, label: value }))}
            />
            <div class="review-buttons">
              <button class="button button-danger">Recall it</button>
              <a class="button" href={attr(reviewUrl(version.id))}>
                Cancel
              </a>
            </div>
          </form>
        </>
      )}
    </Layout>
  );
}

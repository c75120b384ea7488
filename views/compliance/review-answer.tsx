import { attr } from "../components/format.ts";
import { Csrf, FormProblem, TextArea } from "../components/form.tsx";
import { Empty, Time } from "../components/small.tsx";
import { Layout } from "../layout/layout.tsx";
import type { FormState, PageProps } from "../layout/page.ts";
import { assetUrl, reviewAnswerUrl, versionUrl } from "../urls.ts";

export interface ReviewAnswerProps {
  page: PageProps;
  asset: { namespace: string; slug: string };
  version: string;
  /** What moderators asked to be changed; null for nothing (any more). */
  asked: { message: string; at: string; supersededBy: string | null } | null;
  /** Field `comment`. */
  form: FormState;
}

/** Where a publisher answers what moderators asked to be changed. */
export function ReviewAnswerPage(props: ReviewAnswerProps): JSX.Element {
  const { page, asset, version, asked, form } = props;
  const name = `${asset.namespace}/${asset.slug}`;
  return (
    <Layout page={page} title={`Answer about ${name} ${version}`} width="narrow" unlisted>
      <nav class="crumbs" aria-label="Path">
        <a href={attr(assetUrl(asset))} safe>
          {name}
        </a>
      </nav>
      <header class="page-head">
        <h1 safe>{`Changes asked for in ${version}`}</h1>
      </header>
      {asked === null || asked.supersededBy !== null ? (
        <Empty
          title="Nobody waits for an answer"
          action={{ href: versionUrl(asset, version), label: "Back to the version" }}
        />
      ) : (
        <>
          <p class="quiet">
            A moderator, <Time at={asked.at} now={page.now} />:
          </p>
          <blockquote safe>{asked.message}</blockquote>
          <form method="post" action={attr(reviewAnswerUrl(asset, version))} class="form">
            <Csrf token={page.csrfToken} />
            <FormProblem form={form} />
            <TextArea
              form={form}
              name="comment"
              label="Your answer"
              rows={5}
              maxlength={2000}
              required
              hint="Moderators read it, and look at the version again. To change files, publish a new version instead."
            />
            <button class="button button-primary">Send</button>
          </form>
        </>
      )}
    </Layout>
  );
}

import type { ReviewCase } from "../../src/modules/compliance/review-case.ts";
import { attr } from "../components/format.ts";
import { Csrf, FormProblem, TextArea } from "../components/form.tsx";
import { Confirm } from "../components/small.tsx";
import type { FormState, PageProps } from "../layout/page.ts";
import { reviewActionUrl, reviewUrl, versionActionUrl } from "../urls.ts";

interface DecisionProps {
  page: PageProps;
  found: ReviewCase;
  form: FormState;
}

/** What a moderator may do with the version as it stands. Posts to `/moderation/{versionId}`. */
export function Decision(props: DecisionProps): JSX.Element {
  const { found } = props;
  const { version } = found;
  const open = version.status === "under_review" || version.status === "blocked";
  return (
    <>
      <h2>Decide</h2>
      {version.verdictReason ? <p safe>{version.verdictReason}</p> : null}
      <Standing found={found} />
      {version.status === "scanning" ? <ScanAgain {...props} /> : null}
      {open ? <Buttons {...props} /> : null}
      {version.status === "published" || version.status === "ready" ? <TakeBack {...props} /> : null}
    </>
  );
}

/** What others did that bears on the decision. */
function Standing({ found }: { found: ReviewCase }): JSX.Element {
  const { firstApproval, changeRequest } = found;
  return (
    <>
      {found.own ? (
        <p class="callout callout-warn">This is your own publication: another moderator approves it.</p>
      ) : null}
      {firstApproval === null ? null : (
        <p class="callout" safe>
          {`${firstApproval.moderator} approved it. It needs one more moderator.${firstApproval.reason === "" ? "" : ` “${firstApproval.reason}”`}`}
        </p>
      )}
      {found.needsTwo && firstApproval === null && found.version.status === "under_review" ? (
        <p class="quiet">It needs the approval of two moderators.</p>
      ) : null}
      {changeRequest === null ? null : (
        <p class="callout" safe>
          {`${changeRequest.moderator} asked its publisher: “${changeRequest.message}”${
            changeRequest.supersededBy === null ? "" : ` They published ${changeRequest.supersededBy} instead.`
          }`}
        </p>
      )}
    </>
  );
}

function Buttons({ page, found, form }: DecisionProps): JSX.Element {
  const { version, scan, changeRequest } = found;
  const inReview = version.status === "under_review";
  return (
    <form method="post" action={attr(reviewUrl(version.id))} class="form" data-decision>
      <Csrf token={page.csrfToken} />
      {scan === null ? null : <input type="hidden" name="scan" value={attr(scan.id)} />}
      <FormProblem form={form} />
      <TextArea
        form={form}
        name="reason"
        label="Reason"
        rows={4}
        maxlength={2000}
        hint="The publisher reads it. Needed to reject and to ask for changes."
      />
      <div class="review-buttons">
        <button class="button button-primary" name="decision" value="approve" data-key="a" aria-keyshortcuts="a">
          Approve
        </button>
        {inReview && changeRequest === null ? (
          <button class="button" name="decision" value="changes" data-key="m" aria-keyshortcuts="m">
            Ask for changes
          </button>
        ) : null}
        {inReview ? (
          <button class="button button-danger" name="decision" value="reject" data-key="r" aria-keyshortcuts="r">
            Reject
          </button>
        ) : null}
      </div>
    </form>
  );
}

function ScanAgain({ page, found }: DecisionProps): JSX.Element {
  const { asset, version, scan } = found;
  return (
    <>
      <p safe>{scan?.error ?? "Its scan is not done yet."}</p>
      <form method="post" action={attr(versionActionUrl(asset, version.version, "rescan"))}>
        <Csrf token={page.csrfToken} />
        <button class="button button-primary">Scan again</button>
      </form>
    </>
  );
}

function TakeBack({ page, found, form }: DecisionProps): JSX.Element {
  const { version } = found;
  return (
    <form method="post" action={attr(reviewUrl(version.id))} class="form" data-decision>
      <Csrf token={page.csrfToken} />
      <p class="quiet">It is out. What you do here takes it out of use at once.</p>
      <FormProblem form={form} />
      <TextArea form={form} name="reason" label="Reason" rows={4} maxlength={2000} hint="The publisher reads it." />
      <div class="review-buttons">
        <button class="button" name="decision" value="put-back">
          Back into review
        </button>
        <button class="button button-danger" name="decision" value="reject" data-key="r" aria-keyshortcuts="r">
          Block
        </button>
      </div>
      {page.viewer?.role === "admin" ? (
        <Confirm label="Recall" tone="danger">
          <p>A recall calls it back from everybody who has installed it, too.</p>
          <a class="button" href={attr(reviewActionUrl(version.id, "recall"))}>
            Go to the recall
          </a>
        </Confirm>
      ) : null}
    </form>
  );
}

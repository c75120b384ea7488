import type { PageProps } from "../layout/page.ts";
import { moderatorAnswerUrl } from "../urls.ts";
import { attr } from "./format.ts";
import { Csrf } from "./form.tsx";
import { Time } from "./small.tsx";

/** What a finding's publisher says of it; a FindingExplanation has all of this. */
export interface ExplanationModel {
  id: string;
  status: "proposed" | "accepted" | "refused" | "withdrawn";
  reason: string;
  path: string | null;
  answer: string | null;
  proposedBy: string;
  decidedBy: string | null;
  expiresAt: string | null;
  /** It let the finding pass. */
  applies: boolean;
}

const STATUS_TEXT = {
  proposed: "The publisher explains, and a moderator has not answered yet:",
  refused: "The publisher explained, and a moderator refused it:",
  withdrawn: "The publisher explained, and withdrew it:",
} as const;

/** The publisher's words beside a finding, and the moderator's. */
export function Explanation(props: { explanation: ExplanationModel; now: string }): JSX.Element {
  const { explanation } = props;
  const heading =
    explanation.status !== "accepted"
      ? (STATUS_TEXT[explanation.status] ?? "")
      : explanation.applies
        ? "Explained, and accepted by a moderator:"
        : "An explanation was accepted here, but for other words than these:";
  return (
    <div class="callout">
      <p>
        <b>{heading}</b> <span safe>{explanation.reason}</span>{" "}
        <span class="quiet" safe>{`(${explanation.proposedBy})`}</span>
      </p>
      {explanation.answer ? (
        <p>
          <b safe>{`${explanation.decidedBy ?? "A moderator"} answered:`}</b> <span safe>{explanation.answer}</span>
        </p>
      ) : null}
      {explanation.status === "accepted" && explanation.expiresAt ? (
        <p class="quiet">
          For new versions it ends <Time at={explanation.expiresAt} now={props.now} />.
        </p>
      ) : null}
    </div>
  );
}

/** The publisher's form beside a finding. Fields `rule`, `path`, `reason`, `everywhere`; posts to `action`. */
export function ExplainForm(props: {
  page: PageProps;
  action: string;
  version: string;
  finding: { ruleId: string; path: string | null };
  position: number;
}): JSX.Element {
  const id = `explain-${props.position}`;
  return (
    <details class="confirm">
      <summary class="button">Explain…</summary>
      <div class="confirm-body">
        <form method="post" action={attr(props.action)} class="form">
          <Csrf token={props.page.csrfToken} />
          <input type="hidden" name="rule" value={attr(props.finding.ruleId)} />
          <input type="hidden" name="path" value={attr(props.finding.path ?? "")} />
          <input type="hidden" name="version" value={attr(props.version)} />
          <div class="field">
            <label for={id}>Why it is harmless</label>
            <textarea id={id} name="reason" rows="3" minlength="10" maxlength="1000" required />
            <p class="field-hint">A moderator reads it; once accepted, everybody does.</p>
          </div>
          <button class="button button-primary">Propose it</button>
        </form>
      </div>
    </details>
  );
}

/** Takes an explanation back. Posts to `action`. */
export const WithdrawForm = (props: { page: PageProps; action: string; version: string }): JSX.Element => (
  <form method="post" action={attr(props.action)}>
    <Csrf token={props.page.csrfToken} />
    <input type="hidden" name="version" value={attr(props.version)} />
    <button class="button">Withdraw the explanation</button>
  </form>
);

/** The moderator's answer to an explanation. Fields `answer`, `decision=accept|refuse`; posts to `/moderation/{versionId}/explanations/{id}`. */
export function AnswerExplanation(props: {
  page: PageProps;
  versionId: string;
  explanation: ExplanationModel;
  position: number;
}): JSX.Element {
  const { explanation } = props;
  if (explanation.status === "withdrawn") return "";
  const id = `answer-${props.position}`;
  return (
    <form
      method="post"
      action={attr(moderatorAnswerUrl(props.versionId, "explanations", explanation.id))}
      class="form"
      aria-label="Answer the explanation"
    >
      <Csrf token={props.page.csrfToken} />
      <div class="field">
        <label for={id}>
          Your answer <span class="field-optional">optional when you accept</span>
        </label>
        <textarea id={id} name="answer" rows="2" maxlength="2000" />
        <p class="field-hint">
          Accepted, these words in this asset pass from now on, for this rule alone. The publisher and readers see both.
        </p>
      </div>
      <div class="review-buttons">
        {explanation.status === "accepted" ? null : (
          <button class="button" name="decision" value="accept">
            Accept the explanation
          </button>
        )}
        <button class="button" name="decision" value="refuse">
          {explanation.status === "accepted" ? "Take it back" : "Refuse it"}
        </button>
      </div>
    </form>
  );
}

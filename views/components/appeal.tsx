import type { PageProps } from "../layout/page.ts";
import { moderatorAnswerUrl } from "../urls.ts";
import { attr } from "./format.ts";
import { Csrf } from "./form.tsx";
import { Time } from "./small.tsx";

/** An Appeal has all of this. */
export interface AppealModel {
  id: string;
  text: string;
  status: "open" | "granted" | "refused";
  appealedBy: string;
  createdAt: string;
  decidedBy: string | null;
  decidedAt: string | null;
  answer: string | null;
}

const STATUS_TEXT = { open: "Waits for a moderator", granted: "Granted", refused: "Refused" } as const;

/** What publisher and moderators said about a refusal, newest first. */
export function AppealHistory(props: { appeals: AppealModel[]; now: string }): JSX.Element {
  return (
    <>
      {props.appeals.map((appeal) => (
        <div class="callout">
          <p>
            <b safe>{`${appeal.appealedBy} appeals:`}</b> <span safe>{appeal.text}</span>{" "}
            <span class="quiet">
              <Time at={appeal.createdAt} now={props.now} />
            </span>
          </p>
          <p>
            <b>{STATUS_TEXT[appeal.status] ?? "Answered"}</b>
            {appeal.answer === null ? null : (
              <>
                {" "}
                <span safe>{`by ${appeal.decidedBy ?? "a moderator"}: ${appeal.answer}`}</span>
              </>
            )}
          </p>
        </div>
      ))}
    </>
  );
}

/** The publisher's form. Field `text`; posts to `action`. */
export function AppealForm(props: { page: PageProps; action: string }): JSX.Element {
  return (
    <form method="post" action={attr(props.action)} class="form">
      <Csrf token={props.page.csrfToken} />
      <div class="field">
        <label for="appeal-text">Why the refusal is wrong</label>
        <textarea id="appeal-text" name="text" rows="4" minlength="10" maxlength="2000" required />
        <p class="field-hint">Once per decision. Another moderator than the one who decided reads it.</p>
      </div>
      <button class="button">Appeal</button>
    </form>
  );
}

/** The moderator's answer. Fields `answer`, `decision=grant|refuse`; posts to `/moderation/{versionId}/appeals/{id}`. */
export function AnswerAppeal(props: { page: PageProps; versionId: string; appeal: AppealModel }): JSX.Element {
  if (props.appeal.status !== "open") return "";
  return (
    <form
      method="post"
      action={attr(moderatorAnswerUrl(props.versionId, "appeals", props.appeal.id))}
      class="form"
      aria-label="Answer the appeal"
    >
      <Csrf token={props.page.csrfToken} />
      <div class="field">
        <label for="appeal-answer">Your answer to the appeal</label>
        <textarea id="appeal-answer" name="answer" rows="3" maxlength="2000" required />
        <p class="field-hint">
          The publisher gets it as a mail. When you grant it, it is the reason that everybody sees.
        </p>
      </div>
      <div class="review-buttons">
        <button class="button" name="decision" value="grant">
          Grant: let it through
        </button>
        <button class="button" name="decision" value="refuse">
          Refuse the appeal
        </button>
      </div>
    </form>
  );
}

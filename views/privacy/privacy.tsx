import { attr, bytes, counted } from "../components/format.ts";
import { Csrf } from "../components/form.tsx";
import { Badge, Confirm, Time } from "../components/small.tsx";
import type { PageProps } from "../layout/page.ts";
import { SettingsLayout } from "../accounts/settings-layout.tsx";

export interface PrivacyProps {
  page: PageProps;
  copy: { id: string; status: "waiting" | "ready" | "failed"; size: number | null; expiresAt: string | null } | null;
  /** When the account goes; null: it stays. */
  eraseAfter: string | null;
  graceDays: number;
}

/** What is kept about oneself, and leaving; posts to `/settings/privacy/{export,erase,keep}`. */
export function PrivacyPage(props: PrivacyProps): JSX.Element {
  const { page, copy } = props;
  return (
    <SettingsLayout page={page} here="/settings/privacy" title="Privacy">
      <section class="flow">
        <h2>Your data</h2>
        <p>
          A zip with everything that this server keeps about you: your profile, sign-ins, keys, memberships, what you
          published and what the audit log says you did. One file for each kind of record, a JSON object on each line.
        </p>
        {copy === null || copy.status === "failed" ? null : <CopyState page={page} copy={copy} />}
        {copy?.status === "failed" ? <p role="alert">The last copy could not be made. Try again.</p> : null}
        {copy === null || copy.status === "failed" ? (
          <form method="post" action="/settings/privacy/export" class="form">
            <Csrf token={page.csrfToken} />
            <button class="button">Gather my data</button>
          </form>
        ) : null}
      </section>
      <section class="flow">
        <h2>Leave</h2>
        {props.eraseAfter === null ? <Leaving page={page} graceDays={props.graceDays} /> : null}
        {props.eraseAfter === null ? null : <Staying page={page} eraseAfter={props.eraseAfter} />}
      </section>
    </SettingsLayout>
  );
}

function CopyState({ page, copy }: { page: PageProps; copy: NonNullable<PrivacyProps["copy"]> }): JSX.Element {
  if (copy.status === "waiting")
    return (
      <p role="status">
        <Badge text="Being gathered" /> Reload this page in a moment.
      </p>
    );
  return (
    <p>
      <a class="button" href={attr(`/settings/privacy/export/${copy.id}`)} download="my-data.zip" safe>
        {`Download the zip (${bytes(copy.size ?? 0)})`}
      </a>
      {copy.expiresAt === null ? null : (
        <span class="hint">
          {" "}
          It is removed <Time at={copy.expiresAt} now={page.now} />.
        </span>
      )}
    </p>
  );
}

function Leaving({ page, graceDays }: { page: PageProps; graceDays: number }): JSX.Element {
  return (
    <div class="flow">
      <p safe>
        {`Your account is erased ${counted(graceDays, "day")} after you ask for it. Until then, sign in again to keep it. Then your name, address, keys and sign-ins are gone for good, and the audit log keeps only an account number.`}
      </p>
      <p>
        What you published stays installable under its name, because others depend on it. Delete it, or transfer it to
        somebody, before you go if you do not want that.
      </p>
      <Confirm label="Erase my account" tone="danger">
        <form method="post" action="/settings/privacy/erase" class="form">
          <Csrf token={page.csrfToken} />
          <p>Every session, token and API key of yours ends at once.</p>
          <button class="button button-danger">Yes, erase my account</button>
        </form>
      </Confirm>
    </div>
  );
}

function Staying({ page, eraseAfter }: { page: PageProps; eraseAfter: string }): JSX.Element {
  return (
    <form method="post" action="/settings/privacy/keep" class="form">
      <Csrf token={page.csrfToken} />
      <p role="status">
        Your account will be erased <Time at={eraseAfter} now={page.now} />.
      </p>
      <button class="button button-primary">Keep my account</button>
    </form>
  );
}

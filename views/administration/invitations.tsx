import { accountInvitationUrl } from "../urls.ts";
import { attr } from "../components/format.ts";
import { Csrf, Field, FormProblem } from "../components/form.tsx";
import { Command } from "../components/install.tsx";
import { Pagination } from "../components/pagination.tsx";
import { Confirm, Empty, Time } from "../components/small.tsx";
import type { FormState, PageProps } from "../layout/page.ts";
import { AdministrationLayout } from "./administration-layout.tsx";

export interface InvitationsProps {
  page: PageProps;
  form: FormState;
  invitations: { id: string; email: string | null; invitedBy: string; createdAt: string; expiresAt: string }[];
  numbers: { page: number; perPage: number; total: number };
  /** Shown once, right after it was made. */
  made: { link: string; mailed: boolean; email: string | null } | null;
  registration: "open" | "invited" | "domain" | "closed";
  delivers: boolean;
}

const whereTo = ({ mailed, email }: { mailed: boolean; email: string | null }): string =>
  mailed
    ? `The invitation is on its way to ${email}. This is its link, shown this once:`
    : "Hand this link over; it is shown this once:";

/** Field `email`; posts to `/admin/invitations`, taking back to `/admin/invitations/{id}/revoke`. */
export function InvitationsPage(props: InvitationsProps): JSX.Element {
  const { page, made } = props;
  return (
    <AdministrationLayout page={page} here="/admin/invitations" title="Invitations">
      <header class="page-head">
        <h1>Invitations</h1>
        <p class="quiet">Each lets one person make an account, within seven days.</p>
      </header>
      {made === null ? null : (
        <section class="callout callout-good" role="status">
          <p safe>{whereTo(made)}</p>
          <Command text={made.link} label="The invitation" />
        </section>
      )}
      {props.invitations.length === 0 ? (
        <Empty title="No invitation is open" />
      ) : (
        <ul class="lines">
          {props.invitations.map((one) => (
            <li>
              <div>
                <p>
                  <b safe>{one.email ?? "Whoever holds the link"}</b>
                </p>
                <ul class="facts">
                  <li safe>{`by ${one.invitedBy}`}</li>
                  <li>
                    Made <Time at={one.createdAt} now={page.now} />
                  </li>
                  <li>
                    Expires <Time at={one.expiresAt} now={page.now} />
                  </li>
                </ul>
              </div>
              <Confirm label="Take back…" tone="danger">
                <form method="post" action={attr(accountInvitationUrl(one.id))}>
                  <Csrf token={page.csrfToken} />
                  <p>Its link stops working at once.</p>
                  <button class="button button-danger">Take it back</button>
                </form>
              </Confirm>
            </li>
          ))}
        </ul>
      )}
      <Pagination {...props.numbers} path={page.path} />
      {props.registration === "closed" ? (
        <p class="callout">
          Registration is closed. To invite people, set <code>registration = "invited"</code> in <code>[accounts]</code>
          .
        </p>
      ) : (
        <InviteForm {...props} />
      )}
    </AdministrationLayout>
  );
}

const InviteForm = ({ page, form, delivers }: InvitationsProps): JSX.Element => (
  <section>
    <h2>Invite somebody</h2>
    <form method="post" action="/admin/invitations" class="form">
      <Csrf token={page.csrfToken} />
      <FormProblem form={form} />
      <Field
        form={form}
        name="email"
        label="E-mail"
        type="email"
        hint={
          delivers
            ? "The link is mailed there and works for this address alone. Empty: you get a link to hand over."
            : "The link works for this address alone. Empty: for whoever holds it."
        }
      />
      <button class="button button-primary">Invite</button>
    </form>
  </section>
);

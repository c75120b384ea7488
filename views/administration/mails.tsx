import { heldMailUrl } from "../urls.ts";
import { attr } from "../components/format.ts";
import { Csrf } from "../components/form.tsx";
import { Command } from "../components/install.tsx";
import { Pagination } from "../components/pagination.tsx";
import { Badge, Empty, Time } from "../components/small.tsx";
import type { PageProps } from "../layout/page.ts";
import { AdministrationLayout } from "./administration-layout.tsx";

export interface HeldMailModel {
  id: string;
  kind: string;
  to: string;
  subject: string;
  status: "waiting" | "held" | "sent" | "failed";
  error: string | null;
  createdAt: string;
  expiresAt: string;
}

const TITLE = "Mails";
const STATUS = {
  waiting: { text: "being sent", tone: "plain" },
  held: { text: "to hand over", tone: "warn" },
  failed: { text: "not delivered", tone: "bad" },
  sent: { text: "sent", tone: "good" },
} as const;

/** Mails that did not go out by themselves. Showing one posts to `/admin/mails/{id}/open`. */
export function HeldMailsPage(props: {
  page: PageProps;
  mails: HeldMailModel[];
  numbers: { page: number; perPage: number; total: number };
  delivers: boolean;
}): JSX.Element {
  const { page } = props;
  return (
    <AdministrationLayout page={page} here="/admin/mails" title={TITLE}>
      <header class="page-head">
        <h1>{TITLE}</h1>
        <p class="quiet">
          {props.delivers
            ? "What could not be sent yet. Mails that went out are not listed."
            : "No mail server is configured: hand the links of these mails to the people they are for, by a way you trust."}
        </p>
      </header>
      {props.mails.length === 0 ? (
        <Empty title="No mail is waiting" />
      ) : (
        <ul class="lines">
          {props.mails.map((mail) => (
            <Line mail={mail} page={page} />
          ))}
        </ul>
      )}
      <Pagination {...props.numbers} path={page.path} />
    </AdministrationLayout>
  );
}

const Line = (props: { mail: HeldMailModel; page: PageProps }): JSX.Element => {
  const { mail, page } = props;
  return (
    <li>
      <div>
        <p>
          <b safe>{mail.to}</b> <Badge {...STATUS[mail.status]} />
        </p>
        <ul class="facts">
          <li safe>{mail.subject}</li>
          <li class="mono" safe>
            {mail.kind}
          </li>
          <li>
            Written <Time at={mail.createdAt} now={page.now} />
          </li>
          <li>
            Expires <Time at={mail.expiresAt} now={page.now} />
          </li>
          {mail.error === null ? null : <li safe>{mail.error}</li>}
        </ul>
      </div>
      <form method="post" action={attr(heldMailUrl(mail.id))}>
        <Csrf token={page.csrfToken} />
        <button class="button button-small" aria-label={attr(`Show the mail to ${mail.to}`)}>
          Show
        </button>
      </form>
    </li>
  );
};

/** One mail with its link. */
export function HeldMailPage(props: {
  page: PageProps;
  mail: HeldMailModel & { paragraphs: readonly string[]; link: string | null };
}): JSX.Element {
  const { page, mail } = props;
  return (
    <AdministrationLayout page={page} here="/admin/mails" title={mail.subject}>
      <nav class="crumbs" aria-label="Path">
        <a href="/admin/mails">{TITLE}</a>
      </nav>
      <header class="page-head">
        <h1 safe>{mail.subject}</h1>
        <ul class="facts facts-head">
          <li safe>{mail.to}</li>
          <li>
            Expires <Time at={mail.expiresAt} now={page.now} />
          </li>
        </ul>
      </header>
      {mail.link === null ? null : (
        <section class="callout callout-warn">
          <p>
            <b>Whoever has this link can use it.</b> Give it only to the person it is for; that you saw it is in the
            audit log.
          </p>
          <Command text={mail.link} label="The link" />
        </section>
      )}
      <section>
        <h2>The mail</h2>
        {mail.paragraphs
          .filter((text) => text !== mail.link)
          .map((text) => (
            <p class="prose" safe>
              {text}
            </p>
          ))}
      </section>
    </AdministrationLayout>
  );
}

import { attr } from "../components/format.ts";
import { Csrf, Field, FormProblem, Select, TextArea } from "../components/form.tsx";
import { Badge, Empty, Time } from "../components/small.tsx";
import { Layout } from "../layout/layout.tsx";
import type { FormState, PageProps } from "../layout/page.ts";
import { answerUrl, profileUrl, signInUrl } from "../urls.ts";

export interface MyOrganization {
  slug: string;
  displayName: string;
  role: string;
  /** It wants a second factor that this sign-in lacks. */
  withheld: boolean;
}

export interface WaitingInvitation {
  key: string;
  slug: string;
  displayName: string;
  role: string;
  inviter: string;
  expiresAt: string;
}

export interface WaitingOffer {
  id: string;
  ref: string;
  to: string;
  requester: string;
  expiresAt: string;
}

export interface Waiting {
  invitations: WaitingInvitation[];
  offers: WaitingOffer[];
}

/** The organizations of whoever is signed in, and what waits for an answer. */
export function MyOrganizationsPage(props: {
  page: PageProps;
  organizations: MyOrganization[];
  waiting: Waiting;
  mayCreate: boolean;
}): JSX.Element {
  const { page, organizations } = props;
  return (
    <Layout page={page} title="Organizations" unlisted>
      <header class="page-head page-head-action">
        <h1>Organizations</h1>
        {props.mayCreate ? (
          <a class="button button-primary" href="/organizations/new">
            New organization
          </a>
        ) : null}
      </header>
      <WaitingForYou page={page} waiting={props.waiting} />
      {organizations.length === 0 ? (
        <Empty title="You belong to no organization">
          An organization publishes under one name, and says who may do what with its assets.
        </Empty>
      ) : (
        <ul class="lines">
          {organizations.map((one) => (
            <li>
              <div>
                <p>
                  <a class="mono" href={attr(profileUrl(one.slug))} safe>
                    {one.slug}
                  </a>
                </p>
                <ul class="facts">
                  <li safe>{one.displayName}</li>
                  <li safe>{one.role}</li>
                  {one.withheld ? (
                    <li>
                      <a href="/settings/security">Set up a second factor</a>, which it asks for
                    </li>
                  ) : null}
                </ul>
              </div>
              {one.withheld ? <Badge text="no access" tone="warn" /> : null}
            </li>
          ))}
        </ul>
      )}
    </Layout>
  );
}

/** Invitations and offered assets, each with its two answers. */
export function WaitingForYou(props: { page: PageProps; waiting: Waiting }): JSX.Element {
  const { page, waiting } = props;
  if (waiting.invitations.length + waiting.offers.length === 0) return "";
  return (
    <section>
      <h2>Waiting for your answer</h2>
      <ul class="lines">
        {waiting.invitations.map((one) => (
          <li>
            <div>
              <p safe>{`${one.inviter} invites you to ${one.displayName} (${one.slug}) as ${one.role}`}</p>
              <ul class="facts">
                <li>
                  Expires <Time at={one.expiresAt} now={page.now} />
                </li>
              </ul>
            </div>
            <Answers page={page} what="invitations" id={one.key} about={one.slug} yes="Join" />
          </li>
        ))}
        {waiting.offers.map((one) => (
          <li>
            <div>
              <p>
                <span safe>{one.requester}</span> offers{" "}
                <b class="mono" safe>
                  {one.ref}
                </b>{" "}
                as{" "}
                <b class="mono" safe>
                  {one.to}
                </b>
              </p>
              <ul class="facts">
                <li>
                  Expires <Time at={one.expiresAt} now={page.now} />
                </li>
              </ul>
            </div>
            <Answers page={page} what="transfers" id={one.id} about={one.ref} yes="Take it" />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Answers(props: {
  page: PageProps;
  what: "invitations" | "transfers";
  id: string;
  about: string;
  yes: string;
}): JSX.Element {
  const { page, what, id, about, yes } = props;
  return (
    <div class="answers">
      <form method="post" action={attr(answerUrl(what, id, "accept"))}>
        <Csrf token={page.csrfToken} />
        <button class="button button-small button-primary" aria-label={attr(`${yes}: ${about}`)} safe>
          {yes}
        </button>
      </form>
      <form method="post" action={attr(answerUrl(what, id, "decline"))}>
        <Csrf token={page.csrfToken} />
        <button class="button button-small" aria-label={attr(`Decline: ${about}`)}>
          Decline
        </button>
      </form>
    </div>
  );
}

export const ORGANIZATION_VISIBILITIES = [
  { value: "public", label: "Public: everybody sees its page" },
  { value: "private", label: "Private: for others it does not exist" },
];

/** Fields `slug`, `display_name`, `description`, `visibility`; posts to `/organizations/new`. */
export function NewOrganizationPage(props: { page: PageProps; form: FormState }): JSX.Element {
  const { page, form } = props;
  return (
    <Layout page={page} title="New organization" width="narrow" unlisted>
      <header class="page-head">
        <h1>New organization</h1>
        <p class="lede">Its name becomes the first half of the name of everything that it publishes.</p>
      </header>
      <form method="post" action="/organizations/new" class="form">
        <Csrf token={page.csrfToken} />
        <FormProblem form={form} />
        <Field
          form={form}
          name="slug"
          label="Name"
          maxlength={64}
          hint="a-z, 0-9 and single hyphens. It can be changed later, but no name is given out twice."
          spellcheck={false}
          mono
          required
        />
        <Field form={form} name="display_name" label="Full name" maxlength={100} />
        <TextArea form={form} name="description" label="About" rows={3} maxlength={1000} />
        <Select form={form} name="visibility" label="Who sees it" choices={ORGANIZATION_VISIBILITIES} value="public" />
        <button class="button button-primary">Make it</button>
      </form>
    </Layout>
  );
}

const OBSTACLES = {
  "sign-in": "Sign in to answer it.",
  "other-person": "It is for somebody else than the account that you are signed in with.",
  "other-address": "It is for another address than that of the account that you are signed in with.",
  "unverified-address": "It is for your address: confirm that first, in your settings.",
} as const;

/** What an invitation's link shows; its answers post to `/invitations/{key}/accept` and `/decline`. */
export function InvitationPage(props: {
  page: PageProps;
  invitation: WaitingInvitation;
  obstacle: keyof typeof OBSTACLES | null;
}): JSX.Element {
  const { page, invitation, obstacle } = props;
  return (
    <Layout page={page} title="Invitation" width="narrow" unlisted>
      <header class="page-head">
        <p class="eyebrow">Invitation</p>
        <h1 safe>{invitation.displayName}</h1>
        <p class="lede" safe>
          {`${invitation.inviter} invites you to join ${invitation.slug} as ${invitation.role}.`}
        </p>
        <ul class="facts facts-head">
          <li>
            Expires <Time at={invitation.expiresAt} now={page.now} />
          </li>
        </ul>
      </header>
      {obstacle === null ? (
        <Answers page={page} what="invitations" id={invitation.key} about={invitation.slug} yes="Join" />
      ) : (
        <>
          <p class="notice">{OBSTACLES[obstacle] ?? ""}</p>
          {obstacle === "sign-in" ? (
            <p>
              <a class="button button-primary" href={attr(signInUrl(page.path))}>
                Sign in
              </a>
            </p>
          ) : null}
        </>
      )}
    </Layout>
  );
}

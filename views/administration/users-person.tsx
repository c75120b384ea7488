import type { Children } from "@kitajs/html";
import { absolute, attr, counted, localHref } from "../components/format.ts";
import { Csrf, FormProblem, Select } from "../components/form.tsx";
import { Command } from "../components/install.tsx";
import { Confirm, Time } from "../components/small.tsx";
import type { FormState, PageProps } from "../layout/page.ts";
import { administeredUserUrl, auditOfUrl, organizationUrl, profileUrl } from "../urls.ts";
import { AdministrationLayout } from "./administration-layout.tsx";
import { type ListedUser, ROLE_CHOICES, UserBadges } from "./users.tsx";

export interface UserPageModel extends ListedUser {
  emailVerifiedAt: string | null;
  sessions: number;
  programs: number;
  apiKeys: number;
  seenAt: string | null;
  hasPassword: boolean;
  authenticator: boolean;
  passkeys: number;
  lockedUntil: string | null;
  identities: { provider: string; email: string; lastUsedAt: string | null }[];
  organizations: { slug: string; displayName: string; role: string }[];
  fromDirectory: boolean;
  eraseAfter: string | null;
}

export interface UserPageProps {
  page: PageProps;
  user: UserPageModel;
  /** What is wrong with the form that was sent. */
  form: FormState;
  /** A link to set a password with, shown once. */
  link: string | null;
}

/** One account. Its forms post below `/admin/users/{username}`: `role`, `status`, `reset-link`, `two-factor/remove`, `sign-out`. */
export function UserPage(props: UserPageProps): JSX.Element {
  const { page, user, link } = props;
  return (
    <AdministrationLayout page={page} here="/admin/users" title={user.username}>
      <nav class="crumbs" aria-label="Path">
        <a href="/admin/users">Users</a>
      </nav>
      <header class="page-head">
        <h1 class="mono" safe>
          {user.username}
        </h1>
        <ul class="facts facts-head">
          {user.role === "user" && user.status === "active" ? null : (
            <li>
              <UserBadges user={user} />
            </li>
          )}
          <li safe>{user.displayName}</li>
          <li>
            Since <Time at={user.createdAt} now={page.now} />
          </li>
        </ul>
        <p>
          <a href={attr(profileUrl(user.username))}>Profile</a> ·{" "}
          <a href={attr(auditOfUrl("actor", user.username))}>What they did</a> ·{" "}
          <a href={attr(auditOfUrl("subject", user.username))}>What was done to the account</a>
        </p>
      </header>
      <FormProblem form={props.form} />
      {link === null ? null : (
        <section class="callout callout-warn" role="status">
          <p>
            <b>Whoever has this link can set the password.</b> Give it only to the account's person; it works once, for
            an hour, and is shown this once.
          </p>
          <Command text={link} label="The link" />
        </section>
      )}
      <Facts user={user} now={page.now} />
      <Belongs user={user} />
      <RoleForm {...props} />
      <Access {...props} />
      <StatusForm {...props} />
    </AdministrationLayout>
  );
}

const Fact = (props: { name: string; children?: Children }): JSX.Element => (
  <>
    <dt safe>{props.name}</dt>
    <dd>{props.children as "safe"}</dd>
  </>
);

function Facts(props: { user: UserPageModel; now: string }): JSX.Element {
  const { user, now } = props;
  const factors = [
    user.authenticator ? "authenticator app" : "",
    user.passkeys > 0 ? counted(user.passkeys, "passkey") : "",
  ];
  return (
    <section>
      <h2>Sign-in</h2>
      <dl class="about about-wide">
        <Fact name="E-mail">
          <span safe>{user.email}</span> {user.emailVerifiedAt === null ? "(not confirmed)" : null}
        </Fact>
        <Fact name="Password">{user.hasPassword ? "Set" : "None"}</Fact>
        {user.lockedUntil === null ? null : (
          <Fact name="Locked">
            <span class="state-bad" safe>{`Too many wrong passwords: until ${absolute(user.lockedUntil)}`}</span>
          </Fact>
        )}
        <Fact name="Second factor">
          <span safe>{factors.filter(Boolean).join(", ") || "None"}</span>
        </Fact>
        <Fact name="Signed in">
          <span safe>
            {`${counted(user.sessions, "browser")}, ${counted(user.programs, "program")}, ${counted(user.apiKeys, "API key")}`}
          </span>
        </Fact>
        <Fact name="Last seen">
          {user.seenAt === null ? "Not in a browser that is signed in" : <Time at={user.seenAt} now={now} />}
        </Fact>
        {user.fromDirectory ? <Fact name="Directory">The directory takes care of this account.</Fact> : null}
        {user.eraseAfter === null ? null : (
          <Fact name="Erasure">
            <span class="state-bad" safe>{`Wished by its person; after ${absolute(user.eraseAfter)}`}</span>
          </Fact>
        )}
      </dl>
    </section>
  );
}

function Belongs(props: { user: UserPageModel }): JSX.Element {
  const { identities, organizations } = props.user;
  return (
    <div class="columns">
      <section>
        <h2>Organizations</h2>
        {organizations.length === 0 ? (
          <p class="quiet">In none.</p>
        ) : (
          <ul class="lines">
            {organizations.map((one) => (
              <li>
                <div>
                  <a class="mono" href={attr(organizationUrl(one.slug, "members"))} safe>
                    {one.slug}
                  </a>
                  <ul class="facts">
                    <li safe>{one.role}</li>
                    <li safe>{one.displayName}</li>
                  </ul>
                </div>
              </li>
            ))}
          </ul>
        )}
      </section>
      <section>
        <h2>Connected accounts</h2>
        {identities.length === 0 ? (
          <p class="quiet">None.</p>
        ) : (
          <ul class="lines">
            {identities.map((one) => (
              <li>
                <div>
                  <b safe>{one.provider}</b>
                  <ul class="facts">
                    <li safe>{one.email}</li>
                    {one.lastUsedAt === null ? <li>Never used</li> : <li safe>{`Used ${absolute(one.lastUsedAt)}`}</li>}
                  </ul>
                </div>
              </li>
            ))}
          </ul>
        )}
      </section>
    </div>
  );
}

const action = (user: ListedUser, ...parts: string[]): string =>
  localHref([administeredUserUrl(user.username), ...parts].join("/"));

function RoleForm({ page, user, form }: UserPageProps): JSX.Element {
  return (
    <section>
      <h2>Role</h2>
      <p class="quiet">Moderators review versions; administrators may do everything. A new role ends every sign-in.</p>
      <form method="post" action={action(user, "role")} class="form">
        <Csrf token={page.csrfToken} />
        <Select form={form} name="role" label="Role" choices={ROLE_CHOICES} value={user.role} />
        <button class="button">Set the role</button>
      </form>
    </section>
  );
}

function Access({ page, user }: UserPageProps): JSX.Element {
  const enrolled = user.authenticator || user.passkeys > 0;
  return (
    <section class="flow">
      <h2>Access</h2>
      {user.status === "active" ? (
        <form method="post" action={action(user, "reset-link")}>
          <Csrf token={page.csrfToken} />
          <button class="button">Make a link to set the password</button>
        </form>
      ) : null}
      {enrolled ? (
        <Confirm label="Remove the second factors…" tone="danger">
          <form method="post" action={action(user, "two-factor", "remove")} class="flow">
            <Csrf token={page.csrfToken} />
            <p>
              For somebody who lost them: authenticator app, passkeys and recovery codes go, and every sign-in ends. The
              password alone signs in then. Make sure who asked you.
            </p>
            <button class="button button-danger">Remove them</button>
          </form>
        </Confirm>
      ) : null}
      <Confirm label="Sign out everywhere…">
        <form method="post" action={action(user, "sign-out")} class="flow">
          <Csrf token={page.csrfToken} />
          <p>Every browser, command line and program has to sign in again.</p>
          <label class="facet">
            <input type="checkbox" name="api_keys" value="on" />
            <span>Revoke the API keys too</span>
          </label>
          <button class="button button-danger">Sign out everywhere</button>
        </form>
      </Confirm>
    </section>
  );
}

function StatusForm({ page, user }: UserPageProps): JSX.Element {
  const enabled = user.status === "active";
  const target = action(user, "status");
  return (
    <section class="flow">
      <h2>Status</h2>
      {enabled ? (
        <Confirm label="Disable the account…" tone="danger">
          <form method="post" action={target} class="flow">
            <Csrf token={page.csrfToken} />
            <input type="hidden" name="status" value="disabled" />
            <p>Its sessions, tokens and API keys end, and nobody can sign in with it. What it published stays.</p>
            <button class="button button-danger">Disable it</button>
          </form>
        </Confirm>
      ) : (
        <>
          <p>The account is disabled: nobody can sign in with it.</p>
          <form method="post" action={target}>
            <Csrf token={page.csrfToken} />
            <input type="hidden" name="status" value="active" />
            <button class="button">Enable it</button>
          </form>
        </>
      )}
    </section>
  );
}

import { ROLES, type Role } from "../../src/core/actor.ts";
import { attr, counted } from "../components/format.ts";
import { Csrf, Field, FormProblem, Select } from "../components/form.tsx";
import { Command } from "../components/install.tsx";
import { Pagination } from "../components/pagination.tsx";
import { Badge, capital, Empty, Time } from "../components/small.tsx";
import type { FormState, PageOf, PageProps } from "../layout/page.ts";
import { administeredUserUrl } from "../urls.ts";
import { AdministrationLayout } from "./administration-layout.tsx";

export interface ListedUser {
  username: string;
  displayName: string;
  email: string;
  role: Role;
  status: "active" | "disabled";
  createdAt: string;
}

export interface UsersPageProps {
  page: PageProps;
  /** The search as it was asked for, and what is wrong with it. */
  filter: FormState;
  users: PageOf<ListedUser>;
  /** The form that makes an account. */
  form: FormState;
  /** Shown once, right after the account was made. */
  made: { username: string; link: string } | null;
}

export const ROLE_CHOICES = ROLES.map((value) => ({ value, label: capital(value) }));
const ANY = { value: "", label: "Any" };
const STATUS_CHOICES = [ANY, { value: "active", label: "Active" }, { value: "disabled", label: "Disabled" }];

/** Everybody who has an account; fields `username`, `email`, `display_name`, `role`, posted to `/admin/users`, make one more. */
export function UsersPage(props: UsersPageProps): JSX.Element {
  const { page, users, made } = props;
  return (
    <AdministrationLayout page={page} here="/admin/users" title="Users">
      <header class="page-head">
        <h1>Users</h1>
        <p class="quiet" safe>{`${counted(users.total, "account")} ${filtered(props.filter) ? "found" : "in all"}`}</p>
      </header>
      {made === null ? null : (
        <section class="callout callout-good" role="status">
          <p>
            Made the account{" "}
            <a class="mono" href={attr(administeredUserUrl(made.username))} safe>
              {made.username}
            </a>
            . Hand its person this link to set a password with; it works once, for an hour, and is shown this once:
          </p>
          <Command text={made.link} label="The link" />
        </section>
      )}
      <Filter form={props.filter} />
      {users.items.length === 0 ? (
        <Empty title="Nobody matches">
          <a href="/admin/users">Show everybody</a>, or ask for less.
        </Empty>
      ) : (
        <ul class="lines">
          {users.items.map((user) => (
            <UserLine user={user} now={page.now} />
          ))}
        </ul>
      )}
      <Pagination page={users.page} perPage={users.perPage} total={users.total} path={page.path} />
      <section>
        <h2>Make an account</h2>
        <p class="quiet">
          You get a link for its person to set a password with. Whoever is to choose the name too,{" "}
          <a href="/admin/invitations">invite</a>.
        </p>
        <form method="post" action="/admin/users" class="form">
          <Csrf token={page.csrfToken} />
          <FormProblem form={props.form} />
          <Field form={props.form} name="username" label="User name" maxlength={64} spellcheck={false} mono required />
          <Field form={props.form} name="email" label="E-mail" type="email" maxlength={254} required />
          <Field form={props.form} name="display_name" label="Name" maxlength={100} />
          <Select form={props.form} name="new_role" label="Role" choices={ROLE_CHOICES} value="user" />
          <button class="button button-primary">Make the account</button>
        </form>
      </section>
    </AdministrationLayout>
  );
}

const filtered = ({ values }: FormState): boolean => Object.values(values).some((value) => value !== "");

function Filter(props: { form: FormState }): JSX.Element {
  const { form } = props;
  return (
    <form method="get" action="/admin/users" class="audit-filter" aria-label="Search">
      <FormProblem form={form} />
      <Search form={form} />
      <Select form={form} name="role" label="Role" choices={[ANY, ...ROLE_CHOICES]} />
      <Select form={form} name="status" label="Status" choices={STATUS_CHOICES} />
      <p class="audit-filter-actions">
        <button type="submit" class="button button-primary">
          Show
        </button>
        <a href="/admin/users">Clear</a>
      </p>
    </form>
  );
}

function Search({ form }: { form: FormState }): JSX.Element {
  const problem = form.problems.find(({ field }) => field === "q")?.message ?? null;
  return (
    <div class={problem === null ? "field" : "field field-wrong"}>
      <label for="users-q">Search</label>
      <input
        id="users-q"
        name="q"
        type="search"
        value={attr(form.values["q"] ?? "")}
        maxlength={100}
        spellcheck="false"
        aria-invalid={problem === null ? undefined : "true"}
        aria-describedby="users-q-hint"
      />
      <p class={problem === null ? "field-hint" : "field-problem"} id="users-q-hint" safe>
        {problem ?? "In user names, names and addresses"}
      </p>
    </div>
  );
}

/** What is not ordinary about an account. */
export const UserBadges = ({ user }: { user: Pick<ListedUser, "role" | "status"> }): JSX.Element => (
  <>
    {user.role === "user" ? null : <Badge text={capital(user.role)} tone={user.role === "admin" ? "good" : "plain"} />}{" "}
    {user.status === "active" ? null : <Badge text="Disabled" tone="bad" />}
  </>
);

const UserLine = ({ user, now }: { user: ListedUser; now: string }): JSX.Element => (
  <li>
    <div>
      <p>
        <a class="mono" href={attr(administeredUserUrl(user.username))} safe>
          {user.username}
        </a>{" "}
        <UserBadges user={user} />
      </p>
      <ul class="facts">
        {user.displayName === user.username ? null : <li safe>{user.displayName}</li>}
        <li safe>{user.email}</li>
        <li>
          Since <Time at={user.createdAt} now={now} />
        </li>
      </ul>
    </div>
  </li>
);

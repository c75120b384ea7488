import { ASSET_ACCESS } from "../../src/core/actor.ts";
import { attr, counted, localHref } from "../components/format.ts";
import { Csrf, Field, FormProblem, Select } from "../components/form.tsx";
import { Badge, Confirm, Empty } from "../components/small.tsx";
import type { PageProps } from "../layout/page.ts";
import { assetUrl, organizationActionUrl, organizationUrl, profileUrl, teamUrl } from "../urls.ts";
import { OrganizationLayout } from "./organization-layout.tsx";
import type { PeopleProps } from "./people.tsx";

export interface TeamModel {
  slug: string;
  name: string;
  description: string;
  members: number;
  assets: number;
}

/** Fields `slug`, `name`, `description`; posts to `/organizations/{slug}/teams`. */
export function OrganizationTeamsPage(props: PeopleProps & { teams: TeamModel[] }): JSX.Element {
  const { page, organization, form, teams } = props;
  return (
    <OrganizationLayout page={page} organization={organization} here="teams" title="Teams">
      {teams.length === 0 ? (
        <Empty title="No team yet">A team gives several members a right on single assets.</Empty>
      ) : (
        <ul class="lines">
          {teams.map((team) => (
            <li>
              <div>
                <p>
                  <a href={attr(teamUrl(organization.slug, team.slug))} safe>
                    {team.name}
                  </a>
                </p>
                <ul class="facts">
                  <li class="mono" safe>
                    {team.slug}
                  </li>
                  <li safe>{counted(team.members, "member")}</li>
                  <li safe>{counted(team.assets, "asset")}</li>
                  {team.description === "" ? null : <li safe>{team.description}</li>}
                </ul>
              </div>
            </li>
          ))}
        </ul>
      )}
      {organization.may.manage ? (
        <section>
          <h2>New team</h2>
          <form method="post" action={attr(organizationUrl(organization.slug, "teams"))} class="form">
            <Csrf token={page.csrfToken} />
            <FormProblem form={form} />
            <Field form={form} name="slug" label="Short name" maxlength={64} spellcheck={false} mono required />
            <Field form={form} name="name" label="Name" maxlength={100} />
            <Field form={form} name="description" label="About" maxlength={500} />
            <button class="button button-primary">Make the team</button>
          </form>
        </section>
      ) : null}
    </OrganizationLayout>
  );
}

export interface TeamDetailModel extends TeamModel {
  people: { username: string; displayName: string }[];
  rights: { ref: string; access: string }[];
}

/** A team: its people, its rights on assets, and for those who manage it the forms that change them. */
export function OrganizationTeamPage(props: PeopleProps & { team: TeamDetailModel }): JSX.Element {
  const { page, organization, form, team } = props;
  const { slug, may } = organization;
  const to = (...parts: string[]) => attr(organizationActionUrl(slug, "teams", team.slug, ...parts));
  return (
    <OrganizationLayout page={page} organization={organization} here="teams" title={team.name}>
      <FormProblem form={form} />
      {team.description === "" ? null : (
        <p class="quiet" safe>
          {team.description}
        </p>
      )}
      <section>
        <h2>People</h2>
        {team.people.length === 0 ? <p class="quiet">Nobody yet.</p> : null}
        <ul class="lines">
          {team.people.map((one) => (
            <li>
              <a class="mono" href={attr(profileUrl(one.username))} safe>
                {one.username}
              </a>
              {may.manage ? (
                <Remove page={page} action={to("members", one.username, "remove")} what={one.username} />
              ) : null}
            </li>
          ))}
        </ul>
        {may.manage ? (
          <form method="post" action={to("members")} class="form form-inline">
            <Csrf token={page.csrfToken} />
            <Field form={form} name="username" label="User name" maxlength={64} spellcheck={false} mono required />
            <button class="button">Add</button>
          </form>
        ) : null}
      </section>
      <section>
        <h2>Assets</h2>
        {team.rights.length === 0 ? <p class="quiet">No right on any asset that you may see.</p> : null}
        <ul class="lines">
          {team.rights.map((right) => (
            <TeamRight
              page={page}
              right={right}
              action={may.manage ? to("assets", nameOf(right.ref), "remove") : null}
            />
          ))}
        </ul>
        {may.manage ? (
          <form method="post" action={to("assets")} class="form form-inline">
            <Csrf token={page.csrfToken} />
            <Field form={form} name="asset" label="Asset" maxlength={64} spellcheck={false} mono required />
            <Select form={form} name="access" label="Right" choices={ACCESS_CHOICES} />
            <button class="button">Give</button>
          </form>
        ) : null}
      </section>
      {may.manage ? <TeamEdit {...props} /> : null}
    </OrganizationLayout>
  );
}

const nameOf = (ref: string): string => ref.slice(ref.indexOf("/") + 1);

/** The rights on one asset, in words. */
export const ACCESS_CHOICES = ASSET_ACCESS.map((value) => ({
  value,
  label: { read: "Read", write: "Write: publish and change", admin: "Admin: manage and delete" }[value],
}));

function TeamRight(props: {
  page: PageProps;
  right: { ref: string; access: string };
  action: string | null;
}): JSX.Element {
  const [namespace = "", slug = ""] = props.right.ref.split("/");
  return (
    <li>
      <p>
        <a class="mono" href={localHref(assetUrl({ namespace, slug }))} safe>
          {props.right.ref}
        </a>{" "}
        <Badge text={props.right.access} />
      </p>
      {props.action === null ? null : <Remove page={props.page} action={props.action} what={props.right.ref} />}
    </li>
  );
}

export const Remove = (props: { page: PageProps; action: string; what: string }): JSX.Element => (
  <form method="post" action={props.action}>
    <Csrf token={props.page.csrfToken} />
    <button class="button button-small" aria-label={attr(`Remove ${props.what}`)}>
      Remove
    </button>
  </form>
);

function TeamEdit(props: PeopleProps & { team: TeamDetailModel }): JSX.Element {
  const { page, organization, form, team } = props;
  return (
    <section>
      <h2>Team</h2>
      <form method="post" action={attr(teamUrl(organization.slug, team.slug))} class="form">
        <Csrf token={page.csrfToken} />
        <Field form={form} name="slug" label="Short name" value={team.slug} maxlength={64} mono required />
        <Field form={form} name="name" label="Name" value={team.name} maxlength={100} required />
        <Field form={form} name="description" label="About" value={team.description} maxlength={500} />
        <button class="button button-primary">Save</button>
      </form>
      <Confirm label="Delete…" tone="danger">
        <form method="post" action={attr(organizationActionUrl(organization.slug, "teams", team.slug, "delete"))}>
          <Csrf token={page.csrfToken} />
          <button class="button button-danger">Delete the team and its rights</button>
        </form>
      </Confirm>
    </section>
  );
}

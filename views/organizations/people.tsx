import { ASSET_ACCESS, ORGANIZATION_ROLES } from "../../src/core/actor.ts";
import { attr, counted, localHref } from "../components/format.ts";
import { Csrf, Field, FormProblem, Select } from "../components/form.tsx";
import { Pagination } from "../components/pagination.tsx";
import { Badge, capital, Confirm, Empty, Time } from "../components/small.tsx";
import type { FormState, PageOf, PageProps } from "../layout/page.ts";
import { assetUrl, organizationActionUrl, organizationUrl, profileUrl, teamUrl } from "../urls.ts";
import { OrganizationLayout, type OrganizationModel } from "./organization-layout.tsx";

interface PeopleProps {
  page: PageProps;
  organization: OrganizationModel;
  form: FormState;
}

export interface MemberModel {
  username: string;
  displayName: string;
  role: string;
  source: string;
  hasSecondFactor: boolean;
  since: string;
}

const roleChoices = (own: boolean) =>
  ORGANIZATION_ROLES.filter((role) => own || role !== "owner").map((value) => ({ value, label: capital(value) }));

/** Fields `username`, `role`; posts to `/organizations/{slug}/members`, removing to `/members/{username}/remove`. */
export function OrganizationMembersPage(props: PeopleProps & { members: PageOf<MemberModel> }): JSX.Element {
  const { page, organization, form, members } = props;
  return (
    <OrganizationLayout page={page} organization={organization} here="members" title="Members">
      <ul class="lines">
        {members.items.map((member) => (
          <MemberLine page={page} organization={organization} member={member} />
        ))}
      </ul>
      <Pagination page={members.page} perPage={members.perPage} total={members.total} path={page.path} />
      {organization.may.manage ? (
        <section>
          <h2>Add a member, or change a role</h2>
          <p class="quiet">
            Owners and admins manage everything; members publish and change what is not private; viewers read. Whom you
            would rather ask first, <a href={attr(organizationUrl(organization.slug, "invitations"))}>invite</a>.
          </p>
          <form method="post" action={attr(organizationUrl(organization.slug, "members"))} class="form">
            <Csrf token={page.csrfToken} />
            <FormProblem form={form} />
            <Field form={form} name="username" label="User name" maxlength={64} spellcheck={false} mono required />
            <Select form={form} name="role" label="Role" choices={roleChoices(organization.may.own)} value="member" />
            <button class="button button-primary">Save</button>
          </form>
        </section>
      ) : null}
    </OrganizationLayout>
  );
}

function MemberLine(props: { page: PageProps; organization: OrganizationModel; member: MemberModel }): JSX.Element {
  const { page, organization, member } = props;
  const { may, slug } = organization;
  const removable = may.manage && (may.own || member.role !== "owner") && member.username !== page.viewer?.username;
  return (
    <li>
      <div>
        <p>
          <a class="mono" href={attr(profileUrl(member.username))} safe>
            {member.username}
          </a>{" "}
          <Badge text={member.role} tone={member.role === "owner" ? "good" : "plain"} />
        </p>
        <ul class="facts">
          <li safe>{member.displayName}</li>
          <li>
            Since <Time at={member.since} now={page.now} />
          </li>
          {member.source === "manual" ? null : <li safe>{`Placed by ${member.source}`}</li>}
          {may.manage && !member.hasSecondFactor ? <li>No second factor</li> : null}
        </ul>
      </div>
      {removable ? (
        <form method="post" action={attr(organizationActionUrl(slug, "members", member.username, "remove"))}>
          <Csrf token={page.csrfToken} />
          <button class="button button-small" aria-label={attr(`Remove ${member.username}`)}>
            Remove
          </button>
        </form>
      ) : null}
    </li>
  );
}

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

export interface InvitationModel {
  id: string;
  /** An address, a user name, or that anybody may use it. */
  whom: string;
  role: string;
  team: string | null;
  inviter: string;
  expiresAt: string;
}

/** Fields `whom` (an address, a user name, or nothing: a link), `role`, `team`; posts to `/organizations/{slug}/invitations`. */
export function OrganizationInvitationsPage(
  props: PeopleProps & {
    invitations: InvitationModel[];
    teams: { slug: string; name: string }[];
    /** The link of the invitation that was just made, where it has to be handed over. */
    link: string | null;
  },
): JSX.Element {
  const { page, organization, form, invitations, link } = props;
  return (
    <OrganizationLayout page={page} organization={organization} here="invitations" title="Invitations">
      {link === null ? null : (
        <div class="notice" role="status">
          <p>Hand this link over; it is shown this once:</p>
          <p>
            <code safe>{link}</code>
          </p>
        </div>
      )}
      {invitations.length === 0 ? (
        <Empty title="No open invitation" />
      ) : (
        <ul class="lines">
          {invitations.map((one) => (
            <li>
              <div>
                <p safe>{`${one.whom}: ${one.role}${one.team === null ? "" : `, team ${one.team}`}`}</p>
                <ul class="facts">
                  <li safe>{`By ${one.inviter}`}</li>
                  <li>
                    Expires <Time at={one.expiresAt} now={page.now} />
                  </li>
                </ul>
              </div>
              <form
                method="post"
                action={attr(organizationActionUrl(organization.slug, "invitations", one.id, "revoke"))}
              >
                <Csrf token={page.csrfToken} />
                <button class="button button-small" aria-label={attr(`Revoke the invitation for ${one.whom}`)}>
                  Revoke
                </button>
              </form>
            </li>
          ))}
        </ul>
      )}
      <section>
        <h2>Invite</h2>
        <form method="post" action={attr(organizationUrl(organization.slug, "invitations"))} class="form">
          <Csrf token={page.csrfToken} />
          <FormProblem form={form} />
          <Field
            form={form}
            name="whom"
            label="User name or e-mail address"
            maxlength={320}
            hint="Left empty: a link that several people can use for seven days."
          />
          <Select form={form} name="role" label="Role" choices={roleChoices(organization.may.own)} value="member" />
          {props.teams.length === 0 ? null : (
            <Select
              form={form}
              name="team"
              label="Team"
              choices={[{ value: "", label: "None" }, ...props.teams.map((t) => ({ value: t.slug, label: t.name }))]}
            />
          )}
          <button class="button button-primary">Invite</button>
        </form>
      </section>
    </OrganizationLayout>
  );
}

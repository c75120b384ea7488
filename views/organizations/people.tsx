import { ORGANIZATION_ROLES } from "../../src/core/actor.ts";
import { attr } from "../components/format.ts";
import { Csrf, Field, FormProblem, Select } from "../components/form.tsx";
import { Pagination } from "../components/pagination.tsx";
import { Badge, capital, Empty, Time } from "../components/small.tsx";
import type { FormState, PageOf, PageProps } from "../layout/page.ts";
import { organizationActionUrl, organizationUrl, profileUrl } from "../urls.ts";
import { OrganizationLayout, type OrganizationModel } from "./organization-layout.tsx";

/** What pages of people are given. */
export interface PeopleProps {
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

import { Elysia } from "elysia";
import { EMPTY_FORM, type FormState } from "../../../views/layout/page.ts";
import { OrganizationInvitationsPage, OrganizationMembersPage } from "../../../views/organizations/people.tsx";
import { OrganizationTeamPage, OrganizationTeamsPage } from "../../../views/organizations/teams.tsx";
import { organizationUrl, teamUrl } from "../../../views/urls.ts";
import { parsePage } from "../../core/page.ts";
import { answerForm, htmlPage, textFields } from "../../platform/http/forms.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { seeOther } from "../../platform/http/respond.ts";
import type { Invitation } from "./invitation-repository.ts";
import { invitationLink } from "./invitations-api.ts";
import { organizationModel } from "./shown-in-pages.ts";
import type { OrganizationPagesDeps } from "./pages.tsx";
import { pageAfter } from "./settings-pages.tsx";

const PER_PAGE = 50;
const at = "/organizations/:slug";

/** `/organizations/{slug}/members`, `/teams` and `/invitations`. */
export function peoplePages(deps: OrganizationPagesDeps) {
  return new Elysia({ name: "organization-pages-people" })
    .use(memberPages(deps))
    .use(teamPages(deps))
    .use(teamForms(deps))
    .use(invitationPages(deps));
}

const modelOf = async ({ organizations }: OrganizationPagesDeps, request: Request, slug: string) => {
  const { actor } = contextOf(request);
  return organizationModel(organizations, actor, await organizations.find(actor, slug));
};

function memberPages(deps: OrganizationPagesDeps) {
  const { organizations } = deps;
  const show = async (request: Request, slug: string, form: FormState) => {
    const number = new URL(request.url).searchParams.get("page") ?? undefined;
    const page = parsePage({ page: number, per_page: PER_PAGE });
    return (
      <OrganizationMembersPage
        page={pageAfter(deps, request)}
        organization={await modelOf(deps, request, slug)}
        members={await organizations.listMembers(contextOf(request).actor, slug, page)}
        form={form}
      />
    );
  };
  return new Elysia({ name: "organization-pages-members" })
    .get(`${at}/members`, async ({ request, params }) => htmlPage(await show(request, params.slug, EMPTY_FORM)))
    .post(`${at}/members`, ({ request, params, body }) => {
      const values = textFields(body);
      return answerForm(
        values,
        async () => {
          const { username = "", role = "" } = values;
          await organizations.setMember(contextOf(request).actor, params.slug, username, role);
          return seeOther(`${organizationUrl(params.slug, "members")}?saved`);
        },
        (form) => show(request, params.slug, form),
      );
    })
    .post(`${at}/members/:username/remove`, async ({ request, params }) => {
      await organizations.removeMember(contextOf(request).actor, params.slug, params.username);
      return seeOther(`${organizationUrl(params.slug, "members")}?saved`);
    });
}

function teamPages(deps: OrganizationPagesDeps) {
  const { organizations } = deps;
  const showAll = async (request: Request, slug: string, form: FormState) => (
    <OrganizationTeamsPage
      page={pageAfter(deps, request)}
      organization={await modelOf(deps, request, slug)}
      teams={await organizations.listTeams(contextOf(request).actor, slug)}
      form={form}
    />
  );
  return new Elysia({ name: "organization-pages-teams" })
    .get(`${at}/teams`, async ({ request, params }) => htmlPage(await showAll(request, params.slug, EMPTY_FORM)))
    .post(`${at}/teams`, ({ request, params, body }) => {
      const values = textFields(body);
      return answerForm(
        values,
        async () => {
          const { slug = "", name, description } = values;
          const input = { slug, name: name || undefined, description };
          const team = await organizations.createTeam(contextOf(request).actor, params.slug, input);
          return seeOther(teamUrl(params.slug, team.slug));
        },
        (form) => showAll(request, params.slug, form),
      );
    })
    .get(`${at}/teams/:team`, async ({ request, params }) =>
      htmlPage(await showTeam(deps, request, params.slug, params.team, EMPTY_FORM)),
    );
}

async function showTeam(deps: OrganizationPagesDeps, request: Request, slug: string, team: string, form: FormState) {
  return (
    <OrganizationTeamPage
      page={pageAfter(deps, request)}
      organization={await modelOf(deps, request, slug)}
      team={await deps.organizations.findTeam(contextOf(request).actor, slug, team)}
      form={form}
    />
  );
}

function teamForms(deps: OrganizationPagesDeps) {
  const { organizations } = deps;
  type Named = { slug: string; team: string };
  /** Does what a form of a team's page asks for, and shows the team again. */
  const doing = (
    request: Request,
    { slug, team }: Named,
    body: unknown,
    work: (values: Record<string, string>) => Promise<string | undefined>,
  ) => {
    const values = textFields(body);
    return answerForm(
      values,
      async () => seeOther((await work(values)) ?? `${teamUrl(slug, team)}?saved`),
      (form) => showTeam(deps, request, slug, team, { ...form, values: {} }),
    );
  };
  const refOf = (slug: string, asset: string) => `${slug}/${asset}`;
  return new Elysia({ name: "organization-pages-team" })
    .post(`${at}/teams/:team`, ({ request, params, body }) =>
      doing(request, params, body, async ({ slug, name, description }) => {
        const input = { slug, name, description };
        const edited = await organizations.editTeam(contextOf(request).actor, params.slug, params.team, input);
        return `${teamUrl(params.slug, edited.slug)}?saved`;
      }),
    )
    .post(`${at}/teams/:team/delete`, ({ request, params, body }) =>
      doing(request, params, body, async () => {
        await organizations.deleteTeam(contextOf(request).actor, params.slug, params.team);
        return `${organizationUrl(params.slug, "teams")}?saved`;
      }),
    )
    .post(`${at}/teams/:team/members`, ({ request, params, body }) =>
      doing(request, params, body, async ({ username = "" }) => {
        await organizations.addTeamMember(contextOf(request).actor, params.slug, params.team, username);
        return undefined;
      }),
    )
    .post(`${at}/teams/:team/members/:username/remove`, ({ request, params, body }) =>
      doing(request, params, body, async () => {
        await organizations.removeTeamMember(contextOf(request).actor, params.slug, params.team, params.username);
        return undefined;
      }),
    )
    .post(`${at}/teams/:team/assets`, ({ request, params, body }) =>
      doing(request, params, body, async ({ asset = "", access = "" }) => {
        const ref = refOf(params.slug, asset);
        await organizations.setTeamAccess(contextOf(request).actor, ref, params.team, access);
        return undefined;
      }),
    )
    .post(`${at}/teams/:team/assets/:asset/remove`, ({ request, params, body }) =>
      doing(request, params, body, async () => {
        const ref = refOf(params.slug, params.asset);
        await organizations.setTeamAccess(contextOf(request).actor, ref, params.team, null);
        return undefined;
      }),
    );
}

function invitationPages(deps: OrganizationPagesDeps) {
  const { organizations } = deps;
  const show = async (request: Request, slug: string, form: FormState, link: string | null) => {
    const { actor } = contextOf(request);
    const teams = await organizations.listTeams(actor, slug);
    return (
      <OrganizationInvitationsPage
        page={pageAfter(deps, request)}
        organization={await modelOf(deps, request, slug)}
        invitations={(await organizations.listInvitations(actor, slug)).map(lineOf)}
        teams={teams}
        link={link}
        form={form}
      />
    );
  };
  return new Elysia({ name: "organization-pages-invitations" })
    .get(`${at}/invitations`, async ({ request, params }) =>
      htmlPage(await show(request, params.slug, EMPTY_FORM, null)),
    )
    .post(`${at}/invitations`, ({ request, params, body }) => {
      const values = textFields(body);
      const link = (secret: string) => invitationLink(deps.origin(request), secret);
      return answerForm(
        values,
        async () => {
          const { whom = "", role = "", team } = values;
          const person = whom === "" ? {} : whom.includes("@") ? { email: whom } : { username: whom };
          const input = { ...person, role, team: team || undefined };
          const { secret } = await organizations.invite(contextOf(request).actor, params.slug, input, link);
          const mailed = organizations.deliversMail && whom !== "";
          // Shown in this answer alone: a redirect would have to carry the secret in its address.
          return htmlPage(await show(request, params.slug, EMPTY_FORM, mailed ? null : link(secret)));
        },
        (form) => show(request, params.slug, form, null),
      );
    })
    .post(`${at}/invitations/:id/revoke`, async ({ request, params }) => {
      await organizations.revokeInvitation(contextOf(request).actor, params.slug, params.id);
      return seeOther(`${organizationUrl(params.slug, "invitations")}?saved`);
    });
}

const lineOf = (invitation: Invitation) => ({
  id: invitation.id,
  whom: invitation.email ?? invitation.username ?? "Whoever has the link",
  role: invitation.role,
  team: invitation.team,
  inviter: invitation.inviter,
  expiresAt: invitation.expiresAt,
});

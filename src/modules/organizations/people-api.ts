import { Elysia, t } from "elysia";
import { parsePage } from "../../core/page.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { ok, pageAnswer } from "../../platform/http/respond.ts";
import type { OrganizationsModule } from "./index.ts";
import { memberWire, teamDetailWire, teamWire } from "./wire.ts";

const Name = t.String({ maxLength: 64 });
const Role = t.Object({ role: t.String({ maxLength: 20 }) });
const PageQuery = t.Object({ page: t.Optional(t.String()), per_page: t.Optional(t.String()) });
const Team = {
  name: t.Optional(t.String({ maxLength: 200 })),
  description: t.Optional(t.String({ maxLength: 1000 })),
};
const detail = (summary: string) => ({ detail: { summary, tags: ["Organizations"] } });
const none = () => new Response(null, { status: 204 });

/** REST of members and teams. */
export function peopleApi(organizations: OrganizationsModule) {
  return new Elysia({ name: "organizations-api-people" })
    .use(memberRoutes(organizations))
    .use(teamRoutes(organizations))
    .use(teamRightRoutes(organizations));
}

function memberRoutes(organizations: OrganizationsModule) {
  const at = "/organizations/:slug/members";
  return new Elysia({ name: "organizations-api-members" })
    .get(
      at,
      async ({ request, params, query }) => {
        const { actor } = contextOf(request);
        const manages = organizations.may(actor, "manage", await organizations.find(actor, params.slug));
        const page = await organizations.listMembers(actor, params.slug, parsePage(query));
        return pageAnswer(request, page, (member) => memberWire(member, manages));
      },
      { query: PageQuery, ...detail("List the members of your organization") },
    )
    .put(
      `${at}/:username`,
      async ({ request, params, body }) => {
        const { actor } = contextOf(request);
        return ok(memberWire(await organizations.setMember(actor, params.slug, params.username, body.role), true));
      },
      { body: Role, ...detail("Add a member, or change their role") },
    )
    .delete(
      `${at}/:username`,
      async ({ request, params }) => {
        await organizations.removeMember(contextOf(request).actor, params.slug, params.username);
        return none();
      },
      detail("Remove a member, or leave"),
    );
}

function teamRoutes(organizations: OrganizationsModule) {
  const at = "/organizations/:slug/teams";
  return new Elysia({ name: "organizations-api-teams" })
    .get(
      at,
      async ({ request, params }) =>
        ok((await organizations.listTeams(contextOf(request).actor, params.slug)).map(teamWire)),
      detail("List the teams of your organization"),
    )
    .post(
      at,
      async ({ request, params, body, set }) => {
        set.status = 201;
        return ok(teamWire(await organizations.createTeam(contextOf(request).actor, params.slug, body)));
      },
      { body: t.Object({ slug: Name, ...Team }), ...detail("Make a team") },
    )
    .get(
      `${at}/:team`,
      async ({ request, params }) =>
        ok(teamDetailWire(await organizations.findTeam(contextOf(request).actor, params.slug, params.team))),
      detail("Read a team, its members and its assets"),
    )
    .patch(
      `${at}/:team`,
      async ({ request, params, body }) =>
        ok(teamWire(await organizations.editTeam(contextOf(request).actor, params.slug, params.team, body))),
      { body: t.Object({ slug: t.Optional(Name), ...Team }), ...detail("Change or rename a team") },
    )
    .delete(
      `${at}/:team`,
      async ({ request, params }) => {
        await organizations.deleteTeam(contextOf(request).actor, params.slug, params.team);
        return none();
      },
      detail("Delete a team and the rights that it gives"),
    );
}

function teamRightRoutes(organizations: OrganizationsModule) {
  const at = "/organizations/:slug/teams/:team";
  const refOf = ({ slug, asset }: { slug: string; asset: string }) => `${slug}/${asset}`;
  return new Elysia({ name: "organizations-api-team-rights" })
    .put(
      `${at}/members/:username`,
      async ({ request, params }) => {
        await organizations.addTeamMember(contextOf(request).actor, params.slug, params.team, params.username);
        return none();
      },
      detail("Put a member of the organization into a team"),
    )
    .delete(
      `${at}/members/:username`,
      async ({ request, params }) => {
        await organizations.removeTeamMember(contextOf(request).actor, params.slug, params.team, params.username);
        return none();
      },
      detail("Take somebody out of a team"),
    )
    .put(
      `${at}/assets/:asset`,
      async ({ request, params, body }) => {
        await organizations.setTeamAccess(contextOf(request).actor, refOf(params), params.team, body.access);
        return none();
      },
      {
        body: t.Object({ access: t.String({ maxLength: 20 }) }),
        ...detail("Give a team a right on an asset: read, write or admin"),
      },
    )
    .delete(
      `${at}/assets/:asset`,
      async ({ request, params }) => {
        await organizations.setTeamAccess(contextOf(request).actor, refOf(params), params.team, null);
        return none();
      },
      detail("Take a team's right on an asset away"),
    );
}

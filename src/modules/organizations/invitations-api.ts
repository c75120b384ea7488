import { Elysia, t } from "elysia";
import { contextOf } from "../../platform/http/request-context.ts";
import { ok } from "../../platform/http/respond.ts";
import type { OrganizationsModule } from "./index.ts";
import { invitationWire, openInvitationWire, organizationWire } from "./wire.ts";

const detail = (summary: string) => ({ detail: { summary, tags: ["Organizations"] } });
const none = () => new Response(null, { status: 204 });

/** Where an invitation is opened in a browser. */
export const invitationLink = (origin: string, secret: string): string => `${origin}/invitations/${secret}`;

/** REST of invitations. */
export function invitationsApi(deps: { organizations: OrganizationsModule; baseUrl: (request: Request) => string }) {
  const { organizations } = deps;
  const at = "/organizations/:slug/invitations";
  return new Elysia({ name: "organizations-api-invitations" })
    .get(
      at,
      async ({ request, params }) =>
        ok((await organizations.listInvitations(contextOf(request).actor, params.slug)).map(invitationWire)),
      detail("List invitations that can still be accepted"),
    )
    .post(
      at,
      async ({ request, params, body, set }) => {
        const link = (secret: string) => invitationLink(deps.baseUrl(request), secret);
        const { actor } = contextOf(request);
        const { invitation, secret } = await organizations.invite(actor, params.slug, body, link);
        set.status = 201;
        // What went by mail is for its reader; without mail the link is handed over by whoever invited.
        const mailed = organizations.deliversMail && (invitation.email !== null || invitation.username !== null);
        return ok({ ...invitationWire(invitation), ...(mailed ? {} : { url: link(secret) }) });
      },
      {
        body: t.Object({
          role: t.String({ maxLength: 20 }),
          email: t.Optional(t.String({ maxLength: 320 })),
          username: t.Optional(t.String({ maxLength: 64 })),
          team: t.Optional(t.String({ maxLength: 64 })),
        }),
        ...detail("Invite by address or user name, or make a link"),
      },
    )
    .delete(
      `${at}/:id`,
      async ({ request, params }) => {
        await organizations.revokeInvitation(contextOf(request).actor, params.slug, params.id);
        return none();
      },
      detail("Revoke an invitation"),
    )
    .get(
      "/me/invitations",
      async ({ request }) => ok((await organizations.myInvitations(contextOf(request).actor)).map(openInvitationWire)),
      detail("Invitations that wait for you"),
    )
    .get(
      "/invitations/:key",
      async ({ request, params }) =>
        ok(openInvitationWire(await organizations.openInvitation(contextOf(request).actor, params.key))),
      detail("Read an invitation by the secret of its link, or by its id if it is yours"),
    )
    .post(
      "/invitations/:key/accept",
      async ({ request, params }) =>
        ok(organizationWire(await organizations.acceptInvitation(contextOf(request).actor, params.key))),
      detail("Accept an invitation"),
    )
    .post(
      "/invitations/:key/decline",
      async ({ request, params }) => {
        await organizations.declineInvitation(contextOf(request).actor, params.key);
        return none();
      },
      detail("Decline an invitation that is yours"),
    );
}

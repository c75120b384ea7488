import { Elysia, t } from "elysia";
import { parsePage } from "../../core/page.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { ok, pageAnswer } from "../../platform/http/respond.ts";
import type { MailSummary } from "../../platform/mail/mailer.ts";
import type { HeldMails } from "./held-mails.ts";

const Moment = t.String({ format: "date-time" });
const MailWire = t.Object({
  id: t.String(),
  kind: t.String(),
  user_id: t.Nullable(t.String()),
  to: t.String(),
  subject: t.String(),
  status: t.Union([t.Literal("waiting"), t.Literal("held"), t.Literal("sent"), t.Literal("failed")]),
  error: t.Nullable(t.String({ description: "What the mail server last said" })),
  created_at: Moment,
  expires_at: Moment,
});
const OpenedWire = t.Composite([
  MailWire,
  t.Object({
    paragraphs: t.Array(t.String()),
    link: t.Nullable(t.String({ description: "The link to hand over" })),
  }),
]);

/** `/admin/mails`, below `/api/v1`. */
export const mailsApi = (mails: HeldMails) =>
  new Elysia({ name: "administration-api-mails" })
    .get(
      "/admin/mails",
      async ({ request, query }) =>
        pageAnswer(request, await mails.list(contextOf(request).actor, parsePage(query)), mailWire),
      {
        query: t.Object({ page: t.Optional(t.String()), per_page: t.Optional(t.String()) }),
        detail: { summary: "Mails that wait, are held or could not be sent", tags: ["Administration"] },
      },
    )
    .post(
      "/admin/mails/:id/open",
      async ({ request, params, set }) => {
        const mail = await mails.open(contextOf(request).actor, params.id);
        Object.assign(set.headers, { "cache-control": "no-store" });
        return ok({ ...mailWire(mail), paragraphs: [...mail.paragraphs], link: mail.link });
      },
      {
        params: t.Object({ id: t.String() }),
        response: { 200: t.Object({ data: OpenedWire }) },
        detail: { summary: "What such a mail says, with the link to hand over; audited", tags: ["Administration"] },
      },
    );

const mailWire = (mail: MailSummary): typeof MailWire.static => ({
  id: mail.id,
  kind: mail.kind,
  user_id: mail.userId,
  to: mail.to,
  subject: mail.subject,
  status: mail.status,
  error: mail.error,
  created_at: mail.createdAt,
  expires_at: mail.expiresAt,
});

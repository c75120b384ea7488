import type { Actor } from "../../core/actor.ts";
import type { Clock } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { Page, PageRequest } from "../../core/page.ts";
import { requireAdmin, requireRecent } from "../../core/permission.ts";
import type { AuditLog } from "../../platform/audit/audit-log.ts";
import type { Database } from "../../platform/database/index.ts";
import type { MailBox, MailSummary } from "../../platform/mail/mailer.ts";

export type OpenedMail = Awaited<ReturnType<MailBox["open"]>>;

/** Mails that reached nobody by themselves, for administrators to hand over. */
export interface HeldMails {
  /** Whether mails go out by themselves. */
  delivers: boolean;
  /** Those that wait, are held or could not be sent, the newest first; without what they say. */
  list(actor: Actor, page: PageRequest): Promise<Page<MailSummary>>;
  /** A mail's words and link, which may let whoever has it into an account: only after a recent proof of who asks, and audited. */
  open(actor: Actor, id: Id): Promise<OpenedMail>;
}

export function createHeldMails(deps: {
  database: Database;
  clock: Clock;
  audit: AuditLog;
  mailBox: MailBox;
}): HeldMails {
  const { database, mailBox } = deps;
  return {
    delivers: mailBox.delivers,
    async list(actor, page) {
      requireAdmin(actor);
      return mailBox.list(page);
    },
    async open(actor, id) {
      requireAdmin(actor);
      requireRecent(actor, deps.clock.now());
      return database.write(async (tx) => {
        const mail = await mailBox.open(tx, id);
        await deps.audit.append(tx, {
          action: "mail.opened",
          outcome: "success",
          actor,
          subject: { type: "mail", id },
          details: { kind: mail.kind, userId: mail.userId },
          personal: { to: mail.to },
        });
        return mail;
      });
    },
  };
}

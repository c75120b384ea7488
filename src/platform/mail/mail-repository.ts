import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import { offsetOf, type PageRequest } from "../../core/page.ts";
import { type Queries, type Schema, toNumber } from "../database/index.ts";
import type { MailSummary } from "./mailer.ts";

export interface MailRow extends MailSummary {
  /** Sealed; empty once the mail was sent. */
  body: string;
}

const toMail = (row: Schema["mails"]): MailRow => ({
  id: row.id,
  kind: row.kind,
  userId: row.user_id,
  to: row.to_address,
  subject: row.subject,
  body: row.body,
  status: row.status,
  error: row.error,
  createdAt: row.created_at,
  sentAt: row.sent_at,
  expiresAt: row.expires_at,
});

export async function addMail(tx: Queries, mail: MailRow): Promise<void> {
  await tx
    .insertInto("mails")
    .values({
      id: mail.id,
      kind: mail.kind,
      user_id: mail.userId,
      to_address: mail.to,
      subject: mail.subject,
      body: mail.body,
      status: mail.status,
      error: mail.error,
      created_at: mail.createdAt,
      sent_at: mail.sentAt,
      expires_at: mail.expiresAt,
    })
    .execute();
}

export async function findMail(q: Queries, id: Id): Promise<MailRow | null> {
  const row = await q.selectFrom("mails").selectAll().where("id", "=", id).executeTakeFirst();
  return row ? toMail(row) : null;
}

/** What did not reach anybody by itself and is still of use, the newest first. */
export async function listUndelivered(
  q: Queries,
  now: Instant,
  page: PageRequest,
): Promise<{ mails: MailRow[]; total: number }> {
  const open = q.selectFrom("mails").where("status", "in", ["held", "failed", "waiting"]).where("expires_at", ">", now);
  const [rows, count] = await Promise.all([
    open
      .selectAll()
      .orderBy("created_at", "desc")
      .orderBy("id", "desc")
      .limit(page.perPage)
      .offset(offsetOf(page))
      .execute(),
    open.select((e) => e.fn.countAll<number>().as("n")).executeTakeFirst(),
  ]);
  return { mails: rows.map(toMail), total: toNumber(count?.n) };
}

export async function markSent(tx: Queries, id: Id, at: Instant): Promise<void> {
  await tx
    .updateTable("mails")
    .set({ status: "sent", sent_at: at, error: null, body: "" })
    .where("id", "=", id)
    .execute();
}

export async function markTried(tx: Queries, id: Id, status: "waiting" | "failed", error: string): Promise<void> {
  await tx.updateTable("mails").set({ status, error }).where("id", "=", id).where("status", "!=", "sent").execute();
}

export async function hold(tx: Queries, id: Id): Promise<void> {
  await tx.updateTable("mails").set({ status: "held" }).where("id", "=", id).where("status", "=", "waiting").execute();
}

export async function deleteExpiredMails(tx: Queries, now: Instant): Promise<number> {
  return (await tx.deleteFrom("mails").where("expires_at", "<=", now).returning("id").execute()).length;
}

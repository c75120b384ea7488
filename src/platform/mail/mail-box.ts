import { type Clock, instant } from "../../core/clock.ts";
import { notFound } from "../../core/error.ts";
import { type Id, isId, newId } from "../../core/id.ts";
import type { Database, Queries } from "../database/index.ts";
import { composeMail, linkIn, type MailBody, oneLine } from "./compose-mail.ts";
import * as repository from "./mail-repository.ts";
import { MailRefused, type MailTransport } from "./mail-transport.ts";
import type { MailBox } from "./mailer.ts";

/** The mail box with the work of its job. */
export interface MailSender extends MailBox {
  /** The handler of `SEND_MAIL` jobs. Throws when the job is to be tried again. */
  deliver(payload: { id: Id }, context: { attempt: number }): Promise<void>;
  /** Deletes what has expired. */
  prune(): Promise<number>;
}

export interface MailBoxDeps {
  database: Database;
  clock: Clock;
  /** Writes the job whose handler is `deliver`, in the transaction. */
  enqueue(tx: Queries, job: { kind: string; payload: { id: Id }; maxAttempts: number }): Promise<void>;
  sealer: { seal(text: string, place: string): string; open(sealed: string, place: string): string };
  /** Null: no mail server is configured, everything is held. */
  transport: MailTransport | null;
  /** The server's name, at the end of each mail. */
  sender: string;
  /** Right side of message ids. */
  domain: string;
}

export const SEND_MAIL = "mail.send";
/** The pauses between them add up to some four hours. */
const ATTEMPTS = 10;

export function createMailBox(deps: MailBoxDeps): MailSender {
  const { database, clock, sealer, transport } = deps;
  const now = () => instant(clock.now());
  return {
    delivers: transport !== null,
    async queue(tx, mail) {
      const id = newId();
      const body: MailBody = { paragraphs: mail.paragraphs };
      await repository.addMail(tx, {
        id,
        kind: mail.kind,
        userId: mail.userId,
        to: mail.to,
        subject: oneLine(mail.subject),
        body: sealer.seal(JSON.stringify(body), placeOf(id)),
        status: transport ? "waiting" : "held",
        error: null,
        createdAt: now(),
        sentAt: null,
        expiresAt: mail.expiresAt,
      });
      if (transport) await deps.enqueue(tx, { kind: SEND_MAIL, payload: { id }, maxAttempts: ATTEMPTS });
    },
    async list(page) {
      const { mails, total } = await repository.listUndelivered(database.read, now(), page);
      return { items: mails.map(({ body, ...summary }) => summary), total, ...page };
    },
    async open(q, id) {
      const mail = isId(id) ? await repository.findMail(q, id) : null;
      if (!mail || mail.status === "sent" || mail.expiresAt <= now()) throw notFound("mail (it was sent, or expired)");
      const { body, ...summary } = mail;
      const opened = bodyOf(sealer, mail);
      return { ...summary, paragraphs: opened.paragraphs, link: linkIn(opened) };
    },
    deliver: async ({ id }, { attempt }) => {
      // Without a mail server any more the mail is the administrators' to hand over.
      if (transport) await send(deps, transport, id, attempt);
      else await database.write((tx) => repository.hold(tx, id));
    },
    prune: () => database.write((tx) => repository.deleteExpiredMails(tx, now())),
  };
}

const placeOf = (id: Id): string => `mails:${id}`;
const bodyOf = (sealer: MailBoxDeps["sealer"], mail: repository.MailRow): MailBody =>
  JSON.parse(sealer.open(mail.body, placeOf(mail.id))) as MailBody;

/** A crash between the server's yes and ours sends a mail twice, with one message id: better than never. */
async function send(deps: MailBoxDeps, transport: MailTransport, id: Id, attempt: number): Promise<void> {
  const { database, clock, sealer } = deps;
  const mail = await repository.findMail(database.read, id);
  if (mail?.status !== "waiting" || mail.expiresAt <= instant(clock.now())) return;
  const composed = composeMail(mail.subject, bodyOf(sealer, mail), deps.sender);
  const message = { ...composed, messageId: `<${id}@${deps.domain}>`, to: mail.to, subject: mail.subject };
  try {
    await transport.send(message);
  } catch (error) {
    const forGood = error instanceof MailRefused || attempt >= ATTEMPTS;
    const said = oneLine(error instanceof Error ? error.message : String(error));
    await database.write((tx) => repository.markTried(tx, id, forGood ? "failed" : "waiting", said));
    // Refused for good there is nothing to try again; the mail is on the administrators' list.
    if (error instanceof MailRefused) return;
    throw error;
  }
  await database.write((tx) => repository.markSent(tx, id, instant(clock.now())));
}

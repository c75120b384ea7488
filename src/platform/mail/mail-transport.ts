import type { ComposedMail } from "./compose-mail.ts";

export interface TransportedMail extends ComposedMail {
  /** Stays the same when a mail is tried again, so that a mailbox can tell. */
  messageId: string;
  to: string;
  subject: string;
}

/** Hands single mails to the next server. */
export interface MailTransport {
  /** Resolves when the server took it. Throws `MailRefused` when trying again is of no use, any other error when it may be. */
  send(mail: TransportedMail): Promise<void>;
}

/** The mail server said that it will never take this mail (RFC 5321 4.2.1: 5yz). */
export class MailRefused extends Error {
  override name = "MailRefused";
}

import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { Page, PageRequest } from "../../core/page.ts";
import type { Queries } from "../database/database.ts";

/** A mail as plain text; the HTML form is made of it. */
export interface OutgoingMail {
  /** What it is for, for filters and tests: `password-reset`, `organization-invitation`. */
  kind: string;
  /** Whom it is about, when that is somebody with an account. */
  userId: Id | null;
  to: string;
  subject: string;
  /** Paragraphs; a paragraph that is a URL alone becomes the mail's button. */
  paragraphs: readonly string[];
  /** After this it is not sent any more, and forgotten. */
  expiresAt: Instant;
}

/** Sends mail later, from a job. */
export interface Mailer {
  /**
   * True when a mail server is configured. Otherwise what is queued is held for administrators, who hand its links over; pages
   * say "ask an administrator" rather than "look into your mailbox".
   */
  readonly delivers: boolean;
  /** Writes the mail in the transaction of what it tells of. */
  queue(tx: Queries, mail: OutgoingMail): Promise<void>;
}

/** A mail without what it says. */
export interface MailSummary {
  id: Id;
  kind: string;
  userId: Id | null;
  to: string;
  subject: string;
  status: "waiting" | "held" | "sent" | "failed";
  /** What the mail server last said. */
  error: string | null;
  createdAt: Instant;
  sentAt: Instant | null;
  expiresAt: Instant;
}

/** The mailer with what administrators see of it; the caller asks who wants to know. */
export interface MailBox extends Mailer {
  /** Mails that wait, are held or could not be sent, the newest first. */
  list(page: PageRequest): Promise<Page<MailSummary>>;
  /** A mail with its words and its link, to be handed over. NOT_FOUND once it is sent or expired. */
  open(q: Queries, id: Id): Promise<MailSummary & { paragraphs: readonly string[]; link: string | null }>;
}

import { type Clock, DAY, later } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { OutgoingMail } from "../../platform/mail/mailer.ts";
import { refOf } from "../catalog/index.ts";

interface Occasion {
  clock: Clock;
  /** Where the server is reached. */
  origin: () => string;
}

const LIFETIME_MS = 7 * DAY;

/** Tells a publisher what a moderator wants changed. Their words stand in quotes: a paragraph that is an address alone is a button. */
export const changesRequestedMail = (
  of: Occasion,
  mail: {
    email: string;
    username: string;
    userId: Id;
    asset: { namespace: string; slug: string };
    version: string;
    text: string;
  },
): OutgoingMail => ({
  kind: "review-changes-requested",
  userId: mail.userId,
  to: mail.email,
  subject: `Changes are asked for in ${refOf(mail.asset)} ${mail.version}`,
  paragraphs: [
    `A moderator looked at ${refOf(mail.asset)} ${mail.version} and asks for changes:`,
    `“${mail.text}”`,
    "Publish a new version, or answer on its page:",
    `${of.origin()}/${refOf(mail.asset)}?version=${encodeURIComponent(mail.version)}`,
  ],
  expiresAt: later(of.clock.now(), LIFETIME_MS),
});

/** Tells a reader what came of their report. */
export const reportAnsweredMail = (
  of: Occasion,
  mail: {
    email: string;
    username: string;
    userId: Id;
    asset: { namespace: string; slug: string };
    outcome: "resolved" | "dismissed";
    answer: string;
  },
): OutgoingMail => ({
  kind: "report-answered",
  userId: mail.userId,
  to: mail.email,
  subject: `Your report on ${refOf(mail.asset)}`,
  paragraphs: [
    mail.outcome === "resolved"
      ? `A moderator looked at your report on ${refOf(mail.asset)} and acted on it. Thank you.`
      : `A moderator looked at your report on ${refOf(mail.asset)} and found nothing to act on.`,
    ...(mail.answer === "" ? [] : [`“${mail.answer}”`]),
    "Your reports are here:",
    `${of.origin()}/settings/reports`,
  ],
  expiresAt: later(of.clock.now(), LIFETIME_MS),
});

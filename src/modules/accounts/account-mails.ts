import { DAY, HOUR, type Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { OutgoingMail } from "../../platform/mail/mailer.ts";

/** How long links in mails work, in milliseconds. */
export const LINK_LIFETIME = {
  verification: DAY,
  passwordReset: HOUR,
  emailChange: DAY,
  emailUndo: 7 * DAY,
  invitation: 7 * DAY,
} as const;

/** Whom a mail is for, and what it needs besides. */
interface Occasion {
  to: string;
  userId: Id | null;
  /** Where this server is reached, without a slash at the end. */
  origin: string;
  expiresAt: Instant;
}

const link = (origin: string, path: string, token: string): string => `${origin}${path}?token=${token}`;
const envelope = ({ to, userId, expiresAt }: Occasion) => ({ to, userId, expiresAt });
const NOT_YOU = "If this was not you, do nothing: without the link nothing happens.";

export const verificationMail = (of: Occasion & { username: string; token: string }): OutgoingMail => ({
  ...envelope(of),
  kind: "email-verification",
  subject: "Confirm your address",
  paragraphs: [
    `Somebody, probably you, made the account ${of.username} at ${of.origin} with this address. Confirm it:`,
    link(of.origin, "/verify-email", of.token),
    `The link works once, for a day. Until then sign in with your user name rather than your address. ${NOT_YOU}`,
  ],
});

/** To the owner of an address that somebody registered, or moved an account to, once more. */
export const addressKnownMail = (of: Occasion & { username: string }): OutgoingMail => ({
  ...envelope(of),
  kind: "address-known",
  subject: "You have an account already",
  paragraphs: [
    `Somebody, perhaps you, gave your address for an account at ${of.origin}. It belongs to your account ${of.username} already, and nothing was changed there.`,
    "If you forgot your password, set a new one here:",
    `${of.origin}/forgot-password`,
    "If this was not you, do nothing.",
  ],
});

export const passwordResetMail = (of: Occasion & { username: string; token: string }): OutgoingMail => ({
  ...envelope(of),
  kind: "password-reset",
  subject: "Set a new password",
  paragraphs: [
    `Somebody asked for a new password of your account ${of.username} at ${of.origin}. Set it here:`,
    link(of.origin, "/reset-password", of.token),
    `The link works once, for an hour. ${NOT_YOU}`,
  ],
});

export const noPasswordMail = (of: Occasion & { username: string }): OutgoingMail => ({
  ...envelope(of),
  kind: "password-reset",
  subject: "Your account has no password",
  paragraphs: [
    `Somebody asked for a new password of your account ${of.username}. It has none: you sign in through your organization, here:`,
    `${of.origin}/sign-in`,
    "If this was not you, do nothing.",
  ],
});

export const passwordSetMail = (of: Occasion & { username: string; apiKeys: readonly string[] }): OutgoingMail => ({
  ...envelope(of),
  kind: "password-changed",
  subject: "Your password was changed",
  paragraphs: [
    `The password of your account ${of.username} at ${of.origin} was set anew through a link that was sent to this address. Everything that was signed in has been signed out.`,
    of.apiKeys.length === 0
      ? "The account has no API keys."
      : `These API keys still work; revoke those you do not know:\n${of.apiKeys.map((name) => `- ${name}`).join("\n")}`,
    "If this was not you, set another password now, and tell an administrator:",
    `${of.origin}/forgot-password`,
  ],
});

export const emailChangeMail = (of: Occasion & { username: string; token: string }): OutgoingMail => ({
  ...envelope(of),
  kind: "email-change",
  subject: "Confirm your new address",
  paragraphs: [
    `The account ${of.username} at ${of.origin} is to have this address. Confirm it:`,
    link(of.origin, "/confirm-email", of.token),
    `The link works once, for a day. ${NOT_YOU}`,
  ],
});

export const emailChangedMail = (of: Occasion & { username: string; token: string }): OutgoingMail => ({
  ...envelope(of),
  kind: "email-changed",
  subject: "The address of your account was changed",
  paragraphs: [
    `Your account ${of.username} at ${of.origin} has another address now; mails about it do not come here any more.`,
    "If this was not you, take it back. That brings this address back, signs everything out, and lets you set a new password:",
    link(of.origin, "/undo-email", of.token),
    "The link works once, for seven days.",
  ],
});

/** `what` was done, a sentence in the past tense. */
export const securityNotice = (of: Occasion & { username: string; what: string }): OutgoingMail => ({
  ...envelope(of),
  kind: "security-notice",
  subject: "The ways to sign in to your account were changed",
  paragraphs: [
    `${of.what} This is about your account ${of.username} at ${of.origin}.`,
    "If this was not you, set a new password, look at what is signed in, and tell the administrator of the server:",
    `${of.origin}/forgot-password`,
  ],
});

export const invitationMail = (of: Occasion & { inviter: string; token: string }): OutgoingMail => ({
  ...envelope(of),
  kind: "account-invitation",
  subject: "You are invited",
  paragraphs: [
    `${of.inviter} invites you to make an account at ${of.origin}:`,
    invitationLink(of.origin, of.token),
    "The link works once, for seven days.",
  ],
});

export const invitationLink = (origin: string, token: string): string => `${origin}/register?invitation=${token}`;
export const resetLink = (origin: string, token: string): string => link(origin, "/reset-password", token);

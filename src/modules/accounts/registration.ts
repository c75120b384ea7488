import { ANONYMOUS } from "../../core/actor.ts";
import { instant, later } from "../../core/clock.ts";
import { forbidden, validationError } from "../../core/error.ts";
import type { Queries } from "../../platform/database/index.ts";
import { addressKnownMail, LINK_LIFETIME, verificationMail } from "./account-mails.ts";
import { findHolder, releaseEmail } from "./email-repository.ts";
import * as invitationRepository from "./invitation-repository.ts";
import { hashSecret } from "./random.ts";
import type { RecoveryDeps } from "./recovery.ts";
import { checkedHash, createUser, nameTaken } from "./register-user.ts";
import * as repository from "./repository.ts";
import { emailKey, type NewAccount, type User } from "./user.ts";

/** `link-sent`: the account is made once the link that went to the address was followed. */
export type Registered = { kind: "registered"; user: User } | { kind: "link-sent" };

/** What an e-mail-verification link is for. */
export type VerificationPayload = { email: string } | { account: Omit<NewAccount, "password">; passwordHash: string };

/**
 * Makes an account for whoever asks, as `[accounts] registration` allows. Where mails are delivered, the answer is the same
 * whether or not the address has an account; its owner is told by mail. FORBIDDEN when registration is closed or an invitation
 * is missing, CONFLICT for a taken name.
 */
export async function register(
  deps: RecoveryDeps,
  account: NewAccount,
  invitation: string | null,
): Promise<Registered> {
  const { registration } = deps.options;
  if (registration === "closed")
    throw forbidden("Registration is closed on this server: ask an administrator for an account.");
  if (!deps.passwordLogin)
    throw forbidden("This server has no passwords: sign in through your organization, and the account is made.");
  if (invitation !== null) return { kind: "registered", user: await registerInvited(deps, account, invitation) };
  if (registration === "invited")
    throw forbidden("Accounts on this server are made by invitation: ask an administrator for one.");
  if (registration === "domain") {
    requireDomain(deps.options.registrationDomains, account.email);
    await sendLink(deps, account);
    return { kind: "link-sent" };
  }
  return { kind: "registered", user: await registerOpenly(deps, account) };
}

function requireDomain(domains: readonly string[], email: string): void {
  const domain = emailKey(email).split("@").at(-1) ?? "";
  if (!domains.includes(domain))
    throw validationError({ field: "email", message: `use an address at ${domains.join(" or ")}.` });
}

function registerOpenly(deps: RecoveryDeps, account: NewAccount): Promise<User> {
  const { mailer, options } = deps;
  const confirmable = mailer.delivers || options.verifyEmail;
  return createUser(deps, account, {
    role: "user",
    how: "open",
    // Where a link can prove whose an address is, a registration alone takes it from nobody, and says nothing of it.
    email: confirmable ? "claimed" : "taken",
    async after(tx, user) {
      if (confirmable) await sendConfirmation(deps, tx, user);
    },
  });
}

async function registerInvited(deps: RecoveryDeps, account: NewAccount, token: string): Promise<User> {
  const { database, clock } = deps;
  const now = () => instant(clock.now());
  const invitation = await invitationRepository.findInvitation(database.read, hashSecret(token), now());
  if (!invitation) throw deadInvitation();
  const { id, email } = invitation;
  if (email !== null && emailKey(email) !== emailKey(account.email))
    throw validationError({ field: "email", message: `the invitation is for ${email}.` });
  return createUser(deps, account, {
    role: "user",
    how: "invitation",
    email: email === null ? (deps.mailer.delivers ? "claimed" : "taken") : "confirmed",
    async before(tx) {
      if (!(await invitationRepository.useInvitation(tx, id, now()))) throw deadInvitation();
      if (email !== null) await releaseUnconfirmed(tx, email);
    },
    async after(tx, user) {
      await invitationRepository.noteInvited(tx, id, user.id);
      if (email === null && deps.mailer.delivers) await sendConfirmation(deps, tx, user);
    },
  });
}

export const deadInvitation = () =>
  forbidden("This invitation is not valid (any more): ask whoever sent it for another one.");

/** Tells the person how to confirm the address or, when it belongs to another account, that account's owner. */
export async function sendConfirmation(deps: RecoveryDeps, tx: Queries, user: User): Promise<void> {
  const { mailer, clock, oneTime } = deps;
  const lifetimeMs = LINK_LIFETIME.verification;
  const payload: VerificationPayload = { email: user.email };
  const token = await oneTime.issue(tx, { purpose: "email-verification", userId: user.id, payload, lifetimeMs });
  const holder = await findHolder(tx, user.email);
  const of = { to: user.email, origin: deps.origin(), expiresAt: later(clock.now(), lifetimeMs) };
  await mailer.queue(
    tx,
    holder && holder.userId !== user.id && holder.verified
      ? addressKnownMail({ ...of, to: holder.email, userId: holder.userId, username: holder.username })
      : verificationMail({ ...of, userId: user.id, username: user.username, token }),
  );
}

/** The account waits inside the link: until it is followed there is none, and its name stays free. */
async function sendLink(deps: RecoveryDeps, account: NewAccount): Promise<void> {
  const { database, clock, mailer, oneTime } = deps;
  const passwordHash = await checkedHash(deps.passwords, account, { administrator: false });
  if (await repository.nameTaken(database.read, account.username)) throw nameTaken(account.username);
  const lifetimeMs = LINK_LIFETIME.verification;
  const { password: _, ...rest } = account;
  const payload: VerificationPayload = { account: rest, passwordHash };
  const of = { to: account.email, origin: deps.origin(), expiresAt: later(clock.now(), lifetimeMs) };
  await database.write(async (tx) => {
    const holder = await findHolder(tx, account.email);
    // Issued in either case, and told in one alone: the same work for an address that is known.
    const token = await oneTime.issue(tx, { purpose: "email-verification", userId: null, payload, lifetimeMs });
    await mailer.queue(
      tx,
      holder?.verified
        ? addressKnownMail({ ...of, to: holder.email, userId: holder.userId, username: holder.username })
        : verificationMail({ ...of, userId: null, username: account.username, token }),
    );
    await deps.audit.append(tx, {
      action: "account.requested",
      outcome: "success",
      actor: ANONYMOUS,
      subject: { type: "user", id: null, name: account.username },
      personal: { email: account.email },
    });
  });
}

/** Makes the account whose address was confirmed by following its link. */
export function completeRegistration(
  deps: RecoveryDeps,
  payload: Extract<VerificationPayload, { account: unknown }>,
  before: (tx: Queries) => Promise<void>,
): Promise<User> {
  const { account, passwordHash } = payload;
  return createUser(
    deps,
    { ...account, password: "" },
    {
      role: "user",
      how: "domain",
      passwordHash,
      async before(tx) {
        await before(tx);
        await releaseUnconfirmed(tx, account.email);
      },
    },
  );
}

/** Whoever registered the address without confirming it loses it to who did. */
async function releaseUnconfirmed(tx: Queries, email: string): Promise<void> {
  const holder = await findHolder(tx, email);
  if (holder && !holder.verified) await releaseEmail(tx, holder.userId);
}

import type { Actor, SignedIn } from "../../core/actor.ts";
import { DAY, instant, later } from "../../core/clock.ts";
import { AppError, validationError } from "../../core/error.ts";
import { RECENT_MS, requireRecent } from "../../core/permission.ts";
import { isUniqueViolation, type Queries } from "../../platform/database/index.ts";
import { addressKnownMail, emailChangedMail, emailChangeMail, LINK_LIFETIME } from "./account-mails.ts";
import { auditSelf, auditUser } from "./audit-account.ts";
import { endSignIns } from "./change-password.ts";
import { findHolder, giveEmail } from "./email-repository.ts";
import { requireSecondFactor } from "./password-reset.ts";
import type { RecoveryDeps } from "./recovery.ts";
import * as repository from "./repository.ts";
import { checkPassword } from "./sign-in.ts";
import { emailKey, emailProblem, requirePerson, type User } from "./user.ts";
import { addressTaken, deadMailLink } from "./verify-email.ts";

/** Moves an account to another address of its person. */
export interface EmailChange {
  /**
   * Mails a link to the new address. Needs the password, or a proof of the last minutes who it is (FORBIDDEN with
   * `reauthenticate`), and the second factor of who has one. The answer is the same whether or not the address has an account.
   */
  request(actor: Actor, input: { email: string; password?: string; code?: string }): Promise<void>;
  /** Whether a link holds; uses nothing up. */
  look(kind: "confirm" | "undo", token: string): Promise<{ username: string; email: string } | null>;
  /** Follows the link of the new address: ends every session and token, and offers the old address a way back. */
  confirm(token: string): Promise<User>;
  /** Follows the link of the old address: brings it back, ends every session and token, and answers a token to set a password with. */
  undo(token: string): Promise<{ user: User; resetToken: string }>;
}

interface Payload {
  from: string;
  to: string;
}

/** Links that one account can have sent to addresses of others. */
const CHANGES = { limit: 5, windowMs: DAY };
const PURPOSES = { confirm: "email-change", undo: "email-undo" } as const;

export function createEmailChange(deps: RecoveryDeps): EmailChange {
  const { database, oneTime } = deps;
  return {
    request: (actor, input) => request(deps, actor, input),
    async look(kind, token) {
      const found = await oneTime.peek<Payload>(database.read, PURPOSES[kind], token);
      const user = found?.userId ? await repository.findUser(database.read, { id: found.userId }) : null;
      if (!found || user?.status !== "active") return null;
      return { username: user.username, email: kind === "confirm" ? found.payload.to : found.payload.from };
    },
    confirm: (token) => orTaken(database.write((tx) => confirm(deps, tx, token))),
    undo: (token) => orTaken(database.write((tx) => undo(deps, tx, token))),
  };
}

const orTaken = <T>(work: Promise<T>): Promise<T> =>
  work.catch((error) => Promise.reject(isUniqueViolation(error) ? addressTaken() : error));

async function request(
  deps: RecoveryDeps,
  actor: Actor,
  input: { email: string; password?: string; code?: string },
): Promise<void> {
  requirePerson(actor);
  const { database, clock, oneTime, mailer } = deps;
  const email = input.email.trim().normalize("NFC");
  const problem = emailProblem(email);
  if (problem) throw validationError(problem);
  if (input.password) await checkOwnPassword(deps, actor.username, input.password);
  else requireRecent(actor, clock.now());
  const user = await repository.findUser(database.read, { id: actor.userId });
  if (!user) throw deadMailLink();
  if (emailKey(user.email) === emailKey(email))
    throw validationError({ field: "email", message: "is your address already." });
  // A second factor that was given a moment ago need not be given again; that is how passkeys come in.
  if (!(actor.twoFactor && isRecent(actor, clock.now()))) await requireSecondFactor(deps, user, input.code ?? "");
  if (!(await deps.rates.take(`email-change:${user.id}`, CHANGES)).allowed)
    throw new AppError("RATE_LIMIT_EXCEEDED", "You changed your address often today: try again tomorrow.");
  const lifetimeMs = LINK_LIFETIME.emailChange;
  const payload: Payload = { from: user.email, to: email };
  const of = { to: email, origin: deps.origin(), expiresAt: later(clock.now(), lifetimeMs) };
  await database.write(async (tx) => {
    await oneTime.forget(tx, "email-change", user.id);
    const token = await oneTime.issue(tx, { purpose: "email-change", userId: user.id, payload, lifetimeMs });
    const holder = await findHolder(tx, email);
    await mailer.queue(
      tx,
      holder?.verified && holder.userId !== user.id
        ? addressKnownMail({ ...of, to: holder.email, userId: holder.userId, username: holder.username })
        : emailChangeMail({ ...of, userId: user.id, username: user.username, token }),
    );
    await deps.audit.append(tx, {
      action: "email.change.requested",
      outcome: "success",
      actor,
      subject: auditUser(user),
      personal: { to: email },
    });
  });
}

const isRecent = ({ authenticatedAt }: SignedIn, now: Date): boolean =>
  authenticatedAt !== null && now.getTime() - Date.parse(authenticatedAt) <= RECENT_MS;

const checkOwnPassword = (deps: RecoveryDeps, username: string, password: string): Promise<User> =>
  checkPassword(deps, username, password).catch((error) =>
    Promise.reject(
      error.code === "UNAUTHORIZED" ? validationError({ field: "password", message: "is wrong." }) : error,
    ),
  );

async function confirm(deps: RecoveryDeps, tx: Queries, token: string): Promise<User> {
  const { clock, oneTime } = deps;
  const { user, payload } = await take(deps, tx, "confirm", token);
  const at = instant(clock.now());
  if (!(await giveEmail(tx, user.id, payload.to, at))) throw addressTaken();
  await endSignIns(tx, user.id, at);
  await oneTime.forget(tx, "password-reset", user.id);
  const lifetimeMs = LINK_LIFETIME.emailUndo;
  const undoToken = await oneTime.issue<Payload>(tx, { purpose: "email-undo", userId: user.id, payload, lifetimeMs });
  await deps.mailer.queue(
    tx,
    emailChangedMail({
      to: payload.from,
      userId: user.id,
      username: user.username,
      origin: deps.origin(),
      expiresAt: later(clock.now(), lifetimeMs),
      token: undoToken,
    }),
  );
  await note(deps, tx, "email.changed", user, payload);
  return { ...user, email: payload.to, emailVerifiedAt: at };
}

async function undo(deps: RecoveryDeps, tx: Queries, token: string): Promise<{ user: User; resetToken: string }> {
  const { clock, oneTime } = deps;
  const { user, payload } = await take(deps, tx, "undo", token);
  const at = instant(clock.now());
  if (!(await giveEmail(tx, user.id, payload.from, at))) throw addressTaken();
  await endSignIns(tx, user.id, at);
  // Whoever moved the account may have begun more, and may know the password: it is to be set anew.
  for (const purpose of ["email-change", "email-undo", "password-reset", "second-factor"] as const)
    await oneTime.forget(tx, purpose, user.id);
  const lifetimeMs = LINK_LIFETIME.passwordReset;
  const resetToken = await oneTime.issue(tx, { purpose: "password-reset", userId: user.id, payload: {}, lifetimeMs });
  await note(deps, tx, "email.change.undone", user, payload);
  return { user: { ...user, email: payload.from, emailVerifiedAt: at }, resetToken };
}

async function take(deps: RecoveryDeps, tx: Queries, kind: keyof typeof PURPOSES, token: string) {
  const taken = await deps.oneTime.take<Payload>(tx, PURPOSES[kind], token);
  const user = taken?.userId ? await repository.findUser(tx, { id: taken.userId }) : null;
  // A request made under another address than today's is over.
  const stale = kind === "confirm" && user?.email !== taken?.payload.from;
  if (!taken || user?.status !== "active" || stale) throw deadMailLink();
  return { user, payload: taken.payload };
}

const note = (deps: RecoveryDeps, tx: Queries, action: string, user: User, { from, to }: Payload): Promise<void> =>
  deps.audit.append(tx, {
    action,
    outcome: "success",
    actor: auditSelf(user),
    subject: auditUser(user),
    personal: { from, to },
  });

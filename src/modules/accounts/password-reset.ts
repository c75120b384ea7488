import type { Actor } from "../../core/actor.ts";
import { HOUR, instant, later } from "../../core/clock.ts";
import { notFound, unauthorized, validationError } from "../../core/error.ts";
import { requireAdmin, requireRecent } from "../../core/permission.ts";
import type { Queries } from "../../platform/database/index.ts";
import { LINK_LIFETIME, noPasswordMail, passwordResetMail, passwordSetMail, resetLink } from "./account-mails.ts";
import { auditSelf, auditUser } from "./audit-account.ts";
import { endSignIns } from "./change-password.ts";
import type { RecoveryDeps } from "./recovery.ts";
import * as repository from "./repository.ts";
import * as tokenRepository from "./token-repository.ts";
import { type SecondFactorMethod, secondFactorNeeded, wrongCode } from "./two-factor/second-factor.ts";
import { passwordProblem, type User } from "./user.ts";
import { deadMailLink } from "./verify-email.ts";

/** A new password for who forgot theirs. */
export interface PasswordReset {
  /**
   * Has a link mailed to the person of this name or address. Only writes a job, whoever is meant, so that neither the answer nor
   * its time tells whether there is such an account.
   */
  request(login: string): Promise<void>;
  /** Whether the link holds and what beside it is asked for; null for a dead one. Uses nothing up. */
  look(token: string): Promise<{ username: string; methods: SecondFactorMethod[] } | null>;
  /**
   * Sets the password and ends every session and token; API keys stay and are listed in a mail. Of many at once one succeeds.
   * Throws FORBIDDEN for a dead link, UNAUTHORIZED for a missing or wrong second factor, VALIDATION_ERROR for a bad password.
   */
  complete(input: { token: string; password: string; code?: string }): Promise<void>;
  /**
   * For an administrator to hand over: the same link, also for an account without a password. Whoever has it may get into the
   * account, so this wants a recent proof of who asks (FORBIDDEN with `reauthenticate`).
   */
  linkFor(actor: Actor, username: string): Promise<string>;
}

const JOB = "accounts.send-password-reset";
const PURPOSE = "password-reset";
/** Links that one account is sent, whoever asks for them. */
const MAILS = { limit: 3, windowMs: HOUR };
const JOB_PLACE = "jobs:password-reset";

export function createPasswordReset(deps: RecoveryDeps): PasswordReset {
  const { database, jobs, oneTime, sealer } = deps;
  jobs.register<{ login: string }>(JOB, ({ login }) => sendReset(deps, sealer.open(login, JOB_PLACE)));
  return {
    async request(login) {
      const name = login.trim().slice(0, 320).toLowerCase();
      const payload = { login: sealer.seal(name, JOB_PLACE) };
      // Without a key: whether somebody asked for the same a moment ago shall not show either.
      await database.write((tx) => jobs.enqueue(tx, { kind: JOB, payload }));
    },
    async look(token) {
      const found = await oneTime.peek(database.read, PURPOSE, token);
      const user = found?.userId ? await repository.findUser(database.read, { id: found.userId }) : null;
      if (user?.status !== "active") return null;
      return { username: user.username, methods: await deps.secondFactor.methods(user.id) };
    },
    complete: (input) => complete(deps, input),
    async linkFor(actor, username) {
      requireAdmin(actor);
      requireRecent(actor, deps.clock.now());
      const user = await repository.findUser(database.read, { username });
      if (user?.status !== "active") throw notFound("active user of this name");
      return database.write(async (tx) => {
        const token = await issue(deps, tx, user);
        await deps.audit.append(tx, {
          action: "password.reset.link.made",
          outcome: "success",
          actor,
          subject: auditUser(user),
        });
        return resetLink(deps.origin(), token);
      });
    },
  };
}

const issue = ({ oneTime }: RecoveryDeps, tx: Parameters<typeof oneTime.issue>[0], user: User): Promise<string> =>
  oneTime.issue(tx, { purpose: PURPOSE, userId: user.id, payload: {}, lifetimeMs: LINK_LIFETIME.passwordReset });

/** The job: sends the link, when there is somebody to send it to. */
async function sendReset(deps: RecoveryDeps, login: string): Promise<void> {
  const { database, clock, mailer } = deps;
  const found = await repository.findCredentials(database.read, login);
  if (found?.user.status !== "active") return;
  const { user, passwordHash } = found;
  if (!(await deps.rates.take(`password-reset:${user.id}`, MAILS)).allowed) return;
  const expiresAt = later(clock.now(), LINK_LIFETIME.passwordReset);
  const without = passwordHash === "" || (!deps.passwordLogin && user.role !== "admin");
  const of = { to: user.email, userId: user.id, username: user.username, origin: deps.origin(), expiresAt };
  await database.write(async (tx) => {
    // Whose sign-in is elsewhere is not to get a way around it; an administrator may make one.
    await mailer.queue(
      tx,
      without ? noPasswordMail(of) : passwordResetMail({ ...of, token: await issue(deps, tx, user) }),
    );
    await deps.audit.append(tx, {
      action: "password.reset.requested",
      outcome: "success",
      actor: { kind: "anonymous" },
      subject: auditUser(user),
    });
  });
}

async function complete(deps: RecoveryDeps, input: { token: string; password: string; code?: string }): Promise<void> {
  const { database, clock, oneTime, passwords } = deps;
  const found = await oneTime.peek(database.read, PURPOSE, input.token);
  const user = found?.userId ? await repository.findUser(database.read, { id: found.userId }) : null;
  if (user?.status !== "active") throw deadMailLink();
  const problem = passwordProblem(input.password, user);
  if (problem) throw validationError(problem);
  await passwords.requireUnknown(input.password);
  await requireSecondFactor(deps, user, input.code ?? "");
  const hash = await passwords.hash(input.password);
  const at = instant(clock.now());
  await database.write(async (tx) => {
    if (!(await oneTime.take(tx, PURPOSE, input.token))) throw deadMailLink();
    await repository.replacePassword(tx, user.id, { hash, at });
    await endSignIns(tx, user.id, at);
    // Whatever else is under way may be somebody else's.
    for (const purpose of [PURPOSE, "email-change", "second-factor"] as const)
      await oneTime.forget(tx, purpose, user.id);
    await deps.mailer.queue(tx, await notice(deps, tx, user));
    await deps.audit.append(tx, {
      action: "password.reset",
      outcome: "success",
      actor: auditSelf(user),
      subject: auditUser(user),
      details: { how: "link" },
    });
  });
  await deps.guessLimit.right(user.username);
}

/** Throws UNAUTHORIZED unless the person has no second factor or `code` proves it; wrong codes are counted. */
export async function requireSecondFactor(
  { secondFactor }: Pick<RecoveryDeps, "secondFactor">,
  user: Pick<User, "id">,
  code: string,
): Promise<void> {
  const methods = await secondFactor.methods(user.id);
  if (methods.length === 0) return;
  if (!methods.some((method) => method !== "passkey"))
    throw unauthorized("This account has a passkey and no recovery codes: ask an administrator to help.");
  if (code.trim() === "") throw secondFactorNeeded(methods);
  if ((await secondFactor.prove(user.id, code)) === null) throw wrongCode(methods);
}

async function notice({ clock, origin }: RecoveryDeps, tx: Queries, user: User) {
  const keys = await tokenRepository.listApiKeys(tx, user.id, instant(clock.now()));
  return passwordSetMail({
    to: user.email,
    userId: user.id,
    username: user.username,
    origin: origin(),
    expiresAt: later(clock.now(), LINK_LIFETIME.emailUndo),
    apiKeys: keys.map(({ name, hint }) => `${name} (${hint}…)`),
  });
}

import type { Actor } from "../../core/actor.ts";
import { HOUR, instant } from "../../core/clock.ts";
import { AppError, conflict } from "../../core/error.ts";
import { isUniqueViolation } from "../../platform/database/index.ts";
import { auditSelf, auditUser } from "./audit-account.ts";
import { giveEmail } from "./email-repository.ts";
import { completeRegistration, sendConfirmation, type VerificationPayload } from "./registration.ts";
import type { RecoveryDeps } from "./recovery.ts";
import * as repository from "./repository.ts";
import { requirePerson, type User } from "./user.ts";

/** Proves that an address is its person's, by a link that was sent to it. */
export interface EmailVerification {
  /** What following the link would do; null when it is used, expired or unknown. Uses nothing up. */
  look(token: string): Promise<"confirm" | "register" | null>;
  /** Follows the link; of many at once one succeeds. Throws FORBIDDEN for a dead link, CONFLICT when address or name are another's. */
  confirm(token: string): Promise<User>;
  /** Sends the link once more, a few times an hour. Nothing happens for a confirmed address. */
  resend(actor: Actor): Promise<void>;
}

const RESENDS = { limit: 3, windowMs: HOUR };

/** One text for links that are used, expired, cut or made up. */
export const deadMailLink = (): AppError =>
  new AppError(
    "FORBIDDEN",
    "This link is not valid (any more): each works once, for a limited time. Ask for a new one.",
  );

/** Whoever reads this has shown that the mailbox is theirs. */
export const addressTaken = (): AppError =>
  conflict("This address belongs to another account already: sign in there, or take another address.");

export function createEmailVerification(deps: RecoveryDeps): EmailVerification {
  const { database, oneTime } = deps;
  return {
    async look(token) {
      const found = await oneTime.peek<VerificationPayload>(database.read, "email-verification", token);
      return found && ("account" in found.payload ? "register" : "confirm");
    },
    confirm: (token) => confirm(deps, token),
    async resend(actor) {
      requirePerson(actor);
      const user = await repository.findUser(database.read, { id: actor.userId });
      if (!user || user.emailVerifiedAt !== null) return;
      if (!(await deps.rates.take(`email-verification:${user.id}`, RESENDS)).allowed) return;
      await database.write(async (tx) => {
        await oneTime.forget(tx, "email-verification", user.id);
        await sendConfirmation(deps, tx, user);
      });
    },
  };
}

async function confirm(deps: RecoveryDeps, token: string): Promise<User> {
  const { database, clock, oneTime } = deps;
  const found = await oneTime.peek<VerificationPayload>(database.read, "email-verification", token);
  if (!found) throw deadMailLink();
  const { payload, userId } = found;
  if ("account" in payload)
    return completeRegistration(deps, payload, async (tx) => {
      if (!(await oneTime.take(tx, "email-verification", token))) throw deadMailLink();
    });
  const work = database.write(async (tx) => {
    const taken = await oneTime.take<VerificationPayload>(tx, "email-verification", token);
    const user = taken && userId !== null ? await repository.findUser(tx, { id: userId }) : null;
    // A link for an address that the account does not have any more proves nothing of today's.
    if (user?.status !== "active" || user.email !== payload.email) throw deadMailLink();
    if (!(await giveEmail(tx, user.id, user.email, instant(clock.now())))) throw addressTaken();
    await deps.audit.append(tx, {
      action: "email.verified",
      outcome: "success",
      actor: auditSelf(user),
      subject: auditUser(user),
    });
    return { ...user, emailVerifiedAt: instant(clock.now()) };
  });
  return work.catch((error) => Promise.reject(isUniqueViolation(error) ? addressTaken() : error));
}

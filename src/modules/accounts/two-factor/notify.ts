import { type Clock, DAY, later } from "../../../core/clock.ts";
import type { Id } from "../../../core/id.ts";
import type { Queries } from "../../../platform/database/index.ts";
import type { Mailer } from "../../../platform/mail/mailer.ts";
import { securityNotice } from "../account-mails.ts";
import { findUser } from "../repository.ts";

/**
 * Tells people, by mail, that the ways to sign in to their account were changed (ASVS 6.3.7). `what` is a sentence. Where no mail
 * is delivered nothing is queued: there is no link in it for an administrator to hand over.
 */
export type NotifyOfChange = (tx: Queries, userId: Id, what: string) => Promise<void>;

export function createNotice(deps: { mailer: Mailer; clock: Clock; origin: () => string }): NotifyOfChange {
  return async (tx, userId, what) => {
    const user = deps.mailer.delivers ? await findUser(tx, { id: userId }) : null;
    if (!user) return;
    const expiresAt = later(deps.clock.now(), DAY);
    const { email: to, username } = user;
    await deps.mailer.queue(tx, securityNotice({ to, userId, username, what, origin: deps.origin(), expiresAt }));
  };
}

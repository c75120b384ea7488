import type { Actor } from "../../core/actor.ts";
import { instant, later } from "../../core/clock.ts";
import { conflict, forbidden, notFound, validationError } from "../../core/error.ts";
import { type Id, isId, newId } from "../../core/id.ts";
import type { Page, PageRequest } from "../../core/page.ts";
import { requireAdmin } from "../../core/permission.ts";
import { invitationLink, invitationMail, LINK_LIFETIME } from "./account-mails.ts";
import { findHolder } from "./email-repository.ts";
import * as repository from "./invitation-repository.ts";
import { hashSecret, randomSecret } from "./random.ts";
import type { RecoveryDeps } from "./recovery.ts";
import { emailProblem } from "./user.ts";

export type { AccountInvitation } from "./invitation-repository.ts";

/** Invitations to make an account, by administrators; each lets one person in, within a week. */
export interface AccountInvitations {
  /** The link is answered this once. With an address it is for that one alone, which counts as confirmed, and mailed if mails go out. */
  create(
    actor: Actor,
    input: { email: string | null },
  ): Promise<{ invitation: repository.AccountInvitation; link: string; mailed: boolean }>;
  /** Those that still hold, the newest first. */
  list(actor: Actor, page: PageRequest): Promise<Page<repository.AccountInvitation>>;
  revoke(actor: Actor, id: Id): Promise<void>;
  /** Whom the holder of a link may register as; null for a dead link. */
  look(token: string): Promise<{ email: string | null } | null>;
}

export function createAccountInvitations(deps: RecoveryDeps): AccountInvitations {
  const { database, clock, audit } = deps;
  const now = () => instant(clock.now());
  return {
    create: (actor, { email }) => invite(deps, actor, email === "" ? null : email),
    async list(actor, page) {
      requireAdmin(actor);
      const { invitations, total } = await repository.listInvitations(database.read, now(), page);
      return { items: invitations, total, ...page };
    },
    async revoke(actor, id) {
      requireAdmin(actor);
      await database.write(async (tx) => {
        if (!isId(id) || !(await repository.revokeInvitation(tx, id, now()))) throw notFound("invitation");
        const subject = { type: "account-invitation", id };
        await audit.append(tx, { action: "account.invitation.revoked", outcome: "success", actor, subject });
      });
    },
    look: (token) => repository.findInvitation(database.read, hashSecret(token), now()),
  };
}

async function invite(deps: RecoveryDeps, actor: Actor, given: string | null) {
  requireAdmin(actor);
  const { database, clock, mailer } = deps;
  if (deps.options.registration === "closed")
    throw forbidden('Registration is closed: set [accounts] registration to "invited", or make the account yourself.');
  const email = given?.trim().normalize("NFC") ?? null;
  const problem = email === null ? null : emailProblem(email);
  if (problem) throw validationError(problem);
  const holder = email === null ? null : await findHolder(database.read, email);
  if (holder) throw conflict(`${holder.username} has this address already.`);
  const token = randomSecret();
  const expiresAt = later(clock.now(), LINK_LIFETIME.invitation);
  const invitation = { id: newId(), email, invitedBy: actor.username, createdAt: instant(clock.now()), expiresAt };
  const mailed = email !== null && mailer.delivers;
  const origin = deps.origin();
  await database.write(async (tx) => {
    const row = { ...invitation, invitedBy: actor.userId, tokenHash: hashSecret(token) };
    await repository.addInvitation(tx, row);
    if (mailed)
      await mailer.queue(
        tx,
        invitationMail({ to: email, userId: null, origin, expiresAt, inviter: actor.username, token }),
      );
    await deps.audit.append(tx, {
      action: "account.invitation.made",
      outcome: "success",
      actor,
      subject: { type: "account-invitation", id: invitation.id },
      personal: email === null ? undefined : { email },
    });
  });
  return { invitation, link: invitationLink(origin, token), mailed };
}

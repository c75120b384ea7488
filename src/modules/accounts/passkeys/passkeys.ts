import type { Actor, SignedIn } from "../../../core/actor.ts";
import { type Clock, instant, MINUTE } from "../../../core/clock.ts";
import { AppError, conflict, notFound } from "../../../core/error.ts";
import { type Id, newId } from "../../../core/id.ts";
import { requireRecent } from "../../../core/permission.ts";
import type { AuditEvent, AuditLog } from "../../../platform/audit/audit-log.ts";
import { type Database, isUniqueViolation } from "../../../platform/database/index.ts";
import type { OneTimeTokens } from "../one-time-tokens.ts";
import { findUser } from "../repository.ts";
import { firstRecoveryCodes, forgetCodesWithoutFactor } from "../two-factor/manage-two-factor.ts";
import type { NotifyOfChange } from "../two-factor/notify.ts";
import { requirePerson } from "../user.ts";
import { MAX_PASSKEYS, type Passkey, type RelyingParty, requirePasskeyName } from "./passkey.ts";
import * as repository from "./repository.ts";
import { type BrowserAnswer, challengeIn, registrationOptions, verifyRegistration } from "./webauthn.ts";

/** How long a browser has to answer a challenge. */
export const CHALLENGE_MS = 5 * MINUTE;

/** The passkeys of a person. Adding and removing wants it proved lately who asks (FORBIDDEN with `reauthenticate`). */
export interface Passkeys {
  list(actor: Actor): Promise<Passkey[]>;
  /** What `navigator.credentials.create` is given; its challenge works once, for five minutes. */
  registrationOptions(actor: Actor, site: RelyingParty): Promise<object>;
  /**
   * Keeps what the browser answered. VALIDATION_ERROR when it does not hold, CONFLICT for one that is registered. Answers
   * recovery codes, once, when the person had none.
   */
  register(
    actor: Actor,
    site: RelyingParty,
    input: { name: string; answer: BrowserAnswer },
  ): Promise<{ passkey: Passkey; recoveryCodes: string[] | null }>;
  rename(actor: Actor, id: Id, name: string): Promise<void>;
  remove(actor: Actor, id: Id): Promise<void>;
}

export interface PasskeyDeps {
  database: Database;
  clock: Clock;
  audit: AuditLog;
  oneTime: OneTimeTokens;
}

export function createPasskeys(deps: PasskeyDeps & { notify: NotifyOfChange }): Passkeys {
  const { database, clock, audit } = deps;
  const recent = (actor: Actor): SignedIn => {
    requirePerson(actor);
    requireRecent(actor, clock.now());
    return actor;
  };
  return {
    async list(actor) {
      requirePerson(actor);
      return repository.listPasskeys(database.read, actor.userId);
    },
    async registrationOptions(actor, site) {
      const { userId, username } = recent(actor);
      const existing = await repository.listPasskeys(database.read, userId);
      if (existing.length >= MAX_PASSKEYS) throw conflict(`You have ${MAX_PASSKEYS} passkeys: remove one first.`);
      const displayName = (await findUser(database.read, { id: userId }))?.displayName ?? username;
      const token = { purpose: "passkey-registration", userId, payload: null, lifetimeMs: CHALLENGE_MS } as const;
      const challenge = await database.write((tx) => deps.oneTime.issue(tx, token));
      return registrationOptions(site, { id: userId, username, displayName }, challenge, existing);
    },
    register: (actor, site, input) => register(deps, recent(actor), site, input),
    async rename(actor, id, typed) {
      requirePerson(actor);
      const name = requirePasskeyName(typed);
      const renamed = await database.write((tx) => repository.renamePasskey(tx, { id, userId: actor.userId }, name));
      if (!renamed) throw notFound("passkey");
    },
    async remove(actor, id) {
      const person = recent(actor);
      const removed = await database.write(async (tx) => {
        if (!(await repository.deletePasskey(tx, { id, userId: person.userId }))) return false;
        await forgetCodesWithoutFactor(tx, person.userId);
        await deps.notify(tx, person.userId, "A passkey was removed.");
        await audit.append(tx, changed(person, "passkey.removed", id));
        return true;
      });
      if (!removed) throw notFound("passkey");
    },
  };
}

async function register(
  deps: PasskeyDeps & { notify: NotifyOfChange },
  person: SignedIn,
  site: RelyingParty,
  input: { name: string; answer: BrowserAnswer },
) {
  const { database, clock, audit, oneTime } = deps;
  const name = requirePasskeyName(input.name);
  const challenge = challengeIn(input.answer);
  const token = await database.write((tx) => oneTime.take(tx, "passkey-registration", challenge));
  const verified = token?.userId === person.userId && (await verifyRegistration(site, challenge, input.answer));
  if (!verified) throw passkeyRefused();
  const passkey: Passkey = {
    ...verified,
    id: newId(),
    userId: person.userId,
    name,
    createdAt: instant(clock.now()),
    lastUsedAt: null,
  };
  try {
    const recoveryCodes = await database.exclusively(`accounts.passkeys.${person.userId}`, async (tx) => {
      if ((await repository.listPasskeys(tx, person.userId)).length >= MAX_PASSKEYS)
        throw conflict(`You have ${MAX_PASSKEYS} passkeys: remove one first.`);
      await repository.addPasskey(tx, passkey);
      const codes = await firstRecoveryCodes(deps, tx, person);
      await deps.notify(tx, person.userId, `A passkey was added: ${name}.`);
      await audit.append(tx, changed(person, "passkey.added", passkey.id));
      return codes;
    });
    return { passkey, recoveryCodes };
  } catch (error) {
    if (isUniqueViolation(error)) throw conflict("This passkey is registered already.");
    throw error;
  }
}

/** One text for every answer of a browser that does not hold. */
export const passkeyRefused = (): AppError =>
  new AppError("UNAUTHORIZED", "The passkey could not be checked, or took too long. Try again.");

const changed = (actor: SignedIn, action: string, id: Id): AuditEvent => ({
  action,
  outcome: "success",
  actor,
  subject: { type: "passkey", id },
});

import type { Actor, SignedIn } from "../../../core/actor.ts";
import { type Instant, instant } from "../../../core/clock.ts";
import { conflict, notFound, validationError } from "../../../core/error.ts";
import { requireRecent } from "../../../core/permission.ts";
import type { AuditEvent } from "../../../platform/audit/audit-log.ts";
import type { Queries } from "../../../platform/database/index.ts";
import { requirePerson } from "../user.ts";
import { hashRecoveryCode, newRecoveryCode, RECOVERY_CODES } from "./recovery-code.ts";
import type { NotifyOfChange } from "./notify.ts";
import * as repository from "./repository.ts";
import { type SecondFactor, type SecondFactorDeps, seedPlace, useCode } from "./second-factor.ts";
import { newSeed, readCode } from "./totp.ts";

export interface TwoFactorStatus {
  /** When the authenticator app was enrolled; null without one. */
  authenticatorSince: Instant | null;
  passkeys: number;
  recoveryCodesLeft: number;
}

/**
 * What people do with their authenticator app and recovery codes. Every change throws FORBIDDEN with `reauthenticate` unless it
 * was proved lately who asks.
 */
export interface TwoFactorManagement {
  status(actor: Actor): Promise<TwoFactorStatus>;
  /** A new seed, base32, that counts once `confirm` was given a code of it. CONFLICT when there is an app already. */
  begin(actor: Actor): Promise<{ seed: string }>;
  /** The seed that waits to be confirmed; NOT_FOUND when none does. */
  pending(actor: Actor): Promise<{ seed: string }>;
  /** Throws VALIDATION_ERROR for a wrong code. Answers recovery codes, once, when the person had none. */
  confirm(actor: Actor, code: string): Promise<{ recoveryCodes: string[] | null }>;
  /** Also wants a code of the app, or a recovery code. Recovery codes go with the last factor. */
  disable(actor: Actor, code: string): Promise<void>;
  /** New recovery codes in place of all; CONFLICT without a second factor. */
  renewRecoveryCodes(actor: Actor): Promise<string[]>;
}

export function createTwoFactorManagement(
  deps: SecondFactorDeps & { secondFactor: SecondFactor; notify: NotifyOfChange },
): TwoFactorManagement {
  const { database, clock, sealer, audit, secondFactor } = deps;
  const pending = async (actor: SignedIn) => {
    const totp = await repository.findTotp(database.read, actor.userId);
    if (!totp || totp.confirmedAt !== null) throw notFound("authenticator app waiting for its first code");
    return { totp, seed: sealer.open(totp.secret, seedPlace(actor.userId)) };
  };
  const recent = (actor: Actor): SignedIn => {
    requirePerson(actor);
    requireRecent(actor, clock.now());
    return actor;
  };
  return {
    async status(actor) {
      requirePerson(actor);
      const totp = await repository.findTotp(database.read, actor.userId);
      return {
        authenticatorSince: totp?.confirmedAt ?? null,
        passkeys: await repository.countPasskeys(database.read, actor.userId),
        recoveryCodesLeft: await repository.countRecoveryCodes(database.read, actor.userId),
      };
    },
    async begin(actor) {
      const { userId } = recent(actor);
      const seed = newSeed();
      const row = { userId, secret: sealer.seal(seed, seedPlace(userId)), createdAt: instant(clock.now()) };
      if (!(await database.write((tx) => repository.addTotp(tx, row))))
        throw conflict("You have an authenticator app already: remove it first.");
      return { seed };
    },
    pending: async (actor) => ({ seed: (await pending(recent(actor))).seed }),
    async confirm(actor, typed) {
      const person = recent(actor);
      const { totp } = await pending(person);
      const wrong = validationError({ field: "code", message: "is wrong. Wait for the next one the app shows." });
      await deps.codeLimits.otp.require(person.userId);
      const code = readCode(typed);
      const confirmed =
        code !== null &&
        (await database.write(async (tx) => {
          if (!(await useCode(deps, tx, totp, code))) return null;
          if (!(await repository.confirmTotp(tx, totp, instant(clock.now())))) return null;
          const recoveryCodes = await firstRecoveryCodes(deps, tx, person);
          await deps.notify(tx, person.userId, "An authenticator app was added.");
          await audit.append(tx, changed(person, "authenticator.enrolled"));
          return { recoveryCodes };
        }));
      if (!confirmed) {
        await deps.codeLimits.otp.wrong(person.userId);
        throw wrong;
      }
      await deps.codeLimits.otp.right(person.userId);
      return confirmed;
    },
    async disable(actor, code) {
      const person = recent(actor);
      if ((await secondFactor.prove(person.userId, code)) === null)
        throw validationError({ field: "code", message: "is wrong, or was used before. Wait for the next one." });
      await database.write(async (tx) => {
        if (!(await repository.deleteTotp(tx, person.userId))) return;
        await forgetCodesWithoutFactor(tx, person.userId);
        await deps.notify(tx, person.userId, "The authenticator app was removed.");
        await audit.append(tx, changed(person, "authenticator.removed"));
      });
    },
    async renewRecoveryCodes(actor) {
      const person = recent(actor);
      if (!(await secondFactor.required(person.userId)))
        throw conflict("Recovery codes stand in for a second factor: enrol an authenticator app or a passkey first.");
      return database.write(async (tx) => {
        const codes = await newRecoveryCodes(deps, tx, person.userId);
        await deps.notify(tx, person.userId, "New recovery codes were made.");
        await audit.append(tx, changed(person, "recovery_codes.renewed"));
        return codes;
      });
    },
  };
}

/** Recovery codes for whoever enrolled a first factor; null when the person has some. */
export async function firstRecoveryCodes(
  deps: Pick<SecondFactorDeps, "clock">,
  tx: Queries,
  { userId }: Pick<SignedIn, "userId">,
): Promise<string[] | null> {
  return (await repository.countRecoveryCodes(tx, userId)) > 0 ? null : newRecoveryCodes(deps, tx, userId);
}

async function newRecoveryCodes({ clock }: Pick<SecondFactorDeps, "clock">, tx: Queries, userId: string) {
  const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
  const hashes = codes.map((code) => hashRecoveryCode(userId, code));
  await repository.replaceRecoveryCodes(tx, userId, hashes, instant(clock.now()));
  return codes;
}

/** Recovery codes stand in for another factor: without one they go. */
export async function forgetCodesWithoutFactor(tx: Queries, userId: string): Promise<void> {
  const totp = await repository.findTotp(tx, userId);
  if ((totp && totp.confirmedAt !== null) || (await repository.countPasskeys(tx, userId)) > 0) return;
  await repository.deleteRecoveryCodes(tx, userId);
}

const changed = (actor: SignedIn, action: string): AuditEvent => ({
  action,
  outcome: "success",
  actor,
  subject: { type: "user", id: actor.userId, name: actor.username },
});

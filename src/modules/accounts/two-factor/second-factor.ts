import { ANONYMOUS } from "../../../core/actor.ts";
import { type Clock, instant } from "../../../core/clock.ts";
import { AppError } from "../../../core/error.ts";
import type { Id } from "../../../core/id.ts";
import type { AuditLog } from "../../../platform/audit/audit-log.ts";
import type { Database, Queries } from "../../../platform/database/index.ts";
import type { Sealer } from "../../../platform/sealing/sealer.ts";
import type { GuessLimit } from "../guess-limit.ts";
import { hashRecoveryCode, readRecoveryCode } from "./recovery-code.ts";
import * as repository from "./repository.ts";
import { matchingStep, readCode } from "./totp.ts";

/** What somebody may prove themselves with beside a password, in the order pages offer it. */
export type SecondFactorMethod = "passkey" | "otp" | "recovery";

/** What a person has beside a password. */
export interface SecondFactor {
  /** Whether a password alone does not sign this person in. */
  required(userId: Id): Promise<boolean>;
  /** Empty when nothing is enrolled. */
  methods(userId: Id): Promise<SecondFactorMethod[]>;
  /**
   * Uses a code of the authenticator app or a recovery code up; null when it is wrong or was used before. Of many at once with
   * one code one succeeds. Counts nothing: see `prove`.
   */
  check(tx: Queries, userId: Id, code: string): Promise<"otp" | "recovery" | null>;
  /** The same in a transaction of its own, with wrong codes counted (RATE_LIMIT_EXCEEDED) and noted in the audit log. */
  prove(userId: Id, code: string): Promise<"otp" | "recovery" | null>;
  /**
   * What a sign-in with a right password wants beside it, where there are no pages: null when that was enough. Throws UNAUTHORIZED
   * with `second_factor` and `methods` in its details when a code is missing or wrong; only whoever knows the password learns it.
   */
  demand(userId: Id, code: string | undefined): Promise<"otp" | "recovery" | null>;
}

export interface SecondFactorDeps {
  database: Database;
  clock: Clock;
  sealer: Sealer;
  audit: AuditLog;
  /** Bounds of wrong codes of one account. */
  codeLimits: { otp: GuessLimit; recovery: GuessLimit };
}

/** Where a person's seed is sealed for. */
export const seedPlace = (userId: Id): string => `totp_credentials:${userId}`;

export function createSecondFactor(deps: SecondFactorDeps): SecondFactor {
  const { database, codeLimits } = deps;
  const methods = async (userId: Id): Promise<SecondFactorMethod[]> => {
    const totp = await repository.findTotp(database.read, userId);
    const found: SecondFactorMethod[] = [];
    if ((await repository.countPasskeys(database.read, userId)) > 0) found.push("passkey");
    if (totp && totp.confirmedAt !== null) found.push("otp");
    if (found.length > 0 && (await repository.countRecoveryCodes(database.read, userId)) > 0) found.push("recovery");
    return found;
  };
  const check: SecondFactor["check"] = (tx, userId, code) => checkCode(deps, tx, userId, code);
  const prove: SecondFactor["prove"] = async (userId, code) => {
    const limit = readRecoveryCode(code) === null ? codeLimits.otp : codeLimits.recovery;
    await limit.require(userId);
    const method = await database.write((tx) => check(tx, userId, code));
    if (method !== null) {
      await limit.right(userId);
      return method;
    }
    await limit.wrong(userId);
    const subject = { type: "user", id: userId };
    await deps.audit.record({ action: "second_factor.refused", outcome: "denied", actor: ANONYMOUS, subject });
    return null;
  };
  return {
    required: async (userId) => (await methods(userId)).length > 0,
    methods,
    check,
    prove,
    async demand(userId, code) {
      const possible = await methods(userId);
      if (possible.length === 0) return null;
      if (code === undefined) throw secondFactorNeeded(possible);
      const method = await prove(userId, code);
      if (method === null) throw wrongCode(possible);
      return method;
    },
  };
}

async function checkCode(deps: SecondFactorDeps, tx: Queries, userId: Id, typed: string) {
  const code = readCode(typed);
  if (code !== null) {
    const totp = await repository.findTotp(tx, userId);
    if (!totp || totp.confirmedAt === null) return null;
    return (await useCode(deps, tx, totp, code)) ? "otp" : null;
  }
  const recovery = readRecoveryCode(typed);
  if (recovery === null) return null;
  const at = instant(deps.clock.now());
  if (!(await repository.useRecoveryCode(tx, userId, hashRecoveryCode(userId, recovery), at))) return null;
  const subject = { type: "user", id: userId };
  await deps.audit.append(tx, { action: "recovery_code.used", outcome: "success", actor: ANONYMOUS, subject });
  return "recovery";
}

/** Uses up the code of a seed, confirmed or not. */
export async function useCode(
  deps: Pick<SecondFactorDeps, "clock" | "sealer">,
  tx: Queries,
  totp: repository.TotpRow,
  code: string,
): Promise<boolean> {
  const seed = deps.sealer.open(totp.secret, seedPlace(totp.userId));
  const step = await matchingStep(seed, code, { now: deps.clock.now(), lastStep: totp.lastStep });
  return step !== null && (await repository.useStep(tx, totp.userId, step));
}

/** The password (or a link in a mail) was right; `methods` says what is wanted beside it. */
export const secondFactorNeeded = (methods: readonly SecondFactorMethod[]): AppError =>
  new AppError("UNAUTHORIZED", "This account has a second factor: send a code of it, too.", {
    details: { second_factor: true, methods },
  });

export const wrongCode = (methods: readonly SecondFactorMethod[]): AppError =>
  new AppError("UNAUTHORIZED", "The code is wrong, or was used before. Wait for the next one.", {
    details: { second_factor: true, methods },
  });

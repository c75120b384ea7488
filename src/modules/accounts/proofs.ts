import type { Clock } from "../../core/clock.ts";
import type { RateLedger } from "../../core/rate.ts";
import type { AuditLog } from "../../platform/audit/audit-log.ts";
import type { Database } from "../../platform/database/index.ts";
import type { Mailer } from "../../platform/mail/mailer.ts";
import type { Sealer } from "../../platform/sealing/sealer.ts";
import { createGuessLimit } from "./guess-limit.ts";
import type { OneTimeTokens } from "./one-time-tokens.ts";
import { createPasskeys, type Passkeys } from "./passkeys/passkeys.ts";
import { createPasskeyProof, type PasskeyProof } from "./passkeys/use-passkey.ts";
import { createSecondStep, type SecondStep } from "./second-step.ts";
import type { SignInDeps } from "./sign-in.ts";
import { createSudo, type Sudo } from "./sudo.ts";
import { createTwoFactorManagement, type TwoFactorManagement } from "./two-factor/manage-two-factor.ts";
import { createNotice } from "./two-factor/notify.ts";
import { createSecondFactor, type SecondFactor } from "./two-factor/second-factor.ts";

/** Everything beside a password that somebody proves with who they are. */
export interface Proofs {
  secondFactor: SecondFactor;
  secondStep: SecondStep;
  twoFactor: TwoFactorManagement;
  passkeys: Passkeys;
  passkeyProof: PasskeyProof;
  sudo: Sudo;
}

export function createProofs(deps: {
  database: Database;
  clock: Clock;
  sealer: Sealer;
  audit: AuditLog;
  rates: RateLedger;
  mailer: Mailer;
  origin: () => string;
  oneTime: OneTimeTokens;
  signIn: SignInDeps;
  limitGuesses: boolean;
}): Proofs {
  const limit = (kind: "otp" | "recovery") => createGuessLimit({ kind, rates: deps.rates, enabled: deps.limitGuesses });
  const notify = createNotice(deps);
  const factorDeps = { ...deps, notify, codeLimits: { otp: limit("otp"), recovery: limit("recovery") } };
  const secondFactor = createSecondFactor(factorDeps);
  const passkeyProof = createPasskeyProof(deps);
  return {
    secondFactor,
    secondStep: createSecondStep({ ...deps, secondFactor }),
    twoFactor: createTwoFactorManagement({ ...factorDeps, secondFactor }),
    passkeys: createPasskeys({ ...deps, notify }),
    passkeyProof,
    sudo: createSudo({ ...deps, secondFactor, passkeyProof }),
  };
}

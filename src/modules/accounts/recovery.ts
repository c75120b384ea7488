import type { Clock } from "../../core/clock.ts";
import type { RateLedger } from "../../core/rate.ts";
import type { AuditLog } from "../../platform/audit/audit-log.ts";
import type { Database } from "../../platform/database/index.ts";
import type { JobQueue } from "../../platform/jobs/job-queue.ts";
import type { Mailer } from "../../platform/mail/mailer.ts";
import type { Sealer } from "../../platform/sealing/sealer.ts";
import { createEmailChange, type EmailChange } from "./change-email.ts";
import { createAccountInvitations, type AccountInvitations } from "./invite-account.ts";
import type { OneTimeTokens } from "./one-time-tokens.ts";
import type { AccountsOptions } from "./options.ts";
import { createPasswordReset, type PasswordReset } from "./password-reset.ts";
import { type Registered, register } from "./registration.ts";
import type { SignInDeps } from "./sign-in.ts";
import type { SecondFactor } from "./two-factor/second-factor.ts";
import type { NewAccount } from "./user.ts";
import { createEmailVerification, type EmailVerification } from "./verify-email.ts";

/** How accounts come to be, and how their people come back into them: everything that goes through links in mails. */
export interface Recovery {
  /** See `register` in registration.ts. */
  register(account: NewAccount, invitation?: string | null): Promise<Registered>;
  /** Whether mails go out by themselves; otherwise administrators hand links over. */
  mailDelivers: boolean;
  emailVerification: EmailVerification;
  emailChange: EmailChange;
  passwordReset: PasswordReset;
  invitations: AccountInvitations;
}

export interface RecoveryDeps extends SignInDeps {
  database: Database;
  clock: Clock;
  audit: AuditLog;
  sealer: Sealer;
  rates: RateLedger;
  mailer: Mailer;
  jobs: Pick<JobQueue, "enqueue" | "register">;
  /** Where links in mails lead to, without a slash at the end; never taken from a request. */
  origin: () => string;
  oneTime: OneTimeTokens;
  secondFactor: Pick<SecondFactor, "methods" | "prove">;
  options: Pick<AccountsOptions, "registration" | "registrationDomains" | "verifyEmail">;
}

export function createRecovery(deps: RecoveryDeps): Recovery {
  return {
    register: (account, invitation) => register(deps, account, invitation ?? null),
    mailDelivers: deps.mailer.delivers,
    emailVerification: createEmailVerification(deps),
    emailChange: createEmailChange(deps),
    passwordReset: createPasswordReset(deps),
    invitations: createAccountInvitations(deps),
  };
}

import type { Config } from "./config/index.ts";
import type { Clock } from "./core/clock.ts";
import type { RateLedger } from "./core/rate.ts";
import {
  type Accounts,
  createCapabilityAccess,
  createCommandLines,
  createDeviceSignIn,
  createGuessLimit,
  createTrustedPublishing,
} from "./modules/accounts/index.ts";
import type { AuditLog } from "./platform/audit/audit-log.ts";
import type { Database } from "./platform/database/index.ts";
import { createGuardedFetch } from "./platform/outbound/guarded-fetch.ts";

const MAX_ANSWER = 256 * 1024;
const TIMEOUT_MS = 5000;

export type Access = ReturnType<typeof openAccess>;

/** What signs in or publishes without a password: command lines, CI jobs, keys in addresses. */
export function openAccess(
  config: Config,
  deps: { database: Database; clock: Clock; audit: AuditLog; rates: RateLedger; accounts: Accounts },
) {
  const { accounts, rates } = deps;
  const { apiKeys, tokens, oneTimeTokens: oneTime } = accounts;
  const { enabled } = config.rateLimits;
  const needTwoFactor = config.accounts.requireTwoFactor;
  const { issuers, audience } = config.trustedPublishing;
  return {
    device: createDeviceSignIn({
      ...deps,
      tokens,
      guessLimit: createGuessLimit({ kind: "device-code", rates, enabled }),
    }),
    commandLines: createCommandLines(deps),
    trustedPublishing: createTrustedPublishing({
      ...deps,
      apiKeys,
      oneTime,
      needTwoFactor,
      limitRates: enabled,
      issuers,
      audience: audience || config.server.publicUrl,
      fetch: createGuardedFetch({
        trusted: new Set(issuers.map((issuer) => new URL(issuer).origin)),
        timeoutMs: TIMEOUT_MS,
        maxBytes: MAX_ANSWER,
      }),
    }),
    capabilities: createCapabilityAccess({ ...deps, apiKeys, oneTime, needTwoFactor }),
  };
}

import type { Role } from "../../../core/actor.ts";
import type { Clock } from "../../../core/clock.ts";
import type { RateLedger } from "../../../core/rate.ts";
import type { AuditLog } from "../../../platform/audit/audit-log.ts";
import type { Database } from "../../../platform/database/index.ts";
import type { GuardedFetch } from "../../../platform/outbound/guarded-fetch.ts";
import type { ApiKeys } from "../api-keys.ts";
import type { OneTimeTokens } from "../one-time-tokens.ts";
import { type Exchange, type Exchanged, exchangeToken } from "./exchange-token.ts";
import { createIdTokens } from "./id-tokens.ts";
import { createTrustedPublishers, type TrustedPublishers } from "./manage-publishers.ts";

export type { ListedPublisher } from "./manage-publishers.ts";

export interface TrustedPublishing extends TrustedPublishers {
  /** See `exchangeToken`. */
  exchange(exchange: Exchange): Promise<Exchanged>;
}

export interface TrustedPublishingDeps {
  database: Database;
  clock: Clock;
  audit: AuditLog;
  rates: RateLedger;
  /** Whether exchanges are limited by address. */
  limitRates: boolean;
  apiKeys: ApiKeys;
  oneTime: OneTimeTokens;
  /** Roles that count only with a second factor. */
  needTwoFactor: readonly Role[];
  issuers: readonly string[];
  audience: string;
  /** Reaches the issuers. */
  fetch: GuardedFetch;
}

export function createTrustedPublishing(deps: TrustedPublishingDeps): TrustedPublishing {
  const idTokens = createIdTokens(deps);
  return {
    ...createTrustedPublishers(deps),
    exchange: (exchange) => exchangeToken({ ...deps, idTokens }, exchange),
  };
}

import type { Config } from "./config/index.ts";
import type { Clock } from "./core/clock.ts";
import { registrationRule } from "./app-settings.ts";
import {
  type Accounts,
  createDirectory,
  createProviders,
  createSignOn,
  type LdapOptions,
} from "./modules/accounts/index.ts";
import { createGroupMemberships } from "./modules/organizations/index.ts";
import type { AuditLog } from "./platform/audit/audit-log.ts";
import type { Database } from "./platform/database/index.ts";
import type { Log } from "./platform/telemetry/index.ts";

/** Sign-on through other providers, and what a directory provisions. */
export function openSignOn(
  config: Config,
  deps: {
    database: Database;
    clock: Clock;
    audit: AuditLog;
    log: Log;
    accounts: Accounts;
    mailDelivers: boolean;
    ldap: LdapOptions | null;
  },
) {
  const { database, clock, audit, log, accounts, mailDelivers, ldap } = deps;
  const memberships = createGroupMemberships({ clock });
  return {
    signOn: createSignOn({
      database,
      clock,
      audit,
      memberships,
      mailDelivers,
      oneTime: accounts.oneTimeTokens,
      directoryProvider: config.scim.signOn || null,
      providers: createProviders(config.oidc, {
        clock,
        // A provider's own words stay out of the log but for the reason: they may hold what is personal.
        onProblem: (provider, problem) =>
          log.warn("a sign-on through another provider failed", {
            provider,
            reason: problem instanceof Error ? problem.message.slice(0, 300) : "unknown",
          }),
      }),
      vouchers: ldap ? [ldap.voucher] : [],
      mayRegister: registrationRule(config),
    }),
    directory: createDirectory({ database, clock, audit, memberships, rules: config.scim.groups }),
  };
}

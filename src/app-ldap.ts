import { readFileSync } from "node:fs";
import type { Config } from "./config/index.ts";
import type { Clock } from "./core/clock.ts";
import type { LdapOptions } from "./modules/accounts/index.ts";
import { createGroupMemberships } from "./modules/organizations/index.ts";
import { registrationRule } from "./app-settings.ts";
import { createLdapDirectory } from "./platform/ldap/ldapts-directory.ts";
import type { Log } from "./platform/telemetry/index.ts";

/** Signing in with a directory's passwords; null when none is configured. Throws when the file of certificates cannot be read. */
export function openLdap(config: Config, deps: { clock: Clock; log: Log; mailDelivers: boolean }): LdapOptions | null {
  const { ldap } = config;
  if (ldap.url === "") return null;
  const { hostname, protocol } = new URL(ldap.url);
  const { label, createAccounts, trustEmail, groups, ca, timeout, security, ...settings } = ldap;
  return {
    directory: createLdapDirectory({
      ...settings,
      security: protocol === "ldaps:" ? "tls" : security,
      ca: ca === "" ? null : readFileSync(ca, "utf8"),
      timeoutMs: timeout,
    }),
    voucher: { name: "ldap", label: label || hostname, settings: { createAccounts, trustEmail, groups } },
    memberships: createGroupMemberships(deps),
    directoryProvider: null,
    mailDelivers: deps.mailDelivers,
    mayRegister: registrationRule(config),
    // It may hold a person's distinguished name, but never the password.
    onProblem: ({ message }) => deps.log.warn("the LDAP directory failed", { reason: message.slice(0, 300) }),
  };
}

import type { LdapGroup, LdapPerson } from "../../../platform/ldap/ldap-directory.ts";
import type { ExternalPerson } from "../sign-on/provider.ts";
import type { Voucher } from "../sign-on/reconcile.ts";
import { emailProblem } from "../user.ts";

/** The provider's name of identities that a directory vouches for, and of what its groups gave. */
export const LDAP = "ldap";

/** A directory's person for the rules of accounts. Its addresses count as verified where the configuration trusts them. */
export function externalPerson(
  person: LdapPerson,
  from: { issuer: string; settings: Voucher["settings"] },
): ExternalPerson {
  const email = person.email.normalize("NFC");
  const known = emailProblem(email) === null;
  return {
    provider: LDAP,
    issuer: from.issuer,
    subject: person.id,
    otherIds: [],
    email: known ? email : "",
    emailVerified: known && from.settings.trustEmail,
    nameHint: person.username,
    displayName: person.name,
    groups: person.groups && groupsInRules(from.settings.groups, person.groups),
    twoFactor: false,
    authenticatedAt: null,
  };
}

/** How names are compared: case and blanks around the separators of distinguished names mean nothing (RFC 4514, RFC 4518). */
const folded = (name: string): string =>
  name
    .replace(/\s*(?<!\\)([,=+])\s*/g, "$1")
    .trim()
    .toLowerCase();

/**
 * The person's groups as the rules spell them. A rule with `=` names a distinguished name, any other a `cn`: a group whose `cn`
 * looks like another's distinguished name is not that one.
 */
export function groupsInRules(rules: Voucher["settings"]["groups"], groups: readonly LdapGroup[]): string[] {
  const dns = new Set(groups.map(({ dn }) => folded(dn)));
  const names = new Set(groups.map(({ name }) => folded(name)));
  return Object.keys(rules).filter((rule) => (rule.includes("=") ? dns : names).has(folded(rule)));
}

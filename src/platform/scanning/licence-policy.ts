import type { Finding, Scanner } from "./scanner.ts";

const NAME = "licence-policy";

export interface LicencePolicy {
  /** SPDX identifiers, or prefixes ending in `*`; empty allows every licence that is not denied. */
  allow: readonly string[];
  deny: readonly string[];
}

/** Says when a version declares no licence, one the policy does not allow, or one it denies. */
export function createLicencePolicyScanner(policy: LicencePolicy): Scanner {
  return {
    name: NAME,
    version: `1.${Bun.hash.crc32(JSON.stringify(policy)).toString(16)}`,
    async scan(target) {
      if (target.license === null) {
        return [
          finding(
            "missing",
            policy.allow.length > 0 ? "high" : "info",
            null,
            "Declares no licence, so nobody may use it.",
            "Name an SPDX licence in the metadata, or add a LICENSE file.",
          ),
        ];
      }
      const terms = termsOf(target.license);
      const denied = terms.filter((term) => matches(term, policy.deny));
      // `A OR B` leaves the choice: one acceptable branch is enough.
      const branches = branchesOf(target.license);
      const free = branches.some((branch) => termsOf(branch).every((term) => !matches(term, policy.deny)));
      if (denied.length > 0 && !free) {
        return [
          finding(
            "denied",
            "critical",
            target.license,
            `The licence ${denied.join(", ")} is denied by this server's policy.`,
            "Choose another licence, or ask the administrators of this server.",
          ),
        ];
      }
      const unknown = terms.filter((term) => policy.allow.length > 0 && !matches(term, policy.allow));
      const allowed = branches.some((branch) =>
        termsOf(branch).every((term) => policy.allow.length === 0 || matches(term, policy.allow)),
      );
      if (unknown.length > 0 && !allowed) {
        return [
          finding(
            "not-allowed",
            "high",
            target.license,
            `The licence ${unknown.join(", ")} is not on this server's list.`,
            `Choose one of ${policy.allow.join(", ")}, or ask the administrators of this server.`,
          ),
        ];
      }
      return [];
    },
  };
}

function finding(
  id: string,
  severity: Finding["severity"],
  license: string | null,
  message: string,
  remedy: string,
): Finding {
  return {
    scanner: NAME,
    ruleId: `${NAME}/${id}`,
    severity,
    category: "licence",
    path: null,
    line: null,
    column: null,
    excerpt: (license ?? "").slice(0, 200),
    message,
    remedy,
  };
}

const termsOf = (expression: string): string[] =>
  expression.split(/[\s()]+/).filter((term) => term !== "" && !/^(?:AND|OR|WITH)$/i.test(term));

/** The alternatives of an expression without parentheses; one with parentheses is taken as a whole. */
const branchesOf = (expression: string): string[] =>
  expression.includes("(") ? [expression] : expression.split(/ OR /i);

const matches = (term: string, list: readonly string[]): boolean => {
  const name = term.toLowerCase().replace(/\+$/, "");
  return list.some((entry) => {
    const wanted = entry.toLowerCase();
    return wanted.endsWith("*") ? name.startsWith(wanted.slice(0, -1)) : name === wanted;
  });
};

import { incompatibility, type Terms, termsOfExpression } from "../../core/licence-terms.ts";
import { alternativesOf } from "../../core/spdx.ts";
import { type StatedLicence, statedLicences } from "./licence-policy-files.ts";
import type { Finding, Scanner } from "./scanner.ts";

const NAME = "licence-policy";

/** Every rule of the scanner, in the order of its page. */
export const LICENCE_RULES = [
  "missing",
  "denied",
  "not-allowed",
  "denied-within",
  "text-disagrees",
  "metadata-disagrees",
  "header-disagrees",
  "limited-use",
] as const;

export interface LicencePolicy {
  /** SPDX identifiers, or prefixes ending in `*`; empty allows every licence that is not denied. */
  allow: readonly string[];
  deny: readonly string[];
}

/** Says when a version declares no licence, one the policy denies or does not allow, or another than its files hold. */
export function createLicencePolicyScanner(policy: LicencePolicy): Scanner {
  return {
    name: NAME,
    version: `2.${Bun.hash.crc32(JSON.stringify(policy)).toString(16)}`,
    async scan(target, signal) {
      const stated = await statedLicences(target, signal);
      return [
        ...judgeDeclared(target.license, policy),
        ...judgeStated(target.license, stated, policy),
        ...limits(target.license),
      ];
    },
  };
}

function judgeDeclared(license: string | null, policy: LicencePolicy): Finding[] {
  if (license === null) {
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
  // `A OR B` leaves the choice: one acceptable alternative is enough.
  const alternatives = alternativesOf(license) ?? [[license]];
  const denied = new Set(alternatives.flat().filter((term) => matches(term, policy.deny)));
  if (alternatives.every((terms) => terms.some((term) => denied.has(term)))) {
    return [
      finding(
        "denied",
        "critical",
        license,
        `The licence ${[...denied].join(", ")} is denied by this server's policy.`,
        "Choose another licence, or ask the administrators of this server.",
      ),
    ];
  }
  const unknown = new Set(
    alternatives.flat().filter((term) => policy.allow.length > 0 && !matches(term, policy.allow)),
  );
  if (alternatives.every((terms) => terms.some((term) => unknown.has(term)))) {
    return [
      finding(
        "not-allowed",
        "high",
        license,
        `The licence ${[...unknown].join(", ")} is not on this server's list.`,
        `Choose one of ${policy.allow.join(", ")}, or ask the administrators of this server.`,
      ),
    ];
  }
  return [];
}

/** What the files say beside the declaration; a file in a folder speaks of what lies there, and not of the whole. */
function judgeStated(license: string | null, stated: readonly StatedLicence[], policy: LicencePolicy): Finding[] {
  const findings: Finding[] = [];
  const told = new Set<string>();
  for (const { id, path, line, how } of stated) {
    const ids = (alternativesOf(id) ?? [[id]]).flat();
    const denied = ids.filter((term) => matches(term, policy.deny));
    const covered = license !== null && ids.every((term) => covers(license, term));
    const key = `${how} ${id}`;
    if (told.has(key) || (covered && denied.length === 0)) continue;
    told.add(key);
    const place = { path, line };
    if (denied.length > 0 && !covered) {
      const message = `Holds what is under ${denied.join(", ")}, which this server's policy denies, and declares ${license ?? "no licence"}.`;
      findings.push({
        ...finding("denied-within", "high", id, message, "Take it out, or ask the administrators of this server."),
        ...place,
      });
    } else if (license !== null && !covered) findings.push({ ...disagreement(how, id, license), ...place });
  }
  return findings;
}

function disagreement(how: StatedLicence["how"], id: string, license: string): Finding {
  const remedy = `Declare what holds: ${id}, ${license}, or both with AND or OR.`;
  if (how === "text")
    return finding(
      "text-disagrees",
      "medium",
      id,
      `Is the text of ${id}, but the version declares ${license}.`,
      remedy,
    );
  if (how === "metadata")
    return finding(
      "metadata-disagrees",
      "low",
      id,
      `Names the licence ${id}, but the version declares ${license}.`,
      remedy,
    );
  const severity = incompatibility(license, id) === null ? "info" : "low";
  return finding(
    "header-disagrees",
    severity,
    id,
    `Is under ${id} by its own header, but the version declares ${license}.`,
    remedy,
  );
}

const LIMITS: Partial<Record<Terms, string>> = {
  "non-commercial": "may not be used commercially",
  "no-derivatives": "may not be passed on in a changed form",
  "use-limits": "may not be used for everything: the licence lists uses that it forbids or limits",
  proprietary: "may be used only as its owner allows",
};

/** What a reader should know before using it. */
function limits(license: string | null): Finding[] {
  const limit = LIMITS[termsOfExpression(license)];
  return limit === undefined
    ? []
    : [finding("limited-use", "info", license, `It ${limit}.`, "Nothing has to be done; readers are told.")];
}

function finding(
  id: (typeof LICENCE_RULES)[number],
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

/** `GPL-3.0-or-later` is declared beside the same text as `GPL-3.0-only`. */
function covers(license: string, id: string): boolean {
  const base = (text: string) => text.toLowerCase().replace(/-(?:only|or-later)$|\+$/, "");
  return (alternativesOf(license) ?? [[license]]).flat().some((term) => base(term) === base(id));
}

const matches = (term: string, list: readonly string[]): boolean => {
  const name = term.toLowerCase().replace(/\+$/, "");
  return list.some((entry) => {
    const wanted = entry.toLowerCase();
    return wanted.endsWith("*") ? name.startsWith(wanted.slice(0, -1)) : name === wanted;
  });
};

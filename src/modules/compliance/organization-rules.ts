import { CAPABILITY_KINDS, type CapabilityKind } from "../../core/capability.ts";
import { type FieldProblem, validationError } from "../../core/error.ts";
import { SEVERITIES } from "../../core/kind.ts";
import { LICENCE_ENTRY } from "../../core/licence-list.ts";
import {
  type Consequence,
  FIRST_PUBLICATIONS,
  type FirstPublication,
  isStronger,
  type Least,
  mergePolicies,
  type Policy,
} from "./policy.ts";

/** What an organization asks of its versions beyond the server's policy; what it leaves out it leaves to the server. */
export interface OrganizationRules {
  warn: Least | null;
  review: Least | null;
  block: Least | null;
  vulnerabilities: Exclude<Consequence, "pass"> | null;
  /** In the order in which they were written. */
  rules: readonly (readonly [rule: string, consequence: Exclude<Consequence, "pass">])[];
  licensesAllow: readonly string[];
  licensesDeny: readonly string[];
  reviewFirstPublication: FirstPublication;
  reviewCapabilityIncrease: readonly CapabilityKind[];
}

/** The flags that stand beside them. */
export interface OrganizationFlags {
  requireSignature: boolean;
  requireReview: boolean;
}

export const NO_ORGANIZATION_RULES: OrganizationRules = {
  warn: null,
  review: null,
  block: null,
  vulnerabilities: null,
  rules: [],
  licensesAllow: [],
  licensesDeny: [],
  reviewFirstPublication: "none",
  reviewCapabilityIncrease: [],
};

/** What an organization may say that a rule's findings lead to: less than the server's policy is not among it. */
export const STRICTER: readonly Exclude<Consequence, "pass">[] = ["warn", "review", "block"];

const KEYS = Object.keys(organizationRulesWire(NO_ORGANIZATION_RULES));
const MAX_ENTRIES = 200;
const MAX_RULE = 128;
/** A rule's id, or a beginning and `*`. */
const RULE_NAME = /^[a-z0-9][a-z0-9._-]*(\/[A-Za-z0-9._-]+)*(\/?\*)?$/;

/** The rules as the API and the database write them. */
export function organizationRulesWire(rules: OrganizationRules) {
  return {
    warn: rules.warn,
    review: rules.review,
    block: rules.block,
    vulnerabilities: rules.vulnerabilities,
    rules: Object.fromEntries(rules.rules),
    licenses_allow: [...rules.licensesAllow],
    licenses_deny: [...rules.licensesDeny],
    review_first_publication: rules.reviewFirstPublication,
    review_capability_increase: [...rules.reviewCapabilityIncrease],
  };
}

/** Reads the rules as they are written; what is missing or null asks nothing. Throws VALIDATION_ERROR with every wrong field. */
export function readOrganizationRules(written: Readonly<Record<string, unknown>>): OrganizationRules {
  const problems: FieldProblem[] = [];
  const wrong = (field: string, message: string) => void problems.push({ field, message });
  const one = <T extends string>(field: string, words: readonly T[]): T | null => {
    const value = written[field] ?? null;
    if (value === null || (words as readonly unknown[]).includes(value)) return value as T | null;
    wrong(field, `must be one of ${words.join(", ")}.`);
    return null;
  };
  const list = (field: string, fits: (item: string) => boolean, what: string): string[] => {
    const value = written[field] ?? [];
    if (!Array.isArray(value) || value.length > MAX_ENTRIES) wrong(field, `must be a list of at most ${MAX_ENTRIES}.`);
    else if (!value.every((item) => typeof item === "string" && item.length <= MAX_RULE && fits(item)))
      wrong(field, `must hold ${what}.`);
    else return [...new Set(value as string[])];
    return [];
  };
  for (const key of Object.keys(written))
    if (!KEYS.includes(key)) wrong(key.slice(0, MAX_RULE), `is no part of a policy; these are: ${KEYS.join(", ")}.`);
  const least: readonly Least[] = ["none", ...SEVERITIES];
  const kinds: readonly string[] = CAPABILITY_KINDS;
  const read: OrganizationRules = {
    warn: one("warn", least),
    review: one("review", least),
    block: one("block", least),
    vulnerabilities: one("vulnerabilities", STRICTER),
    rules: rulesIn(written["rules"] ?? {}, wrong),
    licensesAllow: list(
      "licenses_allow",
      isLicence,
      "SPDX identifiers such as Apache-2.0, or beginnings such as CC-BY-*",
    ),
    licensesDeny: list(
      "licenses_deny",
      isLicence,
      "SPDX identifiers such as AGPL-3.0-only, or beginnings such as GPL-*",
    ),
    reviewFirstPublication: one("review_first_publication", FIRST_PUBLICATIONS) ?? "none",
    reviewCapabilityIncrease: list(
      "review_capability_increase",
      (item) => kinds.includes(item),
      `kinds of abilities: ${kinds.join(", ")}`,
    ) as CapabilityKind[],
  };
  const both = read.licensesAllow.find((licence) => read.licensesDeny.includes(licence));
  if (both !== undefined) wrong("licenses_deny", `"${both}" is also in licenses_allow.`);
  if (problems.length > 0) throw validationError(...problems);
  return read;
}

const isLicence = (item: string): boolean => LICENCE_ENTRY.test(item);

function rulesIn(value: unknown, wrong: (field: string, message: string) => void): OrganizationRules["rules"] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    wrong("rules", 'must be a table of rules, as in {"secrets/*": "block"}.');
    return [];
  }
  const entries = Object.entries(value);
  if (entries.length > MAX_ENTRIES) wrong("rules", `at most ${MAX_ENTRIES} can be named.`);
  return entries.slice(0, MAX_ENTRIES).flatMap(([rule, consequence]) => {
    const field = `rules.${rule.slice(0, MAX_RULE)}`;
    if (rule.length > MAX_RULE || !RULE_NAME.test(rule))
      wrong(field, "is not a rule such as secrets/aws-access-key or secrets/*.");
    else if (!(STRICTER as readonly unknown[]).includes(consequence))
      wrong(
        field,
        `must be one of ${STRICTER.join(", ")}: an organization can ask for more than the server, not for less.`,
      );
    else return [[rule, consequence as Exclude<Consequence, "pass">] as const];
    return [];
  });
}

/** Throws VALIDATION_ERROR for what would be weaker than the server's policy, and so would change nothing. */
export function requireStricter(rules: OrganizationRules, server: Policy): void {
  const problems: FieldProblem[] = [];
  for (const layer of server.layers) {
    for (const field of ["warn", "review", "block"] as const) {
      const own = rules[field];
      if (own !== null && layer[field] !== "none" && rankOf(own) > rankOf(layer[field]))
        problems.push({ field, message: `this server asks for "${layer[field]}" already; "${own}" would be weaker.` });
    }
    const { vulnerabilities } = rules;
    if (vulnerabilities && layer.vulnerabilities && isStronger(layer.vulnerabilities, vulnerabilities))
      problems.push({ field: "vulnerabilities", message: `this server says "${layer.vulnerabilities}" already.` });
    for (const [rule, consequence] of rules.rules) {
      const said = layer.rules.get(rule);
      if (said !== undefined && isStronger(said, consequence))
        problems.push({ field: `rules.${rule}`, message: `this server says "${said}" already.` });
    }
  }
  if (problems.length > 0) throw validationError(...problems);
}

/** `none` is the weakest of all thresholds. */
const rankOf = (least: Least): number => (least === "none" ? SEVERITIES.length : SEVERITIES.indexOf(least));

/** What an organization asks, as a policy that asks nothing else. */
export const policyOfOrganization = (rules: OrganizationRules, flags: OrganizationFlags): Policy => ({
  layers: [
    {
      of: "organization",
      warn: rules.warn ?? "none",
      review: rules.review ?? "none",
      block: rules.block ?? "none",
      vulnerabilities: rules.vulnerabilities,
      rules: new Map(rules.rules),
      licences: { allow: rules.licensesAllow, deny: rules.licensesDeny },
    },
  ],
  requireSignature: false,
  ofNew: { signature: flags.requireSignature, review: flags.requireReview },
  reviewFirstPublication: rules.reviewFirstPublication,
  reviewCapabilityIncrease: rules.reviewCapabilityIncrease,
  override: "moderator",
  suppressionLifetimeMs: Number.POSITIVE_INFINITY,
});

/** What a namespace's owner asks beyond the server's policy. */
export interface NamespacePolicy extends OrganizationFlags {
  rules: OrganizationRules;
}

/** What a version is judged by: the server's policy and, where an organization owns it, that one's. */
export const effectivePolicy = (server: Policy, owner: NamespacePolicy | null): Policy =>
  owner === null ? server : mergePolicies(server, policyOfOrganization(owner.rules, owner));

/** A policy as text that is equal for equal policies: to notice that another one was configured. */
export const fingerprintOf = (policy: Policy): string =>
  JSON.stringify({
    ...policy,
    layers: policy.layers.map((layer) => ({
      ...layer,
      rules: [...layer.rules].sort(([a], [b]) => (a < b ? -1 : 1)),
    })),
  });

import type { Actor } from "../../core/actor.ts";
import { CAPABILITY_KINDS, type CapabilityKind, REVIEWED_CAPABILITIES } from "../../core/capability.ts";
import { DAY } from "../../core/clock.ts";
import { SEVERITIES, type Severity } from "../../core/kind.ts";
import type { LicenceLists } from "../../core/licence-list.ts";
import { hasScope, isAdmin, isModerator } from "../../core/permission.ts";
import type { Finding } from "../../platform/scanning/scanner.ts";

/** What a rule's finding leads to, from nothing to refusal. */
export const CONSEQUENCES = ["pass", "warn", "review", "block"] as const;
export type Consequence = (typeof CONSEQUENCES)[number];

/** Which first versions a moderator sees, each including the one before: of who has published nothing yet, or of each asset. */
export const FIRST_PUBLICATIONS = ["none", "publisher", "asset"] as const;
export type FirstPublication = (typeof FIRST_PUBLICATIONS)[number];

export const OVERRIDERS = ["moderator", "admin"] as const;

/** A least severity; `none`: no severity leads there. */
export type Least = Severity | "none";

/** What findings lead to in the eyes of one who may say so. */
export interface FindingRules {
  /** Whose they are, as the explanation names them. */
  of: "server" | "organization";
  warn: Least;
  review: Least;
  block: Least;
  /** What known vulnerabilities lead to, whatever their severity; null: their severity counts. */
  vulnerabilities: Consequence | null;
  /** A rule's id, or a prefix ending in `*`, and what its findings lead to whatever their severity. */
  rules: ReadonlyMap<string, Consequence>;
  /** Licences beyond those that a scanner looks at. */
  licences: LicenceLists;
}

/** Everything that a version is judged by. */
export interface Policy {
  /** What a finding leads to is the strongest that any of them says. */
  layers: readonly FindingRules[];
  /** A version without a valid signature goes to a moderator, whenever it is judged. */
  requireSignature: boolean;
  /** What is asked of versions that are not out yet. */
  ofNew: { signature: boolean; review: boolean };
  reviewFirstPublication: FirstPublication;
  /** Kinds of abilities that send a version to a moderator when the version before did not have them. */
  reviewCapabilityIncrease: readonly CapabilityKind[];
  /** Who may let a blocked version through. */
  override: (typeof OVERRIDERS)[number];
  /** How long an accepted explanation holds for new versions. */
  suppressionLifetimeMs: number;
}

/** `[policy]` of the configuration: least severities, or `none`; `ignore` is what the policy calls `pass`. */
export interface PolicySettings {
  warn: Least;
  review: Least;
  block: Least;
  vulnerabilities: Consequence | "ignore";
  rules: Readonly<Record<string, Consequence | "ignore">>;
  requireSignature: boolean;
  reviewFirstPublication: FirstPublication;
  reviewCapabilityIncrease: readonly CapabilityKind[];
  override: (typeof OVERRIDERS)[number];
  suppressionLifetime: number;
}

export const DEFAULT_POLICY_SETTINGS: PolicySettings = {
  warn: "low",
  review: "high",
  block: "critical",
  vulnerabilities: "warn",
  rules: {},
  requireSignature: false,
  reviewFirstPublication: "none",
  reviewCapabilityIncrease: REVIEWED_CAPABILITIES,
  override: "admin",
  suppressionLifetime: 365 * DAY,
};

const named = (meaning: Consequence | "ignore"): Consequence => (meaning === "ignore" ? "pass" : meaning);

/** The policy that the configuration's `[policy]` stands for. */
export function policyOf(settings: PolicySettings): Policy {
  return {
    layers: [
      {
        of: "server",
        warn: settings.warn,
        review: settings.review,
        block: settings.block,
        vulnerabilities: named(settings.vulnerabilities),
        rules: new Map(Object.entries(settings.rules).map(([rule, meaning]) => [rule, named(meaning)])),
        licences: { allow: [], deny: [] },
      },
    ],
    requireSignature: settings.requireSignature,
    ofNew: { signature: false, review: false },
    reviewFirstPublication: settings.reviewFirstPublication,
    reviewCapabilityIncrease: settings.reviewCapabilityIncrease,
    override: settings.override,
    suppressionLifetimeMs: settings.suppressionLifetime,
  };
}

/** Both at once: whatever one of them asks is asked, so that nothing passes the whole that one of the two would have held. */
export function mergePolicies(one: Policy, other: Policy): Policy {
  const kinds = new Set([...one.reviewCapabilityIncrease, ...other.reviewCapabilityIncrease]);
  return {
    layers: [...one.layers, ...other.layers],
    requireSignature: one.requireSignature || other.requireSignature,
    ofNew: {
      signature: one.ofNew.signature || other.ofNew.signature,
      review: one.ofNew.review || other.ofNew.review,
    },
    reviewFirstPublication: later(FIRST_PUBLICATIONS, one.reviewFirstPublication, other.reviewFirstPublication),
    reviewCapabilityIncrease: CAPABILITY_KINDS.filter((kind) => kinds.has(kind)),
    override: later(OVERRIDERS, one.override, other.override),
    suppressionLifetimeMs: Math.min(one.suppressionLifetimeMs, other.suppressionLifetimeMs),
  };
}

const later = <T>(order: readonly T[], a: T, b: T): T => (order.indexOf(a) > order.indexOf(b) ? a : b);

/** What a finding leads to, and the setting that says so, for people. */
export interface Explained {
  consequence: Consequence;
  because: string;
}

type Judgeable = Pick<Finding, "ruleId" | "severity" | "category">;

/** The strongest that a layer of the policy says of a finding; of equals the first. */
export function consequenceOf(finding: Judgeable, policy: Policy): Explained {
  const [first, ...rest] = policy.layers.map((layer) => saidBy(layer, finding));
  return rest.reduce(
    (strongest, said) => (isStronger(said.consequence, strongest.consequence) ? said : strongest),
    first ?? { consequence: "block", because: "no policy" },
  );
}

export const isStronger = (one: Consequence, other: Consequence): boolean =>
  CONSEQUENCES.indexOf(one) > CONSEQUENCES.indexOf(other);

/** A rule's own setting, else the longest matching prefix, else that of its class, else what its severity leads to. */
function saidBy(layer: FindingRules, finding: Judgeable): Explained {
  const whose = layer.of === "server" ? "policy." : "the organization's policy: ";
  const rule = ruleFor(layer.rules, finding.ruleId);
  if (rule !== null) {
    const consequence = layer.rules.get(rule)!;
    return { consequence, because: `${whose}rules "${rule}" = "${consequence}"` };
  }
  if (layer.vulnerabilities !== null && isVulnerability(finding))
    return { consequence: layer.vulnerabilities, because: `${whose}vulnerabilities = "${layer.vulnerabilities}"` };
  for (const consequence of ["block", "review", "warn"] as const)
    if (reaches(finding.severity, layer[consequence]))
      return { consequence, because: `${whose}${consequence} = "${layer[consequence]}"` };
  return { consequence: "pass", because: `severity ${finding.severity}` };
}

function ruleFor(rules: ReadonlyMap<string, Consequence>, ruleId: string): string | null {
  if (rules.has(ruleId)) return ruleId;
  const prefixes = [...rules.keys()].filter((rule) => rule.endsWith("*") && ruleId.startsWith(rule.slice(0, -1)));
  return prefixes.sort((a, b) => b.length - a.length)[0] ?? null;
}

/** Known holes in packages that somebody else made; packages that are malicious themselves (`MAL-`) are judged by their severity. */
const isVulnerability = ({ category, ruleId }: Judgeable): boolean =>
  category === "vulnerability" && !/(?:^|\/)mal-/i.test(ruleId);

export const reaches = (severity: Severity, least: Least): boolean =>
  least !== "none" && SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);

/** Whether the actor may let through what the policy blocks. */
export const mayOverride = (actor: Actor, policy: Pick<Policy, "override">): boolean =>
  hasScope(actor, "admin") && (policy.override === "moderator" ? isModerator(actor) : isAdmin(actor));

import { CAPABILITY_TEXT, type CapabilityKind, REVIEWED_CAPABILITIES } from "../../core/capability.ts";
import { SEVERITIES, type Severity } from "../../core/kind.ts";
import type { Finding, ScannerOutcome, ScanReport } from "../../platform/scanning/scanner.ts";
import type { CapabilityIncrease } from "./capability-increase.ts";

/** What a rule's finding leads to, from nothing to refusal. */
export const CONSEQUENCES = ["pass", "warn", "review", "block"] as const;
export type Consequence = (typeof CONSEQUENCES)[number];

/** `[policy]` of the configuration, as the rules below use it. */
export interface Policy {
  /** Severities that refuse a version. */
  block: readonly Severity[];
  /** Severities that send a version to a moderator. */
  review: readonly Severity[];
  /** A rule's id, or a prefix ending in `*`, and what its findings lead to whatever their severity. */
  rules: Readonly<Record<string, Consequence>>;
  /** A version without a valid signature goes to a moderator. */
  requireSignature: boolean;
  /** Kinds of abilities that send a version to a moderator when the version before did not have them. */
  reviewCapabilityIncrease: readonly CapabilityKind[];
}

/** `[policy]` as it is written: a least severity, or `none`; `ignore` is what the policy calls `pass`. */
export interface PolicySettings {
  block: Severity | "none";
  review: Severity | "none";
  rules: Readonly<Record<string, Consequence | "ignore">>;
  requireSignature: boolean;
  reviewCapabilityIncrease: readonly CapabilityKind[];
}

export const DEFAULT_POLICY_SETTINGS: PolicySettings = {
  block: "critical",
  review: "high",
  rules: {},
  requireSignature: false,
  reviewCapabilityIncrease: REVIEWED_CAPABILITIES,
};

/** The policy that the configuration's `[policy]` stands for. */
export function policyOf(settings: PolicySettings): Policy {
  const from = (least: Severity | "none") => (least === "none" ? [] : SEVERITIES.slice(SEVERITIES.indexOf(least)));
  return {
    block: from(settings.block),
    review: from(settings.review),
    rules: Object.fromEntries(
      Object.entries(settings.rules).map(([rule, meaning]) => [rule, meaning === "ignore" ? "pass" : meaning]),
    ),
    requireSignature: settings.requireSignature,
    reviewCapabilityIncrease: settings.reviewCapabilityIncrease,
  };
}

declare const proof: unique symbol;
/** A report in which every expected scanner, at its expected version, completed: the only thing that can be judged. */
export type CompleteReport = ScanReport & { readonly [proof]: true };

/** Why a report says nothing about a version, fit for administrators. */
export interface IncompleteReport {
  reason: string;
  /** Scanners that did not complete; empty when none is configured at all. */
  scanners: string[];
}

/**
 * Tells a whole report from one that must not be judged: no scanner expected, one missing, in another version, twice,
 * or one that failed or timed out. A failed scan is retried; it never becomes a verdict.
 */
export function completeReport(
  report: ScanReport,
  expected: readonly { name: string; version: string }[],
): { complete: CompleteReport } | { incomplete: IncompleteReport } {
  if (expected.length === 0) {
    return { incomplete: { reason: "No scanner is configured, so nothing can pass.", scanners: [] } };
  }
  const problems = expected.flatMap((scanner) => {
    const problem = problemOf(
      scanner,
      report.outcomes.filter((outcome) => outcome.scanner === scanner.name),
    );
    return problem === null ? [] : [{ name: scanner.name, problem }];
  });
  const names = new Set(expected.map((scanner) => scanner.name));
  for (const outcome of report.outcomes) {
    if (!names.has(outcome.scanner)) problems.push({ name: outcome.scanner, problem: "was not expected" });
  }
  if (problems.length === 0) return { complete: report as CompleteReport };
  return {
    incomplete: {
      reason: problems.map((problem) => `${problem.name} ${problem.problem}`).join("; "),
      scanners: problems.map((problem) => problem.name),
    },
  };
}

function problemOf(expected: { version: string }, outcomes: readonly ScannerOutcome[]): string | null {
  const [outcome] = outcomes;
  if (outcome === undefined) return "gave no result";
  if (outcomes.length > 1) return "gave more than one result";
  if (outcome.version !== expected.version) return `ran as version ${outcome.version}, not ${expected.version}`;
  switch (outcome.state) {
    case "completed":
      return null;
    case "failed":
      return `failed: ${outcome.error ?? "no reason given"}`;
    case "timed-out":
      return "took too long";
    case "missing":
      return "is missing";
    default:
      return "ended in an unknown state";
  }
}

/** What an organization asks of new versions of its assets, beyond the server's policy. */
export interface NamespacePolicy {
  /** A version without a valid signature goes to a moderator. */
  requireSignature: boolean;
  /** Every version goes to a moderator. */
  requireReview: boolean;
}

/** What a judgement needs to know of a version beside its report. */
export interface JudgedFacts {
  signed: boolean;
  /** Of a version that was not released before: an organization's wish does not call back what is out already. */
  owner: NamespacePolicy | null;
  /** What it gained over the version before, of the kinds that the policy names; null for nothing, and for what is out already. */
  increase: CapabilityIncrease | null;
}

export interface Judgement {
  verdict: "passed" | "review" | "blocked";
  /** One sentence for the publisher. */
  reason: string;
  /** What each finding led to, in the report's order. */
  byFinding: Consequence[];
}

/** What the policy makes of a whole report. Takes no other, so that an error cannot turn into a pass. */
export function judge(report: CompleteReport, policy: Policy, facts: JudgedFacts): Judgement {
  const byFinding = report.findings.map((finding) => consequenceOf(finding, policy));
  const blocking = report.findings.filter((_finding, i) => byFinding[i] === "block");
  const reviewing = report.findings.filter((_finding, i) => byFinding[i] === "review");
  if (blocking.length > 0) return { verdict: "blocked", reason: `Blocked: ${summary(blocking)}`, byFinding };
  if (reviewing.length > 0)
    return { verdict: "review", reason: `A moderator will look at it: ${summary(reviewing)}`, byFinding };
  if (facts.increase) return { verdict: "review", reason: gainedReason(facts.increase), byFinding };
  if (policy.requireSignature && !facts.signed) {
    return { verdict: "review", reason: "A moderator will look at it: this server asks for a signature.", byFinding };
  }
  if (facts.owner?.requireReview)
    return { verdict: "review", reason: "A moderator will look at it: its organization asks for a review.", byFinding };
  if (facts.owner?.requireSignature && !facts.signed)
    return {
      verdict: "review",
      reason: "A moderator will look at it: its organization asks for a signature.",
      byFinding,
    };
  const warnings = byFinding.filter((consequence) => consequence === "warn").length;
  return {
    verdict: "passed",
    reason: warnings === 0 ? "Nothing was found." : `Passed with ${counted(warnings, "note")}.`,
    byFinding,
  };
}

/** A rule's own setting, else the longest matching prefix, else what its severity leads to. */
export function consequenceOf(finding: Pick<Finding, "ruleId" | "severity">, policy: Policy): Consequence {
  if (Object.hasOwn(policy.rules, finding.ruleId)) return policy.rules[finding.ruleId]!;
  const prefix = Object.keys(policy.rules)
    .filter((rule) => rule.endsWith("*") && finding.ruleId.startsWith(rule.slice(0, -1)))
    .sort((a, b) => b.length - a.length)[0];
  if (prefix !== undefined) return policy.rules[prefix]!;
  if (policy.block.includes(finding.severity)) return "block";
  if (policy.review.includes(finding.severity)) return "review";
  return finding.severity === "info" ? "pass" : "warn";
}

const NAMED_GAINS = 5;

/** Names the first gains; the review page shows all. */
function gainedReason({ since, gained }: CapabilityIncrease): string {
  const named = gained.slice(0, NAMED_GAINS).map(({ kind, value, path, line }) => {
    const place = path === null ? "" : ` (${path}${line === null ? "" : `:${line}`})`;
    return `${CAPABILITY_TEXT[kind].one} ${value}${place}`;
  });
  const more = gained.length > NAMED_GAINS ? `; and ${gained.length - NAMED_GAINS} more` : "";
  return `A moderator will look at it: it can do more than ${since}: ${named.join("; ")}${more}.`;
}

function summary(findings: readonly Finding[]): string {
  const first = findings[0]!;
  const place = first.path === null ? "" : ` (${first.path}${first.line === null ? "" : `:${first.line}`})`;
  const more = findings.length === 1 ? "" : ` And ${counted(findings.length - 1, "more finding")}.`;
  return `${first.message}${place}${more}`;
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

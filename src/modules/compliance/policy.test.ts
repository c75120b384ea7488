import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { CAPABILITY_KINDS } from "../../core/capability.ts";
import { SEVERITIES, type Severity } from "../../core/kind.ts";
import type { Finding } from "../../platform/scanning/scanner.ts";
import { completeReport } from "./complete-report.ts";
import { type JudgedFacts, judge, NOTHING_SPECIAL } from "./judge-report.ts";
import {
  effectivePolicy,
  fingerprintOf,
  NO_ORGANIZATION_RULES,
  type OrganizationRules,
  organizationRulesWire,
  policyOfOrganization,
  readOrganizationRules,
  requireStricter,
  STRICTER,
} from "./organization-rules.ts";
import {
  CONSEQUENCES,
  consequenceOf,
  DEFAULT_POLICY_SETTINGS,
  FIRST_PUBLICATIONS,
  type Least,
  mergePolicies,
  type Policy,
  type PolicySettings,
  policyOf,
} from "./policy.ts";
import { type Acceptance, placeOf } from "./suppression.ts";

const scanners = [{ name: "a", version: "1" }];
const finding = (severity: Severity, ruleId = "a/rule", path: string | null = "x.md", category = "c"): Finding => ({
  scanner: "a",
  ruleId,
  severity,
  category,
  path,
  line: path === null ? null : 3,
  column: null,
  excerpt: "rm -rf /",
  message: "Does harm.",
  remedy: "Do not.",
});
const policy = policyOf(DEFAULT_POLICY_SETTINGS);

function judgementOf(findings: Finding[], own: Policy = policy, facts: Partial<JudgedFacts> = {}) {
  const outcomes = [{ scanner: "a", version: "1", state: "completed" as const, error: null, elapsedMs: 1 }];
  const report = completeReport({ outcomes, findings, capabilities: [], packages: [] }, scanners);
  if (!("complete" in report)) throw new Error(report.incomplete.reason);
  return judge(report.complete, own, { ...NOTHING_SPECIAL, ...facts });
}
const settings = (own: Partial<PolicySettings>): Policy => policyOf({ ...DEFAULT_POLICY_SETTINGS, ...own });

test.each<[Severity[], "passed" | "review" | "blocked"]>([
  [[], "passed"],
  [["info", "low", "medium"], "passed"],
  [["high"], "review"],
  [["critical"], "blocked"],
  [["critical", "high", "info"], "blocked"],
])("findings of %p: %s", (severities, verdict) => {
  expect(judgementOf(severities.map((severity) => finding(severity))).verdict).toBe(verdict);
});

test("the reason names the finding that decided: its place, its rule, the setting, what to do, and how many more there are", () => {
  expect(judgementOf([finding("info"), finding("critical"), finding("critical", "a/b", null)]).reason).toBe(
    'Blocked: Does harm. (x.md:3; rule a/rule; policy.block = "critical") Do not. And 1 more finding.',
  );
  expect(judgementOf([]).reason).toBe("Nothing was found.");
  expect(judgementOf([finding("low"), finding("medium")]).reason).toBe("Passed with 2 notes.");
});

test("a rule's own setting outweighs its severity; the longest prefix wins; exact wins over prefixes", () => {
  const own = settings({
    rules: { "secrets/*": "review", "secrets/aws-*": "block", "secrets/aws-x": "ignore", "noise/*": "pass" },
  });
  const said = (ruleId: string, severity: Severity = "low") =>
    consequenceOf({ ruleId, severity, category: "c" }, own).consequence;
  expect(said("secrets/other")).toBe("review");
  expect(said("secrets/aws-key")).toBe("block");
  expect(said("secrets/aws-x", "critical")).toBe("pass");
  expect(said("noise/a", "critical")).toBe("pass");
  expect(said("toString", "critical")).toBe("block");
  expect(said("__proto__", "critical")).toBe("block");
  expect(judgementOf([finding("low", "secrets/x")], own).byFinding).toEqual([
    { consequence: "review", because: 'policy.rules "secrets/*" = "review"', suppressionId: null },
  ]);
});

test("least severities are read from the settings, `none` meaning no severity", () => {
  const strict = settings({ block: "high", review: "low", warn: "info" });
  expect(SEVERITIES.map((severity) => judgementOf([finding(severity)], strict).verdict)).toEqual([
    "passed",
    "review",
    "review",
    "blocked",
    "blocked",
  ]);
  expect(judgementOf([finding("info")], strict).byFinding[0]?.consequence).toBe("warn");
  const open = settings({ block: "none", review: "none", warn: "none" });
  for (const severity of SEVERITIES)
    expect(judgementOf([finding(severity)], open)).toMatchObject({ verdict: "passed", reason: "Nothing was found." });
});

test("known vulnerabilities are judged as one class, unless a rule names them or the package itself is malicious", () => {
  const said = (ruleId: string, own: Policy) =>
    judgementOf([finding("critical", ruleId, "package.json", "vulnerability")], own).verdict;
  expect(said("dependencies/GHSA-1", policy)).toBe("passed");
  expect(said("dependencies/GHSA-1", settings({ vulnerabilities: "block" }))).toBe("blocked");
  expect(said("dependencies/GHSA-1", settings({ vulnerabilities: "ignore" }))).toBe("passed");
  expect(said("dependencies/GHSA-1", settings({ rules: { "dependencies/*": "review" } }))).toBe("review");
  expect(said("dependencies/MAL-2024-1", policy)).toBe("blocked");
  expect(judgementOf([finding("critical", "x/y")], policy).verdict).toBe("blocked");
});

test("an unsigned version waits for a moderator when a signature is asked for, and harm still blocks it", () => {
  const own = settings({ requireSignature: true });
  expect(judgementOf([], own, { signed: true }).verdict).toBe("passed");
  expect(judgementOf([], own, { signed: false }).verdict).toBe("review");
  expect(judgementOf([], own, { signed: false, released: true }).verdict).toBe("review");
  expect(judgementOf([finding("critical")], own, { signed: false }).verdict).toBe("blocked");
});

test("first publications are held as the policy says, and only until they are out", () => {
  const verdict = (mode: "none" | "publisher" | "asset", facts: Partial<JudgedFacts>) =>
    judgementOf([], settings({ reviewFirstPublication: mode }), facts).verdict;
  expect(verdict("none", { first: "publisher" })).toBe("passed");
  expect(verdict("publisher", { first: "publisher" })).toBe("review");
  expect(verdict("publisher", { first: "asset" })).toBe("passed");
  expect(verdict("asset", { first: "asset" })).toBe("review");
  expect(verdict("asset", { first: "publisher" })).toBe("review");
  expect(verdict("asset", { first: null })).toBe("passed");
  expect(verdict("asset", { first: "asset", released: true })).toBe("passed");
});

describe("an organization", () => {
  const asks = (rules: Partial<OrganizationRules>, flags = { requireSignature: false, requireReview: false }) =>
    effectivePolicy(policy, { ...flags, rules: { ...NO_ORGANIZATION_RULES, ...rules } });

  test("asks for a signature or a review of what is not out yet, and never lets harm through", () => {
    const both = asks({}, { requireSignature: true, requireReview: true });
    const signature = asks({}, { requireSignature: true, requireReview: false });
    expect(judgementOf([], signature, { signed: false }).verdict).toBe("review");
    expect(judgementOf([], signature, { signed: true }).verdict).toBe("passed");
    expect(judgementOf([], both, { signed: true }).verdict).toBe("review");
    expect(judgementOf([], both, { signed: false, released: true }).verdict).toBe("passed");
    expect(judgementOf([finding("critical")], both).verdict).toBe("blocked");
  });

  test("lowers thresholds, names rules and licences, and is named as the cause", () => {
    expect(judgementOf([finding("medium")], asks({ review: "medium" })).reason).toContain(
      `the organization's policy: review = "medium"`,
    );
    expect(judgementOf([finding("info", "secrets/x")], asks({ rules: [["secrets/*", "block"]] })).verdict).toBe(
      "blocked",
    );
    const licences = asks({ licensesAllow: ["MIT", "CC-BY-*"], licensesDeny: ["AGPL-*"] });
    const licensed = (license: string | null) => judgementOf([], licences, { license }).verdict;
    expect(licensed("MIT")).toBe("passed");
    expect(licensed("CC-BY-4.0")).toBe("passed");
    expect(licensed("AGPL-3.0-only OR MIT")).toBe("passed");
    expect(licensed("AGPL-3.0-only AND MIT")).toBe("blocked");
    expect(licensed("(AGPL-3.0-only OR AGPL-1.0-only) AND MIT")).toBe("blocked");
    expect(licensed("Apache-2.0")).toBe("review");
    expect(licensed(null)).toBe("review");
  });

  test("cannot ask for less than the server", () => {
    const weaker = (written: Record<string, unknown>) => () =>
      requireStricter(readOrganizationRules(written), settings({ rules: { "x/y": "block" } }));
    expect(weaker({ block: "none" })).toThrow(/this server asks for "critical" already/);
    expect(weaker({ review: "critical" })).toThrow(/review/);
    expect(weaker({ rules: { "x/y": "review" } })).toThrow(/this server says "block" already/);
    expect(weaker({ rules: { "x/y": "pass" } })).toThrow(/not for less/);
    expect(weaker({ vulnerabilities: "ignore" })).toThrow(/vulnerabilities/);
    expect(
      weaker({ review: "medium", block: "high", rules: { "x/*": "review" }, vulnerabilities: "block" }),
    ).not.toThrow();
  });

  test.each<[string, Record<string, unknown>]>([
    ["an unknown severity", { block: "grave" }],
    ["a list in place of a word", { block: ["high"] }],
    ["rules that are none", { rules: { "No Rule": "block" } }],
    ["a hostile name of a rule", { rules: JSON.parse('{"__proto__": "block"}') }],
    ["rules in a list", { rules: ["a/b"] }],
    ["too many rules", { rules: Object.fromEntries(Array.from({ length: 201 }, (_, i) => [`a/${i}`, "block"])) }],
    ["a licence that is none", { licenses_allow: ["MIT OR GPL"] }],
    ["a licence on both lists", { licenses_allow: ["MIT"], licenses_deny: ["MIT"] }],
    ["an unknown ability", { review_capability_increase: ["flying"] }],
  ])("is told what is wrong with %s", (_name, written) => {
    expect(() => readOrganizationRules(written)).toThrow();
  });
});

const severity = fc.constantFrom(...SEVERITIES);
const least: fc.Arbitrary<Least> = fc.constantFrom("none" as const, ...SEVERITIES);
const ruleName = fc.constantFrom("a/b", "a/c", "a/*", "d/e", "*");
const anyRules: fc.Arbitrary<OrganizationRules> = fc.record({
  warn: fc.option(least),
  review: fc.option(least),
  block: fc.option(least),
  vulnerabilities: fc.option(fc.constantFrom(...STRICTER)),
  rules: fc
    .dictionary(fc.constantFrom("a/b", "a/c", "a/*", "d/e"), fc.constantFrom(...STRICTER))
    .map((table) => Object.entries(table)),
  licensesAllow: fc.subarray(["MIT", "Apache-2.0"]),
  licensesDeny: fc.subarray(["AGPL-3.0-only"]),
  reviewFirstPublication: fc.constantFrom(...FIRST_PUBLICATIONS),
  reviewCapabilityIncrease: fc.subarray([...CAPABILITY_KINDS]),
});
const flags = fc.record({ requireSignature: fc.boolean(), requireReview: fc.boolean() });
const anyServer = fc
  .record({
    warn: least,
    review: least,
    block: least,
    vulnerabilities: fc.constantFrom("ignore" as const, ...CONSEQUENCES),
    rules: fc.dictionary(ruleName, fc.constantFrom("ignore" as const, ...CONSEQUENCES)),
    requireSignature: fc.boolean(),
    reviewFirstPublication: fc.constantFrom(...FIRST_PUBLICATIONS),
    reviewCapabilityIncrease: fc.subarray([...CAPABILITY_KINDS]),
    override: fc.constantFrom("moderator" as const, "admin" as const),
    suppressionLifetime: fc.integer({ min: 86_400_000, max: 1e12 }),
  })
  .map(policyOf);
const anyFinding = fc
  .tuple(severity, fc.constantFrom("a/b", "a/c", "d/e", "z/z", "d/MAL-1"), fc.constantFrom("c", "vulnerability"))
  .map(([grave, ruleId, category]) => finding(grave, ruleId, "x.md", category));
const acceptance = (ruleId: string, coversBlocking: boolean): Acceptance => ({
  id: `${ruleId}-${coversBlocking}`,
  ruleId,
  path: null,
  places: new Set([placeOf({ ...finding("low", ruleId), content: "" })]),
  coversBlocking,
  expiresAt: "2999-01-01T00:00:00.000Z",
});
const anyFacts: fc.Arbitrary<JudgedFacts> = fc.record({
  signed: fc.boolean(),
  released: fc.boolean(),
  license: fc.constantFrom(null, "MIT", "AGPL-3.0-only", "AGPL-3.0-only OR MIT", "no expression ("),
  increase: fc.constant(null),
  first: fc.constantFrom(null, "publisher" as const, "asset" as const),
  contentOf: fc.constant(() => ""),
  acceptances: fc.constantFrom([], [acceptance("a/b", false)], [acceptance("a/b", true), acceptance("d/e", false)]),
  at: fc.constant("2030-01-01T00:00:00.000Z"),
});
const RANK = ["passed", "review", "blocked"];

describe("whatever server, organization, findings and facts", () => {
  test("the merged policy never lets through what one of the two would hold", () => {
    fc.assert(
      fc.property(
        anyServer,
        anyRules,
        flags,
        fc.array(anyFinding, { maxLength: 6 }),
        anyFacts,
        (server, rules, own, found, facts) => {
          const alone = policyOfOrganization(rules, own);
          const merged = effectivePolicy(server, { ...own, rules });
          const [a, b, both] = [server, alone, merged].map((one) => judgementOf(found, one, facts));
          expect(RANK.indexOf(both!.verdict)).toBeGreaterThanOrEqual(
            Math.max(RANK.indexOf(a!.verdict), RANK.indexOf(b!.verdict)),
          );
          for (const one of found) {
            const rank = (by: Policy) => CONSEQUENCES.indexOf(consequenceOf(one, by).consequence);
            expect(rank(merged)).toBe(Math.max(rank(server), rank(alone)));
          }
          for (const kind of [...server.reviewCapabilityIncrease, ...alone.reviewCapabilityIncrease])
            expect(merged.reviewCapabilityIncrease).toContain(kind);
          expect(mergePolicies(alone, server).override).toBe(merged.override);
        },
      ),
    );
  });

  test("judging says something of every finding, is blocked or in review for a cause, and gives the same twice", () => {
    fc.assert(
      fc.property(anyServer, fc.array(anyFinding, { maxLength: 6 }), anyFacts, (server, found, facts) => {
        const judgement = judgementOf(found, server, facts);
        expect(judgement.byFinding).toHaveLength(found.length);
        expect(judgement.reason).not.toBe("");
        const led = judgement.byFinding.map(({ consequence }) => consequence);
        if (led.includes("block")) expect(judgement.verdict).toBe("blocked");
        else expect(judgement.verdict === "blocked").toBe(false);
        if (led.includes("review")) expect(judgement.verdict).not.toBe("passed");
        expect(judgementOf(found, server, facts)).toEqual(judgement);
      }),
    );
  });

  test("an accepted explanation covers its own rule and place alone, and nothing that blocks without the right to override", () => {
    fc.assert(
      fc.property(anyServer, fc.array(anyFinding, { maxLength: 6 }), fc.boolean(), (server, found, overrides) => {
        const facts = { acceptances: [acceptance("a/b", overrides)], at: NOTHING_SPECIAL.at };
        const [before, after] = [judgementOf(found, server), judgementOf(found, server, facts)];
        for (const [i, one] of found.entries()) {
          const was = before.byFinding[i]!.consequence;
          const covered = one.ruleId === "a/b" && was !== "pass" && (was !== "block" || overrides);
          expect(after.byFinding[i]!.suppressionId !== null).toBe(covered);
          expect(after.byFinding[i]!.consequence).toBe(covered ? "pass" : was);
        }
      }),
    );
  });

  test("what an organization asks survives being written and read, and its fingerprint tells policies apart", () => {
    fc.assert(
      fc.property(anyRules, anyRules, flags, (one, other, own) => {
        expect(readOrganizationRules(JSON.parse(JSON.stringify(organizationRulesWire(one))))).toEqual(one);
        const prints = [one, other].map((rules) => fingerprintOf(effectivePolicy(policy, { ...own, rules })));
        const same = Bun.deepEquals(sorted(one), sorted(other));
        expect(prints[0] === prints[1]).toBe(same);
      }),
    );
  });
});

/** What decides about equality: `null` and `none` both ask nothing, and the order of rules says nothing. */
const sorted = (rules: OrganizationRules) => ({
  ...rules,
  warn: rules.warn ?? "none",
  review: rules.review ?? "none",
  block: rules.block ?? "none",
  rules: [...rules.rules].sort(([a], [b]) => (a < b ? -1 : 1)),
  reviewCapabilityIncrease: effectivePolicy(policy, {
    requireReview: false,
    requireSignature: false,
    rules,
  }).reviewCapabilityIncrease,
});

describe("an accepted explanation", () => {
  const accepted: Acceptance = { ...acceptance("a/rule", false), id: "s", path: "x.md" };
  const at = "2030-01-01T00:00:00.000Z";
  const verdict = (found: Finding, own: Acceptance = accepted, when = at) =>
    judgementOf([found], policy, { acceptances: [own], at: when }).verdict;
  const high = finding("high");

  test("lets the same words pass wherever they moved, and says so", () => {
    expect(judgementOf([{ ...high, line: 99 }], policy, { acceptances: [accepted], at })).toMatchObject({
      verdict: "passed",
      reason: "Passed with 1 finding whose explanation was accepted.",
      byFinding: [{ consequence: "pass", suppressionId: "s" }],
    });
  });

  test.each<[string, Finding]>([
    ["another rule", finding("high", "a/other")],
    ["another file", finding("high", "a/rule", "y.md")],
    ["other words", { ...high, excerpt: "rm -rf ~" }],
    ["what blocks", finding("critical")],
  ])("does not cover %s", (_name, found) => {
    expect(verdict(found)).not.toBe("passed");
  });

  test("ends", () => {
    expect(verdict(high, { ...accepted, expiresAt: at })).toBe("review");
    expect(verdict(high, { ...accepted, expiresAt: at }, "2029-12-31T23:59:59.999Z")).toBe("passed");
  });
});

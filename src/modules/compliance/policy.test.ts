import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { SEVERITIES, type Severity } from "../../core/kind.ts";
import type { Finding, ScannerOutcome } from "../../platform/scanning/scanner.ts";
import {
  completeReport,
  consequenceOf,
  DEFAULT_POLICY_SETTINGS,
  judge,
  type NamespacePolicy,
  policyOf,
} from "./policy.ts";

const expected = [
  { name: "a", version: "1" },
  { name: "b", version: "2" },
];
const outcome = (scanner: string, version: string, state: ScannerOutcome["state"] = "completed"): ScannerOutcome => ({
  scanner,
  version,
  state,
  error: state === "completed" ? null : "why",
  elapsedMs: 1,
});
const finding = (severity: Severity, ruleId = "a/rule", path: string | null = "x.md"): Finding => ({
  scanner: "a",
  ruleId,
  severity,
  category: "c",
  path,
  line: path === null ? null : 3,
  column: null,
  excerpt: "",
  message: "Does harm.",
  remedy: "Do not.",
});
const whole = [outcome("a", "1"), outcome("b", "2")];
const policy = policyOf(DEFAULT_POLICY_SETTINGS);

function verdictOf(findings: Finding[], own = policy, signed = true, owner: NamespacePolicy | null = null) {
  const report = completeReport({ outcomes: whole, findings, capabilities: [] }, expected);
  if (!("complete" in report)) throw new Error(report.incomplete.reason);
  return judge(report.complete, own, { signed, owner, increase: null });
}

describe("a report that is not whole is not judged", () => {
  test.each<[string, ScannerOutcome[], { name: string; version: string }[]]>([
    ["no scanner configured", [], []],
    ["none configured, one came", whole, []],
    ["nothing came back", [], expected],
    ["one is missing", [whole[0]!], expected],
    ["one failed", [whole[0]!, outcome("b", "2", "failed")], expected],
    ["one timed out", [whole[0]!, outcome("b", "2", "timed-out")], expected],
    ["one reported as missing", [whole[0]!, outcome("b", "2", "missing")], expected],
    ["an unknown state", [whole[0]!, outcome("b", "2", "skipped" as "failed")], expected],
    ["another version", [whole[0]!, outcome("b", "1")], expected],
    ["one twice", [...whole, whole[0]!], expected],
    ["failed and completed", [...whole, outcome("a", "1", "failed")], expected],
    ["one that was not expected", [...whole, outcome("c", "1")], expected],
  ])("%s", (_name, outcomes, scanners) => {
    const report = completeReport({ outcomes, findings: [], capabilities: [] }, scanners);
    expect(report).toHaveProperty("incomplete.reason");
    expect(report).not.toHaveProperty("complete");
  });

  test("whatever the states are, only all completed is whole", () => {
    const state = fc.constantFrom("completed", "failed", "timed-out", "missing") as fc.Arbitrary<
      ScannerOutcome["state"]
    >;
    fc.assert(
      fc.property(state, state, fc.boolean(), (first, second, both) => {
        const outcomes = [outcome("a", "1", first), ...(both ? [outcome("b", "2", second)] : [])];
        const isWhole = "complete" in completeReport({ outcomes, findings: [], capabilities: [] }, expected);
        expect(isWhole).toBe(both && first === "completed" && second === "completed");
      }),
    );
  });
});

test.each<[Severity[], "passed" | "review" | "blocked"]>([
  [[], "passed"],
  [["info", "low", "medium"], "passed"],
  [["high"], "review"],
  [["critical"], "blocked"],
  [["critical", "high", "info"], "blocked"],
])("findings of %p: %s", (severities, verdict) => {
  expect(verdictOf(severities.map((severity) => finding(severity))).verdict).toBe(verdict);
});

test("the reason names the finding that decided, its place, and how many more there are", () => {
  expect(verdictOf([finding("info"), finding("critical"), finding("critical", "a/b", null)]).reason).toBe(
    "Blocked: Does harm. (x.md:3) And 1 more finding.",
  );
  expect(verdictOf([]).reason).toBe("Nothing was found.");
  expect(verdictOf([finding("low"), finding("medium")]).reason).toBe("Passed with 2 notes.");
});

test("a rule's own setting outweighs its severity; the longest prefix wins; exact wins over prefixes", () => {
  const own = policyOf({
    ...DEFAULT_POLICY_SETTINGS,
    rules: { "secrets/*": "review", "secrets/aws-*": "block", "secrets/aws-x": "ignore", "noise/*": "pass" },
  });
  const consequence = (ruleId: string, severity: Severity = "low") => consequenceOf({ ruleId, severity }, own);
  expect(consequence("secrets/other")).toBe("review");
  expect(consequence("secrets/aws-key")).toBe("block");
  expect(consequence("secrets/aws-x", "critical")).toBe("pass");
  expect(consequence("noise/a", "critical")).toBe("pass");
  expect(consequence("toString", "critical")).toBe("block");
  expect(verdictOf([finding("low", "secrets/x")], own)).toMatchObject({ verdict: "review", byFinding: ["review"] });
});

test("least severities are read from the settings, `none` meaning no severity", () => {
  expect(policyOf({ ...DEFAULT_POLICY_SETTINGS, block: "high", review: "low" })).toMatchObject({
    block: ["high", "critical"],
    review: ["low", "medium", "high", "critical"],
  });
  const open = policyOf({ ...DEFAULT_POLICY_SETTINGS, block: "none", review: "none" });
  for (const severity of SEVERITIES) expect(verdictOf([finding(severity)], open).verdict).toBe("passed");
});

test("an unsigned version waits for a moderator when a signature is asked for, and harm still blocks it", () => {
  const own = policyOf({ ...DEFAULT_POLICY_SETTINGS, requireSignature: true });
  expect(verdictOf([], own, true).verdict).toBe("passed");
  expect(verdictOf([], own, false).verdict).toBe("review");
  expect(verdictOf([finding("critical")], own, false).verdict).toBe("blocked");
});

test("what an organization asks of new versions sends them to a moderator, and never lets harm through", () => {
  const asks = (requireSignature: boolean, requireReview: boolean) => ({ requireSignature, requireReview });
  expect(verdictOf([], policy, false, asks(true, false))).toMatchObject({ verdict: "review" });
  expect(verdictOf([], policy, true, asks(true, false))).toMatchObject({ verdict: "passed" });
  expect(verdictOf([], policy, true, asks(false, true))).toMatchObject({ verdict: "review" });
  expect(verdictOf([finding("critical")], policy, true, asks(true, true))).toMatchObject({ verdict: "blocked" });
});

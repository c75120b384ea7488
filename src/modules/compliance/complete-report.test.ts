import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { ScannerOutcome } from "../../platform/scanning/scanner.ts";
import { completeReport } from "./complete-report.ts";

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
const whole = [outcome("a", "1"), outcome("b", "2")];

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
    const report = completeReport({ outcomes, findings: [], capabilities: [], packages: [] }, scanners);
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
        const isWhole =
          "complete" in completeReport({ outcomes, findings: [], capabilities: [], packages: [] }, expected);
        expect(isWhole).toBe(both && first === "completed" && second === "completed");
      }),
    );
  });
});

import { expect, test } from "bun:test";
import { suppressionProblem } from "./declared-suppression.ts";
import { parseMarketplaceToml } from "./marketplace-toml.ts";

const REASON = "The example key of the documentation.";

test("marketplace.toml explains findings beside what it declares", () => {
  const text = `[asset]\nname = "tool"\n[[suppress]]\nrule = "secrets/key"\npath = "docs/a.md"\nreason = "${REASON}"\n[[suppress]]\nrule = "a/b"\nreason = "${REASON}"\n`;
  expect(parseMarketplaceToml(text)).toMatchObject({
    name: "tool",
    suppressions: [
      { rule: "secrets/key", path: "docs/a.md", reason: REASON },
      { rule: "a/b", path: null, reason: REASON },
    ],
  });
  expect(parseMarketplaceToml("").suppressions).toEqual([]);
});

test.each<[string, string]>([
  ["a table in place of tables", `[suppress]\nrule = "a/b"\nreason = "${REASON}"`],
  ["a word", 'suppress = "a/b"'],
  ["no reason", '[[suppress]]\nrule = "a/b"'],
  ["a reason that says nothing", '[[suppress]]\nrule = "a/b"\nreason = "fine"'],
  ["a rule that is a beginning", `[[suppress]]\nrule = "a/*"\nreason = "${REASON}"`],
  ["a key that does not exist", `[[suppress]]\nrule = "a/b"\nreason = "${REASON}"\nline = 3`],
  ["too many", `[[suppress]]\nrule = "a/b"\nreason = "${REASON}"\n`.repeat(51)],
])("%s is refused", (_name, text) => {
  expect(() => parseMarketplaceToml(text)).toThrow(/suppress/);
});

test("invisible characters have no place in an explanation", () => {
  expect(suppressionProblem({ rule: "a/b", path: null, reason: `${REASON}\u202e` })?.field).toBe("reason");
  expect(suppressionProblem({ rule: "a/b", path: "x\u0000", reason: REASON })?.field).toBe("path");
  expect(suppressionProblem({ rule: "a/b", path: null, reason: REASON })).toBeNull();
});

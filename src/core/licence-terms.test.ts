import { expect, test } from "bun:test";
import fc from "fast-check";
import { incompatibility, type Terms, termsOfExpression } from "./licence-terms.ts";
import { alternativesOf } from "./spdx.ts";

test.each<[string, string[][] | null]>([
  ["MIT", [["MIT"]]],
  ["MIT OR Apache-2.0", [["MIT"], ["Apache-2.0"]]],
  [
    "MIT AND (Apache-2.0 OR GPL-2.0-only)",
    [
      ["MIT", "Apache-2.0"],
      ["MIT", "GPL-2.0-only"],
    ],
  ],
  ["GPL-2.0-only WITH Classpath-exception-2.0", [["GPL-2.0-only"]]],
  ["nonsense here", null],
])("the choices of %s", (expression, expected) => {
  expect(alternativesOf(expression)).toEqual(expected);
});

test("choices stay few, whatever is asked", () => {
  const wide = Array.from({ length: 12 }, () => "(MIT OR ISC)").join(" AND ");
  expect(alternativesOf(wide)!.length).toBeLessThanOrEqual(64);
  fc.assert(fc.property(fc.string({ maxLength: 600 }), (text) => void alternativesOf(text)));
});

test.each<[string | null, Terms]>([
  ["MIT", "free"],
  ["CC-BY-4.0", "free"],
  ["MPL-2.0", "weak"],
  ["GPL-3.0-or-later", "strong"],
  ["AGPL-3.0-only", "network"],
  ["CC-BY-NC-4.0", "non-commercial"],
  ["CC-BY-NC-ND-4.0", "no-derivatives"],
  ["LicenseRef-llama3.1", "use-limits"],
  ["LicenseRef-openrail", "use-limits"],
  ["LicenseRef-Proprietary", "proprietary"],
  ["MIT OR GPL-3.0-only", "free"],
  ["MIT AND GPL-3.0-only", "strong"],
  ["LicenseRef-mine", "unknown"],
  [null, "unknown"],
])("%s is %s", (expression, expected) => {
  expect(termsOfExpression(expression)).toBe(expected);
});

test.each<[string | null, string | null, boolean]>([
  ["MIT", "Apache-2.0", false],
  ["MIT", "LGPL-3.0-only", false],
  ["MIT", "GPL-3.0-only", true],
  ["GPL-3.0-only", "GPL-3.0-only", false],
  ["AGPL-3.0-only", "GPL-3.0-only", false],
  ["GPL-3.0-only", "GPL-2.0-only", true],
  ["GPL-3.0-or-later", "GPL-2.0-or-later", false],
  ["MIT", "AGPL-3.0-only", true],
  ["MIT", "CC-BY-NC-4.0", true],
  ["CC-BY-NC-4.0", "CC-BY-NC-4.0", false],
  ["MIT", "CC-BY-ND-4.0", true],
  ["MIT", "LicenseRef-Proprietary", true],
  ["MIT", "MIT OR GPL-3.0-only", false],
  ["MIT", null, false],
  ["MIT", "LicenseRef-mine", false],
])("%s made of %s: a problem is %p", (work, part, expected) => {
  expect(incompatibility(work, part) !== null).toBe(expected);
});

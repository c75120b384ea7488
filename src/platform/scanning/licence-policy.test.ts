import { expect, test } from "bun:test";
import { createLicencePolicyScanner } from "./licence-policy.ts";
import { briefly, scanWith, targetOf } from "./target.fixture.ts";

const judged = async (license: string | null, allow: string[], deny: string[]) =>
  briefly(await scanWith(createLicencePolicyScanner({ allow, deny }), targetOf({}, { license })));

test.each<[string | null, string[], string[], string[]]>([
  [null, [], [], ["missing info"]],
  [null, ["MIT"], [], ["missing high"]],
  ["MIT", [], [], []],
  ["mit", ["MIT"], [], []],
  ["GPL-3.0-only", ["MIT", "Apache-2.0"], [], ["not-allowed high"]],
  ["GPL-3.0-only", [], ["GPL-*"], ["denied critical"]],
  ["GPL-2.0+", [], ["GPL-2.0"], ["denied critical"]],
  ["MIT OR GPL-3.0-only", [], ["GPL-*"], []],
  ["MIT AND GPL-3.0-only", [], ["GPL-*"], ["denied critical"]],
  ["MIT OR GPL-3.0-only", ["MIT"], [], []],
  ["MIT AND Apache-2.0", ["MIT"], [], ["not-allowed high"]],
  ["(MIT AND Apache-2.0)", ["MIT", "Apache-2.0"], [], []],
])("%s under allow %p, deny %p", async (license, allow, deny, expected) => {
  expect(await judged(license, allow, deny)).toEqual(expected);
});

test("another policy is another version", () => {
  const versions = [[], ["MIT"]].map((allow) => createLicencePolicyScanner({ allow, deny: [] }).version);
  expect(new Set(versions).size).toBe(2);
});

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { cpuTime } from "./package/fixtures/cpu-time.ts";
import { isSpdxExpression, normaliseLicense } from "./spdx.ts";

describe("normaliseLicense", () => {
  const cases: [string, string | null, boolean][] = [
    ["MIT", "MIT", true],
    ["mit", "MIT", true],
    [" Apache-2.0 ", "Apache-2.0", true],
    ["apache", "Apache-2.0", true],
    ["Apache 2.0", "Apache-2.0", false],
    ["Apache License, Version 2.0", "Apache-2.0", false],
    ["mit or apache-2.0", "MIT OR Apache-2.0", true],
    ["(MIT and (BSD-3-Clause))", "(MIT AND (BSD-3-Clause))", true],
    ["GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0", true],
    ["GPLv3", "GPL-3.0-or-later", false],
    ["cc-by-nc-4.0", "CC-BY-NC-4.0", true],
    ["llama3.1", "LicenseRef-llama3.1", false],
    ["openrail", "LicenseRef-openrail", false],
    ["Proprietary. All rights reserved", "LicenseRef-Proprietary", false],
    ["proprietary", "LicenseRef-Proprietary", true],
    ["LicenseRef-Acme", "LicenseRef-Acme", true],
    ["unknown", null, true],
    ["", null, true],
    ["do what you like, but be nice about it", null, false],
  ];
  for (const [written, expression, exact] of cases)
    test(JSON.stringify(written), () => expect(normaliseLicense(written)).toEqual({ expression, exact }));

  test("names nothing where spdx-correct throws", () => {
    expect(normaliseLicense("+")).toEqual({ expression: null, exact: false });
  });

  test.each(["__proto__", "constructor", "toString"])("takes %s for no entry of its tables", (name) => {
    const { expression } = normaliseLicense(name);
    expect(expression === null || isSpdxExpression(expression)).toBe(true);
  });

  test("answers a valid expression or null, whatever was written", () =>
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.stringMatching(/^[MIT()ORANDWH+ -]{0,80}$/)), (text) => {
        const { expression } = normaliseLicense(text);
        expect(expression === null || isSpdxExpression(expression)).toBe(true);
      }),
    ));

  for (const unit of ["(", "MIT OR ", "a ", "GPL ", " ", "-", "MIT(", "license v"])
    test(`100 kB of ${JSON.stringify(unit)} in under 50 ms`, async () => {
      const text = unit.repeat(100_000 / unit.length);
      expect(await cpuTime(() => normaliseLicense(text))).toBeLessThan(50);
    });
});

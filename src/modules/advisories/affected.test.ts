import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import semver from "semver";
import type { AdvisoryEcosystem, RangeEvent } from "./advisory.ts";
import { fixFor, isAffected } from "./affected.ts";
import { readOsv } from "./read-osv.ts";
import { levelOfVector } from "./severity.ts";

const between: RangeEvent[] = [
  { introduced: "1.0.0" },
  { fixed: "1.2.0" },
  { introduced: "2.0.0" },
  { last_affected: "2.1.0" },
];
const exact = (ecosystem: AdvisoryEcosystem, version: string) => ({ ecosystem, version, range: null });
const ranged = (ecosystem: AdvisoryEcosystem, range: string | null) => ({ ecosystem, version: null, range });

describe("an exact version", () => {
  test.each([
    ["0.9.0", false],
    ["1.0.0", true],
    ["1.2.0-rc.1", true],
    ["1.2.0", false],
    ["2.0.0", true],
    ["2.1.0", true],
    ["2.1.1", false],
  ] as const)("npm %s: %p", (version, affected) => {
    expect(isAffected(exact("npm", version), { ranges: [between], versions: [] })).toBe(affected);
  });

  test.each([
    ["1.0rc1", false],
    ["1.0", true],
    ["1.0.post1", true],
    ["1!0.1", false],
    ["1.2.dev1", true],
    ["1.2", false],
  ] as const)("PyPI %s: %p", (version, affected) => {
    const events = [{ introduced: "1.0" }, { fixed: "1.2" }];
    expect(isAffected(exact("PyPI", version), { ranges: [events], versions: [] })).toBe(affected);
  });

  test("of an ecosystem whose order is not known is affected when it is listed, or everything is", () => {
    const affected = { ranges: [[{ introduced: "0" }, { fixed: "3.0" }]], versions: ["2.0"] };
    expect(isAffected(exact("Maven", "2.0"), affected)).toBe(true);
    expect(isAffected(exact("Maven", "1.0"), affected)).toBe(false);
    expect(isAffected(exact("Maven", "1.0"), { ranges: [[{ introduced: "0" }]], versions: [] })).toBe(true);
  });

  test("that cannot be read is affected only by name", () => {
    expect(isAffected(exact("npm", "not a version"), { ranges: [between], versions: [] })).toBe(false);
    expect(isAffected(exact("npm", "x"), { ranges: [], versions: ["x"] })).toBe(true);
    expect(isAffected(exact("PyPI", "1.0.0"), { ranges: [], versions: ["1.0"] })).toBe(true);
  });

  test("is judged as semver itself would, whatever the order of the events", () => {
    const version = fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)).map((parts) => parts.join("."));
    fc.assert(
      fc.property(version, version, version, fc.boolean(), (at, a, b, flip) => {
        const [from, to] = [a, b].sort(semver.compare) as [string, string];
        const events: RangeEvent[] = [{ introduced: from }, { fixed: to }];
        const expected = semver.gte(at, from) && semver.lt(at, to);
        const ranges = [flip && from !== to ? events.toReversed() : events];
        expect(isAffected(exact("npm", at), { ranges, versions: [] })).toBe(expected);
      }),
    );
  });
});

describe("a range counts when whatever would be installed is affected", () => {
  const fixed = { ranges: [[{ introduced: "0" }, { fixed: "1.2.0" }]], versions: [] };
  test.each([
    ["npm", "^1.0.0", false],
    ["npm", "~1.1.0", true],
    ["npm", "<1.2.0", true],
    ["npm", "latest", false],
    ["npm", null, false],
    ["PyPI", "<1.2", true],
    ["PyPI", ">=1.0,<1.1", true],
    ["PyPI", ">=1.0", false],
    ["PyPI", "~=1.0", false],
    ["PyPI", "rubbish", false],
    ["marketplace", "^1.1.0", false],
  ] as const)("%s %s: %p", (ecosystem, range, affected) => {
    expect(isAffected(ranged(ecosystem, range), fixed)).toBe(affected);
  });

  test("a package of which every version is bad is bad however it is named", () => {
    const everything = { ranges: [[{ introduced: "0" }]], versions: [] };
    for (const range of [null, "latest", "^1", ">=1"]) expect(isAffected(ranged("npm", range), everything)).toBe(true);
  });
});

test("the mended version is the least one above", () => {
  const affected = [{ ranges: [between, [{ introduced: "3.0.0" }, { fixed: "3.1.0" }]], versions: [] }];
  expect(fixFor(exact("npm", "1.1.0"), affected)).toBe("1.2.0");
  expect(fixFor(exact("npm", "2.0.0"), affected)).toBe("3.1.0");
  expect(fixFor(exact("npm", "4.0.0"), affected)).toBeNull();
  expect(fixFor(ranged("npm", null), affected)).toBe("3.1.0");
});

test.each([
  ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "critical"],
  ["CVSS:3.0/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", "high"],
  ["CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "critical"],
  ["CVSS:3.1/AV:N/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N", "low"],
  ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", null],
  ["CVSS:9.9/A:B", null],
  ["7.5", null],
  ["", null],
] as const)("the level of %s is %p", (vector, level) => {
  expect(levelOfVector(vector)).toBe(level);
});

describe("reading OSV", () => {
  const whole = {
    id: "GHSA-aaaa-bbbb-cccc",
    modified: "2026-01-02T03:04:05Z",
    details: "First line\nand more",
    affected: [
      {
        package: { ecosystem: "PyPI", name: "My_Package" },
        ranges: [
          { type: "GIT", events: [{ introduced: "abc" }] },
          { type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed: "1.2" }] },
        ],
        versions: ["1.0", 7],
      },
      { package: { ecosystem: "Debian:12", name: "x" } },
    ],
    database_specific: { severity: "MODERATE" },
  };

  test("keeps what matching and readers need", () => {
    expect(readOsv(whole)).toMatchObject({
      id: "GHSA-aaaa-bbbb-cccc",
      modified: "2026-01-02T03:04:05.000Z",
      summary: "First line",
      level: "medium",
      malicious: false,
      packages: [
        { ecosystem: "PyPI", name: "my-package", ranges: [[{ introduced: "0" }, { fixed: "1.2" }]], versions: ["1.0"] },
      ],
    });
  });

  test("a malicious package is one by its id or alias", () => {
    expect(readOsv({ ...whole, aliases: ["MAL-2026-1"] })).toMatchObject({ malicious: true });
    expect(readOsv({ ...whole, id: "MAL-2026-1" })).toMatchObject({ malicious: true });
  });

  test("anything at all is an advisory or a problem, never a throw", () => {
    const some = fc.anything({ withObjectString: true, withNullPrototype: true });
    fc.assert(
      fc.property(
        fc.record({ id: some, modified: some, affected: some, severity: some, references: some }),
        (document) => {
          for (const given of [
            document,
            { ...whole, ...document },
            { ...whole, affected: [document.affected] },
            document.id,
          ]) {
            const read = readOsv(given);
            expect("problem" in read || "packages" in read).toBe(true);
          }
        },
      ),
    );
  });
});

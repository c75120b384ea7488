import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import semver from "semver";
import { sha256 } from "../../core/digest.ts";
import { type Candidate, explainConflict, type Lookup, resolve } from "./resolver.ts";

type Catalogue = Record<string, Record<string, Record<string, string>>>;

/** `{ "a/a": { "1.0.0": { "a/b": "^1.0.0" } } }` */
function lookupIn(catalogue: Catalogue, channels: Record<string, Record<string, string>> = {}): Lookup {
  return async (ref) => {
    const versions = catalogue[ref];
    if (!versions) return null;
    return {
      versions: Object.entries(versions)
        .map(
          ([version, needs]): Candidate => ({
            version,
            digest: sha256(`${ref}@${version}`),
            size: 1,
            yanked: version.endsWith("-yanked"),
            recalled: null,
            dependencies: Object.entries(needs).map(([to, range]) => ({
              ref: to,
              range,
              optional: to.startsWith("opt/"),
            })),
          }),
        )
        .sort((a, b) => semver.rcompare(a.version, b.version)),
      channels: new Map(Object.entries(channels[ref] ?? {})),
    };
  };
}

const chosen = async (catalogue: Catalogue, ...wants: [string, string][]) => {
  const result = await resolve(
    wants.map(([ref, range]) => ({ ref, range })),
    lookupIn(catalogue),
  );
  return "conflict" in result
    ? explainConflict(result.conflict)
    : Object.fromEntries(result.resolved.map((r) => [r.ref, r.version]));
};

describe("resolve", () => {
  test("takes the highest that fits", async () => {
    expect(await chosen({ "a/a": { "1.0.0": {}, "1.4.2": {}, "2.0.0": {} } }, ["a/a", "^1.0.0"])).toEqual({
      "a/a": "1.4.2",
    });
  });

  test("goes back over a choice for a diamond", async () => {
    const catalogue = {
      "a/top": { "1.0.0": { "a/left": "*", "a/right": "*" } },
      "a/left": { "2.0.0": { "a/base": "^2.0.0" }, "1.0.0": { "a/base": "^1.0.0" } },
      "a/right": { "1.0.0": { "a/base": "^1.0.0" } },
      "a/base": { "1.5.0": {}, "2.5.0": {} },
    };
    expect(await chosen(catalogue, ["a/top", "*"])).toEqual({
      "a/top": "1.0.0",
      "a/left": "1.0.0",
      "a/right": "1.0.0",
      "a/base": "1.5.0",
    });
  });

  test("explains a conflict as the chains that lead to it", async () => {
    const catalogue = {
      "a/top": { "1.0.0": { "a/left": "*", "a/right": "*" } },
      "a/left": { "1.0.0": { "a/base": "^2.0.0" } },
      "a/right": { "1.0.0": { "a/base": "^1.0.0" } },
      "a/base": { "1.5.0": {}, "2.5.0": {} },
    };
    expect(await chosen(catalogue, ["a/top", "*"])).toBe(
      "No version of a/base fits all of: a/top@1.0.0 → a/left@1.0.0 → a/base@^2.0.0; a/top@1.0.0 → a/right@1.0.0 → a/base@^1.0.0. " +
        "Available: 2.5.0, 1.5.0.",
    );
  });

  test("a cycle is installed once, a missing optional is left out", async () => {
    const catalogue = {
      "a/a": { "1.0.0": { "a/b": "1.x", "opt/gone": "*" } },
      "a/b": { "1.0.0": { "a/a": "^1.0.0" } },
    };
    expect(await chosen(catalogue, ["a/a", "*"])).toEqual({ "a/a": "1.0.0", "a/b": "1.0.0" });
  });

  test("a missing asset names who needs it", async () => {
    expect(await chosen({ "a/a": { "1.0.0": { "a/gone": "^1" } } }, ["a/a", "*"])).toBe(
      "There is no asset a/gone, or you may not see it: a/a@1.0.0 → a/gone@^1.",
    );
  });

  test("prereleases, channels and digests", async () => {
    const catalogue = { "a/a": { "1.0.0": {}, "2.0.0-beta.1": {} } };
    expect(await chosen(catalogue, ["a/a", ">=1"])).toEqual({ "a/a": "1.0.0" });
    const beta = await resolve(
      [{ ref: "a/a", range: "beta" }],
      lookupIn(catalogue, { "a/a": { beta: "2.0.0-beta.1" } }),
    );
    expect("resolved" in beta && beta.resolved[0]?.version).toBe("2.0.0-beta.1");
    expect(await chosen(catalogue, ["a/a", sha256("a/a@1.0.0")])).toEqual({ "a/a": "1.0.0" });
  });

  test("what it answers satisfies every demand, and order puts dependencies first where there is no cycle", async () => {
    const name = fc.constantFrom("a/a", "a/b", "a/c", "a/d", "a/e");
    const range = fc.constantFrom("*", "^1.0.0", "^2.0.0", ">=1.1.0", "1.0.0");
    const version = fc.constantFrom("1.0.0", "1.1.0", "2.0.0");
    const catalogues = fc.dictionary(name, fc.dictionary(version, fc.dictionary(name, range), { minKeys: 1 }), {
      minKeys: 2,
    });
    await fc.assert(
      fc.asyncProperty(catalogues, name, async (catalogue, root) => {
        const result = await resolve([{ ref: root, range: "*" }], lookupIn(catalogue));
        if ("conflict" in result) {
          expect(explainConflict(result.conflict)).not.toBe("");
          return;
        }
        const versions = new Map(result.resolved.map((r) => [r.ref, r.version]));
        for (const [ref, picked] of versions)
          for (const [to, wanted] of Object.entries(catalogue[ref]?.[picked] ?? {}))
            expect(semver.satisfies(versions.get(to) ?? "0.0.0", wanted)).toBe(true);
        expect([...result.order].sort()).toEqual([...versions.keys()].sort());
      }),
      { numRuns: 300 },
    );
  });
});

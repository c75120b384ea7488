import { expect, test } from "bun:test";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import fc from "fast-check";
import { PackageURL } from "packageurl-js";
import { type Digest, sha256 } from "../../../core/digest.ts";
import { KINDS } from "../../../core/kind.ts";
import { ECOSYSTEMS, type PackageReference } from "../../../core/package-reference.ts";
import type { Materials } from "./materials.ts";
import { packageUrl } from "./purl.ts";
import { writeSbom } from "./write-sbom.ts";

/** The official schema of CycloneDX 1.6. */
const schema = new Validation.JsonStrictValidator(Spec.Version.v1dot6);

const digestOf = (text: string): Digest => sha256(text);
const METADATA: Materials["version"]["metadata"] = {
  kind: "skill",
  slug: null,
  version: null,
  title: "Tool",
  description: "A tool.",
  license: "MIT OR Apache-2.0",
  tags: ["one"],
  categories: [],
  homepage: "https://example.org/",
  repository: null,
  readmePath: null,
  dependencies: [],
  compatibility: {},
};

const materials = (over: Partial<Materials> = {}, metadata: Partial<typeof METADATA> = {}): Materials => ({
  program: "1.2.3",
  asset: { namespace: "ana", slug: "tool", kind: "skill" },
  version: {
    version: "1.0.0",
    digest: digestOf("manifest"),
    metadata: { ...METADATA, ...metadata },
    at: "2026-01-02T03:04:05.678Z",
    recall: null,
    yanked: false,
  },
  files: [],
  fileCount: over.files?.length ?? 0,
  dependencies: { resolved: [], complete: true },
  packages: [],
  packagesKnown: true,
  advisories: [],
  advisoriesCut: false,
  ...over,
});

const npm = (over: Partial<PackageReference>): PackageReference => ({
  ecosystem: "npm",
  name: "left-pad",
  version: null,
  range: null,
  transitive: false,
  path: "package.json",
  line: 4,
  ...over,
});

test("package URLs are those of the specification's types", () => {
  const cases: [Parameters<typeof packageUrl>, string | null][] = [
    [["npm", "@Babel/core", "7.1.0"], "pkg:npm/%40babel/core@7.1.0"],
    [["npm", "left-pad", null], "pkg:npm/left-pad"],
    [["PyPI", "torch", "2.0.0+cu118"], "pkg:pypi/torch@2.0.0%2Bcu118"],
    [["PyPI", "x", "1!2.0"], "pkg:pypi/x@1%212.0"],
    [["Go", "github.com/Foo/bar/v2", "2.1.0"], "pkg:golang/github.com/foo/bar/v2@v2.1.0"],
    [["crates.io", "serde_json", "1.0.0"], "pkg:cargo/serde_json@1.0.0"],
    [["RubyGems", "rails", "7.0"], "pkg:gem/rails@7.0"],
    [["Packagist", "laravel/framework", "11.0.0"], "pkg:composer/laravel/framework@11.0.0"],
    [["NuGet", "newtonsoft.json", "13.0.1"], "pkg:nuget/newtonsoft.json@13.0.1"],
    [["Maven", "org.slf4j:slf4j-api", "2.0.0"], "pkg:maven/org.slf4j/slf4j-api@2.0.0"],
    [["Hex", "phoenix", "1.7.0"], "pkg:hex/phoenix@1.7.0"],
    [["Pub", "http", "1.0.0"], "pkg:pub/http@1.0.0"],
    // No such package can be: nothing is said rather than something false.
    [["Maven", "slf4j-api", "2.0.0"], null],
    [["Packagist", "framework", "1"], null],
    [["Go", "a//b", "1.0.0"], null],
    [["Go", "a/../b", "1.0.0"], null],
  ];
  for (const [given, purl] of cases) {
    expect([given, packageUrl(...given).purl]).toEqual([given, purl]);
    if (purl !== null)
      expect(PackageURL.fromString(purl).version ?? null).toBe(given[0] === "Go" ? `v${given[2]}` : given[2]);
  }
});

test("a bill names what it is of, what that needs and what it knows of it", async () => {
  const bom = writeSbom(
    materials(
      {
        files: [
          {
            path: "a b/é.md",
            size: 3,
            digest: digestOf("a"),
            mediaType: "text/markdown; charset=utf-8",
            executable: true,
          },
        ],
        dependencies: {
          complete: true,
          resolved: [
            {
              ref: "ana/base",
              version: "2.0.0",
              digest: digestOf("base"),
              kind: "dataset",
              license: "CC0-1.0",
              needs: ["ana/tool", "ana/core"],
            },
            {
              ref: "ana/core",
              version: "1.0.0",
              digest: digestOf("core"),
              kind: "mcp-server",
              license: null,
              needs: [],
            },
          ],
        },
        packages: [
          npm({ name: "@a/b", version: "1.0.0" }),
          npm({ range: "^1.0.0" }),
          npm({ version: "1.3.0", transitive: true, path: "package-lock.json", line: null }),
        ],
        advisories: [
          {
            advisoryId: "GHSA-1",
            ecosystem: "npm",
            package: "left-pad",
            packageVersion: "1.3.0",
            fixed: "1.3.1",
            level: "high",
            malicious: false,
            summary: "Pads too much.",
          },
          {
            advisoryId: "MKT-1",
            ecosystem: "marketplace",
            package: "ana/tool",
            packageVersion: "1.0.0",
            fixed: null,
            level: null,
            malicious: true,
            summary: "",
          },
        ],
      },
      {
        repository: "https://git.example/x[y]#a#b",
        dependencies: [
          { ref: "ana/base", range: "^2.0.0", optional: false },
          { ref: "ana/extra", range: "*", optional: true },
        ],
      },
    ),
  );
  expect(await schema.validate(JSON.stringify(bom))).toBeNull();
  const main = `pkg:generic/ana/tool@1.0.0?checksum=${digestOf("manifest")}`;
  const base = `pkg:generic/ana/base@2.0.0?checksum=${digestOf("base")}`;
  const core = `pkg:generic/ana/core@1.0.0?checksum=${digestOf("core")}`;
  expect(bom.metadata).toMatchObject({
    timestamp: "2026-01-02T03:04:05.678Z",
    tools: { components: [{ name: "marketplace", version: "1.2.3" }] },
    component: {
      type: "library",
      "bom-ref": main,
      purl: main,
      group: "ana",
      name: "tool",
      version: "1.0.0",
      hashes: [{ alg: "SHA-256", content: digestOf("manifest").slice(7) }],
      licenses: [{ expression: "MIT OR Apache-2.0", acknowledgement: "declared" }],
      externalReferences: [
        { type: "website", url: "https://example.org/" },
        { type: "vcs", url: "https://git.example/x%5By%5D#a%23b" },
      ],
    },
  });
  expect(bom.metadata.properties).toBeUndefined();
  expect(bom.components.map((one) => [one.type, one["bom-ref"], one.scope])).toEqual([
    ["data", base, "required"],
    ["application", core, "required"],
    ["library", "pkg:generic/ana/extra", "optional"],
    ["library", "pkg:npm/%40a/b@1.0.0", undefined],
    ["library", "pkg:npm/left-pad", undefined],
    ["library", "pkg:npm/left-pad@1.3.0", undefined],
    ["file", "file a b/é.md", undefined],
  ]);
  expect(bom.components[3]).toMatchObject({
    group: "@a",
    name: "b",
    evidence: { occurrences: [{ location: "package.json", line: 4 }] },
  });
  expect(bom.components[4]?.properties).toContainEqual({ name: "marketplace:range", value: "^1.0.0" });
  expect(bom.components[6]).toMatchObject({
    "mime-type": "text/markdown",
    hashes: [{ content: digestOf("a").slice(7) }],
  });
  expect(bom.dependencies).toEqual([
    { ref: main, dependsOn: [base, "pkg:generic/ana/extra", "pkg:npm/%40a/b@1.0.0", "pkg:npm/left-pad"] },
    { ref: base, dependsOn: [main, core] },
    { ref: core },
  ]);
  expect(bom.vulnerabilities).toMatchObject([
    {
      id: "GHSA-1",
      ratings: [{ severity: "high" }],
      recommendation: "Use left-pad 1.3.1 or later.",
      affects: [{ ref: "pkg:npm/left-pad@1.3.0" }],
    },
    { id: "MKT-1", ratings: [{ severity: "unknown" }], affects: [{ ref: main }] },
  ]);
});

test("the serial number is the version's own: the same each time, another for other content", () => {
  const { serialNumber } = writeSbom(materials());
  expect(writeSbom(materials({ packages: [npm({})] })).serialNumber).toBe(serialNumber);
  const other = materials();
  other.version.digest = digestOf("other");
  expect(writeSbom(other).serialNumber).not.toBe(serialNumber);
});

test("what is left out is said", () => {
  const { metadata, components, dependencies } = writeSbom(
    materials(
      {
        fileCount: 12,
        packagesKnown: false,
        advisoriesCut: true,
        dependencies: { resolved: [], complete: false },
      },
      { dependencies: [{ ref: "ana/gone", range: "^3.0.0", optional: false }] },
    ),
  );
  expect(metadata.properties).toEqual([
    { name: "marketplace:cut:files", value: "0 of 12" },
    { name: "marketplace:dependencies", value: "unresolved" },
    { name: "marketplace:packages", value: "not yet looked for" },
    { name: "marketplace:cut:vulnerabilities", value: "the first 0" },
  ]);
  expect(components).toMatchObject([
    { name: "gone", scope: "required", properties: [{ name: "marketplace:range", value: "^3.0.0" }] },
  ]);
  expect(dependencies[0]?.dependsOn).toEqual(["pkg:generic/ana/gone"]);
});

const text = fc.string({ unit: "binary", maxLength: 12 });
const slug = fc.constantFrom("a", "b-c", "tool", "__proto__", "constructor");
const ref = fc.tuple(slug, slug).map(([namespace, name]) => `${namespace}/${name}`);
const digest = text.map(digestOf);
const kind = fc.constantFrom(...KINDS);
const license = fc.constantFrom(null, "MIT", "LicenseRef-x", "MIT AND (GPL-2.0-only WITH Classpath-exception-2.0)");
const url = fc.oneof(
  fc.constant(null),
  fc.webUrl({ withFragments: true, withQueryParameters: true }),
  text.map((t) => `https://a.b/${t}`),
);
const letters = fc.string({ unit: fc.constantFrom(..."aZ0._-~+@/:"), maxLength: 8 });
const packageName = fc.oneof(text, letters, fc.constantFrom("a/b", "a:b", "@a/b", "a", "A", "x//y"));

const anything: fc.Arbitrary<Materials> = fc
  .record({
    asset: fc.record({ namespace: slug, slug, kind }),
    metadata: fc.record({
      license,
      description: text,
      homepage: url,
      repository: url,
      tags: fc.array(text, { maxLength: 3 }),
      dependencies: fc.uniqueArray(fc.record({ ref, range: text, optional: fc.boolean() }), {
        selector: (one) => one.ref,
        maxLength: 5,
      }),
    }),
    files: fc.uniqueArray(
      fc.record({ path: text, size: fc.nat(), digest, mediaType: text, executable: fc.boolean() }),
      { selector: (one) => one.path, maxLength: 6 },
    ),
    resolved: fc.uniqueArray(
      fc.record({
        ref,
        version: text,
        digest,
        kind: fc.option(kind),
        license,
        needs: fc.array(ref, { maxLength: 3 }),
      }),
      { selector: (one) => one.ref, maxLength: 5 },
    ),
    packages: fc.array(
      fc.record({
        ecosystem: fc.constantFrom(...ECOSYSTEMS),
        name: packageName,
        version: fc.option(text),
        range: fc.option(text),
        transitive: fc.boolean(),
        path: text,
        line: fc.option(fc.nat()),
      }),
      { maxLength: 8 },
    ),
    advisories: fc.array(
      fc.record({
        advisoryId: fc.constantFrom("A", "B", "__proto__"),
        ecosystem: fc.constantFrom(...ECOSYSTEMS, "marketplace"),
        package: fc.oneof(packageName, ref),
        packageVersion: fc.option(text),
        fixed: fc.option(text),
        level: fc.constantFrom("critical", "high", "medium", "low", null),
        malicious: fc.boolean(),
        summary: text,
      }),
      { maxLength: 5 },
    ),
    complete: fc.boolean(),
  })
  .map(({ asset, metadata, files, resolved, packages, advisories, complete }) =>
    materials({ asset, files, dependencies: { resolved, complete }, packages, advisories }, metadata),
  );

test("whatever a publisher writes, the bill is valid, and every reference in it leads somewhere", async () => {
  await fc.assert(
    fc.asyncProperty(anything, async (given) => {
      const bom = writeSbom(given);
      expect(await schema.validate(JSON.stringify(bom))).toBeNull();
      const refs = [bom.metadata.component, ...bom.components].map((one) => one["bom-ref"]);
      const all = new Set(refs);
      expect(all.size).toBe(refs.length);
      const named = bom.dependencies.flatMap((one) => [one.ref, ...(one.dependsOn ?? [])]);
      for (const one of [...named, ...(bom.vulnerabilities ?? []).flatMap(({ affects }) => affects.map((a) => a.ref))])
        expect(all).toContain(one);
      expect(new Set(bom.dependencies.map((one) => one.ref)).size).toBe(bom.dependencies.length);
      for (const { purl } of bom.components) if (purl !== undefined) PackageURL.fromString(purl);
    }),
    { numRuns: 150 },
  );
});

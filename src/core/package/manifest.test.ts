import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { AppError } from "../error.ts";
import { sha256 } from "../digest.ts";
import { buildManifest, parseManifest } from "./manifest.ts";
import type { PackageFile, PackageMetadata } from "./package.ts";

const file = (path: string, text: string, executable = false): PackageFile => ({
  path,
  size: Buffer.byteLength(text),
  digest: sha256(text),
  mediaType: "text/x-whatever",
  executable,
});
const metadata: PackageMetadata = {
  kind: "skill",
  slug: "greet",
  version: null,
  title: "Greet",
  description: "Says “hé”.",
  license: "MIT",
  tags: ["b", "a"],
  categories: [],
  homepage: null,
  repository: null,
  readmePath: "SKILL.md",
  dependencies: [{ ref: "acme/base", range: "^1", optional: false }],
  compatibility: { z: "1", a: "2" },
};
const files = [file("run.sh", "#!/bin/sh\n", true), file("SKILL.md", "hello\n"), file("é.md", "")];

describe("the fixed vector: whatever changes here changes every digest ever published", () => {
  const built = buildManifest(metadata, files);
  test("config", () =>
    expect(new TextDecoder().decode(built.config)).toBe(
      '{"compatibility":{"a":"2","z":"1"},"dependencies":[{"optional":false,"range":"^1","ref":"acme/base"}],"description":"Says “hé”.","kind":"skill","license":"MIT","name":"greet","readme":"SKILL.md","tags":["b","a"],"title":"Greet"}',
    ));
  test("manifest", () =>
    expect(new TextDecoder().decode(built.manifest)).toBe(
      `{"artifactType":"application/vnd.llm-marketplace.skill.v1","config":{"digest":"${built.configDigest}","mediaType":"application/vnd.llm-marketplace.config.v1+json","size":${built.config.byteLength}},"layers":[` +
        '{"annotations":{"org.opencontainers.image.title":"SKILL.md"},"digest":"sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03","mediaType":"application/vnd.llm-marketplace.file.v1","size":6},' +
        '{"annotations":{"org.opencontainers.image.title":"run.sh","vnd.llm-marketplace.executable":"true"},"digest":"sha256:a8076d3d28d21e02012b20eaf7dbf75409a6277134439025f282e368e3305abf","mediaType":"application/vnd.llm-marketplace.file.v1","size":10},' +
        '{"annotations":{"org.opencontainers.image.title":"é.md"},"digest":"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","mediaType":"application/vnd.llm-marketplace.file.v1","size":0}],' +
        '"mediaType":"application/vnd.oci.image.manifest.v1+json","schemaVersion":2}',
    ));
  test("digests", () => {
    expect(built.configDigest as string).toBe(
      "sha256:529fc20b7de924d0994dc2ce244e7eab29135c83dd8a692e8585b49cb737210f",
    );
    expect(built.digest as string).toBe("sha256:f660b8b8ddcff2052bbc6c4796877f892350aeda4795e23c4a9e67cab1de87be");
  });
});

test("neither the order of files, nor of keys, nor the media type guessed from a name, counts", () => {
  const other = {
    ...Object.fromEntries(Object.entries(metadata).reverse()),
    compatibility: { a: "2", z: "1" },
  } as unknown as PackageMetadata;
  const same = buildManifest(
    other,
    [...files].reverse().map((f) => ({ ...f, mediaType: "x/y" })),
  );
  expect(same.digest).toBe(buildManifest(metadata, files).digest);
});

test("every fact counts: path, bytes, executable bit, kind", () => {
  const base = buildManifest(metadata, files).digest;
  const others = [
    buildManifest({ ...metadata, kind: "tool" }, files),
    buildManifest(metadata, files.slice(1)),
    buildManifest(
      metadata,
      files.map((f) => ({ ...f, executable: true })),
    ),
    buildManifest(metadata, [file("SKILL.md", "hello!\n"), ...files.filter((f) => f.path !== "SKILL.md")]),
  ];
  expect(new Set([base, ...others.map((o) => o.digest)]).size).toBe(5);
});

describe("parseManifest", () => {
  const { manifest, digest, configDigest, config } = buildManifest(metadata, files);
  const text = new TextDecoder().decode(manifest);

  test("reads what was built", () => {
    const parsed = parseManifest(manifest);
    expect(parsed).toMatchObject({ digest, kind: "skill", config: { digest: configDigest, size: config.byteLength } });
    expect(parsed.files.map((f) => [f.path, f.executable])).toEqual([
      ["SKILL.md", false],
      ["run.sh", true],
      ["é.md", false],
    ]);
  });

  const refused: [string, string][] = [
    ["white space", ` ${text}`],
    ["one more member", text.replace('"schemaVersion":2', '"schemaVersion":2,"x":1')],
    ["a doubled member", text.replace('"schemaVersion":2', '"schemaVersion":2,"schemaVersion":2')],
    ["an executable bit that is neither", text.replace('executable":"true"', 'executable":"TRUE"')],
    ["another order", text.replace('"SKILL.md"', '"zzz.md"')],
    ["a path that leaves", text.replace("run.sh", "../run")],
    ["two paths that collide", text.replace("run.sh", "skill.md")],
    ["a digest in capitals", text.replace("sha256:58", "SHA256:58")],
    ["a negative size", text.replace('"size":6', '"size":-6')],
    ["a fractional size", text.replace('"size":6', '"size":6.5')],
    ["an unknown kind", text.replace("marketplace.skill.v1", "marketplace.skull.v1")],
    ["no JSON", "nope"],
    ["a list", "[]"],
    ["nothing", ""],
  ];
  for (const [what, changed] of refused)
    test(`refuses ${what}`, () => expect(() => parseManifest(new TextEncoder().encode(changed))).toThrow(AppError));

  test("any mutation is refused, or is another canonical manifest", () =>
    fc.assert(
      fc.property(fc.nat({ max: manifest.byteLength - 1 }), fc.nat({ max: 255 }), (at, value) => {
        const bytes = manifest.slice();
        bytes[at] = value;
        try {
          expect(parseManifest(bytes).digest).toBe(sha256(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
      { numRuns: 2000 },
    ));
});

test("a list of files beyond 4 MiB is refused with what to do", () => {
  const many = Array.from({ length: 9000 }, (_, i) => file(`${"d".repeat(250)}/${"n".repeat(240)}${i}`, ""));
  expect(() => buildManifest(metadata, many)).toThrow(/4 MiB: publish fewer/);
});

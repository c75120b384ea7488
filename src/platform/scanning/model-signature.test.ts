import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { readModelStatement } from "../../core/signing/model-statement.ts";
import { readBundle } from "../../core/signing/sigstore-bundle.ts";
import {
  bundleOf,
  certificateOf,
  chainOf,
  type Contents,
  pairOf,
  pemOf,
  statementOf,
} from "./model-signature.fixture.ts";
import { createModelSignatureScanner } from "./model-signature.ts";
import type { ModelTrust } from "./model-trust.ts";
import { withNestedFiles } from "./nested-files.ts";
import { scanWith, targetOf, zipOf } from "./target.fixture.ts";

const MODEL: Contents = { "config.json": "{}", "weights/a.safetensors": "numbers" };
const team = pairOf("P-256");
const NOBODY: ModelTrust = { keys: [], roots: [] };
const KNOWN: ModelTrust = { keys: [{ name: "team", pem: pemOf(team) }], roots: [] };

/** `rule severity path` of each finding, and the signer. */
async function look(files: Record<string, string | Uint8Array>, trust = KNOWN): Promise<string[]> {
  const findings = await scanWith(createModelSignatureScanner(trust), targetOf(files, { kind: "model" }));
  return findings.map(({ ruleId, severity, path, excerpt }) =>
    `${ruleId.slice(16)} ${severity} ${path} ${excerpt}`.trim(),
  );
}
const messages = async (files: Record<string, string | Uint8Array>, trust = KNOWN): Promise<string> =>
  (await scanWith(createModelSignatureScanner(trust), targetOf(files))).map(({ message }) => message).join("\n");
const signed = (files = MODEL, ignored?: readonly string[]) => bundleOf(statementOf(files, ignored), team);

describe("the files that were signed", () => {
  test("match, byte for byte", async () => {
    expect(await look({ ...MODEL, "model.sig": signed() })).toEqual(["verified info model.sig team"]);
    expect(await look({ ...MODEL, ".gitattributes": "x", ".git/HEAD": "x", "model.sig": signed() })).toHaveLength(1);
  });

  for (const [what, files, told] of [
    ["another byte", { ...MODEL, "config.json": "{ }" }, "config.json has other bytes."],
    ["a missing file", { "config.json": "{}" }, "weights/a.safetensors is missing."],
    ["a file beside them", { ...MODEL, "run.py": "1" }, "run.py is not covered."],
  ] as const) {
    test(`do not match with ${what}`, async () => {
      const version = { ...files, "model.sig": signed() };
      expect(await look(version)).toEqual(["does-not-match high model.sig team"]);
      expect(await messages(version)).toContain(told);
    });
  }

  test("leave out what the signer left out, by name", async () => {
    const version = { ...MODEL, "docs/a.md": "a", "model.sig": signed(MODEL, ["model.sig", "./docs/"]) };
    expect(await look(version)).toEqual(["verified info model.sig team"]);
    expect(await messages(version)).toContain("Left out by the signer: docs/a.md.");
    expect(await look({ ...version, "docs2.md": "b" })).toEqual(["does-not-match high model.sig team"]);
  });

  test("cannot be none at all", async () => {
    expect(await look({ ...MODEL, "model.sig": signed({}, ["."]) })).toEqual(["unreadable medium model.sig"]);
  });

  test("may be a folder, and what lies outside is told", async () => {
    const version = {
      "README.md": "r",
      "m/config.json": "{}",
      "m/weights/a.safetensors": "numbers",
      "m/model.sig": signed(),
    };
    expect(await look(version)).toEqual(["verified info m/model.sig team"]);
    expect(await messages(version)).toContain("1 file outside of that folder is not covered.");
    const beside = { ...MODEL, "signatures/model.sig": signed() };
    expect(await look(beside)).toEqual(["verified info signatures/model.sig team"]);
  });

  test("are those of the version and not members of its archives", async () => {
    const zip = zipOf([{ name: "a.sig", bytes: Buffer.from(signed({ other: "1" })) }]);
    const contents = { "a.zip": Buffer.from(zip).toString("latin1") };
    const statement = statementOf(contents);
    const { signal } = new AbortController();
    const version = targetOf({ "a.zip": zip, "model.sig": bundleOf(statement, team) });
    // The fixture hashes text: the archive's own digest is put in its place.
    const digest = version.files[0]!.digest.slice(7);
    statement.predicate.resources[0].digest = digest;
    statement.subject[0].digest.sha256 = new Bun.CryptoHasher("sha256")
      .update(Buffer.from(digest, "hex"))
      .digest("hex");
    const target = await withNestedFiles(targetOf({ "a.zip": zip, "model.sig": bundleOf(statement, team) }), signal);
    expect(target.files).toHaveLength(3);
    const findings = await scanWith(createModelSignatureScanner(KNOWN), target);
    expect(findings.map(({ ruleId }) => ruleId)).toEqual(["model-signature/verified"]);
  });

  test("may be signed twice, one signature under the other or beside it", async () => {
    const first = signed();
    const both = { ...MODEL, "model.sig": first, "b.sigstore.json": bundleOf(statementOf(MODEL), pairOf("P-384")) };
    expect((await look(both)).map((line) => line.split(" ")[0])).toEqual(["verified", "content-matches"]);
    const above = bundleOf(statementOf({ ...MODEL, "model.sig": first }, ["b.sig"]), team);
    expect(await look({ ...MODEL, "model.sig": first, "b.sig": above })).toHaveLength(2);
    expect(await look({ ...MODEL, "model.sig": `${first} `, "b.sig": above })).toContain(
      "does-not-match high b.sig team",
    );
  });
});

describe("a key", () => {
  for (const kind of ["P-256", "P-384", "P-521", "ed25519"] as const) {
    test(`${kind} is known or not, and its signature holds or not`, async () => {
      const pair = pairOf(kind);
      const trust: ModelTrust = { keys: [...KNOWN.keys, { name: "other", pem: pemOf(pair) }], roots: [] };
      const bundle = bundleOf(statementOf(MODEL), pair);
      expect(await look({ ...MODEL, "model.sig": bundle }, trust)).toEqual(["verified info model.sig other"]);
      expect((await look({ ...MODEL, "model.sig": bundle }))[0]).toStartWith("content-matches info model.sig key ");
      const forged = JSON.parse(bundle);
      forged.dsseEnvelope.payload = Buffer.from(
        JSON.stringify(statementOf({ ...MODEL, "config.json": "[]" })),
      ).toString("base64");
      const version = { ...MODEL, "config.json": "[]", "model.sig": JSON.stringify(forged) };
      expect(await look(version, trust)).toEqual(["invalid high model.sig other"]);
    });
  }

  test("without a hint is found by trying", async () => {
    const bundle = bundleOf(statementOf(MODEL), team, { publicKey: {} });
    expect(await look({ ...MODEL, "model.sig": bundle })).toEqual(["verified info model.sig team"]);
    expect(await look({ ...MODEL, "model.sig": bundle }, NOBODY)).toEqual(["content-matches info model.sig"]);
  });
});

describe("a certificate", () => {
  const [root, middle, leaf] = [pairOf("P-256"), pairOf("P-256"), pairOf("P-384")];
  const rootDer = certificateOf({ subject: "root", issuer: "root", key: root, signedBy: root, ca: true });
  const middleFacts = { subject: "middle", issuer: "root", key: middle, signedBy: root, ca: true };
  const leafFacts = { subject: "leaf", issuer: "middle", key: leaf, signedBy: middle, email: "ana@example.org" };
  const trust: ModelTrust = { keys: [], roots: [rootDer.toString("base64")] };
  const withChain = (facts: object = {}, between: object = {}, pair = leaf) => ({
    ...MODEL,
    "model.sig": bundleOf(
      statementOf(MODEL),
      pair,
      chainOf(certificateOf({ ...leafFacts, ...facts }), certificateOf({ ...middleFacts, ...between })),
    ),
  });

  test("counts when a configured authority vouches for it", async () => {
    expect(await look(withChain(), trust)).toEqual(["verified info model.sig ana@example.org"]);
    expect(await look(withChain(), NOBODY)).toEqual(["content-matches info model.sig ana@example.org"]);
  });

  for (const [what, facts, between] of [
    ["it is for TLS servers", { serverOnly: true }, {}],
    ["it has a limit that nobody knows", { unknownLimit: true }, {}],
    ["another authority of that name signed it", { signedBy: pairOf("P-256") }, {}],
    ["what signed it is no authority", {}, { ca: false }],
    ["the authority was out of date by then", {}, { to: "20251231000000Z", from: "20250101000000Z" }],
  ] as const) {
    test(`does not count when ${what}`, async () => {
      expect((await look(withChain(facts, between), trust))[0]).toStartWith("content-matches");
    });
  }

  test("does not count below more authorities than the root allows", async () => {
    const narrow = certificateOf({
      subject: "root",
      issuer: "root",
      key: root,
      signedBy: root,
      ca: true,
      pathLength: 0,
    });
    expect((await look(withChain(), { keys: [], roots: [narrow.toString("base64")] }))[0]).toStartWith(
      "content-matches",
    );
  });

  test("must hold the key that signed", async () => {
    expect(await look(withChain({}, {}, team), trust)).toEqual(["invalid high model.sig ana@example.org"]);
    const junk = bundleOf(statementOf(MODEL), leaf, chainOf(Buffer.from("3003020101", "hex")));
    expect(await look({ ...MODEL, "model.sig": junk }, trust)).toEqual(["invalid high model.sig"]);
  });

  test("of Sigstore shows who signed in where, not checked without its root", async () => {
    const oidcIssuer = "https://accounts.example.org";
    const der = certificateOf({ ...leafFacts, issuer: "root", signedBy: root, oidcIssuer });
    const material = { certificate: { rawBytes: der.toString("base64") } };
    const version = { ...MODEL, "model.sig": bundleOf(statementOf(MODEL), leaf, material) };
    const signer = `ana@example.org (signed in at ${oidcIssuer})`;
    expect(await look(version, NOBODY)).toEqual([`content-matches info model.sig ${signer}`]);
    expect(await messages(version, NOBODY)).toContain(
      "not checked against Sigstore's roots: this server works offline",
    );
    expect(await look(version, trust)).toEqual([`verified info model.sig ${signer}`]);
  });
});

describe("what is no signature of a model", () => {
  // biome-ignore lint/suspicious/noExplicitAny: statements are broken everywhere.
  const broken = (change: (statement: any) => void) => {
    const statement = statementOf(MODEL);
    change(statement);
    return { ...MODEL, "model.sig": bundleOf(statement, team) };
  };

  test("is left alone", async () => {
    const bare = JSON.stringify({ mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json", messageSignature: {} });
    expect(await look({ "a.sig": "\x89PGP", "b.sigstore": bare, "c.sig": "{}", "d.sig": "{", "e.sig": "" })).toEqual(
      [],
    );
    expect(await look(broken((one) => (one.predicateType = "https://slsa.dev/provenance/v1")))).toEqual([]);
  });

  for (const [what, change] of [
    // biome-ignore-start lint/suspicious/noExplicitAny: statements are broken everywhere.
    ["another digest over the files", (one: any) => (one.subject[0].digest.sha256 = "0".repeat(64))],
    ["two subjects", (one: any) => one.subject.push(one.subject[0])],
    ["a file twice", (one: any) => one.predicate.resources.push(one.predicate.resources[0])],
    ["another hash", (one: any) => (one.predicate.serialization.hash_type = "blake3")],
    ["shards", (one: any) => (one.predicate.serialization.method = "shards")],
    ["no resources", (one: any) => delete one.predicate.resources],
    ["the format before 1.0", (one: any) => (one.predicateType = "https://model_signing/Digests/v0.1")],
    // biome-ignore-end lint/suspicious/noExplicitAny: as above.
  ] as const) {
    test(`is unreadable with ${what}`, async () => {
      expect(await look(broken(change))).toEqual(["unreadable medium model.sig"]);
    });
  }

  test("is unreadable when the bundle is cut, too large, or one of too many", async () => {
    expect(await look({ ...MODEL, "model.sig": signed().slice(0, -5) })).toEqual(["unreadable medium model.sig"]);
    const large = `${signed().slice(0, -1)},"a":"${"a".repeat(8 * 1024 * 1024)}"}`;
    expect(await look({ ...MODEL, "model.sig": large })).toEqual(["unreadable medium model.sig"]);
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`${10 + i}.sig`, signed()]));
    expect((await look({ ...MODEL, ...many })).at(-1)).toBe("unreadable medium 30.sig");
    expect(await look({ ...MODEL, ...many })).toHaveLength(21);
  });
});

test("another key or root makes another version of the scanner, so that versions are scanned again", () => {
  const versions = [NOBODY, KNOWN, { keys: [], roots: ["AAAA"] }].map((trust) => {
    return trust.roots.length > 0 ? "" : createModelSignatureScanner(trust).version;
  });
  expect(new Set(versions).size).toBe(3);
});

describe("hostile bytes", () => {
  test("never make a reader throw, and never count as signed", async () => {
    const bundle = signed();
    const scanner = createModelSignatureScanner(KNOWN);
    await fc.assert(
      fc.asyncProperty(fc.nat(bundle.length), fc.nat(40), fc.string({ maxLength: 20 }), async (at, cut, put) => {
        const changed = bundle.slice(0, at) + put + bundle.slice(at + cut);
        const findings = await scanWith(scanner, targetOf({ ...MODEL, "config.json": "[]", "model.sig": changed }));
        expect(findings.filter(({ severity }) => severity === "info")).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test("of any JSON are read or refused in words", () => {
    const media = fc.constant("application/vnd.dev.sigstore.bundle.v0.3+json");
    const any = fc.jsonValue();
    const envelope = fc.record({
      payload: any,
      payloadType: any,
      signatures: fc.oneof(any, fc.array(fc.record({ sig: any }))),
    });
    const material = fc.oneof(any, fc.record({ x509CertificateChain: fc.record({ certificates: fc.array(any) }) }));
    fc.assert(
      fc.property(
        fc.record({ mediaType: media, dsseEnvelope: envelope, verificationMaterial: material }),
        any,
        (bundle, other) => {
          expect(readBundle(JSON.stringify(bundle))).toBeObject();
          expect(readBundle(JSON.stringify(other))).toEqual({ not: "bundle" });
          const statement = {
            ...statementOf(MODEL),
            predicate: {
              serialization: { method: "files", hash_type: "sha256", ignore_paths: other },
              resources: other,
            },
          };
          const read = readModelStatement("application/vnd.in-toto+json", Buffer.from(JSON.stringify(statement)));
          expect(read).toHaveProperty("broken");
        },
      ),
    );
  });

  test("of certificates never make the scan fail", async () => {
    const leaf = pairOf("P-256");
    const good = certificateOf({
      subject: "a",
      issuer: "a",
      key: leaf,
      signedBy: leaf,
      email: "a@example.org",
      oidcIssuer: "x",
    });
    const trust: ModelTrust = { keys: [], roots: [good.toString("base64")] };
    const scanner = createModelSignatureScanner(trust);
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const der = Buffer.from(good);
        der[at]! ^= flip;
        const version = { ...MODEL, "model.sig": bundleOf(statementOf(MODEL), leaf, chainOf(der)) };
        const findings = await scanWith(scanner, targetOf(version));
        expect(findings).toHaveLength(1);
        expect(findings[0]!.ruleId).not.toBe("model-signature/verified");
      }),
      { numRuns: 200 },
    );
  });
});

import { describe, expect, test } from "bun:test";
import { createPrivateKey, sign as nodeSign } from "node:crypto";
import { sha256 } from "../digest.ts";
import { PAYLOAD_TYPE, parseEnvelope, preAuthEncoding } from "./dsse.ts";
import {
  decodePrivateKey,
  decodePublicKey,
  encodePrivateKey,
  fingerprintOf,
  generatePrivateKey,
  publicKeyOf,
  signBytes,
  verifyBytes,
} from "./ed25519.ts";
import { checkPublication, publicationStatement, signPublication } from "./statement.ts";

const subject = { ref: "ana/tool", version: "1.2.3", digest: sha256("content") };

describe("Ed25519", () => {
  test("agrees with OpenSSL on keys and signatures", async () => {
    const key = generatePrivateKey();
    const pem = encodePrivateKey(key);
    expect(decodePrivateKey(pem).seed).toEqual(key.seed);
    const message = Buffer.from("hello");
    const theirs = nodeSign(null, message, createPrivateKey(pem));
    expect(Buffer.from(await signBytes(key, message))).toEqual(theirs);
    expect(await verifyBytes(await publicKeyOf(key), message, theirs)).toBe(true);
  });

  test("RFC 8032 7.1 test 3", async () => {
    const publicKey = Buffer.from("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "hex");
    const signature = Buffer.from(
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
      "hex",
    );
    expect(await verifyBytes(publicKey, Buffer.from("af82", "hex"), signature)).toBe(true);
    expect(await verifyBytes(publicKey, Buffer.from("af83", "hex"), signature)).toBe(false);
  });

  test("refuses a signature whose S was shifted by the group order (malleability)", async () => {
    const key = generatePrivateKey();
    const message = Buffer.from("m");
    const signature = Buffer.from(await signBytes(key, message));
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const s = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString("hex")}`) + order;
    const shifted = Buffer.from(s.toString(16).padStart(64, "0"), "hex").reverse();
    const forged = Buffer.concat([signature.subarray(0, 32), shifted]);
    expect(await verifyBytes(await publicKeyOf(key), message, forged)).toBe(false);
  });

  test.each([
    ["identity", "0100000000000000000000000000000000000000000000000000000000000000"],
    ["order 2", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"],
    ["order 4", "0000000000000000000000000000000000000000000000000000000000000000"],
    ["order 8", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"],
    ["not canonical", "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"],
  ])("refuses a public key of small order or odd encoding: %s", (_name, hex) => {
    expect(decodePublicKey(Buffer.from(hex, "hex").toString("base64"))).toBeNull();
  });
});

describe("publication statement", () => {
  test("a signature holds for its own subject alone", async () => {
    const key = generatePrivateKey();
    const publicKey = await publicKeyOf(key);
    const envelope = JSON.stringify(await signPublication(key, subject));
    expect(await checkPublication(envelope, publicKey, subject)).toBeNull();
    for (const other of [
      { ...subject, ref: "ana/other" },
      { ...subject, version: "1.2.4" },
      { ...subject, digest: sha256("other") },
    ])
      expect(await checkPublication(envelope, publicKey, other)).toContain("something other");
    expect(await checkPublication(envelope, await publicKeyOf(generatePrivateKey()), subject)).toContain("not made by");
  });

  test("pre-authentication encoding of the DSSE specification", () => {
    const encoded = Buffer.from(
      preAuthEncoding("http://example.com/HelloWorld", Buffer.from("hello world")),
    ).toString();
    expect(encoded).toBe("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  });

  test.each([
    ["not JSON", "{"],
    ["null", "null"],
    ["two signatures", JSON.stringify({ payloadType: PAYLOAD_TYPE, payload: "", signatures: [{}, {}] })],
    ["another type", JSON.stringify({ payloadType: "x", payload: "", signatures: [{ keyid: "", sig: "" }] })],
    [
      "loose base64",
      JSON.stringify({ payloadType: PAYLOAD_TYPE, payload: "a b", signatures: [{ keyid: "", sig: "" }] }),
    ],
    ["too large", JSON.stringify({ payloadType: PAYLOAD_TYPE, payload: "A".repeat(70_000), signatures: [] })],
  ])("refuses an envelope: %s", (_name, text) => {
    expect(parseEnvelope(text)).toBeNull();
  });

  test("the same subject gives the same bytes", async () => {
    expect(Buffer.from(publicationStatement(subject)).toString()).toBe(
      `{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"ana/tool@1.2.3","digest":{"sha256":"${subject.digest.slice(7)}"}}],` +
        '"predicateType":"https://llm-marketplace.dev/attestations/publication/v1","predicate":{"ref":"ana/tool","version":"1.2.3"}}',
    );
    expect(fingerprintOf(new Uint8Array(32))).toMatch(/^SHA256:[A-Za-z0-9_-]{43}$/);
  });
});

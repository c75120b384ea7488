import { expect, test } from "bun:test";
import { encodePrivateKey, generatePrivateKey, publicKeyOf } from "../core/signing/ed25519.ts";
import { publicKeyIn } from "./signing-keys.ts";

test("reads a public key in every form that people have one", async () => {
  const key = generatePrivateKey();
  const raw = Buffer.from(await publicKeyOf(key));
  const base64 = raw.toString("base64");
  const ssh = Buffer.concat([Buffer.from("0000000b7373682d6564323535313900000020", "hex"), raw]).toString("base64");
  const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw]).toString("base64");
  for (const form of [
    base64,
    `${base64}\n`,
    `ssh-ed25519 ${ssh} ada@laptop`,
    `-----BEGIN PUBLIC KEY-----\n${spki}\n-----END PUBLIC KEY-----\n`,
    encodePrivateKey(key),
  ])
    expect(await publicKeyIn(form)).toBe(base64);
});

test.each([
  ["an RSA key", "ssh-rsa AAAAB3NzaC1yc2E="],
  ["the identity point", Buffer.from([1, ...Array(31).fill(0)]).toString("base64")],
  ["nothing", ""],
  ["another curve's PEM", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"],
])("refuses %s", async (_name, text) => {
  expect(publicKeyIn(text)).rejects.toThrow(/no Ed25519 key/);
});

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { originOf, readCheckpoint, signCheckpoint, verifierKey } from "./checkpoint.ts";
import { generatePrivateKey, publicKeyOf, signBytes } from "./ed25519.ts";
import { leafHash } from "./merkle-tree.ts";

const key = generatePrivateKey();
const publicKey = await publicKeyOf(key);
const sign = (message: Uint8Array) => signBytes(key, message);
const checkpoint = { origin: "market.example.org", size: 42, root: leafHash(Buffer.from("x")) };
const note = await signCheckpoint(checkpoint, publicKey, sign);

describe("a signed checkpoint", () => {
  test("is a signed note as C2SP writes it, and is read back", async () => {
    const root = Buffer.from(checkpoint.root, "hex").toString("base64");
    expect(note).toStartWith(`market.example.org\n42\n${root}\n\n— market.example.org `);
    expect(await readCheckpoint(note, publicKey)).toEqual(checkpoint);
    expect(await readCheckpoint(`${note}— witness.example AAAAAA==\n`, publicKey)).toEqual(checkpoint);
  });

  test("names its key as the signed-note specification does", () => {
    // The example of the specification.
    const specified = Buffer.from("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "base64").subarray(1);
    expect(verifierKey("PeterNeumann", specified)).toBe(
      "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    );
  });

  test("of another key, or with anything changed, is none", async () => {
    expect(await readCheckpoint(note, await publicKeyOf(generatePrivateKey()))).toBeNull();
    for (const [from, to] of [
      ["42", "43"],
      ["market.", "other."],
      ["— market.example.org", "— other.example.org"],
      ["\n\n", "\nmore\n\n"],
      ["42", "042"],
      ["42", "1e3"],
    ] as const)
      expect(await readCheckpoint(note.replace(from, to), publicKey)).toBeNull();
    await fc.assert(
      fc.asyncProperty(fc.nat(note.length - 1), fc.string({ minLength: 1, maxLength: 3 }), async (at, put) => {
        const changed = note.slice(0, at) + put + note.slice(at + 1);
        const read = await readCheckpoint(changed, publicKey);
        if (read !== null) expect(read).toEqual(checkpoint);
      }),
    );
  });

  test("never throws on what is no note", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 300 }), async (text) => {
        expect(await readCheckpoint(text, publicKey)).toBeNull();
      }),
    );
    expect(await readCheckpoint(`${"a".repeat(5000)}\n\n`, publicKey)).toBeNull();
  });

  test("is made under the address without its scheme", () => {
    expect(originOf("https://market.example.org:8443/")).toBe("market.example.org:8443");
    expect(originOf("our own + market")).toBe("our-own-market");
    expect(originOf("")).toBe("marketplace");
  });
});

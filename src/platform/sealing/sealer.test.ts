import { describe, expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { createSealer, keyIdOf, SealBroken } from "./sealer.ts";

const key = () => new Uint8Array(randomBytes(32));
const anyKey = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe("sealed text", () => {
  test("opens at its place, whatever it is, and looks different every time", () => {
    const property = fc.property(anyKey, fc.string({ unit: "binary" }), fc.string(), (key, text, place) => {
      const sealer = createSealer([key]);
      const sealed = sealer.seal(text, place);
      expect(sealer.open(sealed, place)).toBe(text);
      expect(sealer.seal(text, place)).not.toBe(sealed);
    });
    fc.assert(property);
  });

  test("does not open when any character of it is changed", () => {
    const sealer = createSealer([key()]);
    const characters = fc.constantFrom(..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.= \n");
    const property = fc.property(fc.string(), fc.nat(), characters, (text, at, character) => {
      const sealed = sealer.seal(text, "here");
      const index = at % sealed.length;
      const changed = sealed.slice(0, index) + character + sealed.slice(index + 1);
      if (changed !== sealed) expect(() => sealer.open(changed, "here")).toThrow(SealBroken);
    });
    fc.assert(property);
  });

  test("does not open when it is cut, at whichever end, or lengthened", () => {
    const sealer = createSealer([key()]);
    const sealed = sealer.seal("a secret", "here");
    for (let length = 0; length < sealed.length; length++) {
      expect(() => sealer.open(sealed.slice(0, length), "here")).toThrow(SealBroken);
      expect(() => sealer.open(sealed.slice(sealed.length - length), "here")).toThrow(SealBroken);
    }
    for (const more of ["A", "AA", "AAAA", sealed, ` ${sealed}`, "\n"])
      expect(() => sealer.open(sealed + more, "here")).toThrow(SealBroken);
  });

  test("does not open at another place, and two do not swap", () => {
    const sealer = createSealer([key()]);
    const [one, two] = [sealer.seal("one", "totp_credentials:1"), sealer.seal("two", "totp_credentials:2")];
    expect(() => sealer.open(one, "totp_credentials:2")).toThrow(SealBroken);
    expect(() => sealer.open(two, "totp_credentials:1")).toThrow(SealBroken);
    expect(() => sealer.open(one, "mails:1")).toThrow(SealBroken);
    expect(() => sealer.open(one, "")).toThrow(SealBroken);
  });

  test("does not open with another key, nor with another key's name on it", () => {
    const [ours, theirs] = [createSealer([key()]), createSealer([key()])];
    const sealed = ours.seal("a secret", "here");
    expect(() => theirs.open(sealed, "here")).toThrow(SealBroken);
    const renamed = sealed.replace(ours.keyIds[0]!, theirs.keyIds[0]!);
    expect(() => theirs.open(renamed, "here")).toThrow(SealBroken);
    const both = createSealer([key(), key()]);
    const relabelled = both.seal("a secret", "here").replace(both.keyIds[0]!, both.keyIds[1]!);
    expect(() => both.open(relabelled, "here")).toThrow(SealBroken);
  });

  test("is told from plain text", () => {
    const sealer = createSealer([key()]);
    for (const plain of ["", "plain", '{"kty":"RSA"}', "s1..", "s2.00000000.AAAA"]) {
      expect(keyIdOf(plain)).toBeNull();
      expect(() => sealer.open(plain, "here")).toThrow(SealBroken);
    }
    expect(keyIdOf(sealer.seal("x", "here"))).toBe(sealer.keyIds[0]!);
  });

  test("fails without saying what it holds or where exactly", () => {
    const sealer = createSealer([key()]);
    const sealed = sealer.seal("a secret", "totp_credentials:0190-somebody");
    for (const damaged of [sealed.slice(0, -4), sealed.replace(/^s1\.[^.]+/, "s1.00000000"), "plain secret"])
      try {
        sealer.open(damaged, "totp_credentials:0190-somebody");
        throw new Error("it opened");
      } catch (error) {
        expect(error).toBeInstanceOf(SealBroken);
        expect((error as Error).message).toContain("totp_credentials");
        expect((error as Error).message).not.toMatch(/secret$|somebody|plain/);
      }
  });
});

describe("keys", () => {
  test("the newest seals, all open; what an older one sealed is outdated", () => {
    const [old, recent] = [key(), key()];
    const sealed = createSealer([old]).seal("a secret", "here");
    const sealer = createSealer([recent, old]);
    expect(sealer.open(sealed, "here")).toBe("a secret");
    expect(sealer.outdated(sealed)).toBe(true);
    const anew = sealer.seal("a secret", "here");
    expect(sealer.outdated(anew)).toBe(false);
    expect(createSealer([recent]).open(anew, "here")).toBe("a secret");
    expect(() => createSealer([old]).open(anew, "here")).toThrow(SealBroken);
    expect(sealer.keyIds).toHaveLength(2);
  });

  test("are 32 bytes, at least one of them", () => {
    expect(() => createSealer([])).toThrow();
    expect(() => createSealer([new Uint8Array(31)])).toThrow();
    expect(() => createSealer([key(), new Uint8Array(33)])).toThrow();
  });
});

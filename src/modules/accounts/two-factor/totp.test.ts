import { expect, test } from "bun:test";
import { encode } from "uqr";
import { qrCode } from "./qr-code.ts";
import { newRecoveryCode, readRecoveryCode } from "./recovery-code.ts";
import { matchingStep, newSeed, readCode, seedUri } from "./totp.ts";

test("codes are those of RFC 6238 (appendix B, SHA-1, the last six digits)", async () => {
  // "12345678901234567890" as base32.
  const seed = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
  for (const [seconds, code] of [
    [59, "287082"],
    [1111111109, "081804"],
    [1111111111, "050471"],
    [1234567890, "005924"],
    [2000000000, "279037"],
    [20000000000, "353130"],
  ] as const) {
    const now = new Date(seconds * 1000);
    expect(await matchingStep(seed, code, { now, lastStep: null })).toBe(Math.floor(seconds / 30));
    expect(await matchingStep(seed, code, { now, lastStep: Math.floor(seconds / 30) })).toBeNull();
  }
});

test("what is typed is read as people type it, and nothing else is a code", () => {
  for (const typed of ["123456", " 123 456 ", "123-456", "１２３４５６", "12\u00a034\u200b56"])
    expect(readCode(typed)).toBe("123456");
  for (const typed of ["", "12345", "1234567", "12345a", "1e5000", "٣٤٥٦٧٨", `1234567${" ".repeat(100)}`])
    expect(readCode(typed)).toBeNull();
  const code = newRecoveryCode();
  expect(code).toMatch(/^[a-z2-7]{6}(-[a-z2-7]{6}){3}$/);
  expect(readRecoveryCode(` ${code.toUpperCase()}`)).toBe(code.replaceAll("-", ""));
  expect(readRecoveryCode(code.slice(1))).toBeNull();
});

test("the address in the QR code keeps names whole", () => {
  const seed = newSeed();
  expect(seed).toMatch(/^[A-Z2-7]{32}$/);
  const uri = new URL(seedUri(seed, { issuer: "Märket & Söns: A+B", account: "ada" }));
  expect(decodeURIComponent(uri.pathname)).toEndWith("/Märket & Söns  A+B:ada");
  expect(uri.searchParams.get("issuer")).toBe("Märket & Söns  A+B");
  expect(uri.href).not.toContain("+");
  expect(uri.searchParams.get("secret")).toBe(seed);
});

test("the drawn QR code has exactly its dark modules", () => {
  const text = seedUri(newSeed(), { issuer: "Marketplace", account: "ada" });
  const { size, path } = qrCode(text);
  const drawn = Array.from({ length: size }, () => Array<boolean>(size).fill(false));
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g))
    for (let i = 0; i < Number(width); i++) drawn[Number(y)]![Number(x) + i] = true;
  expect(drawn).toEqual(encode(text, { ecc: "M", border: 4 }).data);
});

import { afterAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { openBreachedPasswords } from "./breached-passwords.ts";
import { isCommonPassword } from "./common-passwords.ts";

const folder = mkdtempSync(join(tmpdir(), "breached-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const listed = async (lines: string[], ending: string, last = ending) => {
  const path = join(folder, `${files++}.txt`);
  writeFileSync(path, lines.join(ending) + last);
  return openBreachedPasswords(path);
};
const sha1 = (password: string) => createHash("sha1").update(password).digest("hex").toUpperCase();

describe("the list of breached passwords", () => {
  test("finds exactly what is in it, however long it is and its lines end", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(
          fc.string({ minLength: 1, unit: "grapheme" }).map((s) => s.normalize("NFC")),
          {
            minLength: 2,
            maxLength: 40,
          },
        ),
        fc.constantFrom("\n", "\r\n"),
        fc.boolean(),
        fc.constantFrom("counted", "whole", "cut"),
        async (passwords, ending, closed, form) => {
          const [inside, outside] = [passwords.filter((_, i) => i % 2 === 0), passwords.filter((_, i) => i % 2 === 1)];
          const hashes = inside.map(sha1).sort();
          const lines = hashes.map((hash, i) =>
            form === "counted" ? `${hash}:${10 ** (i % 9)}` : form === "cut" ? hash.slice(0, 16) : hash.toLowerCase(),
          );
          const list = await listed(lines, ending, closed ? ending : "");
          for (const password of inside) expect(await list.contains(password)).toBe(true);
          for (const password of outside) expect(await list.contains(password)).toBe(false);
        },
      ),
      { numRuns: 40 },
    );
  });

  test("refuses a file that is something else", async () => {
    await expect(listed([], "")).rejects.toThrow("sorted list");
    await expect(listed(["hello", "world"], "\n")).rejects.toThrow("sorted list");
    await expect(
      listed(
        Array.from({ length: 20 }, (_, i) => sha1(`${i}`))
          .sort()
          .reverse(),
        "\n",
      ),
    ).rejects.toThrow("sorted list");
    await expect(openBreachedPasswords(join(folder, "missing"))).rejects.toThrow("cannot be read (ENOENT)");
  });
});

describe("common passwords", () => {
  test("refuses usual words, walks and numbers, however they are dressed up", () => {
    const usual = [
      ...["password", "Password123!", "P@ssw0rd2026", "passwordpassword", "qwertyuiop", "1qaz2wsx", "12345678"],
      ...["iloveyou", "letmein1", "Summer2026!", "adminadmin", "Welcome01", "!!!dragon!!!", "qwerty123456"],
      ...["abcabcabc", "zxcvbnm,", "Fussball1", "15081994", "aaaaaaaaa1", "MARKETPLACE2026", "abcd1234", "pa55w0rd"],
    ];
    for (const password of usual) expect([password, isCommonPassword(password)]).toEqual([password, true]);
  });

  test("lets sentences and random text be", () => {
    const good = [
      "correct horse battery",
      "my dog ate the red password",
      "x7Kf0qLz",
      "8264019375533",
      "tr0ub4dor&3zebra",
    ];
    for (const password of good) expect([password, isCommonPassword(password)]).toEqual([password, false]);
  });

  test("takes no time over hostile text", () => {
    const started = performance.now();
    for (const text of ["a".repeat(1024), "1a".repeat(512), "password".repeat(128), "!".repeat(1024)])
      isCommonPassword(text);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

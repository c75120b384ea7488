import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { AppError } from "../error.ts";
import { checkPath, comparePaths, isLitter, PathSet, visiblePath } from "./path.ts";

describe("checkPath", () => {
  const allowed = [
    "SKILL.md",
    "a/b/c.txt",
    ".claude-plugin/plugin.json",
    ".github/x",
    ".gitignore",
    "日本/é.md",
    "a b/c d",
    "❤️.md",
    "console.log",
    "com10",
    "x".repeat(512),
    `${"a/".repeat(31)}b`,
    "...x",
  ];
  for (const path of allowed)
    test(`allows ${path.slice(0, 40)}`, () => expect(checkPath(path)).toBe(path.normalize("NFC")));

  const refused: [string, RegExp][] = [
    ["", /needs a name/],
    ["/a", /absolute/],
    ["a//b", /empty/],
    ["a/", /empty/],
    [".", /"\."/],
    ["a/../b", /"\.\."/],
    ["./a", /"\."/],
    ["C:/x", /drive/],
    ["c:x", /drive/],
    ["a\\b", /backslash/],
    ["a\0", /\\u\{0\}.*control/],
    ["a\nb", /\\u\{a\}.*control/],
    ["a\u0085", /control/],
    ["a\u2028b", /control/],
    ["\ud800", /control/],
    ["a\u202etxt.exe", /\\u\{202e\}.*invisible/],
    ["a\u200bb", /invisible/],
    ["a\ufeff", /invisible/],
    ["a\u{e0041}", /invisible/],
    ["a\u3164", /invisible/],
    ["a.", /dot or a space/],
    ["a /b", /dot or a space/],
    ["a./b", /dot or a space/],
    ["CON", /reserves/],
    ["x/nul.txt", /reserves/],
    ["Com1.tar.gz", /reserves/],
    ["LPT¹", /reserves/],
    ["aux .md", /reserves/],
    ["a?b", /Windows refuses/],
    ["file:stream", /Windows refuses/],
    ["x".repeat(513), /512 bytes/],
    ["é".repeat(257), /512 bytes/],
    [`${"a/".repeat(32)}b`, /32 folders/],
    [".git/config", /\.git/],
    ["a/.GIT/hooks/x", /\.git/],
    ["GIT~1/config", /\.git/],
  ];
  for (const [path, message] of refused)
    test(`refuses ${visiblePath(path).slice(0, 60)}`, () => {
      expect(() => checkPath(path)).toThrow(message);
      expect(() => checkPath(path)).toThrow(AppError);
    });

  test("whatever it allows is NFC, stays inside and is allowed again", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.string({ unit: "grapheme" }),
          fc.stringMatching(/^[./a\\: ]{1,12}$/),
        ),
        (text) => {
          let path: string;
          try {
            path = checkPath(text);
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
            return;
          }
          expect(checkPath(path)).toBe(path);
          expect(path.split("/").some((s) => s === "" || s === "." || s === "..")).toBe(false);
          expect(path.normalize("NFC")).toBe(path);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe("PathSet", () => {
  const collisions: [string, string][] = [
    ["README.md", "readme.MD"],
    ["é", "e\u0301"],
    ["straße", "STRASSE"],
    ["ﬁle", "file"],
    ["K", "\u212a"],
    ["ſ", "s"],
    ["Σ", "ς"],
    ["❤️", "❤"],
    ["a", "a/b"],
    ["a/b", "a"],
    ["A/x", "a/y"],
    ["a/b/x", "a/B/y"],
    ["x", "x"],
    ["①", "1"],
  ];
  for (const [a, b] of collisions)
    test(`${a} and ${b} collide`, () => {
      const set = new PathSet();
      set.add(a);
      expect(() => set.add(b)).toThrow(AppError);
      expect(set.size).toBe(1);
    });

  test("siblings do not", () => {
    const set = new PathSet();
    for (const path of ["a/b", "a/c", "ab", "a.b", "a/b.c", "b/a"]) set.add(path);
    set.addFolder("a");
    set.addFolder("empty");
    expect(set.size).toBe(6);
    expect(() => set.add("EMPTY")).toThrow(/folder elsewhere/);
  });
});

test("byte order, not UTF-16 order", () =>
  expect(["\u{10000}", "\uffee", "a"].sort(comparePaths)).toEqual(["a", "\uffee", "\u{10000}"]));

test("litter", () => {
  expect([".git/x", "a/.git/HEAD", "__MACOSX/a", "a/.DS_Store", "._a"].every(isLitter)).toBe(true);
  expect([".gitignore", ".github/x", "_a", "DS_Store"].some(isLitter)).toBe(false);
});

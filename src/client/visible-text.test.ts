import { expect, test } from "bun:test";
import fc from "fast-check";
import { visible, visibleJson } from "./visible-text.ts";

const text = fc.string({ unit: "binary", maxLength: 60 });
const DANGEROUS = /[\p{Cc}\u202a-\u202e\u2066-\u2069\u200e\u200f\u2028\u2029\u{e0000}-\u{e007f}]/u;

test("nothing that steers a terminal comes through, and JSON stays what it was", () => {
  fc.assert(
    fc.property(text, (written) => {
      expect(visible(written)).not.toMatch(DANGEROUS);
      const json = visibleJson({ written });
      expect(json).not.toMatch(DANGEROUS);
      expect(JSON.parse(json)).toEqual({ written });
    }),
  );
});

test("what people write stays as they wrote it", () => {
  for (const words of ["Čaj & Café", "日本語", "👩‍👩‍👧 ❤️", "می‌خواهم"]) expect(visible(words)).toBe(words);
  expect(visible("a\r\nb\u001b[31m")).toBe("a b\\u{1b}[31m");
});

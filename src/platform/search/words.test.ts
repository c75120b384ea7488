import { expect, test } from "bun:test";
import fc from "fast-check";
import { editDistance, tokenize } from "./words.ts";

/** The definition, without the shortcuts. */
function distance(a: string, b: string): number {
  const table = Array.from({ length: a.length + 1 }, (_, i) => Array.from({ length: b.length + 1 }, (_, j) => i + j));
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++) {
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      table[i]![j] = Math.min(
        table[i - 1]![j]! + 1,
        table[i]![j - 1]! + 1,
        table[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1),
        swapped ? table[i - 2]![j - 2]! + 1 : 99,
      );
    }
  return table[a.length]![b.length]!;
}

test("edit distance is what its definition says, up to the limit", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 9 });
  fc.assert(
    fc.property(word, word, fc.integer({ min: 1, max: 2 }), (a, b, max) => {
      expect(editDistance(a, b, max)).toBe(Math.min(distance(a, b), max + 1));
    }),
    { numRuns: 3000 },
  );
});

test("plain text is cut into the same words with and without other letters near it", () => {
  const plain = fc.string({ unit: fc.constantFrom("a", "Z", "0", "+", "#", "-", " ", "_", "."), maxLength: 20 });
  fc.assert(
    fc.property(plain, (text) => {
      expect(tokenize(text, 100)).toEqual(tokenize(`${text} é`, 100).slice(0, -1));
    }),
    { numRuns: 2000 },
  );
});

test("words point back into the text, whatever it is", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
      for (const { word, start, end } of tokenize(text, 100)) {
        expect(word).not.toBe("");
        expect(start).toBeLessThan(end);
        expect(end).toBeLessThanOrEqual(text.length);
      }
    }),
    { numRuns: 1000 },
  );
});

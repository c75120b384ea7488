import { expect, test } from "bun:test";
import fc from "fast-check";
import { hiddenRegions } from "./hidden-regions.ts";
import { readLiterals } from "./literals.ts";
import { respellingsOf } from "./respelling.ts";

const text = fc.string({ unit: "binary", maxLength: 600 });

test("a respelling's every place is the beginning of a line of the source", () => {
  fc.assert(
    fc.property(
      text,
      fc.constantFrom("i g n o r e  a l l", "1gn0r3 5y573m", "prevoius", "gur naq lbh abg"),
      (around, core) => {
        const source = `${around}\n${core}\n${around}`;
        for (const { text: spelt, toSource } of respellingsOf(source))
          for (const offset of [0, spelt.length >> 1, spelt.length]) {
            const place = toSource(offset);
            expect(place).toBeGreaterThanOrEqual(0);
            expect(place).toBeLessThanOrEqual(source.length);
          }
      },
    ),
  );
});

test("strings read as JSON and back are what they were", () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 200 }).filter((s) => !/["'`\b\f]/.test(s)),
      (value) => {
        const json = `{"a":${JSON.stringify(`${value}\n`)}}`;
        const read = readLiterals("server.json", json)!;
        expect(read.text).toContain(value.replaceAll("\t", " ").replaceAll("\\", "\\"));
        expect(read.toSource(read.text.length)).toBeLessThanOrEqual(json.length);
      },
    ),
  );
});

test("hidden stretches lie in the text, in order", () => {
  const marks = fc.constantFrom(
    "<!--",
    "-->",
    "![",
    "](",
    "<p style='display:none'>",
    "</p>",
    "\n".repeat(30),
    "[//]: # (",
    "<details>",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(marks, text), { maxLength: 12 }), (pieces) => {
      const whole = pieces.join("");
      let last = 0;
      for (const { start, end } of hiddenRegions(whole)) {
        expect(start).toBeGreaterThanOrEqual(last);
        expect(end).toBeLessThanOrEqual(whole.length);
        expect(end).toBeGreaterThanOrEqual(start);
        last = start;
      }
    }),
  );
});

import { expect, test } from "bun:test";
import { bandsOf, compareSketches, readSketch, type Sketch, sketchOf, writeSketch } from "./sketch.ts";

/** Words that no two seeds have in common. */
const words = (seed: number, count: number) => Array.from({ length: count }, (_, i) => `w${seed}x${i * 7919}`);
const sketch = (...parts: string[][]): Sketch => sketchOf(parts.flat().join(" "))!;
const share = (a: Sketch, b: Sketch) => bandsOf(a).some((band) => bandsOf(b).includes(band));

test("equal texts have equal sketches, whatever their spacing and case", () => {
  const a = sketch(words(1, 400));
  const b = sketchOf(words(1, 400).join(" \n* ").toUpperCase())!;
  expect(compareSketches(a, b)).toEqual({ shared: 1, held: 1 });
  expect(bandsOf(a)).toEqual(bandsOf(b));
});

test("what two texts share is told within a tenth, and near ones share a band", () => {
  const original = sketch(words(1, 1000));
  const longer = sketch(words(1, 1000), words(2, 250));
  expect(compareSketches(longer, original).shared).toBeWithin(0.7, 0.9);
  expect(compareSketches(longer, original).held).toBeGreaterThan(0.9);
  expect(share(original, longer)).toBe(true);
  const other = sketch(words(3, 1000));
  expect(compareSketches(other, original).shared).toBeLessThan(0.05);
  expect(share(original, other)).toBe(false);
});

test("short texts have none, and a sketch survives being written", () => {
  expect(sketchOf(words(1, 50).join(" "))).toBeNull();
  const written = writeSketch(sketch(words(1, 300)));
  expect(readSketch(written)).toEqual(sketch(words(1, 300)));
  expect(written.length).toBeLessThan(720);
});

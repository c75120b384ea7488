import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { type Digest, sha256 } from "../../core/digest.ts";
import type { BlobStore } from "./blob-store.ts";

const MIB = 1024 * 1024;
export const EMPTY: Digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

export interface BlobStoreUnderTest {
  store: BlobStore;
  /** What the store has on disk or in memory of unfinished puts; must be empty whenever no put runs. */
  leftovers(): Promise<string[]>;
  /** Makes a blob look as if it had been put so long ago; null where only the server sets times. */
  age: ((digest: Digest, ms: number) => Promise<void>) | null;
  stop(): Promise<void>;
}

async function* pieces(...parts: Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield part;
}

export async function readAll(stream: ReadableStream<Uint8Array> | null): Promise<Uint8Array | null> {
  return stream && new Uint8Array(await new Response(stream).arrayBuffer());
}

async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  for (let step = await reader.read(); !step.done; step = await reader.read()) yield step.value;
}

async function failure(work: Promise<unknown>): Promise<{ code?: string; status?: number; message: string }> {
  try {
    await work;
  } catch (error) {
    return error as { code?: string; status?: number; message: string };
  }
  throw new Error("it did not fail");
}

/** What every blob store must do; each adapter's test runs it over its own. */
export function describeBlobStore(name: string, start: () => Promise<BlobStoreUnderTest>): void {
  describe(`${name} blob store`, () => {
    let under: BlobStoreUnderTest;
    let store: BlobStore;
    beforeAll(async () => {
      under = await start();
      store = under.store;
    }, 300_000);
    afterAll(() => under?.stop());

    const bytesOf = async (digest: Digest) => readAll(await store.open(digest));

    test("gives back what was put, named by its digest", async () => {
      const bytes = randomBytes(100_000);
      const before = Date.now();
      const put = await store.put(pieces(bytes.subarray(0, 1), bytes.subarray(1, 70_000), bytes.subarray(70_000)));
      expect(put).toEqual({ digest: sha256(bytes), size: 100_000, created: true });
      expect(Buffer.from((await bytesOf(put.digest))!).equals(bytes)).toBe(true);
      const info = await store.stat(put.digest);
      expect(info).toMatchObject({ digest: put.digest, size: 100_000 });
      // S3 tells whole seconds.
      expect(info!.touchedAt.getTime()).toBeGreaterThanOrEqual(before - 1000);
      expect(await under.leftovers()).toEqual([]);
    });

    test("takes a stream, an iterable and plain bytes for the same blob", async () => {
      const bytes = randomBytes(300);
      const results = [
        await store.put(new Response(bytes).body!),
        await store.put(pieces(bytes)),
        await store.put(bytes),
      ];
      expect(new Set(results.map((result) => result.digest))).toEqual(new Set([sha256(bytes)]));
      expect(results.map((result) => result.created)).toEqual([true, false, false]);
    });

    test("keeps the empty blob", async () => {
      expect(await store.put(pieces())).toEqual({ digest: EMPTY, size: 0, created: true });
      expect(await bytesOf(EMPTY)).toEqual(new Uint8Array(0));
      expect(await readAll(await store.open(EMPTY, { start: 0, end: 5 }))).toEqual(new Uint8Array(0));
      expect(await store.stat(EMPTY)).toMatchObject({ size: 0 });
    });

    test("knows nothing of a blob that was never put", async () => {
      const missing = sha256(randomBytes(8));
      expect(await store.stat(missing)).toBeNull();
      expect(await store.open(missing)).toBeNull();
      expect(await store.open(missing, { start: 0, end: 1 })).toBeNull();
      await store.delete(missing);
    });

    test("reads ranges, cut at the end", async () => {
      const bytes = randomBytes(5 * MIB + 7);
      const { digest } = await store.put(pieces(bytes));
      const ranges: [number, number][] = [
        [0, 2],
        [1, 300_000],
        [MIB - 1, 4 * MIB + 1],
        [bytes.length - 3, bytes.length],
        [bytes.length - 3, bytes.length + 100],
        [0, bytes.length],
        [5, 5],
        [bytes.length, bytes.length + 1],
        [bytes.length + 50, bytes.length + 60],
      ];
      for (const [begin, end] of ranges) {
        const read = Buffer.from((await readAll(await store.open(digest, { start: begin, end })))!);
        expect(read.equals(bytes.subarray(begin, end)), `${begin}–${end}`).toBe(true);
      }
      for (const [begin, end] of [
        [-1, 4],
        [4, 2],
        [0.5, 3],
        [0, Number.NaN],
      ] as [number, number][])
        expect(await failure(store.open(digest, { start: begin, end }))).toBeInstanceOf(RangeError);
    });

    test("keeps nothing when the digest is not the expected one", async () => {
      for (const size of [500, 3 * MIB]) {
        const bytes = randomBytes(size);
        const error = await failure(store.put(pieces(bytes), { expected: EMPTY }));
        expect(error).toMatchObject({ code: "INVALID_REQUEST", details: { actual: sha256(bytes), expected: EMPTY } });
        expect(await store.stat(sha256(bytes))).toBeNull();
        expect(await under.leftovers()).toEqual([]);
        expect(await store.put(pieces(bytes), { expected: sha256(bytes) })).toMatchObject({ created: true });
      }
    });

    test("keeps nothing beyond maxBytes, and stops reading there", async () => {
      let asked = 0;
      const endless = async function* () {
        for (; ; asked++) yield new Uint8Array(64 * 1024).fill(asked);
      };
      const error = await failure(store.put(endless(), { maxBytes: 3 * MIB }));
      expect(error).toMatchObject({ code: "PAYLOAD_TOO_LARGE", status: 413 });
      expect(asked).toBeLessThan(64);
      expect(await under.leftovers()).toEqual([]);
      const exact = randomBytes(1000);
      expect((await failure(store.put(exact, { maxBytes: 999 }))).code).toBe("PAYLOAD_TOO_LARGE");
      expect(await store.stat(sha256(exact))).toBeNull();
      expect(await store.put(exact, { maxBytes: 1000 })).toMatchObject({ size: 1000 });
    });

    test("keeps nothing when the source fails", async () => {
      const bytes = randomBytes(2 * MIB + 5);
      const broken = async function* () {
        yield bytes;
        throw new Error("the client went away");
      };
      expect((await failure(store.put(broken()))).message).toBe("the client went away");
      expect(await store.stat(sha256(bytes))).toBeNull();
      expect(await under.leftovers()).toEqual([]);
    });

    test("keeps nothing when aborted, also while the source never answers", async () => {
      const bytes = randomBytes(2 * MIB + 5);
      const reason = new Error("the request was aborted");
      const controller = new AbortController();
      let cancelled: unknown = null;
      const stalled = new ReadableStream<Uint8Array>({
        start: (stream) => stream.enqueue(bytes),
        // The second pull means that the first chunk was taken.
        pull: () => {
          controller.abort(reason);
          return new Promise(() => {});
        },
        cancel: () => {
          cancelled = true;
        },
      });
      expect((await failure(store.put(stalled, { signal: controller.signal }))) as unknown).toBe(reason);
      expect(cancelled).toBe(true);
      expect(await store.stat(sha256(bytes))).toBeNull();
      expect(await under.leftovers()).toEqual([]);
      expect((await failure(store.put(bytes, { signal: controller.signal }))) as unknown).toBe(reason);
    });

    test("stores concurrent puts of the same and of different bytes", async () => {
      const contents = [randomBytes(10), randomBytes(70_000), randomBytes(2 * MIB)];
      const puts = await Promise.all(
        Array.from({ length: 24 }, (_, index) => store.put(pieces(contents[index % contents.length]!))),
      );
      for (const [index, bytes] of contents.entries()) {
        const same = puts.filter((_, put) => put % contents.length === index);
        expect(new Set(same.map((put) => put.digest))).toEqual(new Set([sha256(bytes)]));
        expect(same.some((put) => put.created)).toBe(true);
        expect(Buffer.from((await bytesOf(sha256(bytes)))!).equals(bytes)).toBe(true);
      }
      expect(await under.leftovers()).toEqual([]);
    });

    test("lists every blob in order, also from the middle, until it is deleted", async () => {
      const mine = await Promise.all(Array.from({ length: 12 }, () => store.put(randomBytes(20))));
      const expected = mine.map((put) => put.digest).sort();
      const seen: Digest[] = [];
      for await (const info of store.list()) {
        seen.push(info.digest);
        expect(await store.stat(info.digest)).toMatchObject({ size: info.size });
      }
      expect(seen).toEqual([...seen].sort());
      expect(expected.every((digest) => seen.includes(digest))).toBe(true);
      const rest: Digest[] = [];
      for await (const info of store.list({ after: expected[5]! })) rest.push(info.digest);
      expect(rest).toEqual(seen.filter((digest) => digest > expected[5]!));
      for (const digest of expected) await store.delete(digest);
      for await (const info of store.list()) expect(expected).not.toContain(info.digest);
      expect(await store.stat(expected[0]!)).toBeNull();
    });

    test("streams more than it may hold in memory, both ways", async () => {
      const size = 128 * MIB;
      const hasher = new Bun.CryptoHasher("sha256");
      const block = randomBytes(MIB);
      const many = async function* () {
        for (let sent = 0; sent < size; sent += MIB) {
          const next = new Uint8Array(block);
          new DataView(next.buffer).setUint32(0, sent);
          yield next;
        }
      };
      for await (const piece of many()) hasher.update(piece);
      const digest: Digest = `sha256:${hasher.digest("hex")}`;
      Bun.gc(true);
      const before = process.memoryUsage().rss;
      let peak = before;
      const watch = setInterval(() => {
        peak = Math.max(peak, process.memoryUsage().rss);
      }, 5);
      expect(await store.put(many(), { expected: digest })).toEqual({ digest, size, created: true });
      let read = 0;
      for await (const chunk of chunksOf((await store.open(digest))!)) {
        read += chunk.byteLength;
        peak = Math.max(peak, process.memoryUsage().rss);
      }
      clearInterval(watch);
      expect(read).toBe(size);
      expect(peak - before).toBeLessThan(96 * MIB);
      await store.delete(digest);
    }, 60_000);

    test("forms no path or key from anything but a digest", async () => {
      const hostile = [
        "sha256:../../etc/passwd",
        "sha256:",
        `sha256:${"A".repeat(64)}`,
        `${EMPTY}\n`,
        `${EMPTY}/x`,
        "",
      ];
      for (const digest of hostile as Digest[]) {
        const uses: (() => unknown)[] = [
          () => store.stat(digest),
          () => store.open(digest),
          () => store.delete(digest),
          () => store.localPath(digest) ?? store.presign(digest, 1),
        ];
        for (const use of uses) {
          const refused = Promise.resolve().then(use);
          expect((await failure(refused)).message).toBe("not a sha256 digest");
        }
      }
    });

    test("can be stopped in the middle of reading", async () => {
      const bytes = randomBytes(9 * MIB);
      const { digest } = await store.put(bytes);
      const reader = (await store.open(digest))!.getReader();
      const first = await reader.read();
      expect(Buffer.from(first.value!).equals(bytes.subarray(0, first.value!.byteLength))).toBe(true);
      await reader.cancel();
      await (await store.open(digest))!.cancel();
    });

    test("says that it can be written to", async () => {
      await store.check();
      expect(await under.leftovers()).toEqual([]);
    });

    test("refreshes the time of what is put again", async () => {
      if (under.age === null) return;
      const { digest } = await store.put(randomBytes(10));
      await under.age(digest, 7 * 86_400_000);
      const bytes = (await bytesOf(digest))!;
      expect(Date.now() - (await store.stat(digest))!.touchedAt.getTime()).toBeGreaterThan(6 * 86_400_000);
      expect(await store.put(bytes)).toMatchObject({ created: false });
      expect(Date.now() - (await store.stat(digest))!.touchedAt.getTime()).toBeLessThan(60_000);
    });
  });
}

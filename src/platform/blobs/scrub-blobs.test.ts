import { afterAll, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Digest, sha256 } from "../../core/digest.ts";
import type { BlobStore } from "./blob-store.ts";
import { createFilesystemBlobStore } from "./filesystem.ts";
import { scrubBlobs } from "./scrub-blobs.ts";

const folder = mkdtempSync(join(tmpdir(), "marketplace-scrub-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let store: BlobStore;
let digests: Digest[];
beforeEach(async () => {
  store = createFilesystemBlobStore({ root: mkdtempSync(join(folder, "store-")) });
  const puts = await Promise.all(Array.from({ length: 60 }, (_, n) => store.put(Buffer.from(`blob ${n}`.repeat(n)))));
  digests = [...new Set(puts.map((put) => put.digest))].sort();
});

const naming = (names: Digest[]) =>
  async function* (after: Digest | undefined) {
    for (const name of [...names].sort()) if (!after || name > after) yield name;
  };

async function flipBit(digest: Digest): Promise<void> {
  const file = await open(store.localPath(digest)!, "r+");
  const byte = new Uint8Array(1);
  await file.read(byte, 0, 1, 3);
  byte[0]! ^= 4;
  await file.write(byte, 0, 1, 3);
  await file.close();
}

test("finds the flipped bit and what is missing, and nothing else", async () => {
  const [damaged, gone] = [digests.find((digest) => digest !== sha256(""))!, digests.at(-1)!];
  const never = sha256("never put");
  await flipBit(damaged);
  await store.delete(gone);
  const troubles: string[] = [];
  const onTrouble = (digest: Digest, what: string): void => void troubles.push(`${what} ${digest}`);
  expect(await scrubBlobs(store, naming([...digests, never]), { onTrouble })).toEqual({
    checked: 59,
    checkedBytes: expect.any(Number),
    damagedCount: 1,
    damaged: [damaged],
    missingCount: 2,
    missing: [gone, never].sort(),
    cursor: null,
  });
  expect(troubles.sort()).toEqual([`damaged ${damaged}`, ...[gone, never].map((digest) => `missing ${digest}`)].sort());
  // It only reports.
  expect(await store.stat(damaged)).not.toBeNull();
});

test("stops when told and goes on from its cursor, so that each blob is read once", async () => {
  const missing = digests.filter((_, index) => index % 7 === 0);
  for (const digest of missing) await store.delete(digest);
  const seen = { checked: 0, missing: [] as Digest[], runs: 0 };
  let after: Digest | undefined;
  do {
    const controller = new AbortController();
    let count = 0;
    const counting: BlobStore = {
      ...store,
      open: (digest, range) => {
        if (++count === 9) controller.abort();
        return store.open(digest, range);
      },
    };
    const report = await scrubBlobs(counting, naming(digests), { after, signal: controller.signal });
    seen.checked += report.checked;
    seen.missing.push(...report.missing);
    seen.runs++;
    after = report.cursor ?? undefined;
  } while (after);
  expect(seen).toEqual({ checked: digests.length - missing.length, missing, runs: 6 });
});

test("reads no faster than it may", async () => {
  const started = performance.now();
  const { checkedBytes } = await scrubBlobs(store, naming([]), { bytesPerSecond: 50_000 });
  expect(performance.now() - started).toBeGreaterThan((checkedBytes / 50_000) * 950);
});

test("passes over what is removed while it reads", async () => {
  const vanishing: BlobStore = {
    ...store,
    async open(digest) {
      const stream = await store.open(digest);
      await store.delete(digest);
      return stream;
    },
  };
  expect(await scrubBlobs(vanishing, naming([]))).toMatchObject({ checked: 60, damaged: [], missing: [] });
});

import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AppError } from "../../core/error.ts";
import { spawnWorker } from "../workers/spawn-worker.ts";
import { createOramaIndex, type OramaIndexOptions } from "./orama.ts";
import { ANYONE, document, query } from "./search.fixture.ts";
import type { SearchIndex } from "./search-index.ts";

const folders: string[] = [];
const open: SearchIndex[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((index) => index.close()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const newPath = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "marketplace-search-"));
  folders.push(folder);
  return join(folder, "index.bin");
};
const start = (snapshotPath: string, options: Partial<OramaIndexOptions> = {}): SearchIndex => {
  const index = createOramaIndex({ snapshotPath, spawn: () => spawnWorker("search"), ...options });
  open.push(index);
  return index;
};
const DOCUMENTS = [
  document({
    slug: "pdf-extract",
    title: "PDF Extract",
    description: "Reads tables; 表格 🚀",
    tags: ["pdf"],
    rating: 4.5,
  }),
  document({ slug: "git-helper", title: "Git Helper", tags: ["git", "code"], downloads: 12, license: null }),
];
const everything = (index: SearchIndex) =>
  Promise.all([
    index.search(query({ sort: "recent" })),
    index.search(query({ text: "tabels" })),
    index.search(query({ text: "git" })),
    index.suggest("pd", 5, ANYONE),
  ]).then((answers) => JSON.parse(JSON.stringify(answers, (key, value) => (key === "elapsedMs" ? 0 : value))));

test("an index is the same after it was closed and opened", async () => {
  const path = newPath();
  const first = start(path);
  await first.apply({ upsert: DOCUMENTS, remove: [], seq: 41 });
  await first.apply({ upsert: [{ ...DOCUMENTS[1]!, downloads: 13 }], remove: [], seq: 42 });
  const before = await everything(first);
  await first.close();
  const second = start(path);
  expect(await second.position()).toBe(42);
  expect(await second.count()).toBe(2);
  expect(await everything(second)).toEqual(before);
  await second.apply({ upsert: [document({ slug: "later" })], remove: [DOCUMENTS[0]!.id], seq: 43 });
  expect((await second.search(query({ text: "later" }))).total).toBe(1);
  expect((await second.search(query({ text: "pdf" }))).total).toBe(0);
});

test("an index that was changed over and over is the one made at once, also after it was closed and opened", async () => {
  const words = ["pdf", "table", "tables", "merge", "中文摘要", "reviewing"];
  const pick = (n: number): string => `${words[n % 6]} ${words[(n >> 1) % 6]}`;
  const first = Array.from({ length: 60 }, (_, i) => document({ slug: `asset-${i}`, title: pick(i), downloads: i }));
  const changed = first.map((one, i) => ({
    ...one,
    title: pick(i + 7),
    description: pick(3 * i),
    tags: [words[i % 4]!],
  }));
  const last = changed.filter((_, i) => i % 3 > 0);
  const gone = changed.filter((_, i) => i % 3 === 0).map(({ id }) => id);
  const answersOf = (index: SearchIndex) =>
    Promise.all([
      ...["pdf", "tabel", "merge review", "摘要", "asset-7"].map((text) => index.search(query({ text, perPage: 50 }))),
      index.suggest("ta", 5, ANYONE),
    ]).then((answers) => JSON.parse(JSON.stringify(answers, (key, value) => (key === "elapsedMs" ? 0 : value))));

  const path = newPath();
  const index = start(path);
  await index.apply({ upsert: first, remove: [], seq: 1 });
  await index.apply({ upsert: changed.slice(0, 30), remove: gone.slice(0, 5), seq: 2 });
  await index.snapshot();
  await index.apply({ upsert: changed, remove: [], seq: 3 });
  await index.apply({ upsert: [], remove: gone, seq: 4 });
  const fresh = start(newPath());
  await fresh.apply({ upsert: last, remove: [], seq: 4 });
  const expected = await answersOf(fresh);
  expect(await answersOf(index)).toEqual(expected);
  await index.close();
  const opened = start(path);
  expect(await answersOf(opened)).toEqual(expected);
  await opened.apply({ upsert: first.slice(0, 10), remove: [], seq: 5 });
  await opened.apply({ upsert: last, remove: gone, seq: 6 });
  expect(await answersOf(opened)).toEqual(expected);
});

test("while many documents are taken in, others are answered", async () => {
  const index = start(newPath());
  await index.apply({ upsert: DOCUMENTS, remove: [], seq: 1 });
  const description = Array.from({ length: 90 }, (_, i) => `word${i}`).join(" ");
  const many = Array.from({ length: 2000 }, (_, i) => document({ slug: `many-${i}`, description }));
  const order: string[] = [];
  const applied = index.apply({ upsert: many, remove: [], seq: 2 }).then(() => order.push("applied"));
  await index.search(query({ text: "pdf" })).then(() => order.push("searched"));
  await applied;
  expect(order).toEqual(["searched", "applied"]);
});

test("a change is seen by the next search", async () => {
  const index = start(newPath());
  expect((await index.search(query({ text: "pdf" }))).total).toBe(0);
  await index.apply({ upsert: DOCUMENTS, remove: [], seq: 1 });
  expect((await index.search(query({ text: "pdf" }))).total).toBe(1);
  await index.clear();
  expect((await index.search(query({ text: "pdf" }))).total).toBe(0);
  expect(await index.position()).toBe(0);
});

test("a damaged, cut short, foreign or empty snapshot is an empty index that can be filled again", async () => {
  const path = newPath();
  const first = start(path);
  await first.apply({ upsert: DOCUMENTS, remove: [], seq: 7 });
  await first.close();
  const good = readFileSync(path);
  const flipped = (at: number): Buffer => {
    const copy = Buffer.from(good);
    copy[at]! ^= 1;
    return copy;
  };
  const damages = [
    flipped(3),
    flipped(9),
    flipped(40),
    flipped(Math.floor(good.length / 2)),
    flipped(good.length - 20),
    good.subarray(0, good.length - 100),
    good.subarray(0, 20),
    Buffer.alloc(0),
    Buffer.from('{"not":"ours"}'),
  ];
  for (const bytes of damages) {
    writeFileSync(path, bytes);
    const index = start(path);
    expect(await index.position()).toBe(0);
    expect(await index.count()).toBe(0);
    await index.apply({ upsert: DOCUMENTS, remove: [], seq: 8 });
    await index.snapshot();
    await index.close();
    const again = start(path);
    expect(await again.position()).toBe(8);
    await again.close();
  }
});

test("half a snapshot left by a crash is not taken for one", async () => {
  const path = newPath();
  const first = start(path);
  await first.apply({ upsert: DOCUMENTS, remove: [], seq: 7 });
  await first.close();
  writeFileSync(`${path}.tmp`, readFileSync(path));
  truncateSync(`${path}.tmp`, 100);
  const second = start(path);
  expect(await second.position()).toBe(7);
  expect(readdirSync(join(path, ".."))).toEqual(["index.bin"]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("it writes itself some time after a change", async () => {
  const path = newPath();
  const index = start(path, { snapshotDelayMs: 1 });
  await index.apply({ upsert: DOCUMENTS, remove: [], seq: 5 });
  for (let tries = 0; tries < 500 && !(await Bun.file(path).exists()); tries++) await Bun.sleep(5);
  const other = start(path);
  expect(await other.position()).toBe(5);
});

test("a worker that dies is replaced: what waits is refused, then the snapshot's index answers", async () => {
  const path = newPath();
  const workers: Worker[] = [];
  const { promise: restarted, resolve } = Promise.withResolvers<void>();
  const index = start(path, {
    spawn: () => {
      const worker = spawnWorker("search");
      workers.push(worker);
      return worker;
    },
    onRestart: resolve,
  });
  await index.apply({ upsert: [DOCUMENTS[0]!], remove: [], seq: 3 });
  await index.snapshot();
  await index.apply({ upsert: [DOCUMENTS[1]!], remove: [], seq: 4 });
  const waiting = index.search(query({ text: "not asked before" }));
  workers[0]!.terminate();
  const refused = await waiting.catch((error: unknown) => error);
  if (refused instanceof Error) expect(refused).toMatchObject({ code: "SERVICE_UNAVAILABLE" });
  await restarted;
  expect(await index.position()).toBe(3);
  expect((await index.search(query())).total).toBe(1);
  expect(workers.length).toBe(2);
});

test("a snapshot that the worker dies of is left aside", async () => {
  const path = newPath();
  const { promise: started, resolve } = Promise.withResolvers<void>();
  let starts = 0;
  const index = start(path, {
    spawn: () => {
      starts++;
      const worker = spawnWorker("search");
      if (starts <= 2) worker.terminate();
      else resolve();
      return worker;
    },
  });
  await expect(index.position()).rejects.toBeInstanceOf(AppError);
  await started;
  expect(await index.position()).toBe(0);
});

test("a snapshot that the worker dies of while it takes in the words is left aside", async () => {
  const path = newPath();
  const first = start(path);
  await first.apply({ upsert: DOCUMENTS, remove: [], seq: 7 });
  await first.close();
  const { promise: third, resolve } = Promise.withResolvers<void>();
  let starts = 0;
  const index = start(path, {
    spawn: () => {
      starts++;
      const worker = spawnWorker("search");
      if (starts <= 2) worker.addEventListener("message", () => worker.terminate());
      else resolve();
      return worker;
    },
  });
  await index.position().catch(() => undefined);
  await third;
  expect(await index.position()).toBe(0);
});

test("a search that takes too long is refused", async () => {
  const silent = { postMessage() {}, terminate() {}, addEventListener() {} } as unknown as Worker;
  const index = createOramaIndex({ snapshotPath: newPath(), spawn: () => silent, timeoutMs: 5 });
  await expect(index.search(query({ text: "x" }))).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
});

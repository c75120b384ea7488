// bun bench/blob-put.ts [folder] — puts into the filesystem store against what the system's own tools do with the same bytes:
// 1 GiB as one stream against sha256sum + cp + sync, and 2,000 small files (5 KB) against sha256sum + cp + sync of the same files.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFilesystemBlobStore } from "../src/platform/blobs/filesystem.ts";

const ROUNDS = 5;
const MIB = 1024 * 1024;
const SMALL = { count: 2000, bytes: 5000, atOnce: 12 };

const folder = mkdtempSync(join(process.argv[2] ?? tmpdir(), "bench-blobs-"));
const big = join(folder, "big");
const small = join(folder, "small");

async function sh(command: string): Promise<void> {
  if ((await Bun.spawn(["sh", "-c", command]).exited) !== 0) throw new Error(command);
}
async function seconds(work: () => Promise<unknown>): Promise<number> {
  await sh("sync");
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}
const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
const show = (values: number[]): string =>
  `${median(values).toFixed(2)} s (${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)})`;

async function compare(name: string, ours: (root: string) => Promise<unknown>, theirs: (to: string) => string) {
  const times: { ours: number[]; theirs: number[] } = { ours: [], theirs: [] };
  for (let round = 0; round < ROUNDS; round++) {
    const [root, to] = [join(folder, "store"), join(folder, "copy")];
    mkdirSync(to);
    times.ours.push(await seconds(() => ours(root)));
    times.theirs.push(await seconds(() => sh(theirs(to))));
    rmSync(root, { recursive: true, force: true });
    rmSync(to, { recursive: true, force: true });
  }
  const ratio = median(times.theirs) / median(times.ours);
  console.log(`${name}: ours ${show(times.ours)}, theirs ${show(times.theirs)}, ${ratio.toFixed(2)} of their speed`);
}

try {
  mkdirSync(small);
  await sh(`head -c ${1024 * MIB} /dev/urandom > ${big}`);
  const contents = Array.from({ length: SMALL.count }, () => crypto.getRandomValues(new Uint8Array(SMALL.bytes)));
  await Promise.all(contents.map((bytes, index) => Bun.write(join(small, String(index)), bytes)));

  Bun.gc(true);
  const before = process.memoryUsage().rss;
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 10);
  await compare(
    "1 GiB stream",
    (root) => createFilesystemBlobStore({ root }).put(Bun.file(big).stream()),
    (to) => `sha256sum ${big} > ${to}/sum && cp ${big} ${to} && sync`,
  );
  clearInterval(watch);
  console.log(`memory grew by ${Math.round((peak - before) / MIB)} MiB at most`);

  await compare(
    `${SMALL.count} blobs of ${SMALL.bytes} bytes, ${SMALL.atOnce} at once`,
    async (root) => {
      const store = createFilesystemBlobStore({ root });
      const queue = contents.values();
      const lane = async (): Promise<void> => {
        for (const bytes of queue) await store.put(bytes);
      };
      await Promise.all(Array.from({ length: SMALL.atOnce }, lane));
    },
    // Each file durable before the next one is answered for, as a put is.
    (to) =>
      `for f in ${small}/*; do sha256sum $f && cp $f ${to} && sync -d ${to}/\${f##*/} ${to}; done > ${to}/../sums`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

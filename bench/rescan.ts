import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase, migrate } from "../src/platform/database/index.ts";
import { startMarketplace } from "../test/support/marketplace.ts";
import { skill } from "../test/support/packages.ts";

// How long pages take while every version is scanned again, against the same pages before, in one run:
//   bun bench/rescan.ts [VERSIONS] [REQUESTS A SECOND]
// The load comes from a process of its own at a fixed rate, so that a slow answer delays no later question.

async function measure(versions: number, rate: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "bench-rescan-"));
  const path = join(folder, "marketplace.db");
  const database = createDatabase({ url: "", path });
  await migrate(database);
  await database.close();
  const server = await startMarketplace({ engine: "sqlite", location: { url: "", path } });
  try {
    const ann = await server.person("ann");
    console.log(`publishing ${versions} versions …`);
    const pages = ["/", "/search?q=skill"];
    for (let i = 0; i < versions; i++) {
      const slug = `asset-${Math.floor(i / 10)}`;
      const body = `# Part ${i}\n\n${`Some words about what step ${i} does, and a link to nowhere. `.repeat(40)}\n\n\`\`\`sh\nnpm install left-pad@1.${i % 9}.0\n\`\`\`\n`;
      const response = await ann.put(`ann/${slug}`, `1.${i % 10}.0`, { ...skill(slug), "part.md": body });
      if (response.status !== 201) throw new Error(await response.text());
      if (i % 10 === 0) pages.push(`/ann/${slug}`, `/ann/${slug}/security`);
    }
    // Archives are written and the index follows: nothing else is to be measured.
    await until(async () => (await waiting(server.app)) === 0);
    const load = (seconds: number) => loadOf(server.url, pages.slice(0, 60), rate, seconds);
    await load(3);
    const before = await load(20);
    print("before", before);
    const started = performance.now();
    const asked = await server.app.compliance.rescanVersions("all", new AbortController().signal);
    const during: number[] = [];
    while ((await left(server.app)) > 0) during.push(...(await load(10)));
    const seconds = (performance.now() - started) / 1000;
    print("during", during);
    console.log(`${asked} rescans in ${seconds.toFixed(0)} s (${(asked / seconds).toFixed(1)} a second)`);
    console.log(`p99 during/before: ${(quantile(during, 0.99) / quantile(before, 0.99)).toFixed(2)}`);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

type App = Awaited<ReturnType<typeof startMarketplace>>["app"];

const waiting = async (app: App): Promise<number> =>
  (await app.jobs.summary())
    .filter(({ status }) => status === "waiting" || status === "running")
    .reduce((sum, { count }) => sum + count, 0);

const left = async (app: App): Promise<number> =>
  Number(
    (
      await app.database.read
        .selectFrom("rescan_queue")
        .select((eb) => eb.fn.countAll().as("n"))
        .executeTakeFirstOrThrow()
    ).n,
  );

async function until(check: () => Promise<boolean>): Promise<void> {
  while (!(await check())) await Bun.sleep(250);
}

async function loadOf(url: string, pages: string[], rate: number, seconds: number): Promise<number[]> {
  const args = [import.meta.path, "load", url, String(rate), String(seconds), ...pages];
  const child = Bun.spawn([process.execPath, ...args], { stdout: "pipe", stderr: "inherit" });
  return JSON.parse(await new Response(child.stdout).text()) as number[];
}

/** Milliseconds of each request; one that fails ends the measurement. */
async function generateLoad([url = "", rate = "20", seconds = "10", ...pages]: string[]): Promise<void> {
  const times: number[] = [];
  const asked: Promise<void>[] = [];
  const count = Number(rate) * Number(seconds);
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    await Bun.sleep(Math.max(0, start + (i * 1000) / Number(rate) - performance.now()));
    const at = performance.now();
    const ask = async () => {
      const response = await fetch(url + pages[i % pages.length]);
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`${pages[i % pages.length]}: ${response.status}`);
      times.push(performance.now() - at);
    };
    asked.push(ask());
  }
  await Promise.all(asked);
  console.log(JSON.stringify(times));
}

const quantile = (times: readonly number[], q: number): number =>
  times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * q))] ?? 0;

const print = (name: string, times: readonly number[]): void =>
  console.log(
    `${name}: ${times.length} pages, p50 ${quantile(times, 0.5).toFixed(1)} ms, p99 ${quantile(times, 0.99).toFixed(1)} ms`,
  );

if (process.argv[2] === "load") await generateLoad(process.argv.slice(3));
else await measure(Number(process.argv[2] ?? 2000), Number(process.argv[3] ?? 20));

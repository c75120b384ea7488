import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

// From exec to the first 200 of /readyz: an empty data folder (the first start ever) and one that was used before.
//   bun bench/start.ts [./marketplace] [ROUNDS]

const program = resolve(process.argv[2] ?? join(import.meta.dir, "../marketplace"));
const rounds = Number(process.argv[3] ?? 15);

const cold: number[] = [];
const warm: number[] = [];
for (let round = 0; round < rounds; round++) {
  const data = await mkdtemp(join(tmpdir(), "marketplace-start-"));
  cold.push(await startOnce(data));
  warm.push(await startOnce(data));
  await rm(data, { recursive: true, force: true });
}
console.log(`${program}, ${rounds} rounds, milliseconds from exec to ready`);
console.log(`empty folder: ${spread(cold)}`);
console.log(`used folder:  ${spread(warm)}`);

/** Asks again at once after each refusal, so that nothing but the server's own time is measured. */
async function startOnce(data: string): Promise<number> {
  const port = await freePort();
  const started = performance.now();
  const child = Bun.spawn([program, "serve", "--data", data, "--listen", `127.0.0.1:${port}`], {
    cwd: data,
    env: { PATH: process.env.PATH ?? "", HOME: data },
    stdout: "ignore",
    stderr: "ignore",
  });
  try {
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
      if (answer?.ok) return performance.now() - started;
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
      await Bun.sleep(1);
    }
  } finally {
    child.kill();
    await child.exited;
  }
}

function freePort(): Promise<number> {
  return new Promise((answer) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => answer(port));
    });
  });
}

function spread(times: number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!.toFixed(0);
  return `median ${at(0.5)}, fastest ${at(0)}, slowest ${at(1)}`;
}

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";

// Every parser of publishers' bytes, on mutations of honest and hostile files: none may crash, hang (1 s of processor time) or take
// memory without bound. The same seed and iteration make the same input again.
//   npm run bench -- fuzz --minutes 10 [--seed N] [--from ITERATION] [--target WORD] [--out FOLDER for the inputs that broke something]

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "1" },
    seed: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
    target: { type: "string", default: "" },
    out: { type: "string", default: "/tmp/fuzz" },
  },
});

interface Message {
  iteration: number;
  target: string;
  problem?: string;
  path?: string;
  bytes?: string;
}

const HANG_MS = 20_000;
// Memory that piles up slowly would look like the last input's; a fresh process now and then tells them apart.
const A_CHILD = 20_000;
const seed = Number(values.seed);
const deadline = performance.now() + Number(values.minutes) * 60_000;
const found: Message[] = [];
const runs = new Map<string, number>();
let next = Number(values.from);

await mkdir(values.out, { recursive: true });
while (performance.now() < deadline) {
  const last = await runChild(next);
  next = last + 1;
}
for (const [target, count] of [...runs].sort()) console.log(`${target.padEnd(32)} ${count}`);
console.log(
  `\n${[...runs.values()].reduce((sum, count) => sum + count, 0)} inputs with seed ${seed}, ${found.length} problems`,
);
process.exitCode = found.length === 0 ? 0 : 1;

/** Runs one child until it is worn, hangs or dies; answers its last iteration. */
async function runChild(from: number): Promise<number> {
  let current: Message = { iteration: from, target: "start" };
  let beat = performance.now();
  const child = Bun.spawn(
    [process.execPath, join(import.meta.dir, "fuzz/fuzz.child.ts"), String(seed), String(from), values.target],
    {
      stdio: ["ignore", "inherit", "inherit"],
      ipc(message: Message) {
        if (message.problem !== undefined) return report(message);
        current = message;
        beat = performance.now();
        runs.set(message.target, (runs.get(message.target) ?? 0) + 1);
        if (message.iteration - from >= A_CHILD || performance.now() > deadline) child.kill();
      },
    },
  );
  const watch = setInterval(() => {
    if (performance.now() - beat < HANG_MS) return;
    report({ ...current, problem: `did not come back within ${HANG_MS / 1000} s` });
    child.kill("SIGKILL");
  }, 1000);
  await child.exited;
  clearInterval(watch);
  if (child.signalCode !== "SIGTERM" && child.signalCode !== "SIGKILL")
    report({ ...current, problem: `ended the process (${child.signalCode ?? child.exitCode})` });
  return current.iteration;
}

function report(message: Message): void {
  found.push(message);
  console.log(
    `PROBLEM ${message.target}, seed ${seed}, iteration ${message.iteration}, ${message.path ?? ""}: ${message.problem?.slice(0, 600)}`,
  );
  if (message.bytes !== undefined)
    void writeFile(join(values.out, `${seed}-${message.iteration}`), Buffer.from(message.bytes, "base64"));
}

import { mutate, randomOf } from "./mutate.ts";
import { targets } from "./targets.ts";

// Runs iterations until it is ended. Each is announced before it begins, so that who watches knows which one never came back.

const [seed = 1, from = 0, only = ""] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4] ?? ""];
/** Of processor time, for one parser over one file. */
const MOST_MS = 1000;
/** Of memory that stays or is in use after a run, beside ten times the input. */
const MOST_BYTES = 192 * 2 ** 20;
const LONGEST = 128 * 1024;

const all = (await targets()).filter(({ name }) => name.includes(only));
const say = (message: object) => process.send?.(message);

for (let iteration = from; ; iteration++) {
  const random = randomOf(seed * 1_000_003 + iteration);
  const target = all[iteration % all.length]!;
  const chosen = target.seeds[random(target.seeds.length)]!;
  const bytes = mutate(
    chosen.bytes,
    target.seeds.map((other) => other.bytes),
    random,
    LONGEST,
  );
  say({ iteration, target: target.name });
  const [memory, started] = [process.memoryUsage.rss(), process.cpuUsage()];
  let problem: string | null = null;
  try {
    await target.run({ path: chosen.path, bytes });
  } catch (error) {
    problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const used = process.cpuUsage(started);
  const milliseconds = (used.user + used.system) / 1000;
  const grown = process.memoryUsage.rss() - memory;
  if (problem === null && milliseconds > MOST_MS) problem = `took ${Math.round(milliseconds)} ms of processor time`;
  if (problem === null && grown > MOST_BYTES + 10 * bytes.length) problem = `took ${Math.round(grown / 2 ** 20)} MiB`;
  if (problem !== null)
    say({ iteration, target: target.name, problem, path: chosen.path, bytes: Buffer.from(bytes).toString("base64") });
  else if (iteration % 64 === 0) await Bun.sleep(0);
}

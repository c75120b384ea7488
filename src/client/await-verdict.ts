import type { Client } from "./client.ts";
import type { VersionWire } from "./wire.ts";

const FIRST_PAUSE_MS = 150;
const LONGEST_PAUSE_MS = 2_000;

/** Asks again and again until the version has a verdict, or `timeoutMs` are over: then it is still `pending`. */
export async function awaitVerdict(
  client: Client,
  ref: string,
  version: VersionWire,
  timeoutMs: number,
): Promise<VersionWire> {
  const deadline = performance.now() + timeoutMs;
  let current = version;
  for (let pause = FIRST_PAUSE_MS; current.verdict === "pending"; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    if (performance.now() + pause > deadline) break;
    await Bun.sleep(pause);
    current = await client.versions.read(ref, version.version);
  }
  return current;
}

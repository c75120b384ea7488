// A process that filesystem.test.ts lets run into a kill or a limit. Prints a line for each put that was answered.
import { closeSync, openSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createFilesystemBlobStore } from "./filesystem.ts";

const [mode, root, seed] = process.argv.slice(2) as [string, string, string | undefined];
const store = createFilesystemBlobStore({ root });

async function* content(size: number, tag: string): AsyncGenerator<Uint8Array> {
  const block = new Bun.CryptoHasher("sha512").update(tag).digest();
  const chunk = Buffer.concat(Array(1024).fill(block));
  for (let sent = 0; sent < size; sent += chunk.length) yield chunk.subarray(0, Math.min(chunk.length, size - sent));
}

async function answer(size: number): Promise<string> {
  try {
    return (await store.put(content(size, String(size)))).created ? "created" : "there already";
  } catch (error) {
    return String((error as { code?: string }).code);
  }
}

if (mode === "puts") {
  const lane = async (name: number): Promise<void> => {
    for (let turn = 0; ; turn++) {
      // Half of the contents come again, from other lanes and other rounds.
      const tag = turn % 2 ? `shared ${turn % 40}` : `${seed} ${name} ${turn}`;
      const size = turn % 5 === 0 ? 1_300_000 : 1000 + turn;
      const { digest } = await store.put(content(size, tag));
      process.stdout.write(`${digest}\n`);
    }
  };
  await Promise.all([0, 1, 2, 3].map(lane));
} else if (mode === "limited") {
  for (const size of [65_536, 1_500_000, 4_194_304, 100]) console.log(`${size} ${await answer(size)}`);
  console.log(`leftovers ${readdirSync(join(root, "tmp")).length}`);
} else {
  const held: number[] = [];
  try {
    for (;;) held.push(openSync("/dev/null", "r"));
  } catch {
    console.log(`while exhausted ${await answer(2_000_000)}`);
  }
  for (const descriptor of held) closeSync(descriptor);
  console.log(`afterwards ${await answer(2_000_000)}`);
  console.log(`leftovers ${readdirSync(join(root, "tmp")).length}`);
}

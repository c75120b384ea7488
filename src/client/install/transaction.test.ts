import { expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PLACES, placeAt, writePlaces } from "./fixtures/write-places.ts";
import { inTransaction } from "./transaction.ts";

const folder = () => mkdtempSync(join(tmpdir(), "marketplace-transaction-"));

/** What lies in all the places; fails when they do not agree. */
function versionIn(root: string): string | null {
  const found = new Set<string | null>();
  for (let place = 0; place < PLACES; place++) {
    const path = join(root, placeAt(place), place % 2 === 0 ? "" : "deep/file");
    found.add(existsSync(path) ? readFileSync(path, "utf8") : null);
  }
  expect([...found]).toHaveLength(1);
  return [...found][0]!;
}

/** Starts a process that writes a version, and kills it so many milliseconds after it began to change places. */
async function killedAfter(root: string, version: string, ms: number): Promise<void> {
  const script = join(import.meta.dir, "fixtures/write-places.ts");
  const child = Bun.spawn([process.execPath, script, root, version], { stdout: "pipe" });
  await child.stdout.getReader().read();
  const until = performance.now() + ms;
  while (performance.now() < until);
  child.kill("SIGKILL");
  await child.exited;
}

test("killed anywhere, all places are of the old version or all of the new", async () => {
  const root = folder();
  await writePlaces(root, "v0");
  let last = "v0";
  for (let round = 1; round <= 12; round++) {
    await killedAfter(root, `v${round}`, round * 0.6);
    // Whoever comes next finishes or forgets what was begun.
    await inTransaction(root, async () => {});
    const now = versionIn(root)!;
    expect([last, `v${round}`]).toContain(now);
    last = now;
    expect(readdirSync(root)).toEqual(["there"]);
  }
  await writePlaces(root, "end");
  expect(versionIn(root)).toBe("end");
}, 60_000);

/** A journal as it lies there when a process died with these many of its steps done. */
function diedAfter(root: string, done: number, halfWay: boolean): void {
  const id = "01234567-89ab-cdef-0123-456789abcdef";
  const staging = join(root, ".marketplace/.state/staging", id);
  mkdirSync(staging, { recursive: true });
  mkdirSync(join(root, "there"));
  const steps = [];
  for (let place = 0; place < PLACES; place++) {
    const target = join(root, placeAt(place));
    const write = (path: string, text: string) => {
      if (place % 2 === 0) return writeFileSync(path, text);
      mkdirSync(join(path, "deep"), { recursive: true });
      writeFileSync(join(path, "deep/file"), text);
    };
    if (place < done) write(target, "new");
    else {
      write(join(staging, String(place)), "new");
      write(place === done && halfWay ? join(staging, `old-${place}`) : target, "old");
    }
    steps.push({ target: placeAt(place), staged: String(place) });
  }
  writeFileSync(join(root, ".marketplace/.state/journal.json"), JSON.stringify({ journal: 1, id, steps }));
}

test.each([0, 1, 2, 17, PLACES - 1, PLACES])("a journal with %d steps done is finished", async (done) => {
  for (const halfWay of [false, true]) {
    const root = folder();
    diedAfter(root, done, halfWay);
    await inTransaction(root, async () => {});
    expect(versionIn(root)).toBe("new");
    expect(readdirSync(root)).toEqual(["there"]);
  }
});

test("what was not committed leaves nothing behind", async () => {
  const root = folder();
  const failing = inTransaction(root, async (transaction) => {
    writeFileSync(await transaction.stage(), "x");
    throw new Error("no");
  });
  await expect(failing).rejects.toThrow("no");
  expect(readdirSync(root)).toEqual([]);
});

test.each([
  [{ target: "../outside", staged: null }],
  [{ target: "link/outside", staged: null }],
  [{ target: "inside", staged: "../../../../outside" }],
])("a journal from somebody's repository reaches nothing outside: %j", async (step) => {
  const root = join(folder(), "project");
  const outside = join(root, "../outside");
  mkdirSync(join(root, ".marketplace/.state"), { recursive: true });
  writeFileSync(outside, "mine");
  symlinkSync("..", join(root, "link"));
  const journal = { journal: 1, id: "01234567-89ab-cdef-0123-456789abcdef", steps: [step] };
  writeFileSync(join(root, ".marketplace/.state/journal.json"), JSON.stringify(journal));
  await expect(inTransaction(root, async () => {})).rejects.toThrow();
  expect(readFileSync(outside, "utf8")).toBe("mine");
});

test("a state folder that leads elsewhere is not followed", async () => {
  const root = folder();
  const elsewhere = folder();
  symlinkSync(elsewhere, join(root, ".marketplace"));
  await expect(writePlaces(root, "x")).rejects.toThrow("leads out of");
  expect(readdirSync(elsewhere)).toEqual([]);
});

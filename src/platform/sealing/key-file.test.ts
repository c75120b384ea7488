import { afterAll, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KeyFileError, makeKeyFile, readKeyFile } from "./key-file.ts";

const folder = mkdtempSync(join(tmpdir(), "marketplace-keys-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a key file is made once, for its owner alone, and of many makers all get the same key", async () => {
  const path = join(folder, "made.key");
  expect(await readKeyFile(path)).toBeNull();
  const made = await Promise.all(Array.from({ length: 20 }, () => makeKeyFile(path)));
  const texts = new Set(made.map((keys) => keys.map((key) => Buffer.from(key).toString("hex")).join()));
  expect(texts.size).toBe(1);
  expect(made[0]).toHaveLength(1);
  expect(made[0]![0]!.byteLength).toBe(32);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, "utf8")).toMatch(/^[A-Za-z0-9+/]{43}=\n$/);
  expect(readdirSync(folder)).toEqual(["made.key"]);
});

test("several keys are read in their order; anything else is refused without being shown", async () => {
  const path = join(folder, "several.key");
  const [one, two] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  writeFileSync(path, `${one.toString("base64")}\r\n${two.toString("base64")}\n\n`);
  expect(await readKeyFile(path)).toEqual([one, two]);
  for (const text of ["", "\n", "hunter2", `${one.toString("base64")}\nhunter2`, one.toString("base64").slice(1)]) {
    writeFileSync(path, text);
    const refused = await readKeyFile(path).catch((error: Error) => error);
    expect(refused).toBeInstanceOf(KeyFileError);
    expect((refused as Error).message).not.toContain("hunter2");
  }
});

test("a key file that may not be read is an error, not a missing one", async () => {
  const path = join(folder, "unreadable.key");
  await makeKeyFile(path);
  chmodSync(path, 0o000);
  // The superuser reads it all the same.
  if (process.getuid?.() === 0) expect(await readKeyFile(path)).toHaveLength(1);
  else await expect(readKeyFile(path)).rejects.toThrow(KeyFileError);
  await expect(readKeyFile(folder)).rejects.toThrow(KeyFileError);
});

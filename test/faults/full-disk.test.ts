import { afterAll, describe, expect, test } from "bun:test";
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ADMIN, executable, type RunningServer, startServer } from "../support/executable.ts";
import { type Client, createClient, judged, TEST_ENVIRONMENT, until } from "../support/marketplace.ts";
import { skill, tarGz } from "../support/packages.ts";

const MIB = 2 ** 20;
const noise = (bytes: number) => {
  const buffer = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(buffer.subarray(at, Math.min(bytes, at + 65_536)));
  return buffer;
};

async function signedIn(server: RunningServer): Promise<Client> {
  const { username, password } = ADMIN;
  const { data } = await createClient(server.url, null).api("POST", "/auth/login", 200, {
    json: { username, password },
  });
  return createClient(server.url, data.access_token, username);
}

const spooled = (server: RunningServer): string[] => readdirSync(join(server.data, "uploads"));

/** What a full disk may not do, and what works again when there is room. */
async function survives(server: RunningServer, fill: () => void, makeRoom: () => void): Promise<void> {
  const client = await signedIn(server);
  expect((await client.put("ada/before", "1.0.0", skill("before"))).status).toBe(201);
  await judged(client, "ada/before", "1.0.0");
  fill();
  for (const [name, content] of [
    ["spool", tarGz(skill("spool", { files: { "noise.bin": noise(12 * MIB) } }))],
    ["blob", tarGz(skill("blob", { files: { "zeros.bin": new Uint8Array(12 * MIB) } }))],
  ] as const) {
    const response = await client.put(`ada/${name}`, "1.0.0", content);
    const { error } = (await response.json()) as { error: { code: string } };
    expect([name, response.status, error.code]).toEqual([name, 507, "INSUFFICIENT_STORAGE"]);
    await client.api("GET", `/assets/ada/${name}`, 404);
  }
  expect(spooled(server)).toEqual([]);
  const read = await client.send("GET", "/api/v1/assets/ada/before/versions/1.0.0/download");
  expect([read.status, (await read.arrayBuffer()).byteLength > 0]).toEqual([200, true]);
  makeRoom();
  expect((await client.put("ada/after", "1.0.0", skill("after"))).status).toBe(201);
  expect((await judged(client, "ada/after", "1.0.0")).status).toBe("published");
}

describe("a full disk", () => {
  const folder = mkdtempSync(join(tmpdir(), "marketplace-full-"));
  let server: RunningServer | undefined;
  afterAll(async () => {
    await server?.stop();
    Bun.spawnSync(["umount", join(folder, "disk")], { stderr: "ignore" });
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  test("files that may not grow: 507, nothing kept, and smaller ones go on", async () => {
    // A limit on the size of files cuts writes short just as a full disk does, and needs no rights.
    const wrapper = join(folder, "limited");
    const limit = "trap '' XFSZ; ulimit -f 8192";
    writeFileSync(wrapper, `#!/bin/bash\n${limit}\nexec ${await executable()} "$@"\n`, { mode: 0o755 });
    const data = join(folder, "limited-data");
    mkdirSync(data);
    server = await startServer({ data, env: TEST_ENVIRONMENT, program: wrapper });
    await survives(
      server,
      () => {},
      () => {},
    );
    await server.stop();
    server = undefined;
  }, 60_000);

  /** To the last block, whatever the server itself writes meanwhile. */
  const fill = (path: string): void => {
    for (const size of [MIB, 4096])
      try {
        for (;;) appendFileSync(path, noise(size));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      }
  };

  const disk = join(folder, "disk");
  if (mounted(disk))
    test("a disk of 24 MiB that is full to the last block: 507, nothing torn, and it goes on when there is room", async () => {
      server = await startServer({ data: disk, env: TEST_ENVIRONMENT });
      const filler = join(disk, "filler");
      await survives(
        server,
        () => {
          const { bavail, bsize } = statfsSync(disk);
          writeFileSync(filler, noise(Math.max(0, bavail * bsize - 2 * MIB)));
        },
        () => rmSync(filler),
      );
      const client = await signedIn(server);
      fill(filler);
      const full = await client.put("ada/tiny", "1.0.0", skill("tiny"));
      expect([507, 503]).toContain(full.status);
      expect((await client.send("GET", "/api/v1/assets/ada/before")).status).toBe(200);
      rmSync(filler);
      await until(
        "it publishes again",
        async () => (await client.put("ada/tiny", "1.0.0", skill("tiny"))).status === 201,
      );
      expect((await judged(client, "ada/tiny", "1.0.0")).status).toBe("published");
    }, 90_000);
});

/** Mounts a small disk of its own, where this process may. */
function mounted(path: string): boolean {
  if (process.getuid?.() !== 0) return false;
  Bun.spawnSync(["mkdir", "-p", path]);
  return Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=24m", "marketplace-test", path], { stderr: "ignore" })
    .success;
}

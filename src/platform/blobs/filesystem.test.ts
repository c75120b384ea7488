import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { readdir, readFile, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Digest, sha256 } from "../../core/digest.ts";
import { describeBlobStore, readAll } from "./blob-store.contract.ts";
import { createFilesystemBlobStore } from "./filesystem.ts";

const HOUR = 3_600_000;

async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "marketplace-blobs-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function setAge(path: string, ms: number): Promise<void> {
  const then = new Date(Date.now() - ms);
  await utimes(path, then, then);
}

describeBlobStore("filesystem", async () => {
  const root = mkdtempSync(join(tmpdir(), "marketplace-blobs-"));
  const store = createFilesystemBlobStore({ root });
  return {
    store,
    leftovers: () => readdir(join(root, "tmp")),
    age: (digest, ms) => setAge(store.localPath(digest)!, ms),
    stop: async () => rmSync(root, { recursive: true, force: true }),
  };
});

describe("filesystem blob store", () => {
  const bytes = new TextEncoder().encode("some content\n".repeat(50_000));

  test("lays blobs out by their digest", () =>
    withFolder(async (root) => {
      const store = createFilesystemBlobStore({ root });
      const { digest } = await store.put(bytes);
      const hex = digest.slice(7);
      const path = join(root, "blobs", "sha256", hex.slice(0, 2), hex.slice(2, 4), hex);
      expect(store.localPath(digest)).toBe(path);
      expect(await readFile(path)).toEqual(Buffer.from(bytes));
      expect(store.presign(digest, 60)).toBeNull();
    }));

  test("never serves damaged bytes as a whole blob", () =>
    withFolder(async (root) => {
      const store = createFilesystemBlobStore({ root });
      const { digest } = await store.put(bytes);
      const path = store.localPath(digest)!;
      const damaged = Buffer.from(bytes);
      damaged[10] = damaged[10]! ^ 1;
      await writeFile(path, damaged);
      await expect(readAll(await store.open(digest))).rejects.toThrow("damaged");

      await truncate(path, 300_000);
      await expect(readAll(await store.open(digest))).rejects.toThrow("damaged");
      expect(await store.put(bytes)).toMatchObject({ created: true });
      expect(await readAll(await store.open(digest))).toEqual(bytes);
    }));

  test("fails a stream whose file becomes shorter while it is read", () =>
    withFolder(async (root) => {
      const store = createFilesystemBlobStore({ root });
      const { digest } = await store.put(bytes);
      const stream = await store.open(digest, { start: 1, end: bytes.length });
      await truncate(store.localPath(digest)!, 1000);
      await expect(readAll(stream)).rejects.toThrow("ends before its length");
    }));

  test("removes the leftovers of a crash when it starts, but not what is being written", () =>
    withFolder(async (root) => {
      createFilesystemBlobStore({ root });
      await writeFile(join(root, "tmp", "old"), "x");
      await writeFile(join(root, "tmp", "young"), "x");
      await setAge(join(root, "tmp", "old"), 2 * HOUR);
      createFilesystemBlobStore({ root });
      expect(await readdir(join(root, "tmp"))).toEqual(["young"]);
    }));

  test("lists only what is a blob", () =>
    withFolder(async (root) => {
      const store = createFilesystemBlobStore({ root });
      const { digest } = await store.put(bytes);
      await writeFile(`${store.localPath(digest)}.bak`, "x");
      await writeFile(join(root, "blobs", "sha256", "README"), "x");
      await writeFile(join(root, "blobs", "sha256", digest.slice(7, 9), "ff0"), "x");
      const seen: Digest[] = [];
      for await (const info of store.list()) seen.push(info.digest);
      expect(seen).toEqual([digest]);
    }));
});

const CHILD = join(import.meta.dir, "filesystem.child.ts");

describe("filesystem blob store in a process that fails", () => {
  test(
    "killed at any point: what is visible is whole, what was acknowledged is there",
    () =>
      withFolder(async (root) => {
        for (let round = 0; round < 8; round++) {
          const child = Bun.spawn([process.execPath, CHILD, "puts", root, String(round)], { stdout: "pipe" });
          let acknowledged = "";
          const decoder = new TextDecoder();
          const enough = 5 + round * 17;
          const reader = child.stdout.getReader();
          for (let step = await reader.read(); !step.done; step = await reader.read()) {
            acknowledged += decoder.decode(step.value);
            if (acknowledged.split("\n").length > enough) child.kill("SIGKILL");
          }
          await child.exited;
          const store = createFilesystemBlobStore({ root });
          const lines = acknowledged.split("\n").slice(0, -1) as Digest[];
          expect(lines.length).toBeGreaterThanOrEqual(enough);
          for (const digest of lines) expect(await store.stat(digest)).not.toBeNull();
          for await (const { digest } of store.list())
            expect(sha256((await readAll(await store.open(digest)))!)).toBe(digest);
        }
      }),
    60_000,
  );

  /** Runs puts of 64 KiB to 4 MiB under a shell's limit; the child prints what each answered. */
  async function underLimit(limit: string, root: string): Promise<string[]> {
    const command = ["sh", "-c", `${limit}; exec "$@"`, "sh", process.execPath, CHILD, "limited", root];
    const child = Bun.spawn(command, { stdout: "pipe", stderr: "inherit" });
    return (await new Response(child.stdout).text()).trim().split("\n");
  }

  test(
    "a file that may not grow: 507, nothing torn, nothing left",
    () =>
      withFolder(async (root) => {
        // Every user may set this limit; the signal that comes with it would end the process.
        expect(await underLimit("trap '' XFSZ; ulimit -f 2048", root)).toEqual([
          "65536 created",
          "1500000 INSUFFICIENT_STORAGE",
          "4194304 INSUFFICIENT_STORAGE",
          "100 created",
          "leftovers 0",
        ]);
      }),
    30_000,
  );

  test(
    "a full disk: 507, nothing torn, nothing left",
    () =>
      withFolder(async (root) => {
        const mount = `mount -t tmpfs -o size=1m none ${root}`;
        const allowed = Bun.spawnSync(["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount]).success;
        if (!allowed) {
          console.warn(
            "SKIPPED: a full disk (user namespaces are not allowed here); the file-size limit stands for it",
          );
          return;
        }
        const command = ["sh", "-c", `${mount}; exec "$@"`, "sh", process.execPath, CHILD, "limited", root];
        const child = Bun.spawn(["unshare", "--user", "--map-root-user", "--mount", ...command], { stdout: "pipe" });
        expect((await new Response(child.stdout).text()).trim().split("\n")).toEqual([
          "65536 created",
          "1500000 INSUFFICIENT_STORAGE",
          "4194304 INSUFFICIENT_STORAGE",
          "100 created",
          "leftovers 0",
        ]);
      }),
    30_000,
  );

  test(
    "no descriptors left: 503, and it recovers",
    () =>
      withFolder(async (root) => {
        const command = ["sh", "-c", `ulimit -n 64; exec "$@"`, "sh", process.execPath, CHILD, "descriptors", root];
        const child = Bun.spawn(command, { stdout: "pipe", stderr: "inherit" });
        expect((await new Response(child.stdout).text()).trim().split("\n")).toEqual([
          "while exhausted SERVICE_UNAVAILABLE",
          "afterwards created",
          "leftovers 0",
        ]);
      }),
    30_000,
  );
});

import { expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ADMIN, run, type RunningServer, startServer } from "../support/executable.ts";
import { type Client, createClient, judged, TEST_ENVIRONMENT, until } from "../support/marketplace.ts";
import { type Files, skill } from "../support/packages.ts";
import { createPostgresDatabase, dropPostgresDatabase } from "../support/postgres.ts";
import { uniqueName } from "../support/templates.ts";

/** How often the server dies on SQLite; on Postgres a quarter as often. Nightly runs set more. */
const KILLS = Number(process.env.MARKETPLACE_TEST_KILLS ?? "20");
const SEED = Number(process.env.MARKETPLACE_TEST_SEED ?? Date.now() % 1e6);
const PUBLISHERS = 3;
const ASSETS = 5;
/** A job that died with its server is taken up when its lease has run out (30 s). */
const LEASE_MS = 60_000;

/** The content of publication `n`: the same whenever it is asked for, some of it shared with the others. */
const contentOf = (n: number): Files =>
  skill(`crash-${n % ASSETS}`, {
    body: `Publication ${n}.\n`,
    files: { "shared.txt": "the same everywhere\n", "data/big.txt": `${n} `.repeat(20_000), "data/empty.txt": "" },
  });
const nameOf = (n: number) => ({ ref: `${ADMIN.username}/crash-${n % ASSETS}`, version: `1.${n}.0` });

test.concurrent.each(["sqlite", "postgres"] as const)(
  "killed at any moment, on %s: every publication that was acknowledged is there, whole, scanned and found",
  async (engine) => {
    const data = mkdtempSync(join(tmpdir(), "marketplace-killed-"));
    const database = engine === "postgres" ? await createPostgresDatabase(uniqueName("killed")) : null;
    const env: Record<string, string> = {
      ...TEST_ENVIRONMENT,
      MARKETPLACE_SCHEDULE_HOUSEKEEPING: "* * * * * *",
      ...(database ? { MARKETPLACE_DATABASE_URL: database } : {}),
    };
    let server: RunningServer | undefined;
    const start = async () => (server = await startServer({ data, env }));
    try {
      const { token } = await keyOf(await start());
      const kills = engine === "sqlite" ? KILLS : Math.ceil(KILLS / 4);
      const journal = createJournal(() => createClient(server!.url, token, ADMIN.username));
      const random = seeded(SEED);
      for (let i = 0; i < kills; i++) {
        // Some die before they did anything, some in the middle of their third publication.
        const goal = journal.acknowledged.size + Math.floor(random() * 4);
        await until("publications are acknowledged", () => journal.acknowledged.size >= goal);
        await Bun.sleep(random() * 120);
        await server!.kill();
        await start();
      }
      await journal.stop();

      const client = createClient(server!.url, token, ADMIN.username);
      const { acknowledged, begun } = journal;
      const where = `seed ${SEED}, ${acknowledged.size} acknowledged`;
      expect([where, acknowledged.size > kills / 2]).toEqual([where, true]);
      for (const [n, digest] of acknowledged) {
        const { ref, version } = nameOf(n);
        const found = await judged(client, ref, version, LEASE_MS);
        expect([where, n, found.digest, found.status]).toEqual([where, n, digest, "published"]);
      }
      // What was never acknowledged may be there, but only whole; what was never begun may not.
      const visible = await visibleVersions(client);
      for (const n of visible) {
        expect([where, n, begun.has(n)]).toEqual([where, n, true]);
        await expectWhole(client, n);
      }
      await until("every asset is found", async () => {
        const { meta } = await client.api("GET", "/search?q=crash&per_page=1", 200);
        return meta.total === new Set([...visible].map((n) => n % ASSETS)).size;
      });
      const uploads = join(data, "uploads");
      for (const name of readdirSync(uploads)) utimesSync(join(uploads, name), 0, 0);
      await until("what broke off is swept away", () => readdirSync(uploads).length === 0);

      await server!.stop();
      server = undefined;
      const doctor = await run(["doctor", "--data", data, "--deep", "--json"], { env: { ...env, HOME: data } });
      const { checks } = JSON.parse(doctor.stdout) as { checks: { status: string }[] };
      expect([where, checks.filter((check) => check.status === "wrong"), doctor.code]).toEqual([where, [], 0]);
      const log = await run(["admin", "audit", "verify", "--data", data, "--json"], { env: { ...env, HOME: data } });
      expect([where, JSON.parse(log.stdout).problems, log.code]).toEqual([where, [], 0]);
      const proven = await run(["admin", "transparency", "verify", "--data", data, "--json"], {
        env: { ...env, HOME: data },
      });
      const { problems, size } = JSON.parse(proven.stdout) as { problems: unknown[]; size: number };
      expect([where, problems, proven.code]).toEqual([where, [], 0]);
      // One entry for each version that came out, and none for what never came to be.
      expect([where, size >= acknowledged.size, size <= visible.size]).toEqual([where, true, true]);
      const published = ["admin", "audit", "export", "--action", "asset.version.created", "--data", data];
      const told = (await run(published, { env: { ...env, HOME: data } })).stdout.trim().split("\n");
      // One entry for each version that is there, and none for what never came to be.
      expect([where, told.map((line) => Number(JSON.parse(line).details.version.split(".")[1])).toSorted()]).toEqual([
        where,
        [...visible].toSorted(),
      ]);
    } finally {
      await server?.stop();
      if (database) await dropPostgresDatabase(database);
      rmSync(data, { recursive: true, force: true });
    }
  },
  90_000 + KILLS * 6_000,
);

/** Publishers that never rest, and what the server acknowledged to them: publication → digest. */
function createJournal(client: () => Client) {
  const begun = new Set<number>();
  const acknowledged = new Map<number, string>();
  let next = 0;
  let over = false;
  const publisher = async (): Promise<void> => {
    while (!over) {
      const n = next++;
      begun.add(n);
      while (!over && !acknowledged.has(n)) {
        const digest = await tryToPublish(client(), n);
        if (digest) acknowledged.set(n, digest);
        else await Bun.sleep(20);
      }
    }
  };
  const publishers = Array.from({ length: PUBLISHERS }, publisher);
  return {
    begun,
    acknowledged,
    async stop() {
      over = true;
      await Promise.all(publishers);
    },
  };
}

/** A generator of numbers from 0 to 1 (mulberry32): a failing run can be repeated with its seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

async function keyOf(server: RunningServer): Promise<{ token: string }> {
  const { username, password } = ADMIN;
  const login = await createClient(server.url, null).api("POST", "/auth/login", 200, { json: { username, password } });
  const json = { name: "journal", scopes: ["read", "publish"] };
  const made = await createClient(server.url, login.data.access_token).api("POST", "/me/api-keys", 201, { json });
  return { token: made.data.key };
}

/** The digest when the server acknowledged; null when it was not there to do so. */
async function tryToPublish(client: Client, n: number): Promise<string | null> {
  const { ref, version } = nameOf(n);
  let text = "";
  try {
    const response = await client.put(ref, version, contentOf(n));
    text = `${response.status} ${await response.text()}`;
  } catch {
    return null;
  }
  // A server that is starting or ending may say that it cannot; it may never say that somebody else was here.
  if (/^503 /.test(text)) return null;
  if (!/^20[01] /.test(text)) throw new Error(`publication ${n}: ${text}`);
  return JSON.parse(text.slice(4)).data.digest;
}

async function visibleVersions(client: Client): Promise<Set<number>> {
  const found = new Set<number>();
  for (let i = 0; i < ASSETS; i++)
    for (let page = 1, pages = 1; page <= pages; page++) {
      const response = await client.send("GET", `/api/v1/assets/${nameOf(i).ref}/versions?per_page=100&page=${page}`);
      if (response.status === 404) break;
      const { data, meta } = (await response.json()) as { data: { version: string }[]; meta: { total_pages: number } };
      pages = meta.total_pages;
      for (const { version } of data) found.add(Number(version.split(".")[1]));
    }
  return found;
}

async function expectWhole(client: Client, n: number): Promise<void> {
  const { ref, version } = nameOf(n);
  const at = `/api/v1/assets/${ref}/versions/${version}`;
  const { data } = await client.api("GET", `/assets/${ref}/versions/${version}`, 200);
  expect(data.files.map((file: { path: string }) => file.path).toSorted()).toEqual(
    Object.keys(contentOf(n)).toSorted(),
  );
  for (const [path, content] of Object.entries(contentOf(n))) {
    const response = await client.send("GET", `${at}/files/${path}`);
    const text = await response.text();
    expect([n, path, response.status, text === content]).toEqual([n, path, 200, true]);
  }
  const archive = await client.send("GET", `${at}/download`);
  const hash = new Bun.CryptoHasher("sha256").update(await archive.arrayBuffer()).digest("hex");
  expect([n, archive.status, archive.headers.get("X-Content-Hash")]).toEqual([n, 200, `sha256:${hash}`]);
}

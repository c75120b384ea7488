import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { payloadOf } from "../../src/core/signing/dsse.ts";
import { parseRecallList } from "../../src/core/signing/recall-list.ts";
import { ADMIN, run, type RunningServer, startServer } from "../support/executable.ts";
import { type Client, createClient, type Json, judged, TEST_ENVIRONMENT } from "../support/marketplace.ts";
import { skill } from "../support/packages.ts";
import { createPostgresDatabase, dropPostgresDatabase } from "../support/postgres.ts";
import { uniqueName } from "../support/templates.ts";

const ASSETS = 12;
const KILLS = 4;
const nameOf = (n: number) => `${ADMIN.username}/doomed-${n}`;

test.concurrent.each(["sqlite", "postgres"] as const)(
  "killed while versions are recalled, on %s: each is recalled whole or not at all, and what was acknowledged is",
  async (engine) => {
    const data = mkdtempSync(join(tmpdir(), "marketplace-recall-killed-"));
    const database = engine === "postgres" ? await createPostgresDatabase(uniqueName("recall-killed")) : null;
    const env = { ...TEST_ENVIRONMENT, ...(database ? { MARKETPLACE_DATABASE_URL: database } : {}) };
    let server: RunningServer | undefined;
    try {
      server = await startServer({ data, env });
      const admin = async (): Promise<Client> => createClient(server!.url, await keyOf(server!), ADMIN.username);
      let client = await admin();
      const key = client.token;
      const digests: string[] = [];
      for (let n = 0; n < ASSETS; n++) {
        expect((await client.put(nameOf(n), "1.0.0", skill(`doomed-${n}`, { body: `${n}\n` }))).status).toBe(201);
        digests.push((await judged(client, nameOf(n), "1.0.0", 60_000)).digest);
      }
      const acknowledged = new Map<number, number>();
      for (let kill = 0; kill < KILLS; kill++) {
        const mine = Array.from({ length: ASSETS / KILLS }, (_, i) => (kill * ASSETS) / KILLS + i);
        const orders = mine.map((n) =>
          order(client, n, digests[n]!).then((number) => number !== null && acknowledged.set(n, number)),
        );
        // In the middle of the first order, of the last, or when all are through.
        await Promise.race([Promise.all(orders), Bun.sleep(kill * 8)]);
        await server.kill();
        await Promise.all(orders);
        server = await startServer({ data, env });
        client = createClient(server.url, key, ADMIN.username);
      }
      await expectWhole(client, digests, acknowledged);
      await server.stop();
      server = undefined;
      const log = await run(["admin", "audit", "verify", "--data", data, "--json"], { env: { ...env, HOME: data } });
      expect([JSON.parse(log.stdout).problems, log.code]).toEqual([[], 0]);
    } finally {
      await server?.stop();
      if (database) await dropPostgresDatabase(database);
      rmSync(data, { recursive: true, force: true });
    }
  },
  180_000,
);

/** The number of the recall; null when the server died on the way. */
async function order(client: Client, n: number, digest: string): Promise<number | null> {
  try {
    const json = { ref: nameOf(n), digest, reason: "It phones home." };
    const response = await client.send("POST", "/api/v1/admin/recalls", { json });
    const text = await response.text();
    return response.status === 201 ? JSON.parse(text).data.number : null;
  } catch {
    return null;
  }
}

/** Orders, marks on versions, the list and what downloads answer say the same; numbers have no gaps. */
async function expectWhole(
  client: Client,
  digests: string[],
  acknowledged: ReadonlyMap<number, number>,
): Promise<void> {
  const recalls: Json[] = (await client.api("GET", "/admin/recalls?per_page=100", 200)).data;
  expect(recalls.map(({ number }) => number)).toEqual(recalls.map((_, index) => recalls.length - index));
  const list = parseRecallList(payloadOf((await client.api("GET", "/recalls", 200)).data))!;
  expect(list.recalls.map(({ number }) => number).toSorted((a, b) => b - a)).toEqual(
    recalls.map(({ number }) => number),
  );
  for (const [n, digest] of digests.entries()) {
    const found = recalls.find((recall) => recall.digest === digest);
    const version = (await client.api("GET", `/assets/${nameOf(n)}/versions/1.0.0`, 200)).data;
    const download = await client.send("GET", `/api/v1/assets/${nameOf(n)}/versions/1.0.0/download`);
    await download.body?.cancel();
    const asset = (await client.api("GET", `/assets/${nameOf(n)}`, 200)).data;
    expect([n, version.recalled?.number ?? null, download.status, asset.version]).toEqual([
      n,
      found?.number ?? null,
      found ? 410 : 200,
      found ? null : "1.0.0",
    ]);
    if (acknowledged.has(n)) expect([n, found?.number]).toEqual([n, acknowledged.get(n)]);
  }
}

async function keyOf({ url }: RunningServer): Promise<string> {
  const { username, password } = ADMIN;
  const login = await createClient(url, null).api("POST", "/auth/login", 200, { json: { username, password } });
  const json = { name: "recalls", scopes: ["read", "publish", "admin"] };
  return (await createClient(url, login.data.access_token).api("POST", "/me/api-keys", 201, { json })).data.key;
}

import { afterAll, beforeAll, expect, test } from "bun:test";
import { layWire, type Wire } from "../support/cut.ts";
import { type Client, judged, type Marketplace, publish, startMarketplace, until } from "../support/marketplace.ts";
import { skill } from "../support/packages.ts";
import { createPostgresDatabase, dropPostgresDatabase } from "../support/postgres.ts";
import { postgresTemplate, uniqueName } from "../support/templates.ts";

let server: Marketplace;
let wire: Wire;
let database: string;
let ann: Client;
/** How far the clock was put forward, so that leases run out. */
let ahead = 0;

beforeAll(async () => {
  database = await createPostgresDatabase(uniqueName("gone"), await postgresTemplate());
  wire = await layWire(Number(new URL(database).port));
  const url = new URL(database);
  url.port = String(wire.port);
  const clock = { now: () => new Date(Date.now() + ahead) };
  server = await startMarketplace({ engine: "postgres", location: { url: url.href, path: "" }, clock });
  ann = await server.person("ann");
}, 60_000);

afterAll(async () => {
  await server.stop();
  await wire.close();
  await dropPostgresDatabase(database);
}, 30_000);

test("without its database the server says 503 to everything that needs it, and recovers by itself", async () => {
  await publish(server, ann, "ann/steady", "1.0.0", skill("steady"));
  await wire.cut();
  for (const [method, path] of [
    ["GET", "/api/v1/assets/ann/steady"],
    ["GET", "/api/v1/assets"],
    ["GET", "/api/v1/assets/ann/steady/versions/1.0.0/download"],
    ["DELETE", "/api/v1/assets/ann/steady"],
    ["GET", "/readyz"],
    ["GET", "/ann/steady"],
  ] as const) {
    const response = await ann.send(method, path);
    const text = await response.text();
    expect([method, path, response.status]).toEqual([method, path, 503]);
    expect([path, /postgres|127\.0\.0\.1|ERR_/i.test(text)]).toEqual([path, false]);
  }
  const put = await ann.put("ann/steady", "1.0.1", skill("steady", { body: "Next.\n" }));
  expect([put.status, put.headers.get("Retry-After")]).toEqual([503, "5"]);
  expect((await ann.send("GET", "/healthz")).status).toBe(200);

  await wire.mend();
  await until("it is ready again", async () => (await ann.send("GET", "/readyz")).status === 200);
  await ann.api("GET", "/assets/ann/steady", 200);
  expect((await ann.put("ann/steady", "1.0.1", skill("steady", { body: "Next.\n" }))).status).toBe(201);
  expect((await judged(ann, "ann/steady", "1.0.1")).status).toBe("published");
}, 90_000);

test("a database that breaks off in the middle of publications loses none that was acknowledged and tears none", async () => {
  const kept = new Set<string>();
  const refused: number[] = [];
  let over = false;
  const publisher = async (who: number): Promise<void> => {
    for (let i = 0; !over; i++) {
      const version = `${who}.${i}.0`;
      const response = await ann.put("ann/shaky", version, skill("shaky", { body: `${version}\n` }));
      if (response.status === 201 || response.status === 200) kept.add(version);
      else refused.push(response.status);
      await response.body?.cancel();
      await Bun.sleep(5);
    }
  };
  const publishers = [1, 2, 3].map(publisher);
  for (let i = 0; i < 8; i++) {
    await Bun.sleep(60 + i * 15);
    await wire.cut();
    await Bun.sleep(200);
    await wire.mend();
    // However slow the machine: between two cuts something gets through.
    const before = kept.size;
    await until("something was acknowledged", async () => kept.size > before);
  }
  over = true;
  await Promise.all(publishers);
  await until("it is ready again", async () => (await ann.send("GET", "/readyz")).status === 200);

  // A job whose end could not be written is taken up when its lease (30 s) has run out.
  ahead += 40_000;
  expect(refused.filter((status) => status !== 503)).toEqual([]);
  expect(kept.size).toBeGreaterThan(0);
  for (const version of kept) expect((await judged(ann, "ann/shaky", version)).status).toBe("published");
  const versions = await ann.api("GET", "/assets/ann/shaky/versions?per_page=100", 200);
  for (const { version } of versions.data) {
    const text = await (await ann.send("GET", `/api/v1/assets/ann/shaky/versions/${version}/files/SKILL.md`)).text();
    expect(text).toEndWith(`${version}\n`);
  }
}, 120_000);

import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Manners, type StandIn, standIn, VERSION } from "../../src/platform/scanning/clamd.fixture.ts";
import { type Client, type Json, judged, type Marketplace, startMarketplace, until } from "../support/marketplace.ts";
import { skill } from "../support/packages.ts";

// A whole server with a stand-in for clamd: what it says, what it does not say, and what it newly knows.

const folder = mkdtempSync(join(tmpdir(), "marketplace-clamav-"));
const { signal } = new AbortController();
const manners: Manners = {};
let clamd: StandIn;
let server: Marketplace;
let ann: Client;
let ahead = 0;

beforeAll(async () => {
  clamd = await standIn(manners);
  const { port } = clamd.settings.address as { port: number };
  server = await startMarketplace({
    engine: "sqlite",
    location: { url: "", path: join(folder, "marketplace.db") },
    clock: { now: () => new Date(Date.now() + ahead) },
    env: {
      MARKETPLACE_SCANNING_CLAMAV_ADDRESS: `127.0.0.1:${port}`,
      MARKETPLACE_SCANNING_CLAMAV_TIMEOUT_SECONDS: "5",
      MARKETPLACE_ACCOUNTS_ACCESS_TOKEN_LIFETIME: "30d",
    },
  });
  ann = await server.person("ann");
  await until("the signatures are known", async () => server.app.clamav!.seen() !== null);
}, 60_000);

beforeEach(() => {
  for (const name of Object.keys(manners) as (keyof Manners)[]) delete manners[name];
});

afterAll(async () => {
  await server.stop();
  await clamd.close();
  rmSync(folder, { recursive: true, force: true });
}, 30_000);

const scan = async (ref: string): Promise<Json> =>
  (await ann.api("GET", `/assets/${ref}/versions/1.0.0/scans`, 200)).data[0];
const clamavOf = ({ scanners }: Json): Json | undefined =>
  scanners.find((outcome: Json) => outcome.scanner === "clamav");

test("what clamd knows as malware is blocked, and says as what", async () => {
  manners.stream = (socket) => socket.end("stream: Win.Trojan.Test-1 FOUND\0");
  expect((await ann.put("ann/infected", "1.0.0", skill("infected"))).status).toBe(201);
  expect((await judged(ann, "ann/infected", "1.0.0")).verdict).toBe("blocked");
  await server.stranger.api("GET", "/assets/ann/infected", 404);
});

test.each<[string, Manners]>([
  ["hangs up", { ping: (socket) => void socket.destroy() }],
  ["answers rubbish", { stream: (socket) => void socket.end("stream: fine, thanks\0") }],
])("while clamd %s nothing is published; afterwards it is", async (how, rude) => {
  const ref = `ann/while-${how.replaceAll(" ", "-")}`;
  Object.assign(manners, rude);
  expect((await ann.put(ref, "1.0.0", skill(ref.slice(4)))).status).toBe(201);
  const failed = await until("a failed try", async () => {
    const newest = await scan(ref);
    return newest.error !== null && newest.status !== "running" && newest;
  });
  expect(failed.verdict).toBeNull();
  await server.stranger.api("GET", `/assets/${ref}`, 404);
  for (const name of Object.keys(rude) as (keyof Manners)[]) delete manners[name];
  ahead += 5 * 60_000;
  server.app.jobs.wake();
  expect((await judged(ann, ref, "1.0.0")).status).toBe("published");
});

test("new signatures make every version outdated, and it is looked at with them", async () => {
  const { clamav, compliance } = server.app;
  expect((await ann.put("ann/older", "1.0.0", skill("older"))).status).toBe(201);
  await judged(ann, "ann/older", "1.0.0");
  expect(clamavOf(await scan("ann/older"))?.version).toBe("1+1.4.6/27800");
  manners.version = (socket) => void socket.end(`${VERSION.replace("27800", "27801")}\0`);
  await clamav!.refresh();
  expect(await compliance.rescanVersions("outdated", signal)).toBeGreaterThan(0);
  server.app.jobs.wake();
  await until("the rescan", async () => clamavOf(await scan("ann/older"))?.version === "1+1.4.6/27801");
});

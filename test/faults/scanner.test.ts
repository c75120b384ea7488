import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ScanEngine, ScanReport } from "../../src/platform/scanning/scanner.ts";
import { type Client, type Json, judged, type Marketplace, startMarketplace, until } from "../support/marketplace.ts";
import { skill } from "../support/packages.ts";

const MINUTE = 60_000;
const folder = mkdtempSync(join(tmpdir(), "marketplace-scanner-"));
let server: Marketplace;
let ann: Client;
let mod: Client;
let healthy: ScanEngine;
/** How far the clock was put forward, so that retries come due. */
let ahead = 0;

beforeAll(async () => {
  server = await startMarketplace({
    engine: "sqlite",
    location: { url: "", path: join(folder, "marketplace.db") },
    clock: { now: () => new Date(Date.now() + ahead) },
    env: { MARKETPLACE_ACCOUNTS_ACCESS_TOKEN_LIFETIME: "30d" },
  });
  ann = await server.person("ann");
  mod = await server.person("mod", "moderator");
  healthy = { ...server.app.engine };
}, 60_000);

beforeEach(() => void Object.assign(server.app.engine, healthy));

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}, 30_000);

const scan = async (ref: string): Promise<Json> =>
  (await ann.api("GET", `/assets/${ref}/versions/1.0.0/scans`, 200)).data[0];
const failedOnce = (ref: string) =>
  until(`a failed try of ${ref}`, async () => {
    const newest = await scan(ref);
    return newest.error !== null && newest.status !== "running" && newest;
  });

/** Publishes with a broken engine, sees it fail, and looks whether anything got out. */
async function failsClosed(name: string, broken: Partial<ScanEngine>): Promise<void> {
  const ref = `ann/${name}`;
  Object.assign(server.app.engine, broken);
  expect((await ann.put(ref, "1.0.0", skill(name))).status).toBe(201);
  expect((await failedOnce(ref)).verdict).toBeNull();
  const { data } = await ann.api("GET", `/assets/${ref}/versions/1.0.0`, 200);
  expect([data.verdict, data.status]).toEqual(["pending", "scanning"]);
  await server.stranger.api("GET", `/assets/${ref}`, 404);
  expect((await ann.send("GET", `/api/v1/assets/${ref}/versions/1.0.0/download`)).status).toBe(409);
  await mod.api("POST", `/admin/reviews/${data.id}/approve`, 409, { json: { reason: "Let it." } });
}

/** Mends the engine, lets the retry come due, and expects the version to be published. */
async function recovers(name: string): Promise<void> {
  Object.assign(server.app.engine, healthy);
  ahead += 5 * MINUTE;
  expect((await judged(ann, `ann/${name}`, "1.0.0")).status).toBe("published");
  expect((await scan(`ann/${name}`)).status).toBe("completed");
}

const reportOf = (change: (report: ScanReport) => ScanReport): Partial<ScanEngine> => ({
  scan: async (...args) => change(await healthy.scan(...args)),
});

const BROKEN: [name: string, broken: () => Partial<ScanEngine>][] = [
  ["killed", () => ({ scan: () => Promise.reject(new Error("the scanning thread died")) })],
  ["silent", () => reportOf(() => ({ outcomes: [], findings: [], capabilities: [], packages: [] }))],
  ["missing-one", () => reportOf((report) => ({ ...report, outcomes: report.outcomes.slice(1) }))],
  [
    "timed-out",
    () => reportOf((r) => ({ ...r, outcomes: r.outcomes.map((o, i) => (i === 0 ? { ...o, state: "timed-out" } : o)) })),
  ],
  [
    "failed-one",
    () => reportOf((r) => ({ ...r, outcomes: r.outcomes.map((o, i) => (i === 2 ? { ...o, state: "failed" } : o)) })),
  ],
  ["other-version", () => reportOf((r) => ({ ...r, outcomes: r.outcomes.map((o) => ({ ...o, version: "0" })) }))],
  [
    "unconfigured",
    () => ({ scanners: () => [], scan: async () => ({ outcomes: [], findings: [], capabilities: [], packages: [] }) }),
  ],
  ["absent", () => ({ scanners: () => [...healthy.scanners(), { name: "clamav", version: "1" }] })],
];

test.each(BROKEN)("a scanner that is %s passes nothing; a retry with a sound one does", async (name, broken) => {
  await failsClosed(name, broken());
  await recovers(name);
});

test("after the last try a moderator sees it, nothing passed, and a rescan completes it", async () => {
  await failsClosed("hopeless", { scan: () => Promise.reject(new Error("no thread starts")) });
  await until("the scan is given up", async () => {
    ahead += 60 * MINUTE;
    server.app.jobs.wake();
    return (await scan("ann/hopeless")).status === "failed";
  });
  const { data } = await mod.api("GET", "/admin/reviews?per_page=100", 200);
  expect(data).toContainEqual(expect.objectContaining({ ref: "ann/hopeless", status: "scan_failed" }));
  await server.stranger.api("GET", "/assets/ann/hopeless", 404);

  Object.assign(server.app.engine, healthy);
  await ann.api("POST", "/assets/ann/hopeless/versions/1.0.0/scans", 202);
  expect((await judged(ann, "ann/hopeless", "1.0.0")).status).toBe("published");
});

test("a published version keeps its verdict while its rescan fails", async () => {
  expect((await ann.put("ann/trusted", "1.0.0", skill("trusted"))).status).toBe(201);
  await judged(ann, "ann/trusted", "1.0.0");
  Object.assign(server.app.engine, { scan: () => Promise.reject(new Error("no thread starts")) });
  await ann.api("POST", "/assets/ann/trusted/versions/1.0.0/scans", 202);
  await failedOnce("ann/trusted");
  expect((await server.stranger.api("GET", "/assets/ann/trusted/versions/1.0.0", 200)).data.verdict).toBe("passed");
});

import { afterAll, beforeAll, describe } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type App, buildApp } from "../../src/app.ts";
import { loadConfig } from "../../src/config/index.ts";
import { type Role, SYSTEM } from "../../src/core/actor.ts";
import type { Clock } from "../../src/core/clock.ts";
import type { Engine } from "../../src/platform/database/index.ts";
import { createLog } from "../../src/platform/telemetry/index.ts";
import { eachDatabase } from "./databases.ts";
import { type Bytes, type Files, tarGz } from "./packages.ts";
import { type S3Server, startS3Server } from "./s3-server.ts";
import { type DatabaseLocation, uniqueName } from "./templates.ts";

export type Blobs = "filesystem" | "s3";

/** A whole server in this process, reached through a real socket. */
export interface Marketplace {
  url: string;
  data: string;
  engine: Engine;
  app: App;
  /** Log lines of level warn and above. */
  complaints: string[];
  stranger: Client;
  /** Makes a person of this role and answers a client with their access token. */
  person(username: string, role?: Role): Promise<Client>;
  stop(): Promise<void>;
}

/** Variables that every server of the tests is started with: cheap passwords, no limits of rates. */
export const TEST_ENVIRONMENT: Readonly<Record<string, string>> = {
  MARKETPLACE_ACCOUNTS_ARGON2_MEMORY: "8 MiB",
  MARKETPLACE_ACCOUNTS_ARGON2_ITERATIONS: "1",
  MARKETPLACE_RATE_LIMITS_ENABLED: "false",
  MARKETPLACE_SERVER_LISTEN: "127.0.0.1:0",
};

export interface MarketplaceOptions {
  engine: Engine;
  location: DatabaseLocation;
  blobs?: Blobs;
  s3?: S3Server;
  env?: Record<string, string>;
  clock?: Clock;
}

const TEST_SIGN_IN = { twoFactor: false, client: "a test", methods: ["pwd"] };

export const PASSWORD = "correct horse battery staple";

export async function startMarketplace(options: MarketplaceOptions): Promise<Marketplace> {
  const { engine, location, blobs = "filesystem", s3 } = options;
  const own = engine === "postgres" ? mkdtempSync(join(tmpdir(), "marketplace-data-")) : null;
  const data = own ?? dirname(location.path);
  const { config } = loadConfig({
    cwd: data,
    flags: { "server.data": data },
    env: {
      ...TEST_ENVIRONMENT,
      ...(location.url ? { MARKETPLACE_DATABASE_URL: location.url } : {}),
      ...(blobs === "s3" && s3 ? s3Environment(s3) : {}),
      ...options.env,
    },
  });
  const complaints: string[] = [];
  const log = createLog({ level: "warn", format: "text", write: (line) => void complaints.push(line) });
  let url = "";
  const app = await buildApp(config, { log, clock: options.clock, listening: () => url });
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 60,
    maxRequestBodySize: 2 ** 40,
    fetch: async (request, server) => (await app.handle(request, server)) ?? new Response(null, { status: 426 }),
  });
  url = `http://127.0.0.1:${server.port}`;
  await app.start();
  return {
    url,
    data,
    engine,
    app,
    complaints,
    stranger: createClient(url, null),
    async person(username, role = "user") {
      const email = `${username}@example.org`;
      await app.accounts.administration.create(SYSTEM, { username, email, password: PASSWORD }, role);
      const user = await app.accounts.profile(username);
      return createClient(url, (await app.accounts.tokens.start(user.id, TEST_SIGN_IN)).accessToken, username);
    },
    async stop() {
      await server.stop(true);
      await app.stop(1000);
      if (own) rmSync(own, { recursive: true, force: true });
    },
  };
}

const s3Environment = (s3: S3Server): Record<string, string> => ({
  MARKETPLACE_BLOBS_BACKEND: "s3",
  MARKETPLACE_BLOBS_ENDPOINT: s3.endpoint,
  MARKETPLACE_BLOBS_REGION: s3.region,
  MARKETPLACE_BLOBS_BUCKET: s3.bucket,
  MARKETPLACE_BLOBS_PREFIX: `${uniqueName("blobs")}/`,
  MARKETPLACE_BLOBS_ACCESS_KEY_ID: s3.accessKeyId,
  MARKETPLACE_BLOBS_SECRET_ACCESS_KEY: s3.secretAccessKey,
});

/**
 * Runs a suite against one running server for each cell: by default SQLite with files, and Postgres with S3. The suite
 * shares the server: give every test names of its own.
 */
export function eachMarketplace(
  name: string,
  suite: (server: () => Marketplace, cell: { engine: Engine; blobs: Blobs }) => void,
  options: { env?: Record<string, string>; cells?: [Engine, Blobs][] } = {},
): void {
  const cells = options.cells ?? [
    ["sqlite", "filesystem"],
    ["postgres", "s3"],
  ];
  eachDatabase(name, (_open, { engine, locate }) => {
    for (const [, blobs] of cells.filter(([wanted]) => wanted === engine)) {
      describe(`with ${blobs}`, () => {
        let running: Marketplace | undefined;
        let s3: S3Server | undefined;
        beforeAll(async () => {
          s3 = blobs === "s3" ? await startS3Server() : undefined;
          running = await startMarketplace({ engine, location: await locate(), blobs, s3, env: options.env });
        }, 60_000);
        afterAll(async () => {
          await running?.stop();
          await s3?.stop();
        }, 30_000);
        suite(() => running!, { engine, blobs });
      });
    }
  });
}

/** A suite on the quick cell alone: about what neither database nor store can change. */
export function onOneMarketplace(
  name: string,
  suite: (server: () => Marketplace) => void,
  env: Record<string, string> = {},
): void {
  describe(name, () => {
    const folder = mkdtempSync(join(tmpdir(), "marketplace-one-"));
    let running: Marketplace | undefined;
    beforeAll(async () => {
      const location = { url: "", path: join(folder, "marketplace.db") };
      running = await startMarketplace({ engine: "sqlite", location, env });
    }, 60_000);
    afterAll(async () => {
      await running?.stop();
      rmSync(folder, { recursive: true, force: true });
    }, 30_000);
    suite(() => running!);
  });
}

export interface SendOptions {
  json?: unknown;
  body?: BodyInit;
  headers?: Record<string, string>;
  redirect?: "follow" | "manual";
}

/** What a JSON answer says: tests look into it freely. */
// biome-ignore lint/suspicious/noExplicitAny: the shape is what the tests assert.
export type Json = any;

/** Somebody with (or without) a token, who talks to one server. */
export interface Client {
  username: string;
  token: string | null;
  send(method: string, path: string, options?: SendOptions): Promise<Response>;
  /** Sends to `/api/v1` + path, requires the status, and answers the JSON body (null when there is none). */
  api(method: string, path: string, status: number, options?: SendOptions): Promise<Json>;
  /** One-call publish of a tar.gz (or of the bytes given). */
  put(ref: string, version: string, content: Files | Bytes, query?: Record<string, string>): Promise<Response>;
}

export function createClient(url: string, token: string | null, username = "stranger"): Client {
  const send: Client["send"] = (method, path, options = {}) => {
    const headers = new Headers(options.headers);
    if (token !== null && !headers.has("Authorization")) headers.set("Authorization", `Bearer ${token}`);
    if (options.json !== undefined) headers.set("Content-Type", "application/json");
    const body = options.json === undefined ? options.body : JSON.stringify(options.json);
    return fetch(`${url}${path}`, { method, headers, body, redirect: options.redirect ?? "manual" });
  };
  return {
    username,
    token,
    send,
    async api(method, path, status, options) {
      const response = await send(method, `/api/v1${path}`, options);
      const text = await response.text();
      if (response.status !== status)
        throw new Error(`${method} ${path} by ${username}: ${response.status} instead of ${status}\n${text}`);
      return text === "" ? null : JSON.parse(text);
    },
    put(ref, version, content, query = {}) {
      const bytes = Buffer.isBuffer(content) ? (content as Bytes) : tarGz(content as Files);
      const search = new URLSearchParams(query).toString();
      return send("PUT", `/api/v1/assets/${ref}/versions/${version}${search && `?${search}`}`, {
        body: bytes,
        headers: { "Content-Type": "application/octet-stream" },
      });
    },
  };
}

/** Asks again until `check` answers something other than null, undefined or false; throws when it takes too long. */
export async function until<T>(what: string, check: () => Promise<T> | T, withinMs = 20_000): Promise<NonNullable<T>> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found = await check();
    if (found !== null && found !== undefined && found !== false) return found as NonNullable<T>;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${withinMs} ms`);
    await Bun.sleep(10);
  }
}

/** Waits for the verdict of a version, as somebody who may see it; answers the version. */
export const judged = (client: Client, ref: string, version: string, withinMs?: number): Promise<Json> => {
  const ask = async () => {
    const { data } = await client.api("GET", `/assets/${ref}/versions/${version}`, 200);
    return data.verdict !== "pending" && data;
  };
  return until(`a verdict on ${ref}@${version}`, ask, withinMs);
};

/** Publishes files, waits until they are judged and found by searches; answers the version. */
export async function publish(
  server: Marketplace,
  client: Client,
  ref: string,
  version: string,
  content: Files | Bytes,
  query: Record<string, string> = {},
): Promise<Json> {
  const response = await client.put(ref, version, content, query);
  if (response.status !== 201)
    throw new Error(`publish ${ref}@${version}: ${response.status} ${await response.text()}`);
  const found = await judged(client, ref, version);
  await server.app.discovery.indexer.sync();
  return found;
}

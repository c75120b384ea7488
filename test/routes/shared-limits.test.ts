import { expect, test } from "bun:test";
import { MINUTE } from "../../src/core/clock.ts";
import { eachDatabase } from "../support/databases.ts";
import { handClock } from "../support/hand-clock.ts";
import { type Marketplace, PASSWORD, startMarketplace } from "../support/marketplace.ts";

const PROXIED = {
  MARKETPLACE_RATE_LIMITS_ENABLED: "true",
  MARKETPLACE_SERVER_TRUSTED_PROXIES: "127.0.0.1",
  MARKETPLACE_SECRETS_KEY: Buffer.alloc(32, 7).toString("base64"),
};

/** Signs in over HTTP from `address`; answers the status. */
async function signIn(server: Marketplace, username: string, password: string, address: string): Promise<number> {
  const headers = { "X-Forwarded-For": address };
  const response = await server.stranger.send("POST", "/api/v1/auth/login", { json: { username, password }, headers });
  await response.body?.cancel();
  return response.status;
}

const tally = (statuses: number[]): Record<number, number> =>
  Object.fromEntries([...Map.groupBy(statuses, (status) => status)].map(([status, all]) => [status, all.length]));

eachDatabase("limits of whole servers", (_open, { engine, locate }) => {
  test("a lock-out, an address's sign-ins and its traffic outlive a restart", async () => {
    const clock = handClock();
    const options = { engine, location: await locate(), env: PROXIED, clock };
    const before = await startMarketplace(options);
    await before.person("ada");
    for (let i = 0; i < 50; i++) expect(await signIn(before, "ada", "wrong", `198.51.100.${i}`)).toBe(401);
    for (let i = 0; i < 5; i++) expect(await signIn(before, "bob", "wrong", "203.0.113.1")).toBe(401);
    const search = (server: Marketplace) =>
      server.stranger.send("GET", "/api/v1/search?q=x", { headers: { "X-Forwarded-For": "203.0.113.2" } });
    for (let i = 0; i < 100; i++) expect((await search(before)).status).toBe(200);
    await before.stop();

    const after = await startMarketplace(options);
    expect(await signIn(after, "ada", PASSWORD, "198.51.100.99")).toBe(429);
    expect(await signIn(after, "bob", "wrong", "203.0.113.1")).toBe(429);
    expect((await search(after)).status).toBe(429);
    clock.move(2 * MINUTE);
    expect(await signIn(after, "ada", PASSWORD, "198.51.100.99")).toBe(200);
    expect((await search(after)).status).toBe(200);
    await after.stop();
  }, 60_000);

  // One SQLite file is one server's.
  if (engine === "sqlite") return;
  test("two servers share one allowance of sign-ins and of wrong passwords", async () => {
    const clock = handClock();
    const location = await locate();
    const start = () => startMarketplace({ engine, location, env: PROXIED, clock });
    const servers = [await start(), await start()];
    await servers[0]!.person("ada");
    const both = (count: number, ask: (server: Marketplace, i: number) => Promise<number>) =>
      Promise.all(Array.from({ length: count }, (_, i) => ask(servers[i % 2]!, i))).then(tally);
    expect(await both(20, (server) => signIn(server, "eve", "wrong", "203.0.113.1"))).toEqual({ 401: 5, 429: 15 });
    expect(await both(80, (server, i) => signIn(server, "ada", "wrong", `198.51.100.${i}`))).toEqual({
      401: 50,
      429: 30,
    });
    await Promise.all(servers.map((server) => server.stop()));
  }, 60_000);
});

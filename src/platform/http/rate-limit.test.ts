import { expect, test } from "bun:test";
import fc from "fast-check";
import { type HandClock, handClock } from "../../../test/support/hand-clock.ts";
import { eachDatabase } from "../../../test/support/databases.ts";
import { HOUR, MINUTE } from "../../core/clock.ts";
import type { RateLedger } from "../../core/rate.ts";
import { createDatabase, type Database } from "../database/index.ts";
import { createRateLedger } from "../rates/database-rate-ledger.ts";
import { DEFAULT_RATES, type RateClass, SECURITY_CLASSES } from "./rate-classes.ts";
import { createRateLimiter, type RateLimiter } from "./rate-limit.ts";

const warnings: string[] = [];
const log = { info: () => {}, warn: (message: string) => void warnings.push(message), error: () => {} };
const ledgerOver = (database: Database, clock: HandClock) =>
  createRateLedger({ database, clock, secret: async () => "a secret of this test" });
const limiterOver = (ledger: RateLedger, clock: HandClock, capacity?: number) =>
  createRateLimiter({ enabled: true, clock, ledger, log, capacity });
/** How many of `times` requests are allowed, one after another. */
async function count(limiter: RateLimiter, rateClass: RateClass, caller: string, times: number): Promise<number> {
  let allowed = 0;
  for (let i = 0; i < times; i++) if ((await limiter.take(rateClass, caller)).allowed) allowed++;
  return allowed;
}
const broken = async (): Promise<never> => {
  throw new Error("the database is gone");
};
const BROKEN: RateLedger = { take: broken, look: broken, refund: broken, share: broken, recall: broken, prune: broken };

eachDatabase("a limiter", (open, { locate }) => {
  test("allows what the table says, then one per interval", async () => {
    const database = await open();
    for (const name of ["login", "register", "secondFactor", "search", "assetWrite"] as const) {
      const clock = handClock();
      const limiter = limiterOver(ledgerOver(database, clock), clock);
      const { limit, windowMs } = DEFAULT_RATES[name];
      for (let i = 0; i < limit; i++) {
        const answer = await limiter.take(name, "a");
        expect([answer.allowed, answer.headers["X-RateLimit-Remaining"]]).toEqual([true, String(limit - 1 - i)]);
      }
      expect(await limiter.take(name, "a")).toMatchObject({
        allowed: false,
        retryAfter: Math.ceil(windowMs / limit / 1000),
      });
      expect((await limiter.take(name, "b")).allowed).toBe(true);
      clock.move(windowMs / limit);
      expect(await count(limiter, name, "a", 2)).toBe(1);
    }
  });

  test("what guards secrets holds over processes and restarts, to the last one", async () => {
    const location = await locate();
    const clock = handClock();
    for (const name of SECURITY_CLASSES) {
      const databases = [createDatabase(location), createDatabase(location)];
      const limiters = databases.map((database) => limiterOver(ledgerOver(database, clock), clock));
      const crowd = await Promise.all(Array.from({ length: 30 }, (_, i) => limiters[i % 2]!.take(name, "a")));
      expect(crowd.filter((answer) => answer.allowed)).toHaveLength(DEFAULT_RATES[name].limit);
      await Promise.all(databases.map((database) => database.close()));
    }
    const after = createDatabase(location);
    const restarted = limiterOver(ledgerOver(after, clock), clock);
    for (const name of SECURITY_CLASSES) expect((await restarted.take(name, "a")).allowed).toBe(false);
    await after.close();
  });

  test("a refund gives back what a refusal held in memory would keep", async () => {
    const clock = handClock();
    const limiter = limiterOver(ledgerOver(await open(), clock), clock);
    const first = await limiter.take("register", "a");
    expect(await count(limiter, "register", "a", 4)).toBe(2);
    await first.refund();
    expect(await count(limiter, "register", "a", 2)).toBe(1);
  });

  test("traffic is shared by processes and outlives a restart", async () => {
    const location = await locate();
    const clock = handClock();
    const databases = [createDatabase(location), createDatabase(location)];
    const [one, other] = databases.map((database) => limiterOver(ledgerOver(database, clock), clock));
    expect([await count(one!, "search", "a", 60), await count(other!, "search", "a", 30)]).toEqual([60, 30]);
    await one!.share();
    await other!.share();
    await one!.take("search", "a");
    await one!.share();
    // 60 + 30 + 1 were used, and both know it.
    expect(await count(one!, "search", "a", 100)).toBe(9);
    await one!.stop();
    // The other one learns of it when it has news of its own.
    expect(await count(other!, "search", "a", 1)).toBe(1);
    await other!.share();
    expect(await count(other!, "search", "a", 100)).toBe(0);
    await other!.stop();
    const restarted = limiterOver(ledgerOver(databases[0]!, clock), clock);
    await restarted.start();
    expect(await count(restarted, "search", "a", 100)).toBe(0);
    expect(await count(restarted, "search", "b", 200)).toBe(100);
    await restarted.stop();
    await Promise.all(databases.map((database) => database.close()));
  });

  test("under load from all sides, processes together let through about one allowance", async () => {
    const location = await locate();
    const clock = handClock();
    const databases = [createDatabase(location), createDatabase(location), createDatabase(location)];
    const limiters = databases.map((database) => limiterOver(ledgerOver(database, clock), clock));
    let allowed = 0;
    const seconds = 120;
    for (let second = 0; second < seconds; second++) {
      for (const limiter of limiters) allowed += await count(limiter, "search", "a", 50);
      for (const limiter of limiters) await limiter.share();
      clock.move(1000);
    }
    const whole = DEFAULT_RATES.search.limit * (1 + (seconds * 1000) / MINUTE);
    // Before they first told each other, each let its own burst through.
    expect(allowed).toBeLessThanOrEqual(whole + 2 * 50 + 10);
    expect(allowed).toBeGreaterThan(whole * 0.8);
    await Promise.all(databases.map((database) => database.close()));
  });
});

test("never allows more than a burst and the steady rate, in any pattern of requests", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3000), { maxLength: 300 }), (pauses) => {
      const clock = handClock();
      const limiter = limiterOver(BROKEN, clock);
      const start = clock.now().getTime();
      let allowed = 0;
      for (const pause of pauses) {
        clock.move(pause);
        const answer = limiter.take("assetWrite", "a");
        if (!(answer instanceof Promise) && answer.allowed) allowed++;
      }
      return allowed <= 50 + (clock.now().getTime() - start) / 1200;
    }),
  );
});

test("refused requests do not prolong the wait, and a clock set back does so by two windows at most", async () => {
  const clock = handClock();
  const limiter = limiterOver(BROKEN, clock);
  await count(limiter, "search", "a", 1000);
  expect((await limiter.take("search", "a")).retryAfter).toBe(1);
  clock.move(-24 * HOUR);
  expect((await limiter.take("search", "a")).retryAfter).toBeLessThanOrEqual(61);
});

test("a flood of addresses neither resets a caller nor grows without bound, and is itself limited", async () => {
  const clock = handClock();
  const limiter = limiterOver(BROKEN, clock, 100);
  await count(limiter, "assetWrite", "victim", 51);
  let allowed = 0;
  for (let i = 0; i < 80_000; i++) {
    const answer = limiter.take("assetWrite", `flood-${i}`);
    if (!(answer instanceof Promise) && answer.allowed) allowed++;
  }
  expect((await limiter.take("assetWrite", "victim")).allowed).toBe(false);
  expect(allowed).toBeLessThanOrEqual(100 + 1024 * 50);
  clock.move(2 * MINUTE);
  // Each newcomer clears away up to four whose allowance is whole again: then there is room for everybody.
  for (let i = 0; i < 50; i++) await limiter.take("assetWrite", `later-${i}`);
  expect((await limiter.take("assetWrite", "later-new")).headers["X-RateLimit-Remaining"]).toBe("49");
});

test("without a database secrets are guarded by a refusal, and traffic goes on in memory", async () => {
  const clock = handClock();
  const limiter = limiterOver(BROKEN, clock);
  await expect(Promise.resolve(limiter.take("login", "a"))).rejects.toMatchObject({ status: 503 });
  warnings.length = 0;
  expect(await count(limiter, "assetWrite", "a", 60)).toBe(50);
  await limiter.share();
  await limiter.share();
  expect(warnings).toHaveLength(1);
  expect(await count(limiter, "assetWrite", "a", 60)).toBe(0);
});

test("switched off it counts nothing and asks nobody", async () => {
  const limiter = createRateLimiter({ enabled: false, clock: handClock(), ledger: BROKEN, log });
  await limiter.start();
  for (let i = 0; i < 100; i++)
    expect(await limiter.take("register", "a")).toMatchObject({ allowed: true, headers: {} });
  await limiter.stop();
});

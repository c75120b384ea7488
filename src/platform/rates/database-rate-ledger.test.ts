import { expect, test } from "bun:test";
import fc from "fast-check";
import { handClock, type HandClock } from "../../../test/support/hand-clock.ts";
import { eachDatabase } from "../../../test/support/databases.ts";
import { HOUR, MINUTE } from "../../core/clock.ts";
import { decideRate, type Rate } from "../../core/rate.ts";
import { createDatabase, type Database } from "../database/index.ts";
import { createRateLedger } from "./database-rate-ledger.ts";

const LOGIN: Rate = { limit: 5, windowMs: MINUTE };
const ledgerOver = (database: Database, clock: HandClock) =>
  createRateLedger({ database, clock, secret: async () => "a secret of this test" });

eachDatabase("the ledger of rates", (open, { locate }) => {
  test("a crowd at two processes gets no more than one process alone would let through", async () => {
    const location = await locate();
    const clock = handClock();
    const databases = [createDatabase(location), createDatabase(location)];
    const ledgers = databases.map((database) => ledgerOver(database, clock));
    const crowd = await Promise.all(Array.from({ length: 60 }, (_, i) => ledgers[i % 2]!.take("a", LOGIN)));
    expect(crowd.filter((decision) => decision.allowed)).toHaveLength(5);
    const refused = crowd.filter((decision) => !decision.allowed);
    expect(refused.every((decision) => decision.retryMs === 12_000 && decision.remaining === 0)).toBe(true);
    expect((await ledgers[0]!.take("b", LOGIN)).remaining).toBe(4);
    await Promise.all(databases.map((database) => database.close()));
  });

  test("decides as memory does, whatever the pauses", async () => {
    const database = await open();
    let key = 0;
    const pauses = fc.array(fc.nat(40_000), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(pauses, async (waits) => {
        const clock = handClock();
        const ledger = ledgerOver(database, clock);
        const name = `pattern ${key++}`;
        let tat = 0;
        for (const wait of waits) {
          clock.move(wait);
          const expected = decideRate(LOGIN, tat, clock.now().getTime());
          tat = expected.tat;
          const { allowed, remaining, retryMs } = await ledger.take(name, LOGIN);
          expect({ allowed, remaining, retryMs }).toEqual({
            allowed: expected.allowed,
            remaining: expected.remaining,
            retryMs: expected.retryMs,
          });
        }
      }),
      { numRuns: 25 },
    );
  });

  test("looks without counting, takes back, and survives a clock that was set back", async () => {
    const clock = handClock();
    const ledger = ledgerOver(await open(), clock);
    expect(await ledger.look("a", LOGIN)).toMatchObject({ allowed: true, remaining: 5 });
    for (let i = 0; i < 5; i++) await ledger.take("a", LOGIN);
    expect(await ledger.look("a", LOGIN)).toMatchObject({ allowed: false, retryMs: 12_000 });
    await ledger.refund("a", LOGIN);
    expect(await ledger.take("a", LOGIN)).toMatchObject({ allowed: true, remaining: 0 });
    clock.move(-24 * HOUR);
    expect(await ledger.take("a", LOGIN)).toMatchObject({ allowed: false, retryMs: 12_000 });
    clock.move(12_000);
    expect((await ledger.take("a", LOGIN)).allowed).toBe(true);
  });

  test("adds up what several used, from where each began, and owes no more than two windows", async () => {
    const clock = handClock();
    const ledger = ledgerOver(await open(), clock);
    const now = clock.now().getTime();
    expect(await ledger.share([{ key: "a", since: now - 500, addedMs: 1200 }], MINUTE)).toEqual(
      new Map([["a", now + 700]]),
    );
    expect(await ledger.share([{ key: "a", since: now, addedMs: 600 }], MINUTE)).toEqual(new Map([["a", now + 1300]]));
    expect(await ledger.share([{ key: "a", since: now, addedMs: 0 }], MINUTE)).toEqual(new Map([["a", now + 1300]]));
    await ledger.share([{ key: "a", since: now, addedMs: HOUR }], MINUTE);
    const recalled = await ledger.recall(10);
    expect([recalled("a"), recalled("b")]).toEqual([now + 2 * MINUTE, 0]);
  });

  test("keeps keys unreadable, and no longer than they matter", async () => {
    const clock = handClock();
    const database = await open();
    const ledger = ledgerOver(database, clock);
    for (let i = 0; i < 20; i++) await ledger.take(`192.0.2.${i}`, LOGIN);
    const rows = await database.read.selectFrom("rate_limits").selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain("192.0.2");
    clock.move(MINUTE / 2);
    expect(await ledger.prune()).toBe(0);
    await ledger.take("192.0.2.1", LOGIN);
    clock.move(MINUTE / 2 + 1);
    expect(await ledger.prune()).toBe(19);
    expect(await ledger.take("192.0.2.1", LOGIN)).toMatchObject({ remaining: 4 });
  });
});

import { expect, test } from "bun:test";
import { handClock, type HandClock } from "../../../test/support/hand-clock.ts";
import { eachDatabase } from "../../../test/support/databases.ts";
import { DAY, HOUR } from "../../core/clock.ts";
import { createDatabase, type Database } from "../../platform/database/index.ts";
import { createRateLedger } from "../../platform/rates/database-rate-ledger.ts";
import { createGuessLimit, type GuessKind, type GuessLimit } from "./guess-limit.ts";

const limitOver = (database: Database, clock: HandClock, kind: GuessKind = "password") => {
  const rates = createRateLedger({ database, clock, secret: async () => "a secret of this test" });
  return createGuessLimit({ kind, rates, enabled: true });
};
/** Whether a guess may be made. */
const may = (limit: GuessLimit, name: string) =>
  limit.require(name).then(
    () => true,
    (error) => error.code !== "RATE_LIMIT_EXCEEDED" || undefined,
  );
async function guessWrong(limit: GuessLimit, name: string, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    await limit.require(name);
    await limit.wrong(name);
  }
}

eachDatabase("wrong guesses", (open, { locate }) => {
  test("a lock-out outlives the process, and other names are free", async () => {
    const location = await locate();
    const clock = handClock();
    const before = createDatabase(location);
    await guessWrong(limitOver(before, clock), "ada", 50);
    await before.close();
    const after = createDatabase(location);
    const limit = limitOver(after, clock);
    await expect(limit.require("ada")).rejects.toThrow("Too many wrong passwords for this account: try again in 72 s.");
    expect([await may(limit, "bob"), await may(limitOver(after, clock, "otp"), "ada")]).toEqual([true, true]);
    clock.move(HOUR / 50);
    expect([await may(limit, "ada"), await may(limit, "ada")]).toEqual([true, undefined]);
    await after.close();
  });

  test("a crowd at two processes gets no more guesses than one by one", async () => {
    const location = await locate();
    const clock = handClock();
    const databases = [createDatabase(location), createDatabase(location)];
    const limits = databases.map((database) => limitOver(database, clock, "otp"));
    const crowd = await Promise.all(Array.from({ length: 40 }, (_, i) => may(limits[i % 2]!, "ada")));
    expect(crowd.filter(Boolean)).toHaveLength(10);
    await Promise.all(databases.map((database) => database.close()));
  });

  test("right ones are not counted, and do not take wrong ones back", async () => {
    const limit = limitOver(await open(), handClock(), "otp");
    await guessWrong(limit, "ada", 9);
    for (let i = 0; i < 20; i++) {
      await limit.require("ada");
      await limit.right("ada");
    }
    await guessWrong(limit, "ada", 1);
    expect(await may(limit, "ada")).toBeUndefined();
  });

  test("pauses grow after a bad day", async () => {
    const clock = handClock();
    const limit = limitOver(await open(), clock, "otp");
    let wrong = 0;
    for (let hours = 0; hours < 24; hours++) {
      while (await may(limit, "ada")) {
        await limit.wrong("ada");
        wrong++;
      }
      clock.move(HOUR);
    }
    // Thirty at once and thirty more over the day, instead of ten an hour.
    expect(wrong).toBeLessThanOrEqual(60);
    clock.move(DAY);
    expect(await may(limit, "ada")).toBe(true);
  });
});

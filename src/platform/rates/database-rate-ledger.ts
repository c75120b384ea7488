import { type Clock, instant } from "../../core/clock.ts";
import type { Rate, RateDecision, RateLedger } from "../../core/rate.ts";
import type { Database } from "../database/index.ts";
import * as repository from "./rate-repository.ts";

/** Rows that one transaction writes or removes, so that it does not keep others waiting. */
const BATCH = 200;

/**
 * The ledger in the table `rate_limits`: GCRA's arrival time of each key, in whole milliseconds. `secret` is the
 * installation's own: addresses and names are personal data, and their plain hashes could be guessed.
 */
export function createRateLedger(deps: {
  database: Database;
  clock: Clock;
  secret: () => Promise<string>;
}): RateLedger {
  const { database, clock } = deps;
  const nowMs = () => clock.now().getTime();
  const inFuture = (ms: number) => instant(new Date(nowMs() + ms));
  const nameOf = async (key: string) => hashKey(await deps.secret(), key);
  return {
    async take(key, rate) {
      const step = { keyHash: await nameOf(key), intervalMs: intervalOf(rate), windowMs: rate.windowMs };
      const now = nowMs();
      return database.write(async (tx) => {
        const expiresAt = inFuture(rate.windowMs);
        const arrival = await repository.takeOne(tx, { ...step, nowMs: now, expiresAt });
        if (arrival !== null) return allowed(rate, arrival, now);
        const held = await repository.findArrival(tx, step.keyHash);
        if (held > now + rate.windowMs) await repository.lowerArrival(tx, step.keyHash, now + rate.windowMs);
        return decide(rate, held, now);
      });
    },
    async look(key, rate) {
      return decide(rate, await repository.findArrival(database.read, await nameOf(key)), nowMs());
    },
    async refund(key, rate) {
      const keyHash = await nameOf(key);
      await database.write((tx) => repository.takeBack(tx, keyHash, intervalOf(rate)));
    },
    async share(uses, windowMs) {
      const named = await Promise.all(uses.map(async (use) => ({ ...use, keyHash: await nameOf(use.key) })));
      // In one order in every process, or two of them would wait for each other.
      named.sort((a, b) => (a.keyHash < b.keyHash ? -1 : 1));
      const arrivals = new Map<string, number>();
      for (let start = 0; start < named.length; start += BATCH) {
        const mostMs = nowMs() + 2 * windowMs;
        const expiresAt = inFuture(2 * windowMs);
        const batch = named.slice(start, start + BATCH);
        const moved = await database.write(async (tx) => {
          const times: number[] = [];
          for (const { keyHash, since, addedMs } of batch)
            times.push(await repository.addUse(tx, { keyHash, sinceMs: since, addedMs, mostMs, expiresAt }));
          return times;
        });
        for (const [index, time] of moved.entries()) arrivals.set(batch[index]!.key, time);
      }
      return arrivals;
    },
    async recall(limit) {
      const secret = await deps.secret();
      const arrivals = await repository.latestArrivals(database.read, instant(clock.now()), limit);
      return (key) => arrivals.get(hashKey(secret, key)) ?? 0;
    },
    async prune() {
      const before = instant(clock.now());
      let removed = 0;
      for (;;) {
        const some = await database.write((tx) => repository.removeExpired(tx, before, 10 * BATCH));
        removed += some;
        if (some < 10 * BATCH) return removed;
      }
    },
  };
}

const hashKey = (secret: string, key: string): string =>
  new Bun.CryptoHasher("sha256", secret).update(`rate ${key}`).digest("base64url");

/** Whole milliseconds, rounded down so that the whole burst fits into the window. */
const intervalOf = (rate: Rate): number => Math.max(1, Math.floor(rate.windowMs / rate.limit));

function allowed(rate: Rate, tat: number, now: number): RateDecision {
  const ahead = tat - now;
  return { allowed: true, tat, remaining: remainingOf(rate, ahead), resetMs: ahead, retryMs: 0 };
}

/** What a request would be told whose key's arrival time is `held`. */
function decide(rate: Rate, held: number, now: number): RateDecision {
  const ahead = Math.min(Math.max(0, held - now), rate.windowMs);
  const retryMs = ahead + intervalOf(rate) - rate.windowMs;
  if (retryMs > 0) return { allowed: false, tat: now + ahead, remaining: 0, resetMs: ahead, retryMs };
  return { allowed: true, tat: now + ahead, remaining: remainingOf(rate, ahead), resetMs: ahead, retryMs: 0 };
}

const remainingOf = (rate: Rate, ahead: number): number =>
  Math.min(rate.limit, Math.floor((rate.windowMs - ahead) / intervalOf(rate)));

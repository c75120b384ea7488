import { decideRate, type Rate, type RateDecision, type RateLedger, type RateUse } from "../../core/rate.ts";

/** Callers told of in one go; the others wait for the next. */
const MAX_SHARED = 1000;
const OVERFLOW_SLOTS = 1024;

/** What is known of one caller. */
interface Tally {
  /** Arrival time in ms since the epoch, as far as this process knows. */
  tat: number;
  /** Where the uses began that the others were not told of. */
  since: number;
  untold: number;
}

/** Callers of one class in the memory of this process. */
export interface TrafficTable {
  take(caller: string, now: number): RateDecision;
  /** Tells the ledger what was used here and learns what was used elsewhere. What it could not be told is told next time. */
  share(ledger: RateLedger): Promise<void>;
}

/**
 * Remembers at most `capacity` callers; one that is full forgets only callers whose allowance is whole again, and counts
 * new callers in shared slots meanwhile, so that a flood of addresses resets nobody. `recalled` is asked for new callers.
 */
export function createTrafficTable(options: {
  name: string;
  rate: Rate;
  capacity: number;
  recalled: (key: string) => number;
}): TrafficTable {
  const { rate, capacity } = options;
  const interval = rate.windowMs / rate.limit;
  const callers = new Map<string, Tally>();
  const overflow = new Map<number, Tally>();
  const seed = Math.floor(Math.random() * 2 ** 31);
  /** Callers of whom the ledger is to be told. */
  const told = new Set<string>();
  const keyOf = (caller: string) => `${options.name} ${caller}`;

  function tallyOf(caller: string, now: number): Tally {
    const known = callers.get(caller);
    if (known) {
      // The longest untouched come first.
      callers.delete(caller);
      callers.set(caller, known);
      return known;
    }
    forgetIdle(now);
    if (callers.size < capacity) {
      const made = { tat: options.recalled(keyOf(caller)), since: 0, untold: 0 };
      callers.set(caller, made);
      return made;
    }
    const slot = Number(BigInt(Bun.hash(caller, seed)) % BigInt(OVERFLOW_SLOTS));
    const shared = overflow.get(slot) ?? { tat: 0, since: 0, untold: 0 };
    overflow.set(slot, shared);
    return shared;
  }

  function forgetIdle(now: number): void {
    let looked = 0;
    for (const [caller, tally] of callers) {
      if (tally.tat <= now) callers.delete(caller);
      if (++looked >= 4) return;
    }
  }

  return {
    take(caller, now) {
      const tally = tallyOf(caller, now);
      const decision = decideRate(rate, tally.tat, now, rate.windowMs);
      if (decision.allowed && tally.untold++ === 0) tally.since = Math.max(tally.tat, now);
      tally.tat = decision.tat;
      // A few requests change nothing for anybody: telling of them would cost more than they did.
      if (decision.resetMs > rate.windowMs / 10) told.add(caller);
      return decision;
    },
    async share(ledger) {
      const telling = [...told].slice(0, MAX_SHARED).flatMap((caller) => {
        told.delete(caller);
        const tally = callers.get(caller);
        return tally ? [{ caller, tally, count: tally.untold }] : [];
      });
      if (telling.length === 0) return;
      const uses = telling.map(
        ({ caller, tally, count }): RateUse => ({
          key: keyOf(caller),
          since: count > 0 ? tally.since : tally.tat,
          addedMs: count * interval,
        }),
      );
      const arrivals = await ledger.share(uses, rate.windowMs).catch((error) => {
        for (const { caller } of telling) told.add(caller);
        throw error;
      });
      for (const { caller, tally, count } of telling) {
        // More may have come in while the others were told.
        tally.untold -= count;
        tally.since = arrivals.get(keyOf(caller)) ?? tally.since;
        tally.tat = tally.since + tally.untold * interval;
      }
    },
  };
}

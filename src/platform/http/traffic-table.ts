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

export interface TrafficTableOptions {
  name: string;
  rate: Rate;
  /** Callers to remember. */
  capacity: number;
  /** The arrival time of a caller's key from before this process began; 0 for none. */
  recalled: (key: string) => number;
}

export function createTrafficTable(options: TrafficTableOptions): TrafficTable {
  const { name, rate } = options;
  const callers = createCallers(options);
  /** Callers of whom the ledger is to be told. */
  const told = new Set<string>();
  return {
    take(caller, now) {
      const tally = callers.tallyOf(caller, now);
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
        const tally = callers.find(caller);
        return tally ? [{ caller, tally, count: tally.untold, use: useOf(keyOf(name, caller), tally, rate) }] : [];
      });
      if (telling.length === 0) return;
      const uses = telling.map(({ use }) => use);
      const arrivals = await ledger.share(uses, rate.windowMs).catch((error) => {
        for (const { caller } of telling) told.add(caller);
        throw error;
      });
      for (const { tally, count, use } of telling) {
        // More may have come in while the others were told.
        tally.untold -= count;
        tally.since = arrivals.get(use.key) ?? tally.since;
        tally.tat = tally.since + tally.untold * intervalOf(rate);
      }
    },
  };
}

const intervalOf = (rate: Rate): number => rate.windowMs / rate.limit;
const keyOf = (name: string, caller: string): string => `${name} ${caller}`;

const useOf = (key: string, tally: Tally, rate: Rate): RateUse => ({
  key,
  since: tally.untold > 0 ? tally.since : tally.tat,
  addedMs: tally.untold * intervalOf(rate),
});

/**
 * Remembers at most `capacity` callers; one that is full forgets only callers whose allowance is whole again, and counts
 * new callers in shared slots meanwhile, so that a flood of addresses resets nobody.
 */
function createCallers({ name, capacity, recalled }: TrafficTableOptions) {
  const callers = new Map<string, Tally>();
  const overflow = new Map<number, Tally>();
  const seed = Math.floor(Math.random() * 2 ** 31);
  const forgetIdle = (now: number): void => {
    let looked = 0;
    for (const [caller, tally] of callers) {
      if (tally.tat <= now) callers.delete(caller);
      if (++looked >= 4) return;
    }
  };
  return {
    find: (caller: string): Tally | undefined => callers.get(caller),
    tallyOf(caller: string, now: number): Tally {
      const known = callers.get(caller);
      if (!known) forgetIdle(now);
      if (known || callers.size < capacity) {
        const tally = known ?? { tat: recalled(keyOf(name, caller)), since: 0, untold: 0 };
        // The longest untouched come first.
        callers.delete(caller);
        callers.set(caller, tally);
        return tally;
      }
      const slot = Number(BigInt(Bun.hash(caller, seed)) % BigInt(OVERFLOW_SLOTS));
      const shared = overflow.get(slot) ?? { tat: 0, since: 0, untold: 0 };
      overflow.set(slot, shared);
      return shared;
    },
  };
}

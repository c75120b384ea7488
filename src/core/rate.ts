/** At most `limit` in a burst, and `limit` per `windowMs` in the long run. */
export interface Rate {
  limit: number;
  windowMs: number;
}

export interface RateDecision {
  allowed: boolean;
  /** What to keep until the next decision: the theoretical arrival time, in ms since the epoch. */
  tat: number;
  remaining: number;
  /** Until the whole burst is there again. */
  resetMs: number;
  /** Until the next one is allowed; 0 when this one was. */
  retryMs: number;
}

/**
 * The generic cell rate algorithm (ITU-T I.371): one number per caller. `tat` is what the last decision answered, 0 for a
 * new caller. `debtMs`: by how much more than the window others may have moved it on.
 */
export function decideRate(rate: Rate, tat: number, nowMs: number, debtMs = 0): RateDecision {
  const interval = rate.windowMs / rate.limit;
  const start = Math.max(tat, nowMs);
  const next = start + interval;
  // A clock that was set back must not lock a caller out for longer than that.
  const ahead = Math.min(next - nowMs, rate.windowMs + debtMs + interval);
  if (ahead > rate.windowMs + 1e-6) {
    const resetMs = ahead - interval;
    return { allowed: false, tat: nowMs + resetMs, remaining: 0, resetMs, retryMs: ahead - rate.windowMs };
  }
  const remaining = Math.floor((rate.windowMs - ahead) / interval + 1e-6);
  return { allowed: true, tat: next, remaining, resetMs: ahead, retryMs: 0 };
}

/** Who was counted how often since the last time, by a process that decides in its own memory. */
export interface RateUse {
  key: string;
  /** The arrival time that the uses were added to, in ms since the epoch. */
  since: number;
  /** By how much they moved it. */
  addedMs: number;
}

/** What is counted for a key, over restarts and over all processes of an installation. Keys are kept hashed. */
export interface RateLedger {
  /** Counts one if `rate` allows it: of many at once, in however many processes, no more are allowed than one by one. */
  take(key: string, rate: Rate): Promise<RateDecision>;
  /** What `take` would decide, counting nothing. */
  look(key: string, rate: Rate): Promise<RateDecision>;
  /** Takes one back that was counted. */
  refund(key: string, rate: Rate): Promise<void>;
  /**
   * Adds uses that a process allowed by itself, whatever the rate says, and answers the arrival times with those of all
   * others: at most two windows ahead.
   */
  share(uses: readonly RateUse[], windowMs: number): Promise<Map<string, number>>;
  /** Reads at most `limit` arrival times that are yet to come; answers where to look one up (0: none). */
  recall(limit: number): Promise<(key: string) => number>;
  /** Forgets what no decision needs any more; answers how many keys. */
  prune(): Promise<number>;
}

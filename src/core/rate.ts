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
 * new caller.
 */
export function decideRate(rate: Rate, tat: number, nowMs: number): RateDecision {
  const interval = rate.windowMs / rate.limit;
  const start = Math.max(tat, nowMs);
  const next = start + interval;
  // A clock that was set back must not lock a caller out for longer than the window.
  const ahead = Math.min(next - nowMs, rate.windowMs + interval);
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
  /** Adds uses that were allowed elsewhere, whatever the rate says, and answers the arrival times with those of all others. */
  share(uses: readonly RateUse[], windowMs: number): Promise<Map<string, number>>;
  /** The names that keys are kept under, and arrival times yet to come, the latest first. */
  latest(limit: number): Promise<Map<string, number>>;
  /** The name that a key is kept under: nothing can be learned of the key from it. */
  nameOf(key: string): Promise<string>;
  /** Forgets what no decision needs any more; answers how many keys. */
  prune(): Promise<number>;
}

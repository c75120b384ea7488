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

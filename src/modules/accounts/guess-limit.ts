import { DAY, HOUR } from "../../core/clock.ts";
import { AppError } from "../../core/error.ts";
import type { Rate, RateLedger } from "../../core/rate.ts";

/** What is guessed. */
export type GuessKind = "password" | "otp" | "recovery" | "device-code";

/** `burst` wrong ones at first, then ever longer pauses: `often` and, after a bad day, `seldom` say how many there may be. */
interface GuessRates {
  often: Rate;
  seldom: Rate;
  words: string;
}

/** A code of six digits is right for three guesses in a million. Passwords: at most 100 a day (NIST SP 800-63B 5.2.2). */
const RATES: Record<GuessKind, GuessRates> = {
  password: {
    often: { limit: 50, windowMs: HOUR },
    seldom: { limit: 100, windowMs: DAY },
    words: "wrong passwords for this account",
  },
  otp: {
    often: { limit: 10, windowMs: HOUR },
    seldom: { limit: 30, windowMs: DAY },
    words: "wrong codes for this account",
  },
  recovery: {
    often: { limit: 10, windowMs: HOUR },
    seldom: { limit: 30, windowMs: DAY },
    words: "wrong recovery codes for this account",
  },
  "device-code": {
    often: { limit: 20, windowMs: HOUR },
    seldom: { limit: 60, windowMs: DAY },
    words: "wrong device codes",
  },
};

/**
 * Bounds wrong guesses at one account's secret, from however many addresses they come, over restarts and replicas (ASVS
 * 6.3.1). `name` is an account's id, or the name that was tried: names that nobody bears are treated alike.
 */
export interface GuessLimit {
  /**
   * Before the guess is looked at: counts it as if it were wrong, so that a crowd at the same time gets no more. Throws
   * RATE_LIMIT_EXCEEDED when too many were wrong.
   */
  require(name: string): Promise<void>;
  /** The guess was wrong: after many of them the pauses grow. */
  wrong(name: string): Promise<void>;
  /** The guess was right: takes back what `require` counted. Earlier wrong ones stay. */
  right(name: string): Promise<void>;
  /** Milliseconds until a guess is looked at; 0: at once. Counts nothing. */
  pause(name: string): Promise<number>;
}

const UNLIMITED: GuessLimit = {
  require: async () => {},
  wrong: async () => {},
  right: async () => {},
  pause: async () => 0,
};

export function createGuessLimit(deps: { kind: GuessKind; rates: RateLedger; enabled: boolean }): GuessLimit {
  if (!deps.enabled) return UNLIMITED;
  const { often, seldom, words } = RATES[deps.kind];
  const key = (name: string) => `guess ${deps.kind} ${name}`;
  const dayKey = (name: string) => `guess ${deps.kind} by day ${name}`;
  return {
    async require(name) {
      const day = await deps.rates.look(dayKey(name), seldom);
      const decision = day.allowed ? await deps.rates.take(key(name), often) : day;
      if (!decision.allowed) throw tooMany(words, Math.ceil(decision.retryMs / 1000));
    },
    async wrong(name) {
      await deps.rates.take(dayKey(name), seldom);
    },
    right: (name) => deps.rates.refund(key(name), often),
    async pause(name) {
      const [soon, day] = [await deps.rates.look(key(name), often), await deps.rates.look(dayKey(name), seldom)];
      return Math.max(soon.retryMs, day.retryMs);
    },
  };
}

const tooMany = (words: string, seconds: number): AppError =>
  new AppError("RATE_LIMIT_EXCEEDED", `Too many ${words}: try again in ${seconds} s.`, {
    details: { retry_after: seconds },
    headers: { "Retry-After": String(seconds) },
  });

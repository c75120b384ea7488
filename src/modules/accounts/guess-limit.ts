import { type Clock, HOUR } from "../../core/clock.ts";
import { AppError } from "../../core/error.ts";
import { decideRate, type Rate } from "../../core/rate.ts";

const WRONG_PASSWORDS: Rate = { limit: 50, windowMs: HOUR };
const MAX_NAMES = 10_000;

/** Bounds wrong passwords for one account name, from however many addresses they come (ASVS 6.3.1). */
export interface GuessLimit {
  /** Throws RATE_LIMIT_EXCEEDED when too many were wrong. Names that nobody bears are treated alike. */
  require(name: string): void;
  wrong(name: string): void;
  right(name: string): void;
}

export function createGuessLimit(deps: { clock: Clock; enabled: boolean }): GuessLimit {
  if (!deps.enabled) return { require: () => {}, wrong: () => {}, right: () => {} };
  const times = new Map<string, number>();
  const decide = (name: string) => decideRate(WRONG_PASSWORDS, times.get(name) ?? 0, deps.clock.now().getTime());
  return {
    require(name) {
      const decision = decide(name);
      if (decision.allowed) return;
      const seconds = Math.ceil(decision.retryMs / 1000);
      throw new AppError(
        "RATE_LIMIT_EXCEEDED",
        `Too many wrong passwords for this account: try again in ${seconds} s.`,
        {
          details: { retry_after: seconds },
          headers: { "Retry-After": String(seconds) },
        },
      );
    },
    wrong(name) {
      const { tat } = decide(name);
      times.delete(name);
      times.set(name, tat);
      const oldest = times.keys().next();
      if (times.size > MAX_NAMES && !oldest.done) times.delete(oldest.value);
    },
    right: (name) => {
      times.delete(name);
    },
  };
}

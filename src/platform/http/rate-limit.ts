import { type Clock, SECOND } from "../../core/clock.ts";
import { AppError } from "../../core/error.ts";
import type { Rate, RateDecision, RateLedger } from "../../core/rate.ts";
import type { HttpLog } from "./http-log.ts";
import {
  DEFAULT_RATES,
  guardsSecrets,
  type RateClass,
  type SecurityClass,
  TRAFFIC_CLASSES,
  type TrafficClass,
} from "./rate-classes.ts";
import { createTrafficTable } from "./traffic-table.ts";

/** How often processes tell each other what was used. */
const SHARE_MS = SECOND;
/** A caller that was refused is refused from memory for this long, so that a flood costs the database one question a second. */
const REFUSAL_MS = SECOND;
const MAX_REFUSALS = 10_000;

export interface RateLimiter {
  /**
   * Counts one request of `caller` (see `callerKey`) and answers the headers to send. What guards secrets is decided in the
   * database and throws SERVICE_UNAVAILABLE when that does not answer; everything else is decided in memory.
   */
  take(rateClass: RateClass, caller: string): RateAnswer | Promise<RateAnswer>;
  /** Recalls what was used before, and shares what is used from now on. */
  start(): Promise<void>;
  /** Tells the other processes what was used here, and learns what was used there. */
  share(): Promise<void>;
  /** Shares a last time. */
  stop(): Promise<void>;
}

export interface RateAnswer {
  allowed: boolean;
  headers: Record<string, string>;
  /** Seconds until the next request is allowed; 0 when this one was. */
  retryAfter: number;
  /** Takes back what was counted: the request turned out not to be what the limit is for. Without effect on traffic. */
  refund(): Promise<void>;
}

const nothing = async (): Promise<void> => {};
const NO_LIMIT: RateAnswer = { allowed: true, headers: {}, retryAfter: 0, refund: nothing };

export interface RateLimiterDeps {
  enabled: boolean;
  clock: Clock;
  ledger: RateLedger;
  log: HttpLog;
  rates?: Record<RateClass, Rate>;
  /** Callers that each class remembers in memory. */
  capacity?: number;
}

/** Limits that hold over restarts, and over all processes of an installation together: exactly or, for traffic, roughly. */
export function createRateLimiter(deps: RateLimiterDeps): RateLimiter {
  if (!deps.enabled) return { take: () => NO_LIMIT, start: nothing, share: nothing, stop: nothing };
  const { clock, rates = DEFAULT_RATES } = deps;
  const takeGuarded = createGuard(deps, rates);
  const traffic = createTraffic(deps, rates);
  let timer: ReturnType<typeof setInterval> | undefined;
  return {
    take(rateClass, caller) {
      if (guardsSecrets(rateClass)) return takeGuarded(rateClass, caller);
      const now = clock.now().getTime();
      return answerOf(rates[rateClass], traffic.table(rateClass).take(caller, now), now, nothing);
    },
    async start() {
      await traffic.recall();
      timer = setInterval(() => void traffic.share(), SHARE_MS);
      timer.unref();
    },
    share: traffic.share,
    async stop() {
      clearInterval(timer);
      await traffic.share();
    },
  };
}

type Guard = (rateClass: SecurityClass, caller: string) => Promise<RateAnswer>;

function createGuard({ clock, ledger }: RateLimiterDeps, rates: Record<RateClass, Rate>): Guard {
  const refusals = new Map<string, { until: number; decision: RateDecision }>();
  const decide = async (key: string, rate: Rate): Promise<RateDecision> => {
    const now = clock.now().getTime();
    const refused = refusals.get(key);
    if (refused && now < refused.until && now >= refused.until - REFUSAL_MS) return refused.decision;
    refusals.delete(key);
    const decision = await ledger.take(key, rate).catch((cause: unknown) => {
      throw unavailable(cause);
    });
    if (decision.allowed || decision.retryMs <= REFUSAL_MS) return decision;
    refusals.set(key, { until: now + REFUSAL_MS, decision });
    const oldest = refusals.keys().next();
    if (refusals.size > MAX_REFUSALS && !oldest.done) refusals.delete(oldest.value);
    return decision;
  };
  return async (rateClass, caller) => {
    const key = `${rateClass} ${caller}`;
    const rate = rates[rateClass];
    const decision = await decide(key, rate);
    return answerOf(rate, decision, clock.now().getTime(), async () => {
      refusals.delete(key);
      await ledger.refund(key, rate);
    });
  };
}

function createTraffic({ clock, ledger, log, capacity = 50_000 }: RateLimiterDeps, rates: Record<RateClass, Rate>) {
  const nowhere = () => 0;
  let recalled: (key: string) => number = nowhere;
  let recalledUntil = 0;
  let failing = false;
  const tables = new Map(
    TRAFFIC_CLASSES.map((name) => [
      name,
      createTrafficTable({ name, rate: rates[name], capacity, recalled: (key) => recalled(key) }),
    ]),
  );
  let running = Promise.resolve();
  const shareAll = async (): Promise<void> => {
    if (clock.now().getTime() > recalledUntil) recalled = nowhere;
    try {
      for (const table of tables.values()) await table.share(ledger);
      failing = false;
    } catch (error) {
      if (!failing) log.warn("rate limits are not shared with other processes meanwhile", { error: String(error) });
      failing = true;
    }
  };
  return {
    table: (name: TrafficClass) => tables.get(name)!,
    async recall(): Promise<void> {
      recalled = await ledger.recall(capacity);
      recalledUntil = clock.now().getTime() + 2 * Math.max(...TRAFFIC_CLASSES.map((name) => rates[name].windowMs));
    },
    /** One after another: two at once would tell the same twice. */
    share: (): Promise<void> => {
      running = running.then(shareAll);
      return running;
    },
  };
}

/** `X-RateLimit-Reset` is in seconds since the epoch, as on GitHub. */
function answerOf(rate: Rate, decision: RateDecision, now: number, refund: () => Promise<void>): RateAnswer {
  const retryAfter = Math.ceil(decision.retryMs / 1000);
  return {
    allowed: decision.allowed,
    headers: {
      "X-RateLimit-Limit": String(rate.limit),
      "X-RateLimit-Remaining": String(decision.remaining),
      "X-RateLimit-Reset": String(Math.ceil((now + decision.resetMs) / 1000)),
      ...(decision.allowed ? {} : { "Retry-After": String(Math.max(1, retryAfter)) }),
    },
    retryAfter,
    refund,
  };
}

export const rateLimitExceeded = (answer: RateAnswer): AppError =>
  new AppError("RATE_LIMIT_EXCEEDED", `Too many requests: try again in ${Math.max(1, answer.retryAfter)} s.`, {
    details: { retry_after: Math.max(1, answer.retryAfter) },
    headers: answer.headers,
  });

const unavailable = (cause: unknown): AppError =>
  new AppError("SERVICE_UNAVAILABLE", "The server cannot check this just now. Try again in a moment.", {
    cause,
    headers: { "Retry-After": "5" },
  });

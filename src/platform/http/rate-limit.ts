import type { Clock } from "../../core/clock.ts";
import { HOUR, MINUTE } from "../../core/clock.ts";
import { AppError } from "../../core/error.ts";
import { decideRate, type Rate, type RateDecision } from "../../core/rate.ts";

/** What a request counts against; each has a table of callers of its own. */
export const RATE_CLASSES = ["login", "register", "search", "assetRead", "assetWrite", "other"] as const;
export type RateClass = (typeof RATE_CLASSES)[number];

export const DEFAULT_RATES: Record<RateClass, Rate> = {
  login: { limit: 5, windowMs: MINUTE },
  register: { limit: 3, windowMs: HOUR },
  search: { limit: 100, windowMs: MINUTE },
  assetRead: { limit: 1000, windowMs: MINUTE },
  assetWrite: { limit: 50, windowMs: MINUTE },
  other: { limit: 1000, windowMs: MINUTE },
};

export interface RateLimiter {
  /** Counts one request of `caller` (see `callerKey`). Answers the headers to send; throws nothing. */
  take(rateClass: RateClass, caller: string): RateAnswer;
}

export interface RateAnswer {
  allowed: boolean;
  headers: Record<string, string>;
  /** Seconds until the next request is allowed; 0 when this one was. */
  retryAfter: number;
  /** Takes back what was counted: the request turned out not to be what the limit is for. */
  refund(): void;
}

const NO_LIMIT: RateAnswer = { allowed: true, headers: {}, retryAfter: 0, refund: () => {} };

/** Requests that are never counted: probes and the assets of our own pages. */
const UNCOUNTED = /^\/(?:healthz|readyz|metrics|static\/.*)$/;
const ASSETS = /^\/api\/v1\/assets(?:\/|$)/;
const SEARCH = /^\/(?:api\/v1\/search(?:\/autocomplete)?|search(?:\/.*)?)$/;

/** The class of a request by its method and path (as the router sees it); null for what is not counted. */
export function classifyRequest(method: string, rawPath: string): RateClass | null {
  const path = rawPath.length > 1 && rawPath.endsWith("/") ? rawPath.slice(0, -1) : rawPath;
  if (UNCOUNTED.test(path)) return null;
  const reading = method === "GET" || method === "HEAD" || method === "OPTIONS";
  if (!reading && (path === "/api/v1/auth/login" || path === "/sign-in")) return "login";
  if (!reading && (path === "/api/v1/auth/register" || path === "/register")) return "register";
  if (SEARCH.test(path)) return "search";
  if (ASSETS.test(path)) return reading ? "assetRead" : "assetWrite";
  return "other";
}

/** Who is counted: the person however signed in (session, token and key alike), else the address, IPv6 by its /64. */
export function callerKey(userId: string | null, address: string, rateClass: RateClass): string {
  if (userId !== null && rateClass !== "login" && rateClass !== "register") return `u:${userId}`;
  return `a:${networkOf(address)}`;
}

/** An address as it is counted: IPv4 whole (also when mapped into IPv6), IPv6 without its host half. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped) return mapped[1]!;
  if (!address.includes(":")) return address;
  const [head = "", tail = ""] = address.split("%")[0]!.split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === "" ? [] : tail.split(":");
  const zeros = Math.max(0, 8 - front.length - back.length);
  const groups = address.includes("::") ? [...front, ...Array<string>(zeros).fill("0"), ...back] : front;
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group || "0", 16).toString(16))
    .join(":");
}

/**
 * Limits in the memory of this process. Each class remembers at most `capacity` callers; one that is full forgets only
 * callers whose allowance is whole again, and counts new callers in shared overflow tables meanwhile, so that a flood of
 * addresses resets nobody.
 */
export function createRateLimiter(options: {
  enabled: boolean;
  clock: Clock;
  rates?: Record<RateClass, Rate>;
  capacity?: number;
}): RateLimiter {
  if (!options.enabled) return { take: () => NO_LIMIT };
  const rates = options.rates ?? DEFAULT_RATES;
  const tables = new Map(RATE_CLASSES.map((name) => [name, createTable(options.capacity ?? 50_000)]));
  return {
    take(rateClass, caller) {
      const table = tables.get(rateClass)!;
      const rate = rates[rateClass];
      const now = options.clock.now().getTime();
      const slot = table.slotFor(caller, now);
      const decision = decideRate(rate, slot.table.get(slot.key) ?? 0, now);
      slot.table.delete(slot.key);
      slot.table.set(slot.key, decision.tat);
      return {
        allowed: decision.allowed,
        headers: rateHeaders(rate, decision, now),
        retryAfter: Math.ceil(decision.retryMs / 1000),
        refund: () => {
          const held = slot.table.get(slot.key);
          if (held !== undefined) slot.table.set(slot.key, Math.max(0, held - rate.windowMs / rate.limit));
        },
      };
    },
  };
}

/** `X-RateLimit-Reset` is in seconds since the epoch, as on GitHub. */
function rateHeaders(rate: Rate, decision: RateDecision, now: number): Record<string, string> {
  return {
    "X-RateLimit-Limit": String(rate.limit),
    "X-RateLimit-Remaining": String(decision.remaining),
    "X-RateLimit-Reset": String(Math.ceil((now + decision.resetMs) / 1000)),
    ...(decision.allowed ? {} : { "Retry-After": String(Math.max(1, Math.ceil(decision.retryMs / 1000))) }),
  };
}

const OVERFLOW_TABLES = 1024;

/** Arrival times by caller, the longest untouched first; those of the shared tables beside them, or they would fill it. */
function createTable(capacity: number) {
  const times = new Map<string, number>();
  const overflow = new Map<string, number>();
  const seed = Math.floor(Math.random() * 2 ** 31);
  const forgetIdle = (now: number) => {
    let looked = 0;
    for (const [key, tat] of times) {
      if (tat <= now) times.delete(key);
      if (++looked >= 4) return;
    }
  };
  return {
    /** Where the caller is counted. */
    slotFor(caller: string, now: number): { table: Map<string, number>; key: string } {
      if (times.has(caller)) return { table: times, key: caller };
      forgetIdle(now);
      if (times.size < capacity) return { table: times, key: caller };
      return { table: overflow, key: String(BigInt(Bun.hash(caller, seed)) % BigInt(OVERFLOW_TABLES)) };
    },
  };
}

export const rateLimitExceeded = (answer: RateAnswer): AppError =>
  new AppError("RATE_LIMIT_EXCEEDED", `Too many requests: try again in ${Math.max(1, answer.retryAfter)} s.`, {
    details: { retry_after: Math.max(1, answer.retryAfter) },
    headers: answer.headers,
  });

import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { HOUR, MINUTE } from "../../core/clock.ts";
import {
  callerKey,
  classifyRequest,
  createRateLimiter,
  DEFAULT_RATES,
  networkOf,
  type RateClass,
} from "./rate-limit.ts";

const handClock = () => {
  let now = 1_800_000_000_000;
  return {
    now: () => new Date(now),
    move: (ms: number) => {
      now += ms;
    },
  };
};

test.each([
  ["POST", "/api/v1/auth/login", "login"],
  ["POST", "/api/v1/auth/login/", "login"],
  ["POST", "/sign-in", "login"],
  ["GET", "/sign-in", "other"],
  ["POST", "/api/v1/auth/register", "register"],
  ["POST", "/register", "register"],
  ["POST", "/api/v1/auth/refresh", "other"],
  ["GET", "/api/v1/search", "search"],
  ["GET", "/api/v1/search/autocomplete", "search"],
  ["GET", "/search", "search"],
  ["GET", "/searching/skill", "other"],
  ["GET", "/api/v1/assets", "assetRead"],
  ["HEAD", "/api/v1/assets/a/b/versions/1.0.0/download", "assetRead"],
  ["PUT", "/api/v1/assets/a/b/versions/1.0.0", "assetWrite"],
  ["POST", "/api/v1/assets", "assetWrite"],
  ["DELETE", "/api/v1/assets/a/b", "assetWrite"],
  ["GET", "/api/v1/assetsy", "other"],
  ["GET", "/", "other"],
  ["GET", "/healthz", null],
  ["GET", "/static/app.css", null],
  ["GET", "/healthz/x", "other"],
] as [string, string, RateClass | null][])("%s %s counts as %s", (method, path, expected) => {
  expect(classifyRequest(method, path)).toBe(expected);
});

describe("a limiter", () => {
  test("allows what the table says, then one per interval", () => {
    for (const [name, { limit, windowMs }] of Object.entries(DEFAULT_RATES) as [
      RateClass,
      { limit: number; windowMs: number },
    ][]) {
      const clock = handClock();
      const limiter = createRateLimiter({ enabled: true, clock });
      for (let i = 0; i < limit; i++) {
        const answer = limiter.take(name, "a");
        expect([answer.allowed, answer.headers["X-RateLimit-Remaining"]]).toEqual([true, String(limit - 1 - i)]);
      }
      expect(limiter.take(name, "a")).toMatchObject({ allowed: false, retryAfter: Math.ceil(windowMs / limit / 1000) });
      expect(limiter.take(name, "b").allowed).toBe(true);
      clock.move(windowMs / limit);
      expect(limiter.take(name, "a").allowed).toBe(true);
      expect(limiter.take(name, "a").allowed).toBe(false);
    }
    expect([DEFAULT_RATES.login, DEFAULT_RATES.register]).toEqual([
      { limit: 5, windowMs: MINUTE },
      { limit: 3, windowMs: HOUR },
    ]);
  });

  test("never allows more than a burst and the steady rate, in any pattern of requests", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30_000), { maxLength: 200 }), (pauses) => {
        const clock = handClock();
        const limiter = createRateLimiter({ enabled: true, clock });
        const start = clock.now().getTime();
        let allowed = 0;
        for (const pause of pauses) {
          clock.move(pause);
          if (limiter.take("login", "a").allowed) allowed++;
        }
        return allowed <= 5 + (clock.now().getTime() - start) / 12_000;
      }),
    );
  });

  test("refused requests do not prolong the wait, nor does a clock set back", () => {
    const clock = handClock();
    const limiter = createRateLimiter({ enabled: true, clock });
    for (let i = 0; i < 100; i++) limiter.take("login", "a");
    expect(limiter.take("login", "a").retryAfter).toBe(12);
    clock.move(-24 * HOUR);
    expect(limiter.take("login", "a").retryAfter).toBeLessThanOrEqual(12);
  });

  test("a flood of addresses neither resets a caller nor grows without bound, and is itself limited", () => {
    const clock = handClock();
    const limiter = createRateLimiter({ enabled: true, clock, capacity: 100 });
    for (let i = 0; i < 6; i++) limiter.take("login", "victim");
    let allowed = 0;
    for (let i = 0; i < 50_000; i++) if (limiter.take("login", `flood-${i}`).allowed) allowed++;
    expect(limiter.take("login", "victim").allowed).toBe(false);
    expect(allowed).toBeLessThanOrEqual(100 + 1024 * 5);
    clock.move(2 * MINUTE);
    // Each newcomer clears away up to four whose allowance is whole again: then there is room for everybody.
    for (let i = 0; i < 50; i++) limiter.take("login", `later-${i}`);
    expect(limiter.take("login", "later-new").headers["X-RateLimit-Remaining"]).toBe("4");
  });

  test("switched off it counts nothing", () => {
    const limiter = createRateLimiter({ enabled: false, clock: handClock() });
    for (let i = 0; i < 100; i++) expect(limiter.take("register", "a")).toMatchObject({ allowed: true, headers: {} });
  });
});

test("callers are persons, except where one signs in; addresses count by network", () => {
  expect(callerKey("u1", "192.0.2.1", "search")).toBe(callerKey("u1", "192.0.2.2", "search"));
  expect(callerKey("u1", "192.0.2.1", "login")).toBe(callerKey(null, "192.0.2.1", "login"));
  expect(networkOf("192.0.2.1")).toBe("192.0.2.1");
  expect(networkOf("::ffff:192.0.2.1")).toBe("192.0.2.1");
  expect(networkOf("2001:db8::1")).toBe(networkOf("2001:DB8:0:0:ffff::2"));
  expect(networkOf("2001:db8:0:1::1")).not.toBe(networkOf("2001:db8:0:2::1"));
  expect(networkOf("fe80::1%eth0")).toBe("fe80:0:0:0");
  expect(networkOf("::1")).toBe("0:0:0:0");
});

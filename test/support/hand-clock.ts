import type { Clock } from "../../src/core/clock.ts";

/** A clock that stands until it is moved. */
export interface HandClock extends Clock {
  move(ms: number): void;
}

export function handClock(start = Date.now()): HandClock {
  let now = start;
  return {
    now: () => new Date(now),
    move: (ms) => {
      now += ms;
    },
  };
}

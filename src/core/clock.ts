/** Where the time comes from; tests hand in their own. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** An instant as it is stored and answered: ISO 8601, UTC, milliseconds. Text order is time order. */
export type Instant = string;

export const instant = (date: Date): Instant => date.toISOString();
/** The instant `ms` milliseconds after `from` (before it, when negative). */
export const later = (from: Date, ms: number): Instant => new Date(from.getTime() + ms).toISOString();
/** The UTC day of an instant, `YYYY-MM-DD`. */
export const dayOf = (at: Instant): string => at.slice(0, 10);

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** What the administrator decides about accounts; durations in milliseconds. */
export interface AccountsOptions {
  registration: "open" | "closed";
  /** Into the `iss` of access tokens: the public URL, or any text that stays the same. */
  issuer: string;
  /** A browser that is to remember its person stays signed in this long without being used … */
  sessionLifetimeMs: number;
  /** … another one this long … */
  sessionIdleMs: number;
  /** … and each this long at all; the same for refreshing tokens. */
  absoluteLifetimeMs: number;
  accessTokenLifetimeMs: number;
  refreshTokenLifetimeMs: number;
  argon2: Argon2Options;
  /** Whether wrong passwords for one account are limited (50 an hour, from wherever they come). */
  limitGuesses: boolean;
}

export interface Argon2Options {
  memoryKiB: number;
  iterations: number;
  /** Hashes computed at the same time; each takes `memoryKiB`. */
  concurrency: number;
}

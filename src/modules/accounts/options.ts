import type { Role } from "../../core/actor.ts";

/** Who may make an account: everybody, who was invited, who has an address of certain domains, nobody. */
export type RegistrationMode = "open" | "invited" | "domain" | "closed";

/** What the administrator decides about accounts; durations in milliseconds. */
export interface AccountsOptions {
  registration: RegistrationMode;
  /** Whether passwords sign in others than administrators. */
  passwordLogin: boolean;
  /** With `domain`: the domains whose addresses may register. */
  registrationDomains: readonly string[];
  /** Whether people may publish only after they confirmed their address. */
  verifyEmail: boolean;
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
  /** How old a key of access tokens gets before the schedule replaces it. */
  tokenKeyLifetimeMs: number;
  argon2: Argon2Options;
  /** Roles that count only for a sign-in with a second factor; without one such a person is an ordinary user. */
  rolesWithTwoFactor: readonly Role[];
  /** Whether wrong passwords for one account are limited (50 an hour, from wherever they come). */
  limitGuesses: boolean;
}

export interface Argon2Options {
  memoryKiB: number;
  iterations: number;
  /** Hashes computed at the same time; each takes `memoryKiB`. */
  concurrency: number;
}

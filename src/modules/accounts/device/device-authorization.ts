import { generateRandomString } from "oslo/crypto";
import type { Instant } from "../../../core/clock.ts";
import { MINUTE } from "../../../core/clock.ts";
import { AppError } from "../../../core/error.ts";
import type { Id } from "../../../core/id.ts";

/** A command line that waits until somebody says in a browser that it may act for them (RFC 8628). */
export interface DeviceAuthorization {
  id: Id;
  /** Eight letters, upper case, without the hyphen. */
  userCode: string;
  /** What the command line says of itself. */
  client: string;
  /** Where it asked from. */
  address: string;
  status: "waiting" | "approved" | "denied" | "used";
  userId: Id | null;
  twoFactor: boolean;
  authenticatedAt: Instant | null;
  createdAt: Instant;
  expiresAt: Instant;
  nextPollAt: Instant;
  intervalSeconds: number;
}

export const DEVICE_LIFETIME_MS = 10 * MINUTE;
export const POLL_SECONDS = 5;
/** A client that asks too fast must wait so much longer each time (RFC 8628 3.5) … */
export const SLOW_DOWN_SECONDS = 5;
/** … but never longer than this. */
export const MAX_POLL_SECONDS = 60;

/** Consonants alone, none that looks like another (RFC 8628 6.1): 20^8 codes, 34.5 bits, none of them a word. */
const LETTERS = "BCDFGHJKLMNPQRSTVWXZ";
const LENGTH = 8;

export const makeUserCode = (): string => generateRandomString(LENGTH, LETTERS);

/** As people read it: `WDJB-MJHT`. */
export const shownUserCode = (code: string): string => `${code.slice(0, 4)}-${code.slice(4)}`;

/** What was typed, in whatever case and with whatever between, as it is kept; null for what cannot be a code. */
export function readUserCode(typed: string): string | null {
  const code = typed
    .slice(0, 40)
    .toUpperCase()
    .replace(/[\s._\u2010-\u2015-]+/g, "");
  return code.length === LENGTH && [...code].every((letter) => LETTERS.includes(letter)) ? code : null;
}

/** What a client says of itself, made harmless: no control, format or bidirectional characters, 60 characters at most. */
export const cleanName = (text: string): string =>
  [...text.replace(/[\p{C}\p{Z}\s]+/gu, " ").trim()].slice(0, 60).join("");

/** The errors of RFC 8628 3.5 and RFC 6749 5.2 that a poll may get; `interval` goes with slow_down. */
export type DeviceRefusal = "authorization_pending" | "slow_down" | "access_denied" | "expired_token" | "invalid_grant";

export const unknownUserCode = (): AppError =>
  new AppError("VALIDATION_ERROR", "No command line waits with this code.", {
    details: {
      fields: [
        { field: "user_code", message: "is not known, was used, or has expired. Compare it with your terminal." },
      ],
    },
  });

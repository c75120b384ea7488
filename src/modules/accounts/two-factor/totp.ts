import { timingSafeEqual } from "node:crypto";
import { base32 } from "oslo/encoding";
import { generateHOTP } from "oslo/otp";

/** Seconds a code of an authenticator app is shown, and its digits (RFC 6238 4.1, as every app assumes). */
const PERIOD_SECONDS = 30;
const DIGITS = 6;
/** Steps before and after the present one whose codes are taken too: clocks differ, people are slow (RFC 6238 5.2). */
const LEEWAY = 1;

/** 160 random bits, the length of the HMAC (RFC 4226 4, R6), as the base32 text that people type and apps read. */
export const newSeed = (): string =>
  base32.encode(crypto.getRandomValues(new Uint8Array(20)), { includePadding: false });

/**
 * What the QR code says (the Key Uri Format of Google Authenticator). Made here because `createTOTPKeyURI` of oslo writes a
 * blank in the issuer as `+`, which apps show as it is.
 */
export const seedUri = (seed: string, names: { issuer: string; account: string }): string => {
  const [issuer, account] = [names.issuer, names.account].map((name) => encodeURIComponent(name.replaceAll(":", " ")));
  return `otpauth://totp/${issuer}:${account}?secret=${seed}&issuer=${issuer}&digits=${DIGITS}&period=${PERIOD_SECONDS}`;
};

/** The code as an app shows it, whatever blanks and hyphens it was typed with; null for what is no such code. */
export function readCode(typed: string): string | null {
  const code = typed
    .slice(0, 64)
    .normalize("NFKC")
    .replace(/[\s\u200b\u2060-]/g, "");
  return /^\d{6}$/.test(code) ? code : null;
}

/**
 * The time step that `code` belongs to, the oldest one that was not used yet; null when it is of none within the leeway.
 * `lastStep` is the newest step whose code was used: it and those before it do not count, so that a code works once. The caller
 * writes the step down in a way that lets one of many at once win.
 */
export async function matchingStep(
  seed: string,
  code: string,
  at: { now: Date; lastStep: number | null },
): Promise<number | null> {
  const key = base32.decode(seed, { strict: false });
  const present = Math.floor(at.now.getTime() / 1000 / PERIOD_SECONDS);
  for (let step = present - LEEWAY; step <= present + LEEWAY; step++) {
    const expected = await generateHOTP(key, step, DIGITS);
    const same = timingSafeEqual(Buffer.from(expected), Buffer.from(code));
    if (same && (at.lastStep === null || step > at.lastStep)) return step;
  }
  return null;
}

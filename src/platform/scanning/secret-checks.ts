import type { Severity } from "../../core/kind.ts";
import { entropyOf, isLocalHost } from "./secret-noise.ts";

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** GitHub's tokens (and npm's, and ours) end in the CRC-32 of what precedes it, as six base-62 digits. */
export function githubChecksum(token: string): boolean {
  const body = token.slice(token.indexOf("_") + 1);
  let crc = Bun.hash.crc32(body.slice(0, -6));
  let digits = "";
  for (let i = 0; i < 6; i++) {
    digits = BASE62[crc % 62]! + digits;
    crc = Math.floor(crc / 62);
  }
  return digits === body.slice(-6);
}

/** GitLab's routable tokens end in the length of their payload and a CRC-32 of all before, both in base 36. */
export function gitlabChecksum(token: string): boolean {
  if (!/\.[0-9a-z]{9}$/.test(token)) return true;
  return Number.parseInt(token.slice(-7), 36) === Bun.hash.crc32(token.slice(0, -7));
}

/** A bot's token begins with its numeric id in base64. */
export function discordBot(token: string): boolean {
  const [id = ""] = token.split(".");
  return /^\d{17,20}$/.test(Buffer.from(id, "base64").toString("latin1"));
}

const json = (part: string | undefined): Record<string, unknown> | null => {
  try {
    const value = JSON.parse(Buffer.from(part ?? "", "base64url").toString());
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
};

/**
 * How bad a JSON Web Token is: null for what is none, for the one of the standard's own page and for those that are meant to be
 * public (`anon`, `publishable`); low when it expired before this program was written or has a test's subject.
 */
export function gradeJwt(token: string): Severity | null {
  const [header, payload] = token.split(".");
  const [head, body] = [json(header), json(payload)];
  if (head === null || body === null || typeof head.alg !== "string") return null;
  const said = JSON.stringify(body);
  if (/"1234567890"|John Doe|example|"role":"anon"/i.test(said)) return null;
  if (typeof body.exp === "number" && body.exp < LONG_AGO) return "low";
  return body.role === "service_role" ? "high" : "medium";
}
/** The start of 2025, in seconds: a scan of the same bytes gives the same findings on every day. */
const LONG_AGO = 1_735_689_600;

/**
 * How bad the body of a PEM block is: high for the beginning of a key in DER or OpenSSH's format, medium for other bytes (an
 * illustration, perhaps), low when it is encrypted. `whole` begins with the block's first line.
 */
export function gradePrivateKey(body: string, whole: string): Severity {
  if (/BEGIN PGP/.test(whole)) return "high";
  const bytes = Buffer.from(body.replace(/\\[nr]|[\s\\]/g, "").slice(0, 96), "base64");
  if (/BEGIN ENCRYPTED|Proc-Type: 4,ENCRYPTED/.test(whole)) return "low";
  if (bytes.subarray(0, 14).toString("latin1") === "openssh-key-v1") {
    // Cipher and key derivation follow as counted strings.
    return bytes.subarray(15, 40).includes("none") ? "high" : "low";
  }
  return bytes[0] === 0x30 && bytes.length >= 40 ? "high" : "medium";
}

/** An AWS key id opens nothing alone; a temporary one not for long. */
export const gradeAwsId = (id: string, around: string): Severity =>
  id.startsWith("AKIA") || /(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/.test(around) ? "high" : "medium";

/** Bytes of a base64 value, as many as its issuer makes. */
export const base64Of =
  (count: number) =>
  (value: string): boolean =>
    Buffer.from(value, "base64").length === count;

/** The password of an address that others reach: high when it reads as made by a machine. */
export function gradeUrlPassword(password: string, host: string): Severity | null {
  if (isLocalHost(host)) return null;
  return password.length >= 10 && /\d/.test(password) && entropyOf(password) >= 3.2 ? "high" : "medium";
}

/** Twilio's account is public; with the token beside it, it is not. */
export const gradeTwilioAccount = (_value: string, _whole: string, around: string): Severity | null =>
  /token["']?\s{0,3}[:=,]\s{0,3}["']?[0-9a-f]{32}\b/i.test(around) ? "high" : null;

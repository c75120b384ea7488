import type { Confinement, Scope } from "../../core/actor.ts";
import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import { randomText } from "./random.ts";

export interface ApiKey {
  id: Id;
  userId: Id;
  name: string;
  /** The first characters, to recognise a key by: `mkt_AbCd`. */
  hint: string;
  scopes: Scope[];
  createdAt: Instant;
  expiresAt: Instant | null;
  /** Up to a minute late. */
  lastUsedAt: Instant | null;
  /** Null: wherever its person may. */
  confinement: Confinement | null;
  kind: ApiKeyKind;
  /** The claims of the CI job that a trusted publisher's key was given to. */
  provenance: Readonly<Record<string, unknown>> | null;
}

/** Made by its person; for addresses `/k/…`; given to a CI job for some minutes. */
export type ApiKeyKind = "personal" | "capability" | "trusted-publisher";

const PREFIX = "mkt_";
const RANDOM = 34;
const CHECKSUM = 6;
const SHAPE = new RegExp(`^${PREFIX}[0-9A-Za-z]{${RANDOM + CHECKSUM}}$`);
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** `mkt_`, 34 random characters (202 bits) and their CRC-32 in base 62, so that scanners for leaked secrets know one for certain. */
export function makeApiKey(): string {
  const body = randomText(RANDOM);
  return `${PREFIX}${body}${checksum(body)}`;
}

/** Whether a text is of the form of a key with a right checksum; says nothing about whether it is valid. */
export function isApiKey(text: string): boolean {
  if (!SHAPE.test(text)) return false;
  const body = text.slice(PREFIX.length, -CHECKSUM);
  return text.endsWith(checksum(body));
}

export const hintOf = (key: string): string => key.slice(0, PREFIX.length + 4);

function checksum(body: string): string {
  let rest = Bun.hash.crc32(body);
  let text = "";
  for (let i = 0; i < CHECKSUM; i++) {
    text = DIGITS[rest % 62]! + text;
    rest = Math.floor(rest / 62);
  }
  return text;
}

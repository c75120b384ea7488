import { alphabet, generateRandomString } from "oslo/crypto";
import { base64url } from "oslo/encoding";
import { TimeSpan } from "oslo";

const BASE62 = alphabet("0-9", "A-Z", "a-z");

/** `length` characters of 0-9, A-Z, a-z from the system's generator, without bias: 5.95 bits each. */
export const randomText = (length: number): string => generateRandomString(length, BASE62);

/** 256 random bits as 43 characters that need no escaping in URLs and cookies. */
export const randomSecret = (): string =>
  base64url.encode(crypto.getRandomValues(new Uint8Array(32))).replaceAll("=", "");

/** How a secret lies in the database: SHA-256, hexadecimal. Only for secrets of 128 random bits and more. */
export const hashSecret = (secret: string): string => new Bun.CryptoHasher("sha256").update(secret).digest("hex");

export const milliseconds = (value: number): TimeSpan => new TimeSpan(value, "ms");

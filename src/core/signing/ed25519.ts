import * as ed from "@noble/ed25519";
import { sha256 } from "../digest.ts";

/** An Ed25519 private key (RFC 8032): the 32 byte seed. */
export interface PrivateKey {
  seed: Uint8Array;
}

/** `SHA256:` and the base64url of the SHA-256 of the raw public key. */
export type Fingerprint = string;

const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const PEM = /^-----BEGIN PRIVATE KEY-----\s*([A-Za-z0-9+/=\s]{1,200})-----END PRIVATE KEY-----\s*$/;

export const generatePrivateKey = (): PrivateKey => ({ seed: ed.utils.randomSecretKey() });

export const publicKeyOf = (key: PrivateKey): Promise<Uint8Array> => ed.getPublicKeyAsync(key.seed);

export const fingerprintOf = (publicKey: Uint8Array): Fingerprint =>
  `SHA256:${Buffer.from(sha256(publicKey).slice(7), "hex").toString("base64url")}`;

export const signBytes = (key: PrivateKey, message: Uint8Array): Promise<Uint8Array> => ed.signAsync(message, key.seed);

/** A private key as PKCS #8 PEM (RFC 8410), as OpenSSL writes it. */
export function encodePrivateKey(key: PrivateKey): string {
  const der = Buffer.concat([PKCS8_PREFIX, key.seed]).toString("base64");
  return `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`;
}

/** Reads an unencrypted PKCS #8 PEM Ed25519 key; throws an Error that says what is wrong. */
export function decodePrivateKey(pem: string): PrivateKey {
  const match = PEM.exec(pem.trim());
  const der = Buffer.from(match?.[1] ?? "", "base64");
  if (der.length !== 48 || !der.subarray(0, 16).equals(PKCS8_PREFIX))
    throw new Error("This is not an unencrypted Ed25519 private key (PKCS #8 PEM).");
  return { seed: new Uint8Array(der.subarray(16)) };
}

/** Reads a raw public key in base64; null unless it is 32 bytes that are a point of large order. */
export function decodePublicKey(base64: string): Uint8Array | null {
  if (!/^[A-Za-z0-9+/]{43}=$/.test(base64)) return null;
  const bytes = new Uint8Array(Buffer.from(base64, "base64"));
  try {
    const point = ed.Point.fromBytes(bytes, false);
    return point.isSmallOrder() ? null : bytes;
  } catch {
    return null;
  }
}

/** Strict verification (RFC 8032 5.1.7, canonical encodings, no small-order keys); never throws. */
export async function verifyBytes(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  if (decodePublicKey(Buffer.from(publicKey).toString("base64")) === null) return false;
  try {
    return await ed.verifyAsync(signature, message, publicKey, { zip215: false });
  } catch {
    return false;
  }
}

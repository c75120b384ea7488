import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { conflict, invalidRequest } from "../core/error.ts";
import { isName, MAX_NAME } from "../core/name.ts";
import {
  decodePrivateKey,
  decodePublicKey,
  encodePrivateKey,
  type Fingerprint,
  fingerprintOf,
  type PrivateKey,
  publicKeyOf,
} from "../core/signing/ed25519.ts";
import { configFolder, writePrivately } from "./config-folder.ts";

type Env = Record<string, string | undefined>;

/** A private key of this computer. */
export interface LocalKey {
  name: string;
  path: string;
  key: PrivateKey;
  /** Raw, base64. */
  publicKey: string;
  fingerprint: Fingerprint;
}

const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
const MAX_KEY_FILE = 8 * 1024;

export const keysFolder = (env: Env): string => join(configFolder(env), "keys");

/** Keeps a new private key under a name (0600); CONFLICT when there is one of that name. */
export async function keepKey(env: Env, name: string, key: PrivateKey): Promise<LocalKey> {
  if (!isName(name))
    throw invalidRequest(`"${name.slice(0, 80)}" is no name for a key: use 1 to ${MAX_NAME} of a-z, 0-9 and hyphens.`);
  const path = join(keysFolder(env), `${name}.pem`);
  if (await Bun.file(path).exists())
    throw conflict(`There is a key named "${name}" already (${path}). Choose another --name.`);
  await writePrivately(path, encodePrivateKey(key));
  return described(name, path, key);
}

/** The keys kept by `keys generate`, by name. */
export async function localKeys(env: Env): Promise<LocalKey[]> {
  const names = await readdir(keysFolder(env)).catch(() => [] as string[]);
  const kept = names.filter((name) => name.endsWith(".pem")).sort();
  return Promise.all(kept.map((name) => readKey(join(keysFolder(env), name), name.slice(0, -4))));
}

/**
 * The key to sign with: a file or the name of a kept key when given, else the only one kept. Throws
 * INVALID_REQUEST that says what to do.
 */
export async function chooseKey(given: string | undefined, env: Env): Promise<LocalKey> {
  if (given !== undefined) {
    const kept = join(keysFolder(env), `${given}.pem`);
    if (isName(given) && (await Bun.file(kept).exists())) return readKey(kept, given);
    if (await Bun.file(given).exists()) return readKey(given, given);
    throw invalidRequest(`There is no key file ${given}, nor a key of that name. See "marketplace keys list".`);
  }
  const keys = await localKeys(env);
  if (keys.length === 0) throw notFoundKey();
  if (keys.length > 1)
    throw invalidRequest(`There are several keys: choose one with --key (${keys.map((key) => key.name).join(", ")}).`);
  return keys[0]!;
}

const notFoundKey = () =>
  invalidRequest('There is no signing key on this computer. Make one with "marketplace keys generate".');

async function readKey(path: string, name: string): Promise<LocalKey> {
  const file = Bun.file(path);
  if (file.size > MAX_KEY_FILE) throw invalidRequest(`${path} is too large to be a key.`);
  const text = await file.text();
  try {
    return await described(name, path, decodePrivateKey(text));
  } catch (error) {
    throw invalidRequest(`${path}: ${(error as Error).message}`);
  }
}

async function described(name: string, path: string, key: PrivateKey): Promise<LocalKey> {
  const publicKey = await publicKeyOf(key);
  return {
    name,
    path,
    key,
    publicKey: Buffer.from(publicKey).toString("base64"),
    fingerprint: fingerprintOf(publicKey),
  };
}

/**
 * A public key in base64 out of what people have at hand: the base64 itself, an OpenSSL public key (SPKI PEM), an OpenSSH
 * `ssh-ed25519 …` line, or a private key file, of which nothing but the public half is read on. Throws INVALID_REQUEST.
 */
export async function publicKeyIn(text: string): Promise<string> {
  const bare = text.trim();
  const raw = rawKeyIn(bare);
  if (raw && decodePublicKey(raw)) return raw;
  if (bare.startsWith("-----BEGIN PRIVATE KEY-----")) {
    const key = decodePrivateKey(bare);
    return Buffer.from(await publicKeyOf(key)).toString("base64");
  }
  throw invalidRequest("This is no Ed25519 key: give 32 bytes in base64, a PEM file or an ssh-ed25519 line.");
}

function rawKeyIn(text: string): string | null {
  const pem = /^-----BEGIN PUBLIC KEY-----\s*([A-Za-z0-9+/=\s]{1,200})-----END PUBLIC KEY-----$/.exec(text);
  if (pem) {
    const der = Buffer.from(pem[1]!, "base64");
    return der.length === 44 && der.subarray(0, 12).equals(SPKI_PREFIX) ? der.subarray(12).toString("base64") : null;
  }
  const ssh = /^ssh-ed25519\s+([A-Za-z0-9+/=]{1,200})(?:\s|$)/.exec(text);
  if (ssh) {
    const blob = Buffer.from(ssh[1]!, "base64");
    return blob.length === 51 ? blob.subarray(19).toString("base64") : null;
  }
  return /^[A-Za-z0-9+/]{43}=$/.test(text) ? text : null;
}

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError, invalidRequest } from "../../core/error.ts";
import { decodePublicKey, fingerprintOf } from "../../core/signing/ed25519.ts";
import { configFolder, writePrivately } from "../config-folder.ts";
import { withExclusive } from "./exclusive.ts";

type Env = Record<string, string | undefined>;

export const serverKeysPath = (env: Env): string => join(configFolder(env), "server-keys.json");

/** The key by which this user knows a server; null before its first use. */
export async function pinnedServerKey(env: Env, server: string): Promise<Uint8Array | null> {
  const key = (await readKeys(env)).get(server);
  return key === undefined ? null : decodePublicKey(key);
}

/**
 * The key that a server is known by, where what it offers is that one or it is seen for the first time (`first`: call `pinServerKey`
 * once something was verified with it). Throws CONFLICT for another key, saying what to do.
 */
export async function serverKeyFor(
  env: Env,
  server: string,
  offered: unknown,
): Promise<{ key: Uint8Array; first: boolean }> {
  const key = typeof offered === "string" ? decodePublicKey(offered) : null;
  if (!key)
    throw new AppError(
      "CONFLICT",
      `${server} gives no key of its own, so nothing that it signed can be checked. Check the address.`,
    );
  const pinned = await pinnedServerKey(env, server);
  if (!pinned) return { key, first: true };
  if (fingerprintOf(pinned) === fingerprintOf(key)) return { key, first: false };
  throw new AppError(
    "CONFLICT",
    `${server} is refused: its key changed. Until now it was ${fingerprintOf(pinned)}, now it is ${fingerprintOf(key)}. Somebody ` +
      `else may be answering in its place. Ask its administrator for the fingerprint; if the new one is right, remove the line of ` +
      `this server from ${serverKeysPath(env)} and run this again.`,
    { details: { reason: "trust", server } },
  );
}

export async function pinServerKey(env: Env, server: string, key: Uint8Array): Promise<void> {
  await withExclusive(join(configFolder(env), "server-keys.lock"), async () => {
    const keys = await readKeys(env);
    if (keys.has(server)) return;
    keys.set(server, Buffer.from(key).toString("base64"));
    const servers = Object.fromEntries([...keys].sort(([a], [b]) => (a < b ? -1 : 1)));
    await writePrivately(serverKeysPath(env), `${JSON.stringify({ server_keys: 1, servers }, null, 2)}\n`);
  });
}

async function readKeys(env: Env): Promise<Map<string, string>> {
  const path = serverKeysPath(env);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return new Map();
    throw error;
  }
  const keys = keysIn(text);
  // Forgetting the keys without a word would be what an attacker wants.
  if (!keys)
    throw invalidRequest(`${path} is damaged. Restore it; removing it forgets by which keys you know servers.`);
  return keys;
}

function keysIn(text: string): Map<string, string> | null {
  try {
    const { servers } = JSON.parse(text) as { servers?: Record<string, unknown> };
    const entries = Object.entries(servers ?? {});
    const whole = entries.every(([, key]) => typeof key === "string" && decodePublicKey(key) !== null);
    return servers && whole ? new Map(entries as [string, string][]) : null;
  } catch {
    return null;
  }
}

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { invalidRequest } from "../../core/error.ts";
import { configFolder, writePrivately } from "../config-folder.ts";
import { withExclusive } from "./exclusive.ts";

type Env = Record<string, string | undefined>;

/** Server → namespace/slug → fingerprints of the keys that this user trusts for it, the first seen first. */
type Pins = Record<string, Record<string, string[]>>;

const FINGERPRINT = /^SHA256:[A-Za-z0-9_-]{43}$/;

export const isFingerprint = (text: string): boolean => FINGERPRINT.test(text);

export const pinsPath = (env: Env): string => join(configFolder(env), "pins.json");

/** The keys pinned for an asset of a server; empty when it was never seen signed. */
export async function pinsOf(env: Env, server: string, ref: string): Promise<string[]> {
  return (await readPins(env))[server]?.[ref] ?? [];
}

/** Remembers a key; `instead` forgets the earlier ones, whose owner moved on. */
export async function pin(env: Env, server: string, ref: string, fingerprint: string, instead: boolean): Promise<void> {
  await change(env, (pins) => {
    const known = pins[server]?.[ref] ?? [];
    if (!instead && known.includes(fingerprint)) return null;
    const keys = instead ? [fingerprint] : [...known, fingerprint];
    return { ...pins, [server]: { ...pins[server], [ref]: keys } };
  });
}

/** Forgets an asset's keys: its next version may be unsigned. */
export async function unpin(env: Env, server: string, ref: string): Promise<void> {
  await change(env, (pins) => {
    if (!pins[server]?.[ref]) return null;
    const { [ref]: _, ...rest } = pins[server];
    return { ...pins, [server]: rest };
  });
}

/** Read, changed and written by one process at a time: two projects may be installing at once. */
async function change(env: Env, edit: (pins: Pins) => Pins | null): Promise<void> {
  await withExclusive(join(configFolder(env), "pins.lock"), async () => {
    const edited = edit(await readPins(env));
    if (edited)
      await writePrivately(pinsPath(env), `${JSON.stringify({ pins: 1, servers: ordered(edited) }, null, 2)}\n`);
  });
}

const ordered = (pins: Pins): Pins =>
  Object.fromEntries(
    Object.entries(pins)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([server, refs]) => [server, Object.fromEntries(Object.entries(refs).sort(([a], [b]) => (a < b ? -1 : 1)))]),
  );

async function readPins(env: Env): Promise<Pins> {
  const path = pinsPath(env);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return {};
    throw error;
  }
  const servers = serversIn(text);
  // Forgetting the pins without a word would be what an attacker wants.
  if (!servers) throw invalidRequest(`${path} is damaged. Restore it; removing it forgets which keys you trust.`);
  return servers;
}

function serversIn(text: string): Pins | null {
  try {
    const { servers } = JSON.parse(text) as { servers?: Pins };
    const whole = Object.values(servers ?? {}).every((refs) =>
      Object.values(refs).every((keys) => Array.isArray(keys) && keys.every((key) => FINGERPRINT.test(key))),
    );
    return servers && whole ? servers : null;
  } catch {
    return null;
  }
}

import { randomBytes, randomUUID } from "node:crypto";
import { link, open, readFile, unlink } from "node:fs/promises";
import { dirname } from "node:path";

/** The file of sealing keys cannot be used; the message says why and never holds any of it. */
export class KeyFileError extends Error {
  override name = "KeyFileError";
}

const KEY = /^[A-Za-z0-9+/]{43}=$/;
const MAX_KEYS = 100;

/** The keys of a file, one a line in base64, the newest first; null when there is no file. Throws KeyFileError. */
export async function readKeyFile(path: string): Promise<Uint8Array[] | null> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw new KeyFileError(`${path} cannot be read: ${error.message}`);
  });
  if (text === null) return null;
  const lines = text.split(/\r?\n/).filter((line) => line !== "");
  if (lines.length === 0 || lines.length > MAX_KEYS || !lines.every((line) => KEY.test(line)))
    throw new KeyFileError(`${path} is damaged: it must hold keys of 32 bytes in base64, one a line.`);
  return lines.map((line) => Buffer.from(line, "base64"));
}

/**
 * Makes the file with one new key, readable by its owner alone; it is whole and durable as soon as it has its name. When
 * another process is quicker, answers the keys of that one.
 */
export async function makeKeyFile(path: string): Promise<Uint8Array[]> {
  const unfinished = `${path}.${randomUUID()}.tmp`;
  const handle = await open(unfinished, "wx", 0o600);
  try {
    await handle.writeFile(`${randomBytes(32).toString("base64")}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  // A link, not a rename: it never replaces a key that is there.
  const linked = link(unfinished, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  await linked.finally(() => unlink(unfinished));
  await syncFolder(dirname(path));
  const keys = await readKeyFile(path);
  if (keys === null) throw new KeyFileError(`${path} was taken away while it was made.`);
  return keys;
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

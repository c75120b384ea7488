import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";

/** Passwords that are known to attackers, because they were found where they had leaked. */
export interface BreachedPasswords {
  contains(password: string): Promise<boolean>;
}

const LINE = /^([0-9A-Fa-f]{8,40})(?::\d{1,20})?\r?$/;
/** Longer than any line: 40 digits, a colon, a count and a line break. */
const WINDOW = 256;

/**
 * Reads a sorted text file of SHA-1 hashes, one a line: `HASH:COUNT` (the order and form of Have I Been Pwned's list) or
 * hashes cut to at least 8 digits, all of one length. Looking one password up reads some forty short stretches; nothing of the
 * file is kept in memory, which may have tens of gigabytes. Throws an Error that says what is wrong with the file.
 */
export async function openBreachedPasswords(path: string): Promise<BreachedPasswords> {
  await reading(path, async (file, size) => {
    const first = await lineFrom(file, 0, size);
    const last = await lineFrom(file, Math.max(0, size - WINDOW / 2), size);
    if (!first || !last || first.hash > last.hash)
      throw new Error(
        `[accounts] breached_passwords: ${path} is not a sorted list of SHA-1 hashes, one HASH or HASH:COUNT a line.`,
      );
  });
  return {
    contains(password) {
      const hash = createHash("sha1").update(password.normalize("NFC")).digest("hex");
      return reading(path, (file, size) => isListed(file, size, hash));
    },
  };
}

/** Opened for each password, so that the file may be exchanged for a newer one meanwhile. */
async function reading<T>(path: string, work: (file: FileHandle, size: number) => Promise<T>): Promise<T> {
  const file = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
    throw new Error(`[accounts] breached_passwords: ${path} cannot be read (${error.code ?? error.message}).`);
  });
  try {
    return await work(file, (await file.stat()).size);
  } finally {
    await file.close();
  }
}

/** Narrows the bytes in which the line must begin until the first line behind their start is the one, or is too great. */
async function isListed(file: FileHandle, size: number, hash: string): Promise<boolean> {
  let [low, high] = [0, size];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const line = await lineFrom(file, middle, size);
    if (line?.hash === hash.slice(0, line?.hash.length)) return true;
    if (line && line.hash < hash) low = line.end;
    else high = middle;
  }
  return false;
}

/** The first line that begins at or behind `position`; null when there is none, or none of the form. */
async function lineFrom(
  file: FileHandle,
  position: number,
  size: number,
): Promise<{ hash: string; end: number } | null> {
  // One byte before: a line that begins exactly here is taken.
  const from = Math.max(0, position - 1);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(WINDOW), 0, WINDOW, from);
  const text = buffer.toString("latin1", 0, bytesRead);
  const start = position === 0 ? 0 : text.indexOf("\n") + 1;
  if (position > 0 && start === 0) return null;
  const end = text.indexOf("\n", start);
  const line = text.slice(start, end === -1 ? undefined : end);
  const match = LINE.exec(line);
  if (!match || (end === -1 && from + bytesRead < size)) return null;
  return { hash: match[1]!.toLowerCase(), end: from + start + line.length + 1 };
}

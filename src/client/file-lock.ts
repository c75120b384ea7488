import { link, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError } from "../core/error.ts";

/** Nobody holds a lock so long: its holder was killed. */
const STALE_MS = 60_000;
const WAIT_MS = 75_000;
const PAUSE_MS = 50;

/** Runs `work` while no other process on this machine holds the lock file `path`. Throws SERVICE_UNAVAILABLE after a while. */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const giveUp = performance.now() + WAIT_MS;
  while (!(await take(path))) {
    if (performance.now() > giveUp)
      throw new AppError(
        "SERVICE_UNAVAILABLE",
        `Another marketplace command holds ${path}. Wait for it, or remove the file.`,
      );
    await breakStale(path);
    await Bun.sleep(PAUSE_MS);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string): Promise<boolean> {
  try {
    await (await open(path, "wx", 0o600)).close();
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === "EEXIST") return false;
    throw error;
  }
}

async function breakStale(path: string): Promise<void> {
  const isStale = async (file: string) => Date.now() - (await stat(file)).mtimeMs > STALE_MS;
  try {
    if (!(await isStale(path))) return;
    const aside = `${path}.${process.pid}-${crypto.randomUUID().slice(0, 8)}`;
    await rename(path, aside);
    // Somebody may have broken the stale one and taken a new one in between: that one is put back.
    if (!(await isStale(aside))) await link(aside, path);
    await rm(aside, { force: true });
  } catch {
    // It went away meanwhile, which is what was wanted.
  }
}

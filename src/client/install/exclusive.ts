import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { AppError, conflict } from "../../core/error.ts";

/** Who holds the lock file; `token` tells two holders of one process id apart. */
interface Holder {
  pid: number;
  host: string;
  token: string;
}

export interface Exclusive {
  /** Throws CONFLICT when somebody took the lock over, thinking this process dead: what follows must not be written. */
  check(): Promise<void>;
}

const BEAT_MS = 5_000;
/** A holder that is not seen for so long is dead, or stopped; on this machine its process is asked for. */
const STALE_MS = 60_000;
const POLL_MS = 50;
const WAIT_MS = 120_000;

/** Runs `work` while no other process does the same under this path; waits up to two minutes for its turn. */
export async function withExclusive<T>(
  path: string,
  work: (exclusive: Exclusive) => Promise<T>,
  onWait?: (pid: number) => void,
): Promise<T> {
  const own: Holder = { pid: process.pid, host: hostname(), token: crypto.randomUUID() };
  await acquire(path, own, onWait);
  const beat = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => {}), BEAT_MS);
  const held = async () => (await read(path))?.token === own.token;
  try {
    return await work({
      async check() {
        if (!(await held()))
          throw conflict(`Another process took over ${path} meanwhile. Nothing was changed; run it again.`);
      },
    });
  } finally {
    clearInterval(beat);
    if (await held()) await rm(path, { force: true });
  }
}

async function acquire(path: string, own: Holder, onWait?: (pid: number) => void): Promise<void> {
  const deadline = Date.now() + WAIT_MS;
  let told = false;
  for (;;) {
    if (await create(path, own)) return;
    const holder = await read(path);
    if (await isStale(path, holder)) {
      await takeAway(path, holder);
      continue;
    }
    if (Date.now() > deadline)
      throw new AppError(
        "CONFLICT",
        `Another marketplace (process ${holder?.pid}) works here. Try again later, or remove ${path}.`,
      );
    if (holder && !told) onWait?.(holder.pid);
    told ||= holder !== null;
    await Bun.sleep(POLL_MS);
  }
}

async function create(path: string, own: Holder): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    await writeFile(path, JSON.stringify(own), { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    const { code } = error as { code?: string };
    // ENOENT: the last holder removed the empty folder at this moment.
    if (code === "EEXIST" || code === "ENOENT") return false;
    throw error;
  }
}

/** null also for a file that its holder has not written yet. */
async function read(path: string): Promise<Holder | null> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Holder;
  } catch {
    return null;
  }
}

async function isStale(path: string, holder: Holder | null): Promise<boolean> {
  const info = await stat(path).catch(() => null);
  if (!info) return false;
  if (holder?.host === hostname() && !isAlive(holder.pid)) return true;
  return Date.now() - info.mtimeMs > STALE_MS;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === "EPERM";
  }
}

/** Moves a dead holder's file away; when it turns out to be a new holder's, that one gets it back. */
async function takeAway(path: string, holder: Holder | null): Promise<void> {
  const aside = `${path}.${crypto.randomUUID()}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  if ((await read(aside))?.token !== holder?.token) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
}

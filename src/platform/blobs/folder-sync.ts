import { open } from "node:fs/promises";
import { onDisk } from "./storage-error.ts";

/**
 * Makes a folder's entries durable. Calls for one folder that arrive while it is being synced share the next sync:
 * the one under way may have begun before their entry was made.
 */
export function createFolderSync(): (folder: string) => Promise<void> {
  const running = new Map<string, Promise<void>>();
  const waiting = new Map<string, Promise<void>>();

  return function syncFolder(folder) {
    const shared = waiting.get(folder);
    if (shared) return shared;
    const before = running.get(folder);
    if (!before) return start(folder);
    const next = before
      .catch(() => {})
      .then(() => {
        waiting.delete(folder);
        return start(folder);
      });
    waiting.set(folder, next);
    return next;
  };

  function start(folder: string): Promise<void> {
    const sync = fsyncFolder(folder).finally(() => {
      if (running.get(folder) === sync) running.delete(folder);
    });
    running.set(folder, sync);
    return sync;
  }
}

async function fsyncFolder(folder: string): Promise<void> {
  const handle = await onDisk(open(folder, "r"));
  try {
    await onDisk(handle.sync());
  } finally {
    await handle.close();
  }
}

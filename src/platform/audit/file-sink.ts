import { type FileHandle, open, stat } from "node:fs/promises";
import type { AuditSink } from "./audit-sink.ts";
import { auditWire } from "./audit-wire.ts";

/**
 * Appends entries to a file as JSON Lines; a batch is on the disk when `send` resolves. A file that was moved away is made
 * anew before the next batch, so that it can be rotated; `reopen` does so at once.
 */
export function createFileSink(path: string): AuditSink & { reopen(): Promise<void> } {
  let handle: FileHandle | null = null;
  const close = async (): Promise<void> => {
    const old = handle;
    handle = null;
    await old?.close();
  };
  const current = async (): Promise<FileHandle> => {
    if (handle && !(await isAt(handle, path))) await close();
    handle ??= await openWhole(path);
    return handle;
  };
  return {
    async send(records) {
      const file = await current();
      try {
        await file.appendFile(records.map((record) => `${JSON.stringify(auditWire(record))}\n`).join(""));
        await file.sync();
      } catch (error) {
        // Half a line may stand there; opening it again ends that.
        await close().catch(() => {});
        throw error;
      }
    },
    reopen: close,
    close,
  };
}

/** Whether the open file is the one that lies at `path`. */
async function isAt(handle: FileHandle, path: string): Promise<boolean> {
  const [held, there] = await Promise.all([handle.stat(), stat(path).catch(() => null)]);
  return there !== null && there.ino === held.ino && there.dev === held.dev;
}

/** Opens for appending, readable to its owner alone; a line that a crash or a full disk cut short is ended first. */
async function openWhole(path: string): Promise<FileHandle> {
  const handle = await open(path, "a+", 0o600);
  try {
    const { size } = await handle.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    if (size > 0 && last[0] !== 0x0a) await handle.appendFile("\n");
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

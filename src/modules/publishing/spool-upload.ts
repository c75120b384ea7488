import { mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { AppError, invalidRequest } from "../../core/error.ts";
import { newId } from "../../core/id.ts";

/** An upload on disk; `dispose` removes it. */
export interface SpooledUpload extends AsyncDisposable {
  path: string;
  size: number;
}

const WRITE_CHUNK = 1 << 20;

/** Streams a body to a temporary file of at most `maxBytes`; throws PAYLOAD_TOO_LARGE as soon as it is more. */
export async function spoolUpload(
  body: AsyncIterable<Uint8Array> | ReadableStream<Uint8Array> | null,
  folder: string,
  maxBytes: number,
): Promise<SpooledUpload> {
  if (!body) throw emptyBody();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, newId());
  const dispose = () => rm(path, { force: true });
  try {
    const size = await writeBounded(body as AsyncIterable<Uint8Array>, path, maxBytes);
    if (size === 0) throw emptyBody();
    return { path, size, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    if ((error as { code?: string }).code === "ENOSPC")
      throw new AppError(
        "INSUFFICIENT_STORAGE",
        "The server's disk is full. Nothing was published; tell its administrator.",
      );
    throw error;
  }
}

const emptyBody = () => invalidRequest("The body is empty. Send a zip or tar.gz archive of the asset's files.");

async function writeBounded(body: AsyncIterable<Uint8Array>, path: string, maxBytes: number): Promise<number> {
  const file = await open(path, "wx", 0o600);
  try {
    let size = 0;
    let pending: Uint8Array[] = [];
    let pendingBytes = 0;
    const flush = async () => {
      for (let left = pending; left.length > 0; ) {
        await file.writev(left.splice(0, 512));
      }
      pending = [];
      pendingBytes = 0;
    };
    for await (const chunk of body) {
      size += chunk.byteLength;
      if (size > maxBytes)
        throw new AppError("PAYLOAD_TOO_LARGE", `The archive is larger than this server's limit of ${maxBytes} bytes.`);
      pending.push(chunk);
      pendingBytes += chunk.byteLength;
      if (pendingBytes >= WRITE_CHUNK) await flush();
    }
    await flush();
    return size;
  } finally {
    await file.close();
  }
}

/** Removes what a crash left: uploads older than `olderThanMs`. */
export async function sweepSpool(folder: string, olderThanMs: number, now: Date): Promise<number> {
  const names = await readdir(folder).catch(() => [] as string[]);
  let removed = 0;
  for (const name of names) {
    const path = join(folder, name);
    const info = await stat(path).catch(() => null);
    if (!info || now.getTime() - info.mtimeMs < olderThanMs) continue;
    await rm(path, { force: true });
    removed++;
  }
  return removed;
}

import { type FileHandle, mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { AppError, invalidRequest } from "../../core/error.ts";
import { newId } from "../../core/id.ts";

/** An upload on disk; `dispose` removes it. */
export interface SpooledUpload extends AsyncDisposable {
  path: string;
  size: number;
}

const WRITE_CHUNK = 1 << 20;

export interface UploadLimits {
  maxBytes: number;
  /** From the first byte to the last; a connection without any byte is ended sooner, by the server's idle timeout. */
  maxMs: number;
}

/** Streams a body to a temporary file; throws PAYLOAD_TOO_LARGE or INVALID_REQUEST as soon as a limit is passed. */
export async function spoolUpload(
  body: AsyncIterable<Uint8Array> | ReadableStream<Uint8Array> | null,
  folder: string,
  limits: UploadLimits,
): Promise<SpooledUpload> {
  if (!body) throw emptyBody();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, newId());
  const dispose = () => rm(path, { force: true });
  try {
    const size = await writeBounded(body as AsyncIterable<Uint8Array>, path, limits);
    if (size === 0) throw emptyBody();
    return { path, size, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    if (/^(?:ENOSPC|EDQUOT|EFBIG)$/.test(String((error as { code?: unknown }).code)))
      throw new AppError(
        "INSUFFICIENT_STORAGE",
        "The server's disk is full. Nothing was published; tell its administrator.",
      );
    throw error;
  }
}

const tooLarge = (maxBytes: number) =>
  new AppError("PAYLOAD_TOO_LARGE", `The archive is larger than this server's limit of ${maxBytes} bytes.`);

/** What a form may add to the archive in it. */
const FORM_BYTES = 1 << 20;

/** Throws for what need not be read to be refused: PAYLOAD_TOO_LARGE by its Content-Length, UNSUPPORTED_MEDIA_TYPE when encoded. */
export function requireFitting(headers: Headers, maxBytes: number): void {
  const encoding = headers.get("Content-Encoding") ?? "identity";
  if (encoding.trim().toLowerCase() !== "identity")
    throw new AppError(
      "UNSUPPORTED_MEDIA_TYPE",
      `Send the archive as it is: the Content-Encoding ${encoding.slice(0, 40)} is not understood here.`,
    );
  const form = headers.get("Content-Type")?.toLowerCase().startsWith("multipart/") ?? false;
  if (Number(headers.get("Content-Length") ?? 0) > maxBytes + (form ? FORM_BYTES : 0)) throw tooLarge(maxBytes);
}

const emptyBody = () => invalidRequest("The body is empty. Send a zip or tar.gz archive of the asset's files.");

async function writeBounded(body: AsyncIterable<Uint8Array>, path: string, limits: UploadLimits): Promise<number> {
  const { maxBytes, maxMs } = limits;
  const started = performance.now();
  const file = await open(path, "wx", 0o600);
  try {
    let size = 0;
    let pending: Uint8Array[] = [];
    let pendingBytes = 0;
    const flush = async () => {
      await writeWhole(file, Buffer.concat(pending));
      pending = [];
      pendingBytes = 0;
    };
    for await (const chunk of body) {
      size += chunk.byteLength;
      if (size > maxBytes) throw tooLarge(maxBytes);
      if (performance.now() - started > maxMs)
        throw invalidRequest(
          `The upload took longer than ${Math.round(maxMs / 1000)} seconds. Try a faster connection.`,
        );
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

/** A single write may be cut short, as when the disk fills: the rest follows, or the error does. */
async function writeWhole(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.byteLength; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.byteLength - done);
    if (bytesWritten === 0) throw new Error("a write to the disk made no progress");
    done += bytesWritten;
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

import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createInflateRaw } from "node:zlib";
import { archiveRefused } from "./archive-limits.ts";

const PIECE = 64 * 1024;

/** The bytes `start` to `end` (exclusive) of a file, in pieces of at most 64 KiB. */
export async function* readRange(path: string, start: number, end: number): AsyncGenerator<Uint8Array> {
  if (end <= start) return;
  yield* createReadStream(path, { start, end: end - 1, highWaterMark: PIECE });
}

/**
 * Inflates the raw DEFLATE stream (RFC 1951) at `start` of a file, never reading past `end` (exclusive), 64 KiB at a time.
 * `ended` is called with the offset just behind the stream, so that the caller can refuse what hides there.
 */
export async function* inflateRange(
  path: string,
  start: number,
  end: number,
  ended: (offset: number) => void,
): AsyncGenerator<Uint8Array> {
  if (end <= start) throw archiveRefused("its compressed data is missing.");
  const engine = createInflateRaw({ chunkSize: PIECE });
  const source = createReadStream(path, { start, end: end - 1, highWaterMark: PIECE });
  pipeline(source, engine, () => undefined);
  const pieces: AsyncIterator<Uint8Array> = engine[Symbol.asyncIterator]();
  try {
    while (true) {
      const piece = await pieces.next().catch((cause: NodeJS.ErrnoException) => {
        if (!cause.code?.startsWith("Z_")) throw cause;
        throw archiveRefused(`its compressed data is damaged or cut short (${cause.message}).`);
      });
      if (piece.done) break;
      yield piece.value;
    }
    ended(start + engine.bytesWritten);
  } finally {
    engine.destroy();
    source.destroy();
  }
}

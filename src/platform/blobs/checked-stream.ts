import { type Digest, DigestStream } from "../../core/digest.ts";
import type { ByteRange } from "./blob-store.ts";

/** The store has other bytes than were put: a disk that forgets, or somebody who wrote into it. */
export class DamagedBlobError extends Error {
  constructor(
    readonly digest: Digest,
    what: string,
  ) {
    super(`blob ${digest} is damaged: ${what}`);
    this.name = "DamagedBlobError";
  }
}

/** A range cut at the blob's end. Throws a RangeError when it is no range at all. */
export function cutRange(range: ByteRange, size: number): ByteRange {
  const { start, end } = range;
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || end < start)
    throw new RangeError(`not a range of bytes: ${start}–${end}`);
  return { start: Math.min(start, size), end: Math.min(end, size) };
}

/** Reads bytes `start` to `end`; answers fewer only when the store has fewer. */
export interface RangeReader {
  read(start: number, end: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Streams a range in pieces of at most `piece` bytes, one read ahead of the consumer. The stream fails when the store has fewer
 * bytes than it said and, where the whole blob is read (`digest`), before its last piece when the bytes are damaged.
 */
export function checkedStream(options: {
  reader: RangeReader;
  range: ByteRange;
  piece: number;
  name: Digest;
  whole: boolean;
}): ReadableStream<Uint8Array> {
  const { reader, range, piece, name, whole } = options;
  const hash = whole ? new DigestStream() : null;
  let position = range.start;
  let ahead: Promise<Uint8Array> | null = null;

  const readNext = (): Promise<Uint8Array> => {
    const end = Math.min(position + piece, range.end);
    const wanted = end - position;
    const reading = reader.read(position, end).then((bytes) => {
      if (bytes.byteLength !== wanted) throw new DamagedBlobError(name, "it ends before its length");
      return bytes;
    });
    position = end;
    // The consumer awaits it later; until then a failure is not unhandled.
    reading.catch(() => {});
    return reading;
  };

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          if (ahead === null && position < range.end) ahead = readNext();
          const bytes = await (ahead ?? Promise.resolve(new Uint8Array(0)));
          ahead = position < range.end ? readNext() : null;
          hash?.update(bytes);
          if (ahead === null && hash !== null && hash.digest() !== name)
            throw new DamagedBlobError(name, "its bytes have another digest");
          if (bytes.byteLength > 0) controller.enqueue(bytes);
          if (ahead === null) {
            await reader.close();
            controller.close();
          }
        } catch (error) {
          await reader.close();
          throw error;
        }
      },
      async cancel() {
        await ahead?.catch(() => {});
        await reader.close();
      },
    },
    { highWaterMark: 0 },
  );
}

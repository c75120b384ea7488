import type { Transform } from "node:stream";
import { constants, createGunzip, createInflate, createInflateRaw, createZstdDecompress } from "node:zlib";
import { unpackBzip2 } from "./bzip2.ts";
import type { FileType } from "./file-type.ts";
import { unpackLz4 } from "./lz4.ts";
import { unpackLzma, unpackXz } from "./xz.ts";

/** The first bytes of what was packed, and whether these are all of them. */
export interface Unpacked {
  bytes: Uint8Array;
  whole: boolean;
}

/** Compressions of one file that can be looked into. */
export const UNPACKED: readonly FileType[] = ["gzip", "xz", "lzma", "bzip2", "zstd", "lz4"];

/** At most `limit` bytes of a compressed file; null for what cannot be read at all. Never takes more than its bounds ask. */
export async function unpack(
  type: FileType | "zlib" | "deflate",
  packed: Uint8Array,
  limit: number,
): Promise<Unpacked | null> {
  const finishFlush = constants.Z_SYNC_FLUSH;
  switch (type) {
    case "gzip":
      return drained(createGunzip({ finishFlush }), packed, limit);
    case "zlib":
      return drained(createInflate({ finishFlush }), packed, limit);
    case "deflate":
      return drained(createInflateRaw({ finishFlush }), packed, limit);
    case "zstd":
      return drained(createZstdDecompress({ finishFlush: constants.ZSTD_e_flush }), packed, limit);
    case "xz":
      return unpackXz(packed, limit);
    case "lzma":
      return unpackLzma(packed, limit);
    case "bzip2":
      return unpackBzip2(packed, limit);
    case "lz4":
      return unpackLz4(packed, limit);
    default:
      return null;
  }
}

/** Reads a decompressor until it has given enough; what it gave before an error counts. */
function drained(stream: Transform, packed: Uint8Array, limit: number): Promise<Unpacked | null> {
  const { promise, resolve } = Promise.withResolvers<Unpacked | null>();
  const pieces: Uint8Array[] = [];
  let length = 0;
  const answer = (whole: boolean) => {
    const bytes = Buffer.concat(pieces).subarray(0, limit);
    resolve({ bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), whole });
  };
  stream.on("data", (piece: Buffer) => {
    pieces.push(piece);
    length += piece.length;
    if (length > limit) {
      answer(false);
      stream.destroy();
    }
  });
  stream.on("end", () => answer(true));
  stream.on("error", () => (length === 0 ? resolve(null) : answer(false)));
  stream.end(packed);
  return promise;
}

import type { FileHandle } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { archiveRefused } from "./archive-limits.ts";
import { inflateRange } from "./inflate-range.ts";

const MAX_HEADER = 64 * 1024;

/** The length of a gzip member's header (RFC 1952); throws unless it is of the one known form and under 64 KiB. */
function headerLength(head: Buffer): number {
  const cut = () => archiveRefused("its gzip header is damaged.");
  const flags = head[3] ?? 0xff;
  if (head.length < 10 || head[0] !== 0x1f || head[1] !== 0x8b || head[2] !== 8 || (flags & 0xe0) !== 0) throw cut();
  let at = 10;
  if ((flags & 4) !== 0) at += 2 + (at + 2 <= head.length ? head.readUInt16LE(at) : MAX_HEADER);
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    const end = at < head.length ? head.indexOf(0, at) : -1;
    if (end < 0) throw cut();
    at = end + 1;
  }
  if ((flags & 2) !== 0) at += 2;
  if (at > head.length) throw cut();
  return at;
}

/**
 * The bytes inside a gzip file of `bytes` bytes. Exactly one member, nothing behind it (some programs read on, some
 * stop), and its checksum and length must hold. `onPiece` sees each piece's length before it is handed on.
 */
export async function* gunzip(
  path: string,
  file: FileHandle,
  bytes: number,
  onPiece: (length: number) => void,
): AsyncGenerator<Uint8Array> {
  const head = Buffer.alloc(Math.min(MAX_HEADER, bytes));
  const { bytesRead } = await file.read(head, 0, head.length, 0);
  const start = headerLength(head.subarray(0, bytesRead));
  let crc = 0;
  let length = 0;
  let dataEnd = 0;
  for await (const piece of inflateRange(path, start, bytes - 8, (offset) => (dataEnd = offset))) {
    onPiece(piece.byteLength);
    crc = crc32(piece, crc);
    length += piece.byteLength;
    yield piece;
  }
  if (dataEnd !== bytes - 8) throw archiveRefused("it has several gzip members or data behind the first.");
  const trailer = Buffer.alloc(8);
  await file.read(trailer, 0, 8, dataEnd);
  if (trailer.readUInt32LE(0) !== crc) throw archiveRefused("its gzip checksum does not match its content.");
  if (trailer.readUInt32LE(4) !== length % 2 ** 32) throw archiveRefused("its gzip length does not match its content.");
}

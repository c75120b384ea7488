import { crc32 } from "node:zlib";
import { exactBytes, FIXED_TIME_SECONDS, modeOf, requireSorted, streamOf, type ArchiveFile } from "./archive-file.ts";
import { LARGEST_COMPRESSED, ReproducibleDeflate, storedBlocks } from "./reproducible-deflate.ts";
import { TAR_BLOCK } from "./tar-header.ts";

/** No name, no time, no extra flags, and "unknown" (255) for the operating system, which would name the machine. */
const GZIP_HEADER = new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
const LARGEST_USTAR_SIZE = 0o77777777777;

/**
 * A tar.gz of the files, the same bytes on every machine: ustar names without `./`, fixed times and modes, no owners.
 * The files come sorted by path. What ustar cannot say (names over 100 + 155 bytes, files over 8 GiB) is said in a PAX
 * header. Memory stays at some 64 KiB pieces.
 */
export function writeTarGz(files: readonly ArchiveFile[]): ReadableStream<Uint8Array> {
  requireSorted(files);
  return streamOf(gzip(tarPieces(files)));
}

/** A piece of the tar, and whether it belongs to a file that is too large to be compressed. */
interface Piece {
  bytes: Uint8Array;
  stored: boolean;
}

async function* gzip(pieces: AsyncIterable<Piece>): AsyncGenerator<Uint8Array> {
  const deflate = new ReproducibleDeflate();
  let crc = 0;
  let length = 0;
  yield GZIP_HEADER;
  for await (const { bytes, stored } of pieces) {
    crc = crc32(bytes, crc);
    length += bytes.byteLength;
    if (stored) deflate.store(bytes);
    else deflate.write(bytes);
    const chunk = deflate.take();
    if (chunk.byteLength > 0) yield chunk;
  }
  deflate.end();
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc, 0);
  trailer.writeUInt32LE(length % 2 ** 32, 4);
  yield Buffer.concat([deflate.take(), trailer]);
}

async function* tarPieces(files: readonly ArchiveFile[]): AsyncGenerator<Piece> {
  for (const file of files) {
    yield { bytes: headersOf(file), stored: false };
    const stored = file.size > LARGEST_COMPRESSED;
    if (stored) for await (const bytes of storedBlocks(exactBytes(file))) yield { bytes, stored };
    else for await (const bytes of exactBytes(file)) yield { bytes, stored };
    yield { bytes: new Uint8Array((TAR_BLOCK - (file.size % TAR_BLOCK)) % TAR_BLOCK), stored: false };
  }
  yield { bytes: new Uint8Array(2 * TAR_BLOCK), stored: false };
}

function headersOf(file: ArchiveFile): Uint8Array {
  const name = splitName(file.path);
  const large = file.size > LARGEST_USTAR_SIZE;
  const records = [name ? "" : paxRecord("path", file.path), large ? paxRecord("size", String(file.size)) : ""].join(
    "",
  );
  const header = ustarHeader(name ?? { prefix: "", name: "long-name" }, large ? 0 : file.size, modeOf(file), "0");
  if (records === "") return header;
  const body = Buffer.from(records);
  const padded = Buffer.alloc(Math.ceil(body.length / TAR_BLOCK) * TAR_BLOCK);
  body.copy(padded);
  return Buffer.concat([ustarHeader({ prefix: "", name: "PaxHeader" }, body.length, 0o644, "x"), padded, header]);
}

/** A path divided at a slash into ustar's prefix (155 bytes) and name (100 bytes); null when it cannot be. */
function splitName(path: string): { prefix: string; name: string } | null {
  if (Buffer.byteLength(path) <= 100) return { prefix: "", name: path };
  for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1)) {
    const [prefix, name] = [path.slice(0, slash), path.slice(slash + 1)];
    if (Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(name) <= 100) return { prefix, name };
  }
  return null;
}

/** `<length> <key>=<value>\n`, where the length counts itself. */
function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length += 1;
  return `${length} ${key}=${value}\n`;
}

function ustarHeader(name: { prefix: string; name: string }, size: number, mode: number, type: string): Buffer {
  const block = Buffer.alloc(TAR_BLOCK);
  const octal = (value: number, at: number, digits: number) => block.write(value.toString(8).padStart(digits, "0"), at);
  block.write(name.name, 0);
  octal(mode, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(size, 124, 11);
  octal(FIXED_TIME_SECONDS, 136, 11);
  block.fill(0x20, 148, 156);
  block.write(type, 156);
  block.write("ustar\u000000", 257);
  octal(0, 329, 7);
  octal(0, 337, 7);
  block.write(name.prefix, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

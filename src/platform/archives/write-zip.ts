import { crc32 } from "node:zlib";
import { AppError } from "../../core/error.ts";
import { exactBytes, modeOf, requireSorted, streamOf, type ArchiveFile } from "./archive-file.ts";
import { LARGEST_COMPRESSED, ReproducibleDeflate, storedBlocks, storedSize } from "./reproducible-deflate.ts";

/** Without zip64, which some readers lack: every size and offset must fit 32 bits, the count 16. */
const LARGEST_ZIP = 0xffffffff;
const MOST_ENTRIES = 0xffff - 1;
/** 1980-01-01 00:00:00 in MS-DOS form: the date's day and month bits, and no time. */
const DOS_DATE = 0x0021;
const UTF8_NAMES = 0x0800;
const DESCRIPTOR = 0x0008;
const NEEDS_2_0 = 20;
/** Made by Unix, so that the mode bits count. */
const MADE_BY = (3 << 8) | NEEDS_2_0;

/**
 * A zip of the files, the same bytes on every machine. The files come sorted by path. Every member is a DEFLATE stream;
 * those over 4 MiB are stored blocks with their checksum behind them, so that bytes flow while they are read.
 * Throws PAYLOAD_TOO_LARGE before the first byte when it would not fit a plain zip (4 GiB, 65,534 files).
 */
export function writeZip(files: readonly ArchiveFile[]): ReadableStream<Uint8Array> {
  requireSorted(files);
  const atMost = files.reduce((sum, file) => sum + storedSize(file.size) + 2 * Buffer.byteLength(file.path) + 128, 22);
  if (atMost > LARGEST_ZIP || files.length > MOST_ENTRIES)
    throw new AppError(
      "PAYLOAD_TOO_LARGE",
      "This version does not fit into a zip (4 GiB, 65,534 files): take the tar.gz.",
    );
  return streamOf(zipChunks(files));
}

interface Written {
  file: ArchiveFile;
  flags: number;
  crc: number;
  compressedSize: number;
  offset: number;
}

async function* zipChunks(files: readonly ArchiveFile[]): AsyncGenerator<Uint8Array> {
  const members: Written[] = [];
  let offset = 0;
  for (const file of files) {
    const member: Written = { file, flags: UTF8_NAMES, crc: 0, compressedSize: 0, offset };
    members.push(member);
    for await (const chunk of file.size > LARGEST_COMPRESSED ? storedMember(member) : smallMember(member)) {
      offset += chunk.byteLength;
      yield chunk;
    }
  }
  const directory = Buffer.concat(members.map(centralHeader));
  yield directory;
  yield endRecord(members.length, directory.length, offset);
}

/** At most 4 MiB: compressed in memory, so that its header can say all there is to say. */
async function* smallMember(member: Written): AsyncGenerator<Uint8Array> {
  const deflate = new ReproducibleDeflate();
  for await (const piece of exactBytes(member.file)) {
    member.crc = crc32(piece, member.crc);
    deflate.write(piece);
  }
  deflate.end();
  const data = deflate.take();
  member.compressedSize = data.byteLength;
  yield Buffer.concat([localHeader(member), data]);
}

async function* storedMember(member: Written): AsyncGenerator<Uint8Array> {
  member.flags |= DESCRIPTOR;
  yield localHeader(member);
  const deflate = new ReproducibleDeflate();
  for await (const block of storedBlocks(exactBytes(member.file))) {
    member.crc = crc32(block, member.crc);
    deflate.store(block);
    yield deflate.take();
  }
  deflate.end();
  member.compressedSize = storedSize(member.file.size);
  const descriptor = Buffer.alloc(16);
  descriptor.writeUInt32LE(0x08074b50, 0);
  writeSums(descriptor, 4, member);
  yield Buffer.concat([deflate.take(), descriptor]);
}

function writeSums(into: Buffer, at: number, { crc, compressedSize, file }: Written): void {
  into.writeUInt32LE(crc, at);
  into.writeUInt32LE(compressedSize, at + 4);
  into.writeUInt32LE(file.size, at + 8);
}

function localHeader(member: Written): Buffer {
  const name = Buffer.from(member.file.path);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(NEEDS_2_0, 4);
  header.writeUInt16LE(member.flags, 6);
  header.writeUInt16LE(8, 8);
  header.writeUInt16LE(DOS_DATE, 12);
  if ((member.flags & DESCRIPTOR) === 0) writeSums(header, 14, member);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name]);
}

function centralHeader(member: Written): Buffer {
  const name = Buffer.from(member.file.path);
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(MADE_BY, 4);
  header.writeUInt16LE(NEEDS_2_0, 6);
  header.writeUInt16LE(member.flags, 8);
  header.writeUInt16LE(8, 10);
  header.writeUInt16LE(DOS_DATE, 14);
  writeSums(header, 16, member);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt32LE(((0o100000 | modeOf(member.file)) << 16) >>> 0, 38);
  header.writeUInt32LE(member.offset, 42);
  return Buffer.concat([header, name]);
}

function endRecord(count: number, directoryBytes: number, directoryStart: number): Buffer {
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(count, 8);
  record.writeUInt16LE(count, 10);
  record.writeUInt32LE(directoryBytes, 12);
  record.writeUInt32LE(directoryStart, 16);
  return record;
}

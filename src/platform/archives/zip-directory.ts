import type { FileHandle } from "node:fs/promises";
import { archiveRefused, entryRefused, tooLarge, type Budget } from "./archive-limits.ts";
import { checkDescriptor, checkLocalHeader, readCentralHeader, type ZipEntry } from "./zip-entry.ts";

const EOCD_BYTES = 22;
const MAX_COMMENT = 0xffff;
const MAX_DIRECTORY_BYTES = 64 * 2 ** 20;
/** A local header with the longest name and extra fields that its 16-bit lengths can say. */
const MAX_LOCAL_HEADER = 30 + 2 * 0xffff;

interface Directory {
  count: number;
  start: number;
  end: number;
}

/**
 * Reads the whole structure of a zip before any of its bytes are believed, and refuses each of the ways in which two
 * programs could see different files in it: every byte of the archive must belong to exactly one member, to the central
 * directory or to the one end record. Members come back in the order in which they lie in the file.
 */
export async function readZipDirectory(file: FileHandle, bytes: number, budget: Budget): Promise<ZipEntry[]> {
  const where = await findDirectory(file, bytes);
  if (where.end - where.start > MAX_DIRECTORY_BYTES) throw tooLarge("its central directory is larger than 64 MiB.");
  const directory = await readAt(file, where.start, where.end - where.start);
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let i = 0; i < where.count; i += 1) {
    budget.entry();
    const { entry, next } = readCentralHeader(directory, at);
    entries.push(entry);
    at = next;
  }
  if (at !== directory.length) throw archiveRefused("its central directory counts other entries than it has.");
  entries.sort((a, b) => a.offset - b.offset);
  await checkTiling(file, entries, where.start);
  return entries;
}

/** Members must lie side by side from the first byte to the central directory: no overlap, no gap, nothing in front. */
async function checkTiling(file: FileHandle, entries: ZipEntry[], directoryStart: number): Promise<void> {
  if ((entries[0]?.offset ?? directoryStart) !== 0)
    throw archiveRefused("it has bytes in front of its first file that belong to no file.");
  for (const [index, entry] of entries.entries()) {
    const end = entries[index + 1]?.offset ?? directoryStart;
    const header = await readAt(
      file,
      entry.offset,
      Math.min(MAX_LOCAL_HEADER, Math.max(0, end - entry.offset), headerBytes(entry)),
    );
    entry.dataStart = entry.offset + checkLocalHeader(entry, header);
    const dataEnd = entry.dataStart + entry.compressedSize;
    if (dataEnd > end)
      throw entryRefused(entry.name, "Overlaps the next file in the archive, as decompression bombs do.");
    if (end - dataEnd > 24) throw entryRefused(entry.name, "Is followed by bytes that belong to no file.");
    checkDescriptor(entry, await readAt(file, dataEnd, end - dataEnd));
  }
}

/** Enough for the usual local header in one small read; extra fields there rarely pass 1 KiB. */
const headerBytes = (entry: ZipEntry): number => 30 + entry.rawName.length + 4096;

async function findDirectory(file: FileHandle, bytes: number): Promise<Directory> {
  const tailStart = Math.max(0, bytes - EOCD_BYTES - MAX_COMMENT);
  const tail = await readAt(file, tailStart, bytes - tailStart);
  const at = findEndRecord(tail);
  const end = tailStart + at;
  const disk = tail.readUInt16LE(at + 4) | tail.readUInt16LE(at + 6);
  const record = {
    count: tail.readUInt16LE(at + 10),
    size: tail.readUInt32LE(at + 12),
    start: tail.readUInt32LE(at + 16),
  };
  if (tail.readUInt16LE(at + 8) !== record.count || (disk !== 0 && disk !== 0xffff))
    throw archiveRefused("it is one disk of a split archive.");
  const wide = await readZip64End(file, end, record);
  const directory = wide ?? { count: record.count, start: record.start, end };
  const size = wide ? wide.end - wide.start : record.size;
  if (directory.start + size !== directory.end || directory.start > directory.end)
    throw archiveRefused(
      "its central directory does not end where its end record begins (data put in front or between).",
    );
  return directory;
}

/** The one end record: its comment ends with the file, and no other place in the tail could be read as one. */
function findEndRecord(tail: Buffer): number {
  const signature = Buffer.from([0x50, 0x4b, 0x05, 0x06]);
  let found = -1;
  for (let at = tail.indexOf(signature); at >= 0; at = tail.indexOf(signature, at + 1)) {
    const whole = at + EOCD_BYTES <= tail.length;
    const ends = whole && at + EOCD_BYTES + tail.readUInt16LE(at + 20) === tail.length;
    // A record inside a member (a zip in a zip) does not reach the end of the file; one behind the true record is a trick.
    if (found >= 0) throw archiveRefused("it has several end records, so programs would disagree on its files.");
    if (ends) found = at;
  }
  if (found < 0)
    throw archiveRefused("it has no end record, or data behind it: it is cut short or something was added.");
  return found;
}

/** The zip64 end record and its locator, when there are any (APPNOTE 4.3.14, 4.3.15); where both speak they must agree. */
async function readZip64End(
  file: FileHandle,
  end: number,
  record: { count: number; size: number; start: number },
): Promise<Directory | null> {
  const announced = record.count === 0xffff || record.size === 0xffffffff || record.start === 0xffffffff;
  const locator = end >= 20 ? await readAt(file, end - 20, 20) : null;
  if (locator?.readUInt32LE(0) !== 0x07064b50) {
    if (announced) throw archiveRefused("it announces a zip64 end record that is not there.");
    return null;
  }
  const at = Number(locator.readBigUInt64LE(8));
  if (locator.readUInt32LE(4) !== 0 || locator.readUInt32LE(16) > 1 || at !== end - 20 - 56)
    throw archiveRefused("its zip64 end record is not where its locator says, or not of the usual form.");
  const wide = await readAt(file, at, 56);
  if (wide.readUInt32LE(0) !== 0x06064b50 || wide.readBigUInt64LE(4) !== 44n || wide.readBigUInt64LE(16) !== 0n)
    throw archiveRefused("its zip64 end record is damaged.");
  const count = wide.readBigUInt64LE(32);
  const size = wide.readBigUInt64LE(40);
  const start = wide.readBigUInt64LE(48);
  const agrees = (narrow: number, limit: number, value: bigint) => narrow === limit || BigInt(narrow) === value;
  if (
    wide.readBigUInt64LE(24) !== count ||
    !agrees(record.count, 0xffff, count) ||
    !agrees(record.size, 0xffffffff, size) ||
    !agrees(record.start, 0xffffffff, start) ||
    start + size !== BigInt(at)
  )
    throw archiveRefused("its two end records disagree.");
  return { count: Number(count), start: Number(start), end: at };
}

async function readAt(file: FileHandle, start: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await file.read(buffer, read, length - read, start + read);
    if (bytesRead === 0) throw archiveRefused("it is cut short.");
    read += bytesRead;
  }
  return buffer;
}

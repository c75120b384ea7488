import { readRange } from "./read-bytes.ts";
import type { ScanFile, ScanTarget } from "./scanner.ts";
import { unpack } from "./unpack.ts";

/** One member of a zip, as its own header says; nothing of it is believed beyond where to look. */
export interface ZipMember {
  name: string;
  encrypted: boolean;
  method: number;
  compressedSize: number;
  /** Where its local header begins. */
  offset: number;
}

export interface ZipListing {
  members: ZipMember[];
  /** The central directory could not be read, or tells of other members than the file holds at its start. */
  damaged: boolean;
  /** Bytes in front of the first member: a program or a picture that is also a zip. */
  prefix: number;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const TAIL = 66_000;
const DIRECTORY_LIMIT = 16 * 1024 * 1024;
const WALK_LIMIT = 32 * 1024 * 1024;
const MEMBER_LIMIT = 20_000;
// Headers that overlap may each claim the longest name there is; none of ours is longer.
const NAME_LIMIT = 1024;
const latin1 = new TextDecoder("latin1");
const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Lists a zip leniently (it may be damaged on purpose): the central directory, else every local header found by its mark. */
export async function listZip(target: ScanTarget, file: ScanFile): Promise<ZipListing> {
  const directory = await readDirectory(target, file);
  if (directory !== null && directory.length > 0) {
    const first = Math.min(...directory.map((member) => member.offset));
    const mark = await readRange(target, file, first, first + 4);
    if (mark.length === 4 && view(mark).getUint32(0, true) === LOCAL) {
      return { members: directory, damaged: false, prefix: first };
    }
  }
  const members = await walkLocalHeaders(target, file);
  return { members, damaged: true, prefix: members[0]?.offset ?? 0 };
}

async function readDirectory(target: ScanTarget, file: ScanFile): Promise<ZipMember[] | null> {
  const tail = await readRange(target, file, Math.max(0, file.size - TAIL), file.size);
  const data = view(tail);
  let end = tail.length - 22;
  while (end >= 0 && data.getUint32(end, true) !== END) end--;
  if (end < 0) return null;
  let size = data.getUint32(end + 12, true);
  let start = data.getUint32(end + 16, true);
  if (start === 0xffffffff || size === 0xffffffff) {
    // Zip64: its end record lies before the locator, which lies before this one.
    const locator = end - 20;
    const record = locator >= 56 && data.getUint32(locator, true) === 0x07064b50 ? locator - 56 : -1;
    if (record < 0 || data.getUint32(record, true) !== 0x06064b50) return null;
    size = Number(data.getBigUint64(record + 40, true));
    start = Number(data.getBigUint64(record + 48, true));
  }
  if (size > DIRECTORY_LIMIT || start + size > file.size) return null;
  return parseDirectory(await readRange(target, file, start, start + size));
}

function parseDirectory(bytes: Uint8Array): ZipMember[] | null {
  const data = view(bytes);
  const members: ZipMember[] = [];
  for (let at = 0; at + 46 <= bytes.length && members.length < MEMBER_LIMIT; ) {
    if (data.getUint32(at, true) !== CENTRAL) return null;
    const nameLength = data.getUint16(at + 28, true);
    const extraLength = data.getUint16(at + 30, true);
    const member = memberFrom(
      data,
      at + 8,
      bytes.subarray(at + 46, at + 46 + nameLength),
      data.getUint32(at + 42, true),
    );
    if (member.compressedSize === 0xffffffff || member.offset === 0xffffffff) {
      widen(member, data, at + 46 + nameLength, extraLength, data.getUint32(at + 24, true) === 0xffffffff);
    }
    members.push(member);
    at += 46 + nameLength + extraLength + data.getUint16(at + 32, true);
  }
  return members;
}

/** The fields from the flags on lie alike in a local and in a central header. */
function memberFrom(data: DataView, flagsAt: number, name: Uint8Array, offset: number): ZipMember {
  const flags = data.getUint16(flagsAt, true);
  return {
    name: latin1.decode(name.subarray(0, NAME_LIMIT)),
    encrypted: (flags & 1) === 1,
    method: data.getUint16(flagsAt + 2, true),
    compressedSize: data.getUint32(flagsAt + 12, true),
    offset,
  };
}

function widen(member: ZipMember, data: DataView, start: number, length: number, sizeToo: boolean): void {
  const end = Math.min(start + length, data.byteLength);
  for (let at = start; at + 4 <= end; at += 4 + data.getUint16(at + 2, true)) {
    if (data.getUint16(at, true) !== 1) continue;
    let field = at + 4 + (sizeToo ? 8 : 0);
    if (member.compressedSize === 0xffffffff && field + 8 <= end) {
      member.compressedSize = Number(data.getBigUint64(field, true));
      field += 8;
    }
    if (member.offset === 0xffffffff && field + 8 <= end) member.offset = Number(data.getBigUint64(field, true));
    return;
  }
}

async function walkLocalHeaders(target: ScanTarget, file: ScanFile): Promise<ZipMember[]> {
  const bytes = await readRange(target, file, 0, Math.min(file.size, WALK_LIMIT));
  const data = view(bytes);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const members: ZipMember[] = [];
  for (
    let at = buffer.indexOf("PK\x03\x04");
    at !== -1 && at + 30 <= bytes.length;
    at = buffer.indexOf("PK\x03\x04", at + 4)
  ) {
    const nameLength = data.getUint16(at + 26, true);
    const member = memberFrom(data, at + 6, bytes.subarray(at + 30, at + 30 + nameLength), at);
    // A streamed member does not say its size here: it ends before the next mark.
    if (member.compressedSize === 0) {
      const next = buffer.indexOf("PK", at + 30 + nameLength);
      member.compressedSize = (next === -1 ? bytes.length : next) - at - 30 - nameLength;
    }
    members.push(member);
    if (members.length >= MEMBER_LIMIT) break;
  }
  return members;
}

/** Where a member's own bytes lie in the zip. */
export async function memberRange(
  target: ScanTarget,
  file: ScanFile,
  member: ZipMember,
): Promise<{ start: number; end: number } | null> {
  const header = await readRange(target, file, member.offset, member.offset + 30);
  if (header.length < 30) return null;
  const data = view(header);
  const start = member.offset + 30 + data.getUint16(26, true) + data.getUint16(28, true);
  return { start, end: Math.min(file.size, start + member.compressedSize) };
}

/** Methods of compression by their numbers in APPNOTE.TXT; 0 is none. */
const METHODS = new Map([
  [8, "deflate"],
  [12, "bzip2"],
  [93, "zstd"],
  [95, "xz"],
] as const);
/** Whether the members of this method can be looked into. */
export const isOpened = (method: number): boolean => method === 0 || METHODS.has(method as 8);

/** At most `limit` bytes of a member, whatever its checksum says; null when it is encrypted, of another method or broken. */
export async function readMember(
  target: ScanTarget,
  file: ScanFile,
  member: ZipMember,
  limit: number,
): Promise<{ bytes: Uint8Array; whole: boolean } | null> {
  if (member.encrypted || !isOpened(member.method)) return null;
  const range = await memberRange(target, file, member);
  if (range === null) return null;
  const end = Math.min(range.end, range.start + limit);
  const packed = await readRange(target, file, range.start, end);
  const method = METHODS.get(member.method as 8);
  if (method === undefined) return { bytes: packed, whole: end === range.end };
  const unpacked = await unpack(method, packed, limit);
  return unpacked && { bytes: unpacked.bytes, whole: unpacked.whole && end === range.end };
}

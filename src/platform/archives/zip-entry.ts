import { archiveRefused, entryRefused } from "./archive-limits.ts";

/** One member of a zip, as its central directory and its local header both tell it. */
export interface ZipEntry {
  name: string;
  rawName: Uint8Array;
  folder: boolean;
  executable: boolean;
  flags: number;
  /** 0 stored, 8 deflated. */
  method: number;
  crc: number;
  compressedSize: number;
  size: number;
  /** Where the local header begins. */
  offset: number;
  /** Where the member's bytes begin; known after its local header was read. */
  dataStart: number;
}

const FLAG_DESCRIPTOR = 0x0008;
const FLAG_UTF8 = 0x0800;
/** Encrypted, patched, strongly encrypted, masked headers. */
const FLAGS_REFUSED = 0x0001 | 0x0020 | 0x0040 | 0x2000;
const MAX32 = 0xffffffff;

const EXTRA_ZIP64 = 0x0001;
const EXTRA_AES = 0x9901;
const EXTRA_UNICODE_PATH = 0x7075;

const S_IFMT = 0o170000;
const S_IFREG = 0o100000;
const S_IFDIR = 0o040000;
const S_IFLNK = 0o120000;
const UNIX_HOSTS = new Set([3, 19]);

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads the central directory header at `at` (APPNOTE 4.3.12) and answers the entry and where the next one begins. */
export function readCentralHeader(directory: Buffer, at: number): { entry: ZipEntry; next: number } {
  if (at + 46 > directory.length || directory.readUInt32LE(at) !== 0x02014b50)
    throw archiveRefused("its central directory is damaged, or counts other entries than it has.");
  const nameEnd = at + 46 + directory.readUInt16LE(at + 28);
  const extraEnd = nameEnd + directory.readUInt16LE(at + 30);
  const next = extraEnd + directory.readUInt16LE(at + 32);
  if (next > directory.length) throw archiveRefused("its central directory is cut short.");
  const flags = directory.readUInt16LE(at + 8);
  const rawName = directory.subarray(at + 46, nameEnd);
  const name = decodeName(rawName);
  const extras = readExtras(name, directory.subarray(nameEnd, extraEnd));
  checkUnicodePath(name, extras);
  const zip64 = new Zip64Fields(name, extras);
  const size = zip64.take(directory.readUInt32LE(at + 24));
  const compressedSize = zip64.take(directory.readUInt32LE(at + 20));
  const offset = zip64.take(directory.readUInt32LE(at + 42));
  zip64.end();
  if (directory.readUInt16LE(at + 34) !== 0) throw entryRefused(name, "Lies on another disk of a split archive.");
  const method = directory.readUInt16LE(at + 10);
  checkMethod(name, flags, method, extras);
  const kind = kindOf(name, size, directory.readUInt32LE(at + 38), directory[at + 5] ?? 0);
  const crc = directory.readUInt32LE(at + 16);
  if (method === 0 && compressedSize !== size) throw entryRefused(name, "Is stored, but declares two different sizes.");
  return { entry: { name, rawName, ...kind, flags, method, crc, compressedSize, size, offset, dataStart: -1 }, next };
}

/**
 * Compares the local header (its 30 fixed bytes, name and extra fields in `header`) with the central one, which some
 * programs believe and others ignore, and answers how many bytes it takes.
 */
export function checkLocalHeader(entry: ZipEntry, header: Buffer): number {
  const { name } = entry;
  if (header.length < 30 || header.readUInt32LE(0) !== 0x04034b50)
    throw entryRefused(name, "Has no local header where the central directory says.");
  const nameEnd = 30 + header.readUInt16LE(26);
  const end = nameEnd + header.readUInt16LE(28);
  if (end > header.length) throw entryRefused(name, "Has a local header that is cut short.");
  const differs = (what: string) =>
    entryRefused(name, `Has another ${what} in its local header than in the central directory.`);
  if (!header.subarray(30, nameEnd).equals(entry.rawName)) throw differs("name");
  if (header.readUInt16LE(6) !== entry.flags) throw differs("set of flags");
  if (header.readUInt16LE(8) !== entry.method) throw differs("compression method");
  const extras = readExtras(name, header.subarray(nameEnd, end));
  checkUnicodePath(name, extras);
  const zip64 = new Zip64Fields(name, extras);
  const size = zip64.take(header.readUInt32LE(22));
  const compressedSize = zip64.take(header.readUInt32LE(18));
  zip64.end();
  // With a data descriptor behind the data, the three may be left 0 here.
  const later = (entry.flags & FLAG_DESCRIPTOR) !== 0;
  const same = (local: number, central: number) => local === central || (later && local === 0);
  if (!same(header.readUInt32LE(14), entry.crc)) throw differs("checksum");
  if (!same(size, entry.size) || !same(compressedSize, entry.compressedSize)) throw differs("size");
  return end;
}

/** What follows the data up to the next member: nothing, or one data descriptor (APPNOTE 4.3.9) that agrees. */
export function checkDescriptor(entry: ZipEntry, bytes: Buffer): void {
  if ((entry.flags & FLAG_DESCRIPTOR) === 0) {
    if (bytes.length > 0) throw entryRefused(entry.name, "Is followed by bytes that belong to no file.");
    return;
  }
  const signed = bytes.length === 16 || bytes.length === 24;
  const at = signed ? 4 : 0;
  const wide = bytes.length - at === 20;
  if (bytes.length - at !== (wide ? 20 : 12) || (signed && bytes.readUInt32LE(0) !== 0x08074b50))
    throw entryRefused(entry.name, "Has a damaged data descriptor, or is followed by bytes that belong to no file.");
  const compressedSize = wide ? bytes.readBigUInt64LE(at + 4) : BigInt(bytes.readUInt32LE(at + 4));
  const size = wide ? bytes.readBigUInt64LE(at + 12) : BigInt(bytes.readUInt32LE(at + 8));
  if (
    bytes.readUInt32LE(at) !== entry.crc ||
    compressedSize !== BigInt(entry.compressedSize) ||
    size !== BigInt(entry.size)
  )
    throw entryRefused(entry.name, "Has a data descriptor that disagrees with the central directory.");
}

/** UTF-8 whether flagged or not (macOS leaves the flag out); other code pages would be read differently elsewhere. */
function decodeName(raw: Uint8Array): string {
  try {
    return utf8.decode(raw);
  } catch {
    throw entryRefused(
      Buffer.from(raw).toString("latin1"),
      "Has a name that is not UTF-8: make the archive anew with UTF-8 names.",
    );
  }
}

function checkMethod(name: string, flags: number, method: number, extras: Map<number, Buffer>): void {
  if ((flags & FLAGS_REFUSED) !== 0 || method === 99 || extras.has(EXTRA_AES))
    throw entryRefused(name, "Is encrypted: nobody could scan or read it.");
  if (method !== 0 && method !== 8)
    throw entryRefused(name, `Uses compression method ${method}: only stored (0) and deflate (8) are read everywhere.`);
  if ((flags & ~(FLAG_DESCRIPTOR | FLAG_UTF8 | 0x0006)) !== 0)
    throw entryRefused(name, "Sets flags that nothing defines.");
}

function kindOf(
  name: string,
  size: number,
  attributes: number,
  host: number,
): { folder: boolean; executable: boolean } {
  const mode = attributes >>> 16;
  const type = mode & S_IFMT;
  const folder = name.endsWith("/");
  if (type === S_IFLNK) throw entryRefused(name, "Is a symbolic link: put the file itself in its place.");
  if (type !== 0 && type !== S_IFREG && type !== S_IFDIR) throw entryRefused(name, "Is a device, a pipe or a socket.");
  if (!folder && (type === S_IFDIR || (attributes & 0x10) !== 0))
    throw entryRefused(name, "Says that it is a folder, but is named as a file.");
  if (folder && (type === S_IFREG || size > 0)) throw entryRefused(name, "Is named as a folder, but is a file.");
  return { folder, executable: UNIX_HOSTS.has(host) && (mode & 0o111) !== 0 };
}

function readExtras(name: string, bytes: Buffer): Map<number, Buffer> {
  const extras = new Map<number, Buffer>();
  for (let at = 0; at < bytes.length; ) {
    if (at + 4 > bytes.length) throw entryRefused(name, "Has a damaged extra field.");
    const id = bytes.readUInt16LE(at);
    const end = at + 4 + bytes.readUInt16LE(at + 2);
    if (end > bytes.length || extras.has(id)) throw entryRefused(name, "Has a damaged or repeated extra field.");
    extras.set(id, bytes.subarray(at + 4, end));
    at = end;
  }
  return extras;
}

/** Info-ZIP's Unicode path: some programs take it for the name, others do not know it. */
function checkUnicodePath(name: string, extras: Map<number, Buffer>): void {
  const extra = extras.get(EXTRA_UNICODE_PATH);
  if (extra && (extra.length < 5 || extra[0] !== 1 || !extra.subarray(5).equals(Buffer.from(name))))
    throw entryRefused(name, "Has a second, different name in a Unicode-path extra field.");
}

/** The zip64 extra field (APPNOTE 4.5.3): exactly the values whose 32-bit field says 0xFFFFFFFF, in order, no others. */
class Zip64Fields {
  readonly #name: string;
  readonly #bytes: Buffer | undefined;
  #at = 0;

  constructor(name: string, extras: Map<number, Buffer>) {
    this.#name = name;
    this.#bytes = extras.get(EXTRA_ZIP64);
  }

  take(field: number): number {
    if (field !== MAX32) return field;
    if (!this.#bytes || this.#at + 8 > this.#bytes.length)
      throw entryRefused(this.#name, "Lacks the zip64 size it announces.");
    const value = this.#bytes.readBigUInt64LE(this.#at);
    this.#at += 8;
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw entryRefused(this.#name, "Has an impossible zip64 size.");
    return Number(value);
  }

  end(): void {
    if (this.#bytes && this.#at !== this.#bytes.length)
      throw entryRefused(
        this.#name,
        "Has zip64 sizes beside its ordinary ones: programs would disagree which to believe.",
      );
  }
}

import { archiveRefused, entryRefused } from "./archive-limits.ts";

export const TAR_BLOCK = 512;
/** Larger PAX records than this name no file: they are there to fill memory. */
const MAX_EXTENDED_BYTES = 64 * 1024;
const LARGEST_OCTAL = 0o77777777777;

export interface TarHeader {
  type: string;
  name: string;
  size: number;
  mode: number;
}

/** What PAX and GNU records say of the next entry, beyond what fits its header. */
export interface TarOverrides {
  path?: string;
  size?: number;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function text(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw entryRefused(Buffer.from(bytes).toString("latin1"), "Has a name that is not UTF-8.");
  }
}

/** Bytes up to the first NUL, as text. */
function field(block: Buffer, start: number, length: number): string {
  const bytes = block.subarray(start, start + length);
  const end = bytes.indexOf(0);
  return text(end < 0 ? bytes : bytes.subarray(0, end));
}

/** Octal digits between spaces and NULs, or GNU's base-256 for what does not fit. */
function numeric(block: Buffer, start: number, length: number, what: string): number {
  const bytes = block.subarray(start, start + length);
  if (((bytes[0] ?? 0) & 0x80) !== 0) {
    if (bytes[0] !== 0x80) throw archiveRefused(`a tar header has an impossible ${what}.`);
    const value = bytes.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0);
    if (!Number.isSafeInteger(value)) throw archiveRefused(`a tar header has an impossible ${what}.`);
    return value;
  }
  const digits = /^ *([0-7]*)[ \0]*$/.exec(bytes.toString("latin1"))?.[1];
  if (digits === undefined) throw archiveRefused(`a tar header has a ${what} that is no number.`);
  return digits === "" ? 0 : Number.parseInt(digits, 8);
}

export const isZeroBlock = (block: Buffer): boolean => block.every((byte) => byte === 0);

/** Whether a block is a tar header by its magic bytes (POSIX ustar and PAX, or old GNU). */
export function hasTarMagic(block: Buffer): boolean {
  const magic = block.subarray(257, 265).toString("latin1");
  return magic === "ustar\u000000" || magic === "ustar  \0";
}

/** Reads one 512-byte header (POSIX.1-2017 pax, "ustar Interchange Format"); throws VALIDATION_ERROR unless it is whole. */
export function readTarHeader(block: Buffer): TarHeader {
  if (!hasTarMagic(block)) throw archiveRefused("a tar header lacks its magic bytes: it is damaged or very old.");
  let sum = 0;
  for (let i = 0; i < TAR_BLOCK; i += 1) sum += i >= 148 && i < 156 ? 32 : (block[i] ?? 0);
  if (numeric(block, 148, 8, "checksum") !== sum) throw archiveRefused("a tar header does not match its checksum.");
  const posix = block[263] === 0x30;
  const prefix = posix ? field(block, 345, 155) : "";
  const name = field(block, 0, 100);
  const flag = block[156] ?? 0;
  return {
    type: flag === 0 ? "0" : String.fromCharCode(flag),
    name: prefix === "" ? name : `${prefix}/${name}`,
    size: numeric(block, 124, 12, "size"),
    mode: numeric(block, 100, 8, "mode"),
  };
}

/** The size in bytes of an extended record's body; throws when it is larger than any honest one. */
export function checkExtendedSize(header: TarHeader): number {
  if (header.size > MAX_EXTENDED_BYTES) throw archiveRefused("it has a PAX or long-name record larger than 64 KiB.");
  return header.size;
}

/** A GNU long name (`L`). */
export function readLongName(body: Buffer): TarOverrides {
  const end = body.indexOf(0);
  return { path: text(end < 0 ? body : body.subarray(0, end)) };
}

/**
 * The records of a PAX header (`x`, or `g` for all that follow). Only path and size change what is read; in a global
 * header, or said twice, they would be believed by some programs alone.
 */
export function readPaxRecords(body: Buffer, global: boolean): TarOverrides {
  const overrides: TarOverrides = {};
  const seen = new Set<string>();
  for (let at = 0; at < body.length; ) {
    const { key, value, next } = readPaxRecord(body, at);
    at = next;
    if (key.startsWith("GNU.sparse.") || key === "SCHILY.realsize") throw archiveRefused("it holds sparse files.");
    if (key === "hdrcharset" && !value.equals(Buffer.from("ISO-IR 10646 2000 UTF-8")))
      throw archiveRefused("its PAX headers are not UTF-8.");
    if (key !== "path" && key !== "size" && key !== "linkpath") continue;
    if (global || seen.has(key)) throw archiveRefused(`its PAX headers give ${key} twice, or for all files.`);
    seen.add(key);
    if (key === "path") overrides.path = text(value);
    if (key === "size") overrides.size = paxSize(value.toString("latin1"));
  }
  return overrides;
}

/** One `<length> <key>=<value>\n`, where the length counts the whole record. */
function readPaxRecord(body: Buffer, at: number): { key: string; value: Buffer; next: number } {
  const damaged = () => archiveRefused("it has a damaged PAX record.");
  const space = body.subarray(at, at + 8).indexOf(0x20);
  const digits = space < 0 ? "" : body.toString("latin1", at, at + space);
  if (!/^[1-9][0-9]*$/.test(digits)) throw damaged();
  const next = at + Number(digits);
  const equals = body.indexOf(0x3d, at + space + 1);
  if (next > body.length || equals < 0 || equals >= next || body[next - 1] !== 0x0a) throw damaged();
  return { key: text(body.subarray(at + space + 1, equals)), value: body.subarray(equals + 1, next - 1), next };
}

function paxSize(digits: string): number {
  const size = /^[0-9]{1,15}$/.test(digits) ? Number(digits) : Number.NaN;
  if (Number.isNaN(size)) throw archiveRefused("a PAX header has an impossible size.");
  return size;
}

/** The header with its overrides; a size said twice must be said alike, or programs lose step with one another. */
export function applyOverrides(header: TarHeader, overrides: TarOverrides): TarHeader {
  const { path = header.name, size = header.size } = overrides;
  if (size !== header.size && !(header.size === 0 && size > LARGEST_OCTAL))
    throw entryRefused(path, "Has another size in its PAX header than in its tar header.");
  return { ...header, name: path, size };
}

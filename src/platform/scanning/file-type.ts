/** What a file is by its first bytes, as far as scanning cares; its name plays no part. */
export type FileType =
  | "zip"
  | "gzip"
  | "xz"
  | "bzip2"
  | "zstd"
  | "lz4"
  | "lzma"
  | "7z"
  | "rar"
  | "tar"
  | "elf"
  | "pe"
  | "mach-o"
  | "class"
  | "pickle"
  | "lnk"
  | "ole"
  | "dex"
  | "wasm"
  | null;

const MAGIC: readonly [NonNullable<FileType>, readonly number[]][] = [
  ["zip", [0x50, 0x4b, 3, 4]],
  ["zip", [0x50, 0x4b, 5, 6]],
  ["gzip", [0x1f, 0x8b]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]],
  ["bzip2", [0x42, 0x5a, 0x68]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
  ["lz4", [0x04, 0x22, 0x4d, 0x18]],
  ["7z", [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ["rar", [0x52, 0x61, 0x72, 0x21, 0x1a, 7]],
  ["elf", [0x7f, 0x45, 0x4c, 0x46]],
  ["mach-o", [0xfe, 0xed, 0xfa, 0xce]],
  ["mach-o", [0xfe, 0xed, 0xfa, 0xcf]],
  ["mach-o", [0xce, 0xfa, 0xed, 0xfe]],
  ["mach-o", [0xcf, 0xfa, 0xed, 0xfe]],
  ["lnk", [0x4c, 0, 0, 0, 1, 0x14, 2, 0]],
  ["ole", [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]],
  ["dex", [0x64, 0x65, 0x78, 0x0a, 0x30]],
  ["wasm", [0, 0x61, 0x73, 0x6d]],
];

/** Bytes that `fileTypeOf` needs. */
export const TYPE_BYTES = 512;

export function fileTypeOf(head: Uint8Array): FileType {
  for (const [type, magic] of MAGIC) if (magic.every((byte, i) => head[i] === byte)) return type;
  if (head[0] === 0xca && head[1] === 0xfe && head[2] === 0xba && head[3] === 0xbe) {
    // Java's class files and Mach-O's fat files share a mark: the count of architectures is small, a class version is not.
    return head[4] === 0 && head[5] === 0 && head[6] === 0 && (head[7] ?? 0) < 40 ? "mach-o" : "class";
  }
  if (head[0] === 0x4d && head[1] === 0x5a && isPortableExecutable(head)) return "pe";
  if (head[0] === 0x80 && (head[1] ?? 0) >= 2 && (head[1] ?? 0) <= 5) return "pickle";
  if (isLzma(head)) return "lzma";
  if (head.length >= 262 && String.fromCharCode(...head.subarray(257, 262)) === "ustar") return "tar";
  return null;
}

/** Usual properties, a dictionary of a power of two, and a size that is unknown or below a terabyte. */
function isLzma(head: Uint8Array): boolean {
  if (head.length < 14 || head[0] !== 0x5d || head[1] !== 0 || head[2] !== 0) return false;
  const size = head.subarray(5, 13);
  return size.every((byte) => byte === 0xff) || size.subarray(5).every((byte) => byte === 0);
}

function isPortableExecutable(head: Uint8Array): boolean {
  if (head.length < 64) return false;
  const at = (head[60]! | (head[61]! << 8) | (head[62]! << 16) | (head[63]! << 24)) >>> 0;
  // Its header may lie beyond what was read; then the mark of MS-DOS must do.
  return at + 4 > head.length ? at < 0x10000 : head[at] === 0x50 && head[at + 1] === 0x45;
}

export const EXECUTABLES: readonly FileType[] = ["elf", "pe", "mach-o", "lnk", "dex", "class"];
export const ARCHIVES: readonly FileType[] = ["zip", "gzip", "xz", "lzma", "bzip2", "zstd", "lz4", "7z", "rar", "tar"];
/** Archives whose members no scanner can look into. */
export const CLOSED_ARCHIVES: readonly FileType[] = ["7z", "rar"];

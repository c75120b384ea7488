import { fileTypeOf, TYPE_BYTES } from "./file-type.ts";
import { readRange } from "./read-bytes.ts";
import type { ScanFile, ScanTarget } from "./scanner.ts";
import { unpack, UNPACKED } from "./unpack.ts";
import { listZip, readMember } from "./zip-members.ts";

/** Larger archives are not opened here. */
export const ARCHIVE_LIMIT = 32 * 1024 * 1024;
const TOTAL_LIMIT = 48 * 1024 * 1024;
const MEMBER_LIMIT = 8 * 1024 * 1024;
const COUNT_LIMIT = 2_000;
const DEPTH = 2;
/** Between an archive's path and a member's name. */
export const INSIDE = "!/";
/** Members of which only the first part was kept. */
export const cutShort = new WeakSet<ScanFile>();
/** Files that are members of archives and not files of the version. */
export const unpackedMembers = new WeakSet<ScanFile>();

/** What the readers of archives did not look at. */
export interface LeftOut {
  /** Of the archive, or of the member that was cut. */
  path: string;
  /**
   * `bomb`: grows a hundredfold and more, beyond what is kept. `cut`: only its first part was kept. `rest`: the budget was used up
   * before all members were read. `broken`: cannot be unpacked.
   */
  why: "bomb" | "cut" | "rest" | "broken";
}
const leftOut = new WeakMap<ScanTarget, LeftOut[]>();
/** Empty for a target that was not made by `withNestedFiles`. */
export const leftOutOf = (target: ScanTarget): readonly LeftOut[] => leftOut.get(target) ?? [];

const BOMB_RATIO = 100;

interface Member {
  name: string;
  bytes: Uint8Array;
  /** False: more follows that was not kept. */
  whole: boolean;
  packedSize: number;
}

interface Budget {
  bytes: number;
  members: number;
}

/**
 * The target with the members of its archives (zip, tar, gzip, xz, lzma, bzip2, zstd, lz4; two levels) beside its own files, so that
 * every scanner sees what hides in them. Bounded by 48 MiB and 2,000 members; archive-hygiene reports what `leftOutOf` holds.
 */
export async function withNestedFiles(target: ScanTarget, signal: AbortSignal): Promise<ScanTarget> {
  const inside = new Map<string, Uint8Array>();
  const files = [...target.files];
  const opened: ScanTarget = {
    ...target,
    files,
    async open(file, range) {
      const bytes = inside.get(file.path);
      if (bytes === undefined) return target.open(file, range);
      return new Blob([(range ? bytes.subarray(range.start, range.end) : bytes) as Uint8Array<ArrayBuffer>]).stream();
    },
  };
  const budget: Budget = { bytes: TOTAL_LIMIT, members: COUNT_LIMIT };
  const missed: LeftOut[] = [];
  leftOut.set(opened, missed);
  let level: readonly ScanFile[] = target.files;
  for (let depth = 0; depth < DEPTH && level.length > 0; depth++) {
    const next: ScanFile[] = [];
    for (const file of level) {
      signal.throwIfAborted();
      for await (const found of membersOf(opened, file, budget)) {
        if (typeof found === "string") {
          missed.push({ path: file.path, why: found });
          continue;
        }
        const path = freePath(inside, `${file.path}${INSIDE}${found.name}`);
        const member = memberFile(file, path, found.bytes);
        unpackedMembers.add(member);
        inside.set(path, found.bytes);
        budget.bytes -= found.bytes.length;
        budget.members -= 1;
        if (!found.whole) {
          cutShort.add(member);
          missed.push({ path, why: found.bytes.length > BOMB_RATIO * found.packedSize ? "bomb" : "cut" });
        }
        next.push(member);
      }
    }
    files.push(...next);
    level = next;
  }
  return opened;
}

/** Two members of one name are two files, whichever a reader would take. */
function freePath(taken: ReadonlyMap<string, unknown>, wanted: string): string {
  let path = wanted;
  for (let i = 2; taken.has(path); i++) path = `${wanted}#${i}`;
  return path;
}

const memberFile = (archive: ScanFile, path: string, bytes: Uint8Array): ScanFile => ({
  path,
  size: bytes.length,
  digest: archive.digest,
  mediaType: "application/octet-stream",
  executable: false,
});

/** Members, and why others are missing. */
async function* membersOf(
  target: ScanTarget,
  file: ScanFile,
  budget: Budget,
): AsyncIterable<Member | "rest" | "broken"> {
  if (file.size > ARCHIVE_LIMIT || file.size < 20) return;
  const type = fileTypeOf(await readRange(target, file, 0, TYPE_BYTES));
  if (type === "zip") yield* zipMembers(target, file, budget);
  else if (type === "tar") yield* tarMembers(await readRange(target, file, 0, file.size), budget);
  else if (UNPACKED.includes(type)) {
    if (budget.bytes <= 0 || budget.members <= 0) {
      yield "rest";
      return;
    }
    const packed = await readRange(target, file, 0, file.size);
    const unpacked = await unpack(type, packed, Math.min(2 * MEMBER_LIMIT, budget.bytes));
    if (unpacked === null) yield "broken";
    else if (fileTypeOf(unpacked.bytes.subarray(0, TYPE_BYTES)) === "tar") {
      yield* tarMembers(unpacked.bytes, budget);
      if (!unpacked.whole) yield "rest";
    } else yield { name: nameWithin(file.path), ...unpacked, packedSize: packed.length };
  }
}

/** `a.json` for `data/a.json.gz`. */
const nameWithin = (path: string): string =>
  path.replace(/^.*\//, "").replace(/\.(?:t?gz|t?xz|lzma|tbz2?|bz2|t?zst|lz4|z)$/i, "");

/** Members of an honest zip lie beside each other; those that overlap are read only until twice the zip's size was. */
async function* zipMembers(target: ScanTarget, file: ScanFile, budget: Budget): AsyncIterable<Member | "rest"> {
  let readable = 2 * file.size;
  let tries = COUNT_LIMIT;
  for (const member of (await listZip(target, file)).members) {
    if (budget.bytes <= 0 || budget.members <= 0 || readable <= 0 || tries-- <= 0) {
      yield "rest";
      return;
    }
    const read = await readMember(target, file, member, Math.min(MEMBER_LIMIT, budget.bytes, readable));
    readable -= Math.min(member.compressedSize, MEMBER_LIMIT, file.size);
    if (read && read.bytes.length > 0) yield { name: member.name, ...read, packedSize: member.compressedSize };
  }
}

function* tarMembers(bytes: Uint8Array, budget: Budget): Iterable<Member | "rest"> {
  const latin1 = new TextDecoder("latin1");
  for (let at = 0; at + 512 <= bytes.length; ) {
    const header = bytes.subarray(at, at + 512);
    const name = latin1.decode(header.subarray(0, 100)).replace(/\0.*$/s, "");
    const size = Number.parseInt(latin1.decode(header.subarray(124, 136)).replace(/[\0 ].*$/s, ""), 8);
    if (name === "" || !Number.isSafeInteger(size) || size < 0) return;
    if (budget.bytes <= 0 || budget.members <= 0) {
      yield "rest";
      return;
    }
    const content = bytes.subarray(at + 512, Math.min(bytes.length, at + 512 + size));
    const whole = content.length === size && size <= MEMBER_LIMIT;
    if ((header[156] === 0x30 || header[156] === 0) && content.length > 0)
      yield { name, bytes: content.subarray(0, MEMBER_LIMIT), whole, packedSize: size };
    at += 512 + Math.ceil(size / 512) * 512;
  }
}

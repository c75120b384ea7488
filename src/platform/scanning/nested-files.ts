import { gunzipSync, constants } from "node:zlib";
import { fileTypeOf, TYPE_BYTES } from "./file-type.ts";
import { readRange } from "./read-bytes.ts";
import type { ScanFile, ScanTarget } from "./scanner.ts";
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

/** Name, bytes, and whether these are all of them. */
type Member = [string, Uint8Array, boolean];

interface Budget {
  bytes: number;
  members: number;
}

/**
 * The target with the members of its archives (zip, gzip, tar; two levels) beside its own files, so that every scanner
 * sees what hides in them. Bounded by 48 MiB and 2,000 members; what is left out, archive-hygiene reports by itself.
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
  let level: readonly ScanFile[] = target.files;
  for (let depth = 0; depth < DEPTH && level.length > 0; depth++) {
    const next: ScanFile[] = [];
    for (const file of level) {
      signal.throwIfAborted();
      for await (const [name, bytes, whole] of membersOf(opened, file, budget)) {
        const path = `${file.path}${INSIDE}${name}`;
        if (inside.has(path)) continue;
        inside.set(path, bytes);
        budget.bytes -= bytes.length;
        budget.members -= 1;
        const member: ScanFile = {
          path,
          size: bytes.length,
          digest: file.digest,
          mediaType: "application/octet-stream",
          executable: false,
        };
        if (!whole) cutShort.add(member);
        next.push(member);
      }
    }
    files.push(...next);
    level = next;
  }
  return opened;
}

async function* membersOf(target: ScanTarget, file: ScanFile, budget: Budget): AsyncIterable<Member> {
  if (file.size > ARCHIVE_LIMIT || file.size < 20) return;
  const type = fileTypeOf(await readRange(target, file, 0, TYPE_BYTES));
  if (type === "zip") {
    for (const member of (await listZip(target, file)).members) {
      if (budget.bytes <= 0 || budget.members <= 0) return;
      const read = await readMember(target, file, member, Math.min(MEMBER_LIMIT, budget.bytes));
      if (read && read.bytes.length > 0) yield [member.name, read.bytes, read.whole];
    }
  } else if (type === "gzip") {
    const bytes = gunzip(await readRange(target, file, 0, file.size), Math.min(2 * MEMBER_LIMIT, budget.bytes));
    if (bytes === null) return;
    if (fileTypeOf(bytes.subarray(0, TYPE_BYTES)) === "tar") yield* tarMembers(bytes, budget);
    else yield [file.path.replace(/^.*\//, "").replace(/\.t?gz$/i, ""), bytes, true];
  } else if (type === "tar") {
    yield* tarMembers(await readRange(target, file, 0, file.size), budget);
  }
}

function gunzip(bytes: Uint8Array, limit: number): Uint8Array | null {
  try {
    return gunzipSync(bytes, { maxOutputLength: limit, finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return null;
  }
}

function* tarMembers(bytes: Uint8Array, budget: Budget): Iterable<Member> {
  const latin1 = new TextDecoder("latin1");
  for (let at = 0; at + 512 <= bytes.length && budget.bytes > 0 && budget.members > 0; ) {
    const header = bytes.subarray(at, at + 512);
    const name = latin1.decode(header.subarray(0, 100)).replace(/\0.*$/s, "");
    const size = Number.parseInt(latin1.decode(header.subarray(124, 136)).replace(/[\0 ].*$/s, ""), 8);
    if (name === "" || !Number.isSafeInteger(size) || size < 0) return;
    const content = bytes.subarray(at + 512, Math.min(bytes.length, at + 512 + size));
    if ((header[156] === 0x30 || header[156] === 0) && content.length > 0)
      yield [name, content.subarray(0, MEMBER_LIMIT), content.length === size && size <= MEMBER_LIMIT];
    at += 512 + Math.ceil(size / 512) * 512;
  }
}

import { memorySource } from "./byte-cursor.ts";
import { makeVisible } from "./excerpt.ts";
import { fileTypeOf, TYPE_BYTES } from "./file-type.ts";
import { ARCHIVE_LIMIT, cutShort, INSIDE } from "./nested-files.ts";
import type { ByteSource } from "./pickle-walker.ts";
import { readRange } from "./read-bytes.ts";
import type { ScanFile, ScanTarget } from "./scanner.ts";
import { listZip, memberRange, readMember, type ZipMember } from "./zip-members.ts";

/** A file of the version, or a member of an archive too large for the nested readers, as scanners of formats read it. */
export interface ModelFile {
  path: string;
  source: ByteSource;
  /** The first 512 bytes. */
  head: Uint8Array;
  /** False when the nested readers kept only its first part: what lies beyond its end is unknown, not missing. */
  whole: boolean;
  /** It could not be opened at all (encrypted, another compression, too large once unpacked). */
  locked: boolean;
}

const UNPACKED_LIMIT = 64 * 1024 * 1024;
const MEMBERS = 4_000;
const heads = new WeakMap<ScanTarget, Map<string, Uint8Array>>();

/** The first 512 bytes of a file, read once for all scanners of a target. */
async function headOf(target: ScanTarget, file: ScanFile): Promise<Uint8Array> {
  let known = heads.get(target);
  if (!known) {
    known = new Map();
    heads.set(target, known);
  }
  let head = known.get(file.path);
  if (!head) {
    head = await readRange(target, file, 0, TYPE_BYTES);
    known.set(file.path, head);
  }
  return head;
}

/** Every file of the target, and the members of large zip files whose names match `members`. */
export async function* modelFiles(target: ScanTarget, members: RegExp, signal: AbortSignal): AsyncIterable<ModelFile> {
  for (const file of target.files) {
    signal.throwIfAborted();
    if (file.size === 0) continue;
    const head = await headOf(target, file);
    const source = { size: file.size, read: (start: number, end: number) => readRange(target, file, start, end) };
    yield { path: file.path, source, head, whole: !cutShort.has(file), locked: false };
    if (fileTypeOf(head) === "zip" && file.size > ARCHIVE_LIMIT && !file.path.includes(INSIDE)) {
      const listing = await listZip(target, file);
      for (const member of listing.members.filter(({ name }) => members.test(name)).slice(0, MEMBERS)) {
        signal.throwIfAborted();
        yield await memberFile(target, file, member);
      }
    }
  }
}

async function memberFile(target: ScanTarget, file: ScanFile, member: ZipMember): Promise<ModelFile> {
  const path = `${file.path}${INSIDE}${makeVisible(member.name)}`;
  const range = member.method === 0 && !member.encrypted ? await memberRange(target, file, member) : null;
  if (range !== null) {
    const { start, end } = range;
    const source = {
      size: Math.max(0, end - start),
      read: (from: number, to: number) => readRange(target, file, start + from, Math.min(end, start + to)),
    };
    return { path, source, head: await source.read(0, Math.min(TYPE_BYTES, source.size)), whole: true, locked: false };
  }
  const read = await readMember(target, file, member, UNPACKED_LIMIT);
  const bytes = read?.bytes ?? new Uint8Array(0);
  const source = memorySource(bytes);
  return { path, source, head: bytes.subarray(0, TYPE_BYTES), whole: read?.whole ?? false, locked: read === null };
}

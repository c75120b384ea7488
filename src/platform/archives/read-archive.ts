import { open, type FileHandle } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { AppError } from "../../core/error.ts";
import { checkPath, isLitter, PathSet } from "../../core/package/path.ts";
import { archiveRefused, Budget, entryRefused, type ArchiveLimits } from "./archive-limits.ts";
import { gunzip } from "./gunzip.ts";
import { inflateRange, readRange } from "./inflate-range.ts";
import { walkTar, type TarMember } from "./read-tar.ts";
import { hasTarMagic } from "./tar-header.ts";
import { readZipDirectory } from "./zip-directory.ts";
import type { ZipEntry } from "./zip-entry.ts";

export { DEFAULT_ARCHIVE_LIMITS, type ArchiveLimits } from "./archive-limits.ts";

export type ArchiveFormat = "zip" | "tar.gz" | "tar";

export interface ArchiveEntry {
  /** Checked, NFC, relative; without the wrapping folder. */
  path: string;
  size: number;
  executable: boolean;
  /** To be read to its end before `onEntry` resolves. Throws when the bytes do not match what the archive declares. */
  bytes: AsyncIterable<Uint8Array>;
}

export interface ArchiveSummary {
  format: ArchiveFormat;
  files: number;
  /** Sum of the files' sizes. */
  bytes: number;
}

type Budgets = () => Budget;
type OnEntry = (entry: ArchiveEntry) => Promise<void>;

/**
 * Reads a zip, tar.gz or tar that lies on disk, one entry after the other, never holding more than some 64 KiB pieces.
 * Every header, path and limit is checked over the whole archive before the first `onEntry`; bytes are checked as they
 * stream. Litter (`.git/`, `__MACOSX/`, `.DS_Store`, `._*`) and folders are skipped; one folder that wraps everything is
 * taken off. Throws UNSUPPORTED_MEDIA_TYPE, PAYLOAD_TOO_LARGE, or VALIDATION_ERROR that names the path; when it throws
 * after the first `onEntry`, what was handed on must be thrown away.
 */
export async function readArchive(path: string, limits: ArchiveLimits, onEntry: OnEntry): Promise<ArchiveSummary> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const format = await recognise(file);
    const total = { files: 0, bytes: 0 };
    const counted: OnEntry = async (entry) => {
      total.files += 1;
      total.bytes += entry.size;
      await onEntry(entry);
    };
    // Each walk over the archive has its own count of what it may cost.
    const budgets: Budgets = () => new Budget(limits, size);
    if (format === "zip") await readZip(path, file, budgets, size, counted);
    else {
      const plan = await planTar(tarSource(path, file, size, format, budgets()), budgets());
      await emitTar(tarSource(path, file, size, format, budgets()), plan, counted);
    }
    return { format, ...total };
  } finally {
    await file.close();
  }
}

/** By magic bytes alone, whatever the file is called. */
async function recognise(file: FileHandle): Promise<ArchiveFormat> {
  const head = Buffer.alloc(512);
  const { bytesRead } = await file.read(head, 0, 512, 0);
  if (bytesRead === 0) throw archiveRefused("it is empty (0 bytes).");
  if (head.readUInt32LE(0) === 0x04034b50 || head.readUInt32LE(0) === 0x06054b50) return "zip";
  if (head[0] === 0x1f && head[1] === 0x8b) return "tar.gz";
  if (bytesRead === 512 && (hasTarMagic(head) || head.every((byte) => byte === 0))) return "tar";
  throw new AppError(
    "UNSUPPORTED_MEDIA_TYPE",
    "This is not a zip, tar.gz or tar archive: pack the folder as one of them.",
  );
}

/** Which members are kept, under which path. */
class Plan {
  readonly #names: string[] = [];
  readonly #folders: string[] = [];
  readonly paths = new Map<string, string>();

  /** Answers whether the member is a file to keep. */
  add(member: { name: string; folder: boolean }, budget: Budget): boolean {
    const name = member.name.startsWith("./") ? member.name.slice(2) : member.name;
    const bare = member.folder ? name.replace(/\/$/, "") : name;
    if ((member.folder && (bare === "" || bare === ".")) || isLitter(bare)) return false;
    budget.path(bare);
    (member.folder ? this.#folders : this.#names).push(bare);
    if (!member.folder) budget.files(this.#names.length);
    return !member.folder;
  }

  /** Checks all paths together once they are known; after this `paths` maps each kept member's name to its place. */
  finish(): void {
    if (this.#names.length === 0) throw archiveRefused("it holds no files.");
    const wrapper = wrappingFolder([...this.#names, ...this.#folders.map((folder) => `${folder}/`)]);
    const set = new PathSet();
    for (const folder of this.#folders) if (`${folder}/` !== wrapper) set.addFolder(inside(folder, wrapper));
    for (const name of this.#names) this.paths.set(name, set.add(inside(name, wrapper)));
  }
}

/** The path without its wrapper, which is checked too: it may not be `/`, a drive or a device. */
function inside(path: string, wrapper: string): string {
  checkPath(path);
  return path.slice(wrapper.length);
}

/** `name/` when every path lies in that one folder and it is not itself what tells the kind (`.claude-plugin`, `agents`). */
function wrappingFolder(paths: readonly string[]): string {
  const first = paths[0] ?? "";
  const wrapper = first.slice(0, first.indexOf("/") + 1);
  const meaningful = wrapper === "" || wrapper.startsWith(".") || wrapper === "agents/" || wrapper === "prompts/";
  return meaningful || !paths.every((path) => path.startsWith(wrapper)) ? "" : wrapper;
}

async function readZip(
  path: string,
  file: FileHandle,
  budgets: Budgets,
  size: number,
  onEntry: OnEntry,
): Promise<void> {
  const budget = budgets();
  const entries = await readZipDirectory(file, size, budget);
  const plan = new Plan();
  const kept = entries.filter((entry) => plan.add(entry, budget));
  for (const entry of kept) {
    budget.file(entry.name, entry.size);
    budget.expand(entry.size);
  }
  plan.finish();
  const spent = budgets();
  for (const entry of kept) {
    let whole = false;
    const bytes = verified(entry, zipBytes(path, entry), spent, () => (whole = true));
    await onEntry({ path: placeOf(plan, entry.name), size: entry.size, executable: entry.executable, bytes });
    await drain(bytes);
    if (!whole) throw entryRefused(entry.name, "Was not read to its end.");
  }
}

async function* zipBytes(path: string, entry: ZipEntry): AsyncGenerator<Uint8Array> {
  const end = entry.dataStart + entry.compressedSize;
  if (entry.method === 0) yield* readRange(path, entry.dataStart, end);
  else
    yield* inflateRange(path, entry.dataStart, end, (offset) => {
      if (offset !== end) throw entryRefused(entry.name, "Has bytes hidden behind its compressed data.");
    });
}

/** Hands the bytes on while it holds them to the declared size, the checksum and the archive's expansion. */
async function* verified(
  entry: ZipEntry,
  source: AsyncIterable<Uint8Array>,
  budget: Budget,
  onWhole: () => void,
): AsyncGenerator<Uint8Array> {
  let length = 0;
  let crc = 0;
  for await (const piece of source) {
    budget.expand(piece.byteLength);
    length += piece.byteLength;
    if (length > entry.size) throw entryRefused(entry.name, "Unpacks to more bytes than it declares.");
    crc = crc32(piece, crc);
    yield piece;
  }
  if (length !== entry.size) throw entryRefused(entry.name, "Unpacks to fewer bytes than it declares.");
  if (crc !== entry.crc) throw entryRefused(entry.name, "Does not match its checksum: the archive is damaged.");
  onWhole();
}

const tarSource = (path: string, file: FileHandle, size: number, format: ArchiveFormat, budget: Budget) =>
  format === "tar.gz" ? gunzip(path, file, size, (length) => budget.expand(length)) : readRange(path, 0, size);

/** The first of two walks: all headers, so that nothing is handed on from an archive that is refused for its last one. */
async function planTar(source: AsyncIterable<Uint8Array>, budget: Budget): Promise<Plan> {
  const plan = new Plan();
  const onMember = async (member: TarMember) => {
    if (plan.add(member, budget)) budget.file(member.name, member.size);
  };
  await walkTar(source, () => budget.entry(), onMember);
  plan.finish();
  return plan;
}

async function emitTar(source: AsyncIterable<Uint8Array>, plan: Plan, onEntry: OnEntry): Promise<void> {
  await walkTar(
    source,
    () => undefined,
    async (member, bytes) => {
      if (member.folder || isLitter(member.name)) return;
      await onEntry({ path: placeOf(plan, member.name), size: member.size, executable: member.executable, bytes });
      await drain(bytes);
    },
  );
}

function placeOf(plan: Plan, name: string): string {
  const path = plan.paths.get(name.startsWith("./") ? name.slice(2) : name);
  if (path === undefined) throw archiveRefused("it changed while it was read.");
  return path;
}

/** Reads what the consumer left, so that sizes and checksums are verified whatever it does. */
async function drain(bytes: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of bytes);
}

import { archiveRefused, entryRefused } from "./archive-limits.ts";
import {
  applyOverrides,
  checkExtendedSize,
  isZeroBlock,
  readLongName,
  readPaxRecords,
  readTarHeader,
  TAR_BLOCK,
  type TarHeader,
  type TarOverrides,
} from "./tar-header.ts";

export interface TarMember {
  name: string;
  folder: boolean;
  executable: boolean;
  size: number;
}

/** Takes exact amounts out of a stream of pieces of any size; holds one piece at a time. */
class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** At most `max` bytes, at least one; null at the end. */
  async some(max: number): Promise<Uint8Array | null> {
    while (this.#rest.byteLength === 0) {
      const piece = await this.#source.next();
      if (piece.done) return null;
      this.#rest = piece.value;
    }
    const taken = this.#rest.subarray(0, max);
    this.#rest = this.#rest.subarray(taken.byteLength);
    return taken;
  }

  /** Exactly `length` bytes (small); null when the stream ends before the first, an error when it ends within. */
  async exactly(length: number): Promise<Buffer | null> {
    const buffer = Buffer.alloc(length);
    for (let filled = 0; filled < length; ) {
      const piece = await this.some(length - filled);
      if (piece === null && filled === 0) return null;
      if (piece === null) throw archiveRefused("it is cut short.");
      buffer.set(piece, filled);
      filled += piece.byteLength;
    }
    return buffer;
  }

  async *pieces(length: number): AsyncGenerator<Uint8Array> {
    for (let left = length; left > 0; ) {
      const piece = await this.some(left);
      if (piece === null) throw archiveRefused("it is cut short.");
      left -= piece.byteLength;
      yield piece;
    }
  }

  close(): void {
    void this.#source.return?.();
  }
}

const LINKS: Record<string, string> = { "1": "hard link", "2": "symbolic link" };

/**
 * Walks a tar and calls `onMember` for each file and folder in turn; a file's bytes that it leaves are skipped.
 * Throws VALIDATION_ERROR for links, devices, sparse files, sizes that disagree, and bytes behind the end mark.
 */
export async function walkTar(
  source: AsyncIterable<Uint8Array>,
  onHeader: () => void,
  onMember: (member: TarMember, bytes: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<void> {
  const reader = new ByteReader(source);
  try {
    let overrides: TarOverrides | null = null;
    while (true) {
      const block = await reader.exactly(TAR_BLOCK);
      if (block === null) throw archiveRefused("it is cut short: the end mark is missing.");
      if (isZeroBlock(block)) break;
      onHeader();
      const header = readTarHeader(block);
      if (isExtended(header)) {
        overrides = await readExtended(reader, header, overrides);
        continue;
      }
      await readMember(reader, applyOverrides(header, overrides ?? {}), onMember);
      overrides = null;
    }
    if (overrides !== null) throw archiveRefused("it ends with a PAX header that belongs to no file.");
    await requireZeros(reader);
  } finally {
    reader.close();
  }
}

const isExtended = (header: TarHeader): boolean => ["x", "g", "L"].includes(header.type);

async function readExtended(
  reader: ByteReader,
  header: TarHeader,
  before: TarOverrides | null,
): Promise<TarOverrides | null> {
  const size = checkExtendedSize(header);
  const body = size === 0 ? Buffer.alloc(0) : await reader.exactly(size);
  if (body === null) throw archiveRefused("it is cut short.");
  await skipPadding(reader, size);
  if (header.type === "g") {
    readPaxRecords(body, true);
    return before;
  }
  if (before !== null) throw archiveRefused("it has two extended headers for one file.");
  return header.type === "L" ? readLongName(body) : readPaxRecords(body, false);
}

async function readMember(
  reader: ByteReader,
  header: TarHeader,
  onMember: (member: TarMember, bytes: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<void> {
  const member = describe(header);
  let left = member.size;
  const bytes = (async function* () {
    for await (const piece of reader.pieces(left)) {
      left -= piece.byteLength;
      yield piece;
    }
  })();
  await onMember(member, bytes);
  for await (const piece of reader.pieces(left)) left -= piece.byteLength;
  await skipPadding(reader, member.size);
}

function describe(header: TarHeader): TarMember {
  const { type, name, size, mode } = header;
  const link = LINKS[type];
  if (link) throw entryRefused(name, `Is a ${link}: put the file itself in its place.`);
  if (type === "3" || type === "4" || type === "6") throw entryRefused(name, "Is a device or a pipe.");
  if (type === "S") throw entryRefused(name, "Is a GNU sparse file: pack it whole.");
  if (type !== "0" && type !== "5") throw entryRefused(name, `Is a tar entry of the unknown type "${type}".`);
  // Old programs mark a folder by its slash alone.
  const folder = type === "5" || name.endsWith("/");
  if (folder && size > 0) throw entryRefused(name, "Is named as a folder, but has a size.");
  return { name, folder, size, executable: (mode & 0o111) !== 0 };
}

async function skipPadding(reader: ByteReader, size: number): Promise<void> {
  const padding = (TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK;
  if (padding > 0 && (await reader.exactly(padding)) === null) throw archiveRefused("it is cut short.");
}

/** Behind the first zero block: at least another one, and nothing but zeros (tar pads to its record size). */
async function requireZeros(reader: ByteReader): Promise<void> {
  let zeros = 0;
  for (let piece = await reader.some(65_536); piece !== null; piece = await reader.some(65_536)) {
    if (piece.some((byte) => byte !== 0)) throw archiveRefused("it has data behind its end mark.");
    zeros += piece.byteLength;
  }
  if (zeros < TAR_BLOCK) throw archiveRefused("it is cut short: the end mark is missing.");
}

import { AppError } from "../../core/error.ts";
import { MAX_PATH_BYTES, MAX_PATH_DEPTH, pathRefused } from "../../core/package/path.ts";

/** What an archive may cost its reader. All of them hold while bytes stream, whatever the archive declares. */
export interface ArchiveLimits {
  /** Bytes of the archive itself. */
  maxArchiveBytes: number;
  /** Bytes of one unpacked file. */
  maxFileBytes: number;
  /** Bytes of all unpacked files. */
  maxTotalBytes: number;
  maxFiles: number;
  maxPathBytes: number;
  maxDepth: number;
  /** Unpacked bytes may be this many times the archive's, once they are over `expansionFloorBytes`. */
  maxExpansionRatio: number;
  expansionFloorBytes: number;
}

const GIB = 2 ** 30;

export const DEFAULT_ARCHIVE_LIMITS: ArchiveLimits = {
  maxArchiveBytes: 2 * GIB,
  maxFileBytes: 50 * GIB,
  maxTotalBytes: 50 * GIB,
  maxFiles: 10_000,
  maxPathBytes: MAX_PATH_BYTES,
  maxDepth: MAX_PATH_DEPTH,
  maxExpansionRatio: 100,
  expansionFloorBytes: 16 * 2 ** 20,
};

/** The archive as a whole is not one that every program would unpack alike. */
export const archiveRefused = (why: string): AppError =>
  new AppError("VALIDATION_ERROR", `The archive is refused: ${why}`, {
    details: { fields: [{ field: "archive", message: why }] },
  });

export const entryRefused = pathRefused;

export const tooLarge = (why: string): AppError => new AppError("PAYLOAD_TOO_LARGE", `The archive is refused: ${why}`);

const bytesText = (bytes: number): string =>
  bytes >= GIB
    ? `${+(bytes / GIB).toFixed(1)} GiB`
    : bytes >= 2 ** 20
      ? `${+(bytes / 2 ** 20).toFixed(1)} MiB`
      : `${bytes} bytes`;

/** Counts what an archive unpacks to, and stops it (413) at the first byte too many. */
export class Budget {
  readonly #limits: ArchiveLimits;
  readonly #expandedAllowed: number;
  #expanded = 0;
  #total = 0;
  #entries = 0;

  constructor(limits: ArchiveLimits, archiveBytes: number) {
    this.#limits = limits;
    this.#expandedAllowed = Math.max(limits.expansionFloorBytes, limits.maxExpansionRatio * archiveBytes);
    if (archiveBytes > limits.maxArchiveBytes)
      throw tooLarge(`it is larger than ${bytesText(limits.maxArchiveBytes)}.`);
  }

  /** One more header of any kind; skipped ones may be many, but not endless. */
  entry(): void {
    this.#entries += 1;
    if (this.#entries > this.#limits.maxFiles * 10)
      throw tooLarge(`it has more than ${this.#limits.maxFiles * 10} entries.`);
  }

  /** The number of kept files, once another is added. */
  files(count: number): void {
    if (count > this.#limits.maxFiles) throw tooLarge(`it has more than ${this.#limits.maxFiles} files.`);
  }

  path(path: string): void {
    if (Buffer.byteLength(path) > this.#limits.maxPathBytes)
      throw pathRefused(path, `Longer than ${this.#limits.maxPathBytes} bytes.`);
    if (path.split("/").length > this.#limits.maxDepth)
      throw pathRefused(path, `Deeper than ${this.#limits.maxDepth} folders.`);
  }

  /** A file's size as its header declares it; its bytes are held to that size when they come. */
  file(path: string, size: number): void {
    if (size > this.#limits.maxFileBytes)
      throw new AppError("PAYLOAD_TOO_LARGE", `${path} is larger than ${bytesText(this.#limits.maxFileBytes)}.`);
    this.#total += size;
    if (this.#total > this.#limits.maxTotalBytes)
      throw tooLarge(`its files come to more than ${bytesText(this.#limits.maxTotalBytes)}.`);
  }

  /** Bytes that came out of decompression, headers and skipped files included. */
  expand(bytes: number): void {
    this.#expanded += bytes;
    if (this.#expanded > this.#expandedAllowed)
      throw tooLarge(
        `it unpacks to more than ${this.#limits.maxExpansionRatio} times its size (and more than ` +
          `${bytesText(this.#limits.expansionFloorBytes)}), as only a decompression bomb does.`,
      );
  }
}

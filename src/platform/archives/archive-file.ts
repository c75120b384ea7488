import { conflict } from "../../core/error.ts";
import { comparePaths } from "../../core/package/path.ts";

/** A file to be put into an archive. */
export interface ArchiveFile {
  path: string;
  size: number;
  executable: boolean;
  open(): Promise<ReadableStream<Uint8Array>>;
}

/**
 * 1980-01-01T00:00:00Z, the first instant that a zip can say; every entry carries it. (The Unix epoch itself makes GNU
 * tar warn of an "implausibly old time stamp".)
 */
export const FIXED_TIME_SECONDS = 315_532_800;
export const modeOf = (file: ArchiveFile): number => (file.executable ? 0o755 : 0o644);

/** The file's bytes, exactly as many as were announced; anything else ends the archive with an error. */
export async function* exactBytes(file: ArchiveFile): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const piece of (await file.open()) as unknown as AsyncIterable<Uint8Array>) {
    length += piece.byteLength;
    if (length > file.size) break;
    yield piece;
  }
  if (length !== file.size) throw conflict(`${file.path} changed while the archive was written; try again.`);
}

/** Throws a plain Error unless the caller sorted the files by path (byte order), each once: the order is part of the bytes. */
export function requireSorted(files: readonly ArchiveFile[]): void {
  for (let i = 1; i < files.length; i += 1)
    if (comparePaths(files[i - 1]!.path, files[i]!.path) >= 0)
      throw new Error("archive entries must be sorted by path");
}

/** A pull-driven stream of what a generator makes; cancelling it closes the file that is being read. */
export function streamOf(chunks: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await chunks.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
    async cancel() {
      await chunks.return(undefined);
    },
  });
}

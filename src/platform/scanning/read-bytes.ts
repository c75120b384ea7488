import type { ScanFile, ScanTarget } from "./scanner.ts";

/** Reads `start` to `end` of a file into memory; throws when the store gives fewer bytes than the file should have. */
export async function readRange(target: ScanTarget, file: ScanFile, start: number, end: number): Promise<Uint8Array> {
  const from = Math.min(start, file.size);
  const to = Math.min(end, file.size);
  const bytes = new Uint8Array(to - from);
  let filled = 0;
  if (bytes.length > 0) {
    const range = from === 0 && to === file.size ? undefined : { start: from, end: to };
    const reader = (await target.open(file, range)).getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      if (filled + piece.value.length > bytes.length) {
        await reader.cancel();
        throw new Error(`${file.path} holds more bytes than its manifest says.`);
      }
      bytes.set(piece.value, filled);
      filled += piece.value.length;
    }
  }
  if (filled !== bytes.length) throw new Error(`${file.path} ended after ${filled} of ${bytes.length} bytes.`);
  return bytes;
}

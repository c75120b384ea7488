import { structuredPatch } from "diff";
import type { VersionFile } from "../catalog/index.ts";

/** A line of a unified diff, without its mark. */
export interface DiffLine {
  kind: "context" | "added" | "removed" | "hunk";
  text: string;
}

export interface FileChange {
  path: string;
  change: "added" | "removed" | "changed";
  sizeBefore: number | null;
  sizeAfter: number | null;
  /** null for files that are not text or too large to compare. */
  diff: DiffLine[] | null;
}

/** Larger texts are named but not compared, and so are those whose differences take too long to find. */
const MAX_COMPARED_BYTES = 256 * 1024;
const MAX_COMPARED_FILES = 100;
const COMPARE_LIMIT_MS = 200;
/** For all files together: comparing keeps everybody else waiting. */
const COMPARE_ALL_MS = 1000;
const MAX_LINES = 2000;

/** What changed between two versions' files; the text of a file comes from `read`. Ten thousand files are fine. */
export async function compareVersions(
  before: readonly VersionFile[],
  after: readonly VersionFile[],
  read: (file: VersionFile) => Promise<string | null>,
): Promise<FileChange[]> {
  const old = new Map(before.map((file) => [file.path, file]));
  const fresh = new Map(after.map((file) => [file.path, file]));
  const paths = [...new Set([...old.keys(), ...fresh.keys()])].sort();
  const changes: FileChange[] = [];
  let left = COMPARE_ALL_MS;
  for (const path of paths) {
    const was = old.get(path) ?? null;
    const is = fresh.get(path) ?? null;
    if (was?.digest === is?.digest) continue;
    const comparable = changes.length < MAX_COMPARED_FILES && left > 0;
    const texts = comparable ? await textsOf(was, is, read) : null;
    const started = performance.now();
    const diff = texts && differences(...texts, Math.min(left, COMPARE_LIMIT_MS));
    left -= performance.now() - started;
    changes.push({
      path,
      change: was === null ? "added" : is === null ? "removed" : "changed",
      sizeBefore: was?.size ?? null,
      sizeAfter: is?.size ?? null,
      diff,
    });
  }
  return changes;
}

async function textsOf(
  was: VersionFile | null,
  is: VersionFile | null,
  read: (file: VersionFile) => Promise<string | null>,
): Promise<[before: string, after: string] | null> {
  if ((was?.size ?? 0) > MAX_COMPARED_BYTES || (is?.size ?? 0) > MAX_COMPARED_BYTES) return null;
  const [oldText, newText] = [was ? await read(was) : "", is ? await read(is) : ""];
  return oldText === null || newText === null ? null : [oldText, newText];
}

function differences(before: string, after: string, timeout: number): DiffLine[] | null {
  const patch = structuredPatch("", "", before, after, "", "", { context: 3, timeout });
  if (!patch) return null;
  const lines = patch.hunks.flatMap((hunk): DiffLine[] => [
    { kind: "hunk", text: `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@` },
    ...hunk.lines.map(diffLine),
  ]);
  return lines.length > MAX_LINES ? null : lines;
}

const diffLine = (line: string): DiffLine => ({
  kind: line.startsWith("+") ? "added" : line.startsWith("-") ? "removed" : "context",
  text: line.slice(1),
});

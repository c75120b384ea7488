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
  for (const path of paths) {
    const was = old.get(path) ?? null;
    const is = fresh.get(path) ?? null;
    if (was?.digest === is?.digest) continue;
    changes.push({
      path,
      change: was === null ? "added" : is === null ? "removed" : "changed",
      sizeBefore: was?.size ?? null,
      sizeAfter: is?.size ?? null,
      diff: changes.length < MAX_COMPARED_FILES ? await differences(was, is, read) : null,
    });
  }
  return changes;
}

async function differences(
  was: VersionFile | null,
  is: VersionFile | null,
  read: (file: VersionFile) => Promise<string | null>,
): Promise<DiffLine[] | null> {
  if ((was?.size ?? 0) > MAX_COMPARED_BYTES || (is?.size ?? 0) > MAX_COMPARED_BYTES) return null;
  const [oldText, newText] = [was ? await read(was) : "", is ? await read(is) : ""];
  if (oldText === null || newText === null) return null;
  const patch = structuredPatch("", "", oldText, newText, "", "", { context: 3, timeout: COMPARE_LIMIT_MS });
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

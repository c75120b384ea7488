import { structuredPatch } from "diff";
import type { Finding } from "../../platform/scanning/scanner.ts";
import type { VersionFile } from "../catalog/index.ts";

/** A line of a unified diff, without its mark; long ones are cut, and characters that one cannot see are named. */
export interface DiffLine {
  kind: "context" | "added" | "removed" | "hunk";
  text: string;
  /** Its number in the version before, and in this one. */
  before: number | null;
  after: number | null;
  /** What scanners say of it; of a line that was removed nothing. */
  findings: Finding[];
}

export interface FileChange {
  path: string;
  /** `unchanged` files are here because of what scanners found in them; `moved` ones have the same bytes under another name. */
  change: "added" | "removed" | "changed" | "moved" | "unchanged";
  movedFrom: string | null;
  sizeBefore: number | null;
  sizeAfter: number | null;
  /** What scanners found in it, on whatever line. */
  findings: number;
  /** null where lines are not shown. */
  diff: DiffLine[] | null;
  /** Why no lines are shown. */
  why: "binary" | "large" | "limit" | "same-bytes" | null;
  /** Lines that differ and are left out for their number. */
  left: number;
}

export interface Comparison {
  files: FileChange[];
  /** Files that differ beyond those. */
  more: number;
}

export interface CompareOptions {
  /** Lines around each difference and finding; `all` for whole files. */
  context: number | "all";
  /** Shows the lines of this file alone, and more of them. */
  only: string | null;
  findings: readonly Finding[];
}

/** Larger texts are named but not compared, and so are those whose differences take too long to find. */
const MAX_COMPARED_BYTES = 256 * 1024;
const MAX_COMPARED_FILES = 100;
const MAX_NAMED_FILES = 500;
const COMPARE_LIMIT_MS = 200;
/** For all files together: comparing keeps everybody else waiting. */
const COMPARE_ALL_MS = 1000;
/** Of one file, of all together, and of a file that is looked at alone. */
const MAX_FILE_LINES = 1000;
const MAX_PAGE_LINES = 4000;
const MAX_ALONE_LINES = 8000;
const MAX_LINE_LENGTH = 400;

type Read = (file: VersionFile) => Promise<string | null>;
interface Pair {
  path: string;
  was: VersionFile | null;
  is: VersionFile | null;
  movedFrom: string | null;
  findings: Finding[];
}

/**
 * What changed between two versions' files, with findings beside their lines: files with findings first, then by path. The text of a
 * file comes from `read`, null for what is no text. Ten thousand files are fine.
 */
export async function compareVersions(
  before: readonly VersionFile[],
  after: readonly VersionFile[],
  read: Read,
  options: CompareOptions = { context: 3, only: null, findings: [] },
): Promise<Comparison> {
  const pairs = pairsOf(before, after, options.findings);
  const shown = options.only === null ? pairs : pairs.filter((pair) => pair.path === options.only);
  let lines = options.only === null ? MAX_PAGE_LINES : MAX_ALONE_LINES;
  let time = COMPARE_ALL_MS;
  const files: FileChange[] = [];
  for (const [index, pair] of shown.slice(0, MAX_NAMED_FILES).entries()) {
    const room = options.only === null ? Math.min(lines, MAX_FILE_LINES) : lines;
    const texts = index < MAX_COMPARED_FILES && time > 0 && room > 0 ? await textsOf(pair, read) : "limit";
    const started = performance.now();
    const change = changeOf(pair, texts, { context: options.context, room, timeout: Math.min(time, COMPARE_LIMIT_MS) });
    time -= performance.now() - started;
    lines -= change.diff?.length ?? 0;
    files.push(change);
  }
  return { files, more: shown.length - files.length };
}

function pairsOf(before: readonly VersionFile[], after: readonly VersionFile[], findings: readonly Finding[]): Pair[] {
  const old = new Map(before.map((file) => [file.path, file]));
  const fresh = new Map(after.map((file) => [file.path, file]));
  const found = Map.groupBy(
    findings.filter((finding) => finding.path !== null),
    (finding) => finding.path as string,
  );
  const gone = new Map(before.filter((file) => !fresh.has(file.path)).map((file) => [file.digest, file.path]));
  const moved = new Set<string>();
  const pairs: Pair[] = [];
  for (const is of after) {
    const was = old.get(is.path) ?? null;
    const about = found.get(is.path) ?? [];
    const movedFrom = was === null ? (gone.get(is.digest) ?? null) : null;
    if (movedFrom !== null) {
      moved.add(movedFrom);
      gone.delete(is.digest);
    }
    if (was?.digest === is.digest && about.length === 0) continue;
    pairs.push({ path: is.path, was, is, movedFrom, findings: about });
  }
  for (const was of before)
    if (!fresh.has(was.path) && !moved.has(was.path))
      pairs.push({ path: was.path, was, is: null, movedFrom: null, findings: [] });
  return pairs.sort(
    (a, b) =>
      Number(b.findings.length > 0) - Number(a.findings.length > 0) || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0),
  );
}

type Texts = { before: string; after: string } | "binary" | "large" | "limit";

async function textsOf({ was, is, movedFrom, findings }: Pair, read: Read): Promise<Texts | "same-bytes"> {
  if (movedFrom !== null && findings.length === 0) return "same-bytes";
  if ((was?.size ?? 0) > MAX_COMPARED_BYTES || (is?.size ?? 0) > MAX_COMPARED_BYTES) return "large";
  const after = is ? await read(is) : "";
  const before = movedFrom !== null || was?.digest === is?.digest ? after : was ? await read(was) : "";
  if (before === null || after === null || before.includes("\0") || after.includes("\0")) return "binary";
  return { before, after };
}

function changeOf(
  { path, was, is, movedFrom, findings }: Pair,
  texts: Texts | "same-bytes",
  limits: { context: number | "all"; room: number; timeout: number },
): FileChange {
  const change =
    movedFrom !== null
      ? "moved"
      : was === null
        ? "added"
        : is === null
          ? "removed"
          : was.digest === is.digest
            ? "unchanged"
            : "changed";
  const facts = {
    path,
    change,
    movedFrom,
    sizeBefore: was?.size ?? null,
    sizeAfter: is?.size ?? null,
    findings: findings.length,
  } as const;
  if (typeof texts === "string") return { ...facts, diff: null, why: texts, left: 0 };
  const lines = linesOf(texts.before, texts.after, limits.timeout);
  if (lines === null) return { ...facts, diff: null, why: "limit", left: 0 };
  const byLine = Map.groupBy(findings, (finding) => finding.line ?? 0);
  for (const line of lines) if (line.after !== null) line.findings = byLine.get(line.after) ?? [];
  return { ...facts, why: null, ...cut(lines, limits.context, limits.room) };
}

/** Every line of both texts; null when that takes too long. */
function linesOf(before: string, after: string, timeout: number): DiffLine[] | null {
  if (before === after)
    return split(after).map((text, i) => ({ ...line("context", text), before: i + 1, after: i + 1 }));
  if (before === "") return split(after).map((text, i) => ({ ...line("added", text), after: i + 1 }));
  if (after === "") return split(before).map((text, i) => ({ ...line("removed", text), before: i + 1 }));
  const patch = structuredPatch("", "", before, after, "", "", { context: 1_000_000_000, timeout });
  if (!patch) return null;
  let [old, fresh] = [1, 1];
  const lines: DiffLine[] = [];
  for (const text of patch.hunks.flatMap((hunk) => hunk.lines)) {
    if (text.startsWith("+")) lines.push({ ...line("added", text.slice(1)), after: fresh++ });
    else if (text.startsWith("-")) lines.push({ ...line("removed", text.slice(1)), before: old++ });
    // "\ No newline at end of file" is no line.
    else if (!text.startsWith("\\")) lines.push({ ...line("context", text.slice(1)), before: old++, after: fresh++ });
  }
  return lines;
}

const split = (text: string): string[] => (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");

/** What no reader sees and a moderator must: controls, and characters that hide, join or turn text around. */
const UNSEEN = /[\p{Cc}\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu;
const seen = (text: string): string =>
  text
    .replace(/\r$/, "")
    .replace(UNSEEN, (character) =>
      character === "\t" ? character : `⟨U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}⟩`,
    );

const line = (kind: DiffLine["kind"], text: string): DiffLine => ({
  kind,
  text: seen(text.length > MAX_LINE_LENGTH ? `${text.slice(0, MAX_LINE_LENGTH).toWellFormed()} …` : text),
  before: null,
  after: null,
  findings: [],
});

/** The lines around findings, then those around differences, as many as there is room for. */
function cut(lines: readonly DiffLine[], context: number | "all", room: number): { diff: DiffLine[]; left: number } {
  const around = context === "all" ? lines.length : context;
  const kept = new Uint8Array(lines.length);
  let count = 0;
  const keep = (wanted: (line: DiffLine) => boolean, width: number): void => {
    let done = 0;
    for (const [at, one] of lines.entries()) {
      if (!wanted(one)) continue;
      const end = Math.min(lines.length, at + width + 1);
      for (let i = Math.max(done, at - width, 0); i < end && count < room; i++)
        if (kept[i] === 0) {
          kept[i] = 1;
          count++;
        }
      done = end;
      if (count >= room) return;
    }
  };
  keep((one) => one.findings.length > 0, Math.min(around, 3));
  keep((one) => one.kind !== "context" || one.findings.length > 0, around);
  if (context === "all") keep(() => true, 0);
  const diff: DiffLine[] = [];
  for (const [at, one] of lines.entries()) {
    if (kept[at] === 0) continue;
    if (kept[at - 1] !== 1 && (at > 0 || count < lines.length)) diff.push(heading(lines, at));
    diff.push(one);
  }
  return { diff, left: lines.filter((one, at) => kept[at] === 0 && one.kind !== "context").length };
}

const heading = (lines: readonly DiffLine[], at: number): DiffLine => {
  const next = lines.slice(at, at + 50).find((one) => one.after !== null)?.after;
  return line("hunk", next === undefined || next === null ? "…" : `… line ${next}`);
};

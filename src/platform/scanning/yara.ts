import { SEVERITIES, type Severity } from "../../core/kind.ts";
import { excerptOf } from "./excerpt.ts";
import { readRange } from "./read-bytes.ts";
import type { Finding, ScanFile, Scanner, ScanTarget } from "./scanner.ts";
import { type Instance, instanceOf, startYara } from "./yara-instance.ts";
import { BUILT_IN_RULES, type YaraRules } from "./yara-rules.ts";

const NAME = "yara";
const SMALL = 512 * 1024;
const BATCH = 8 * 1024 * 1024;
const WINDOW = 8 * 1024 * 1024;
const OVERLAP = 64 * 1024;
/** Of larger files the first and last of these many bytes are looked at. */
const FILE_LIMIT = 512 * 1024 * 1024;
const MATCHES = 100;
const TIMEOUT_MS = 30_000;
/** An instance was seen to trap after some 13,000 scans, and to fail every one after. */
const SCANS_A_THREAD = 1_000;
// No rule of ours can match across it, and it breaks every word.
const GAP = new Uint8Array(16);

interface Match {
  rule: string;
  meta: Record<string, string>;
  places: { offset: number; length: number }[];
  /** More places than are listed. */
  more: boolean;
}

/** A YARA scanner whose instance wears out with its thread. */
export interface YaraScanner extends Scanner {
  /** The thread must be replaced: the instance trapped, or has done its thousand scans. */
  worn(): boolean;
}

/** The rules were checked when the server started (`checkYaraRules`); should they not compile, every scan fails. */
export function createYaraScanner(
  extra: readonly YaraRules[] = [],
  scansAThread: number = SCANS_A_THREAD,
): YaraScanner {
  let instances: Promise<Instances> | null = null;
  let scans = 0;
  let trapped = false;
  const run = (instance: Instance, bytes: Uint8Array): Match[] => {
    if (trapped) throw new Error("YARA stopped working in this thread.");
    scans++;
    try {
      return matchesIn(instance.scan(bytes));
    } catch (error) {
      trapped = true;
      throw new Error(`YARA stopped: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  return {
    name: NAME,
    version: `1.${Bun.hash.crc32(JSON.stringify([BUILT_IN_RULES, extra.map(({ source }) => source)])).toString(16)}`,
    worn: () => trapped || scans >= scansAThread,
    async scan(target, signal) {
      instances ??= compile(extra);
      const { builtIn, own } = await instances;
      const findings: Finding[] = [];
      for await (const batch of batches(target, signal)) {
        findings.push(...scanBatch(batch, (bytes) => run(builtIn, bytes)));
        // An operator's rules may count on file sizes and offsets: each file by itself.
        if (own) for (const part of batch) findings.push(...findingsOf(part, run(own, part.bytes)));
      }
      return once(findings);
    },
  };
}

interface Instances {
  builtIn: Instance;
  own: Instance | null;
}

async function compile(extra: readonly YaraRules[]): Promise<Instances> {
  await startYara();
  const made = (sources: readonly YaraRules[]) => instanceOf(sources, TIMEOUT_MS, MATCHES);
  return { builtIn: made([BUILT_IN_RULES]), own: extra.length > 0 ? made(extra) : null };
}

interface Part {
  file: ScanFile;
  bytes: Uint8Array;
  /** Where in the file the bytes begin. */
  start: number;
}

/** Small files together, large ones in overlapping windows. */
async function* batches(target: ScanTarget, signal: AbortSignal): AsyncIterable<Part[]> {
  let batch: Part[] = [];
  let size = 0;
  for (const file of target.files) {
    signal.throwIfAborted();
    if (file.size === 0) continue;
    if (file.size > SMALL) {
      for (const [start, end] of windows(file.size)) {
        signal.throwIfAborted();
        yield [{ file, bytes: await readRange(target, file, start, end), start }];
      }
      continue;
    }
    batch.push({ file, bytes: await readRange(target, file, 0, file.size), start: 0 });
    size += file.size;
    if (size >= BATCH) {
      yield batch;
      batch = [];
      size = 0;
    }
  }
  if (batch.length > 0) yield batch;
}

function* windows(size: number): Iterable<[number, number]> {
  const parts: [number, number][] =
    size <= 2 * FILE_LIMIT
      ? [[0, size]]
      : [
          [0, FILE_LIMIT],
          [size - FILE_LIMIT, size],
        ];
  for (const [from, to] of parts) {
    for (let at = from; at < to; at += WINDOW - OVERLAP) yield [at, Math.min(at + WINDOW, to)];
  }
}

/** One scan for all; then each file that may have caused a hit by itself, so that no rule matches across two files. */
function scanBatch(batch: Part[], run: (bytes: Uint8Array) => Match[]): Finding[] {
  if (batch.length === 1) return findingsOf(batch[0]!, run(batch[0]!.bytes));
  const starts: number[] = [];
  let length = 0;
  for (const part of batch) {
    starts.push(length);
    length += part.bytes.length + GAP.length;
  }
  const all = new Uint8Array(length);
  for (const [i, part] of batch.entries()) all.set(part.bytes, starts[i]!);
  const matches = run(all);
  if (matches.length === 0) return [];
  const suspects = new Set<Part>();
  for (const match of matches) {
    if (match.more) for (const part of batch) suspects.add(part);
    for (const { offset } of match.places) {
      const index = starts.findLastIndex((start) => start <= offset);
      suspects.add(batch[Math.max(0, index)]!);
    }
  }
  return [...suspects].flatMap((part) => findingsOf(part, run(part.bytes)));
}

function findingsOf(part: Part, matches: Match[]): Finding[] {
  return matches.map((match) => {
    const place = match.places[0];
    const text = isText(part.bytes) && place !== undefined;
    const before = text ? new TextDecoder().decode(part.bytes.subarray(0, place.offset)) : "";
    const severity = match.meta["severity"] ?? "";
    return {
      scanner: NAME,
      ruleId: `${NAME}/${match.rule.replaceAll("_", "-")}`,
      severity: (SEVERITIES as readonly string[]).includes(severity) ? (severity as Severity) : "high",
      category: match.meta["category"] ?? "malware",
      path: part.file.path,
      line: text && part.start === 0 ? before.split("\n").length : null,
      column: text && part.start === 0 ? before.length - before.lastIndexOf("\n") : null,
      excerpt: text ? excerptAround(part.bytes, place) : "",
      message: match.meta["message"] ?? match.meta["description"] ?? `Matches the YARA rule ${match.rule}.`,
      remedy: match.meta["remedy"] ?? "Remove it, or ask a moderator to look at it.",
    };
  });
}

const isText = (bytes: Uint8Array): boolean => !bytes.subarray(0, 4096).includes(0);

function excerptAround(bytes: Uint8Array, place: { offset: number; length: number }): string {
  const start = Math.max(0, place.offset - 60);
  const before = new TextDecoder().decode(bytes.subarray(start, place.offset));
  const after = new TextDecoder().decode(bytes.subarray(place.offset, place.offset + 400));
  return excerptOf(before + after, before.length, before.length + place.length);
}

/** Windows overlap, so the same hit can come twice. */
function once(findings: Finding[]): Finding[] {
  const seen = new Map<string, Finding>();
  for (const finding of findings) {
    const key = `${finding.ruleId} ${finding.path}`;
    if (!seen.has(key)) seen.set(key, finding);
  }
  return [...seen.values()];
}

/** The answer of YARA-X, which its types leave open. */
interface RawResult {
  valid: boolean;
  errors?: unknown[];
  matches: {
    identifier: string;
    isPrivate: boolean;
    metadata: { identifier: string; value: unknown }[];
    patterns: { matches: { offset: number; length: number }[] }[];
  }[];
}

function matchesIn(result: RawResult): Match[] {
  if (!result.valid || (result.errors?.length ?? 0) > 0) {
    throw new Error(`the scan did not end well: ${JSON.stringify(result.errors ?? []).slice(0, 200)}`);
  }
  return result.matches
    .filter((match) => !match.isPrivate)
    .map((match) => ({
      rule: match.identifier,
      meta: Object.fromEntries(match.metadata.map((entry) => [entry.identifier, String(entry.value)])),
      places: match.patterns.flatMap((found) => found.matches).sort((a, b) => a.offset - b.offset),
      more: match.patterns.some((found) => found.matches.length >= MATCHES),
    }));
}

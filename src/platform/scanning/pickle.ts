import { memorySource } from "./byte-cursor.ts";
import type { Severity } from "../../core/kind.ts";
import { makeVisible } from "./excerpt.ts";
import { fileTypeOf } from "./file-type.ts";
import { INSIDE } from "./nested-files.ts";
import { judgeGlobal } from "./pickle-globals.ts";
import { isNumpy, NUMPY_HEADER_BYTES, readNumpyHeader } from "./numpy-header.ts";
import { beginsLikePickle, type ByteSource, walkPickle } from "./pickle-walker.ts";
import { readRange } from "./read-bytes.ts";
import type { Finding, ScanFile, Scanner, ScanTarget } from "./scanner.ts";
import { unpack, UNPACKED } from "./unpack.ts";
import { listZip, memberRange, readMember } from "./zip-members.ts";

const NAME = "pickle";
const PICKLE_NAME =
  /\.(?:pkl|pickle|p|pt|pth|ckpt|joblib|dill|sav|npy|bin|model|th|t7)(?:\.(?:gz|z|xz|lzma|bz2|lz4|zst))?$/i;
const SURE_NAME = /\.(?:pkl|pickle|dill)$/i;
const STREAMS = 64;
const DEPTH = 3;
const UNPACKED_LIMIT = 64 * 1024 * 1024;
const TRAILING_LIMIT = 16 * 1024 * 1024;
const MEMBERS = 4_000;
const REMEDY = "Publish weights as safetensors or GGUF, which hold data and no code.";
// An import in protocol 0 or 1, anywhere: what a loader that seeks would find.
const PLAIN_IMPORT =
  /c(?:os|posix|nt|subprocess|builtins|__builtin__|runpy|sys|socket|pty|importlib)\n[A-Za-z_]{1,40}\n/;

/** Walks pickles, also in zip files (PyTorch), NumPy files, compressed ones and one another, and judges what they import. */
export function createPickleScanner(): Scanner {
  return {
    name: NAME,
    version: "3",
    async scan(target, signal) {
      const findings: Finding[] = [];
      for (const file of target.files) {
        signal.throwIfAborted();
        if (file.size < 2) continue;
        const found = await scanFile(target, file, signal);
        findings.push(...merged(found).slice(0, 20));
      }
      return findings;
    },
  };
}

async function scanFile(target: ScanTarget, file: ScanFile, signal: AbortSignal): Promise<Finding[]> {
  const head = await readRange(target, file, 0, 512);
  const type = fileTypeOf(head);
  // The members of small archives are files of the target already.
  if (type === "zip") return file.path.includes(INSIDE) ? [] : scanZip(target, file, signal);
  const named = PICKLE_NAME.test(file.path);
  if (named && (type === "7z" || type === "rar")) {
    const message = `Is packed with ${type} under the name of a model: it cannot be looked into.`;
    return [finding(file.path, "unreadable", "high", message, "")];
  }
  const source: ByteSource = { size: file.size, read: (start, end) => readRange(target, file, start, end) };
  const packing = isZlib(head) ? "zlib" : UNPACKED.includes(type) ? type : null;
  if (named && packing !== null) return scanPacked(target, file, packing, signal);
  if (isNumpy(head)) return scanNumpy(file.path, source, signal);
  if (beginsLikePickle(head) || SURE_NAME.test(file.path)) return scanStreams(file.path, source, 0, signal, 0);
  return [];
}

/** joblib and others write a compression around the pickle. */
async function scanPacked(
  target: ScanTarget,
  file: ScanFile,
  packing: Parameters<typeof unpack>[0],
  signal: AbortSignal,
): Promise<Finding[]> {
  const packed = await readRange(target, file, 0, Math.min(file.size, UNPACKED_LIMIT));
  const unpacked = await unpack(packing, packed, UNPACKED_LIMIT);
  if (unpacked === null) {
    const message = "Is compressed in a way that cannot be looked into.";
    return [finding(file.path, "unreadable", "high", message, "")];
  }
  const findings = await scanStreams(file.path, memorySource(unpacked.bytes), 0, signal, 0);
  // What was cut looks like a broken pickle, which is reported already.
  if (unpacked.whole || findings.some(({ severity }) => severity === "high")) return findings;
  const message = "Is too large, once unpacked, to be looked at to its end.";
  return [...findings, finding(file.path, "unreadable", "high", message, "")];
}

const isZlib = (head: Uint8Array): boolean => head[0] === 0x78 && ((head[0] << 8) | head[1]!) % 31 === 0;

/** A NumPy array of objects is a header and a pickle. */
async function scanNumpy(path: string, source: ByteSource, signal: AbortSignal): Promise<Finding[]> {
  const { objects, dataStart } = readNumpyHeader(await source.read(0, Math.min(source.size, NUMPY_HEADER_BYTES)));
  return objects && dataStart < source.size ? scanStreams(path, source, dataStart, signal, 0) : [];
}

async function scanZip(target: ScanTarget, file: ScanFile, signal: AbortSignal): Promise<Finding[]> {
  const { members } = await listZip(target, file);
  const findings: Finding[] = [];
  for (const member of members.slice(0, MEMBERS)) {
    signal.throwIfAborted();
    const path = `${file.path}${INSIDE}${makeVisible(member.name)}`;
    const head = await readMember(target, file, member, 4096);
    if (head === null) {
      if (SURE_NAME.test(member.name))
        findings.push(finding(path, "unreadable", "high", "Is a pickle that cannot be looked into.", ""));
      continue;
    }
    const numpy = isNumpy(head.bytes);
    if (!numpy && !SURE_NAME.test(member.name) && !beginsLikePickle(head.bytes)) continue;
    const walk = (source: ByteSource) =>
      numpy ? scanNumpy(path, source, signal) : scanStreams(path, source, 0, signal, 0);
    if (member.method === 0) {
      const range = await memberRange(target, file, member);
      if (range === null) continue;
      const { start, end } = range;
      const source = {
        size: end - start,
        read: (from: number, to: number) => readRange(target, file, start + from, Math.min(end, start + to)),
      };
      findings.push(...(await walk(source)));
    } else {
      const whole = await readMember(target, file, member, UNPACKED_LIMIT);
      if (whole) findings.push(...(await walk(memorySource(whole.bytes))));
      else findings.push(finding(path, "unreadable", "high", "Is a pickle that cannot be looked into.", ""));
    }
  }
  if (members.length > MEMBERS) {
    findings.push(
      finding(
        file.path,
        "unreadable",
        "high",
        `Holds more than ${MEMBERS} members, of which the rest was not looked at.`,
        "",
      ),
    );
  }
  return findings;
}

/** Every pickle in a row, what follows the last, and pickles inside of them. */
async function scanStreams(
  path: string,
  source: ByteSource,
  start: number,
  signal: AbortSignal,
  depth: number,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  let at = start;
  let streams = 0;
  while (at < source.size && streams < STREAMS) {
    const walk = await walkPickle(source, at, signal);
    // Raw numbers follow the pickles in an old PyTorch file: only the first one must be a pickle.
    if (walk.error !== null && streams > 0 && walk.globals.length === 0) break;
    streams++;
    for (const { module, name } of walk.globals) {
      const judged = judgeGlobal(module, name);
      if (judged !== "harmless") findings.push(imported(path, judged, `${module}.${name}`));
    }
    if (walk.obscured.length > 0) {
      findings.push(
        finding(
          path,
          "computed-import",
          "high",
          "Imports something whose name is computed, so that nobody can say what.",
          "",
        ),
      );
    }
    if (walk.error !== null) {
      findings.push(
        finding(
          path,
          "unreadable",
          "high",
          `Cannot be read to its end as a pickle: ${walk.error}. What precedes would run.`,
          "",
        ),
      );
      break;
    }
    if (depth < DEPTH) {
      for (const nested of walk.nested)
        findings.push(...(await scanStreams(path, memorySource(nested), 0, signal, depth + 1)));
    }
    at = walk.end;
    const next = await source.read(at, Math.min(source.size, at + 200));
    if (!beginsLikePickle(next)) break;
  }
  if (at < source.size) {
    const rest = await source.read(at, Math.min(source.size, at + TRAILING_LIMIT));
    const hit = PLAIN_IMPORT.exec(new TextDecoder("latin1").decode(rest));
    if (hit) findings.push(imported(path, "dangerous", hit[0].slice(1).trim().replace("\n", ".")));
  }
  return findings;
}

function imported(path: string, judged: "library" | "unknown" | "dangerous", name: string): Finding {
  if (judged === "dangerous") {
    return finding(
      path,
      "dangerous-import",
      "critical",
      "Runs code when it is loaded: it imports what can start programs or evaluate text.",
      name,
    );
  }
  return judged === "library"
    ? finding(path, "library-import", "low", "Makes objects of a library's classes when it is loaded.", name)
    : finding(
        path,
        "unknown-import",
        "high",
        "Imports something that is not known to be harmless when it is loaded.",
        name,
      );
}

const finding = (path: string, id: string, severity: Severity, message: string, excerpt: string): Finding => ({
  scanner: NAME,
  ruleId: `${NAME}/${id}`,
  severity,
  category: "unsafe-serialization",
  path,
  line: null,
  column: null,
  excerpt: makeVisible(excerpt).slice(0, 200),
  message,
  remedy: REMEDY,
});

/** One finding for each rule and name. */
function merged(findings: Finding[]): Finding[] {
  const seen = new Map<string, Finding>();
  for (const found of findings) seen.set(`${found.ruleId} ${found.path} ${found.excerpt}`, found);
  const order: Severity[] = ["critical", "high", "medium", "low", "info"];
  return [...seen.values()].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
}

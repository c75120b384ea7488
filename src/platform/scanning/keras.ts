import { Unreadable } from "./byte-cursor.ts";
import { kerasProblems } from "./keras-config.ts";
import type { ModelFile } from "./model-files.ts";
import { createModelScanner, type Problem } from "./model-scanner.ts";
import { judgeGlobal } from "./pickle-globals.ts";
import type { Scanner } from "./scanner.ts";

const ARCHIVED = /(?:\.keras!\/(?:.*\/)?|(?:^|\/))(?:config|model_config|model)\.json$/i;
const CONFIG_LIMIT = 32 * 1024 * 1024;
const KERAS = /"(?:class_name|registered_name|keras_version|function_type)"/;
const HDF5 = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
const PIECE = 1024 * 1024;
const OVERLAP = 64 * 1024;
/** Files up to this size are searched whole, larger ones in their first and last half of it. */
const SEARCHED = 256 * 1024 * 1024;
const JSON_KEPT = 8 * 1024 * 1024;
const MARK = Buffer.from('"class_name"');
const LAMBDA =
  /\\?"class_name\\?"\s{0,9}:\s{0,9}\\?"(?:Lambda|__lambda__)\\?"|\\?"function_type\\?"\s{0,9}:\s{0,9}\\?"lambda\\?"/;
const MODULE = /\\?"module\\?"\s{0,9}:\s{0,9}\\?"([\w.]{1,100})\\?"/g;

/** Configurations of Keras models (.keras, .h5, keras_metadata.pb, config.json): Lambda layers, bytecode, foreign modules. */
export const createKerasScanner = (): Scanner =>
  createModelScanner({
    name: "keras",
    version: "1",
    members: /(?:^|\/)(?:config|model_config|model)\.json$|\.h(?:5|df5)$|keras_metadata\.pb$/i,
    remedy: "Build the model from Keras's own layers, and publish weights as safetensors.",
    async problems(file, _kind, signal) {
      if (ARCHIVED.test(file.path)) return configProblems(file);
      const searched = HDF5.every((byte, i) => file.head[i] === byte) || /keras_metadata\.pb$/i.test(file.path);
      return searched ? searchProblems(file, signal) : [];
    },
  });

async function configProblems({ path, source }: ModelFile): Promise<Problem[]> {
  if (source.size > CONFIG_LIMIT) {
    if (!/\.keras!\//i.test(path)) return [];
    throw new Unreadable(`its configuration is larger than ${CONFIG_LIMIT / 1024 / 1024} MiB`);
  }
  const text = new TextDecoder().decode(await source.read(0, source.size));
  // A config.json may be anybody's.
  if (!KERAS.test(text) && !/\\u00/.test(text)) return [];
  const config = parsed(text);
  if (config !== undefined) return kerasProblems(config);
  if (/\.keras!\//i.test(path)) throw new Unreadable("its configuration is no JSON");
  return [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * HDF5 is not parsed: its attributes hold the configuration as one JSON text, which is found by its first
 * `"class_name"`, cut out by its braces and read; where that fails (a text in pieces), its lines are matched instead.
 */
async function searchProblems(file: ModelFile, signal: AbortSignal): Promise<Problem[]> {
  const problems = new Map<string, Problem>();
  const keep = (found: Problem[]) => {
    for (const problem of found) problems.set(`${problem.id} ${problem.excerpt}`, problem);
  };
  let readTo = 0;
  // Objects that do not end must not have the file read again for each.
  let budget = Math.min(8 * JSON_KEPT, 3 * file.source.size);
  for (const [start, end] of pieces(file.source.size)) {
    signal.throwIfAborted();
    const bytes = Buffer.from(await file.source.read(start, end));
    for (let at = bytes.indexOf(MARK); at !== -1 && problems.size < 100; at = bytes.indexOf(MARK, at + MARK.length)) {
      if (start + at < readTo) continue;
      const open = bytes.lastIndexOf("{", at);
      if (open === -1 || at - open > 4096 || budget <= 0) continue;
      const text = await jsonAt(file, start + open, Math.min(JSON_KEPT, budget));
      budget -= text?.length ?? Math.min(JSON_KEPT, file.source.size - start - open);
      const config = text === null ? undefined : parsed(text);
      if (config === undefined) continue;
      keep(kerasProblems(config));
      readTo = start + open + text!.length;
    }
    keep(matched(bytes.toString("latin1")));
    if (problems.size >= 100) break;
  }
  if (file.source.size > SEARCHED) {
    keep([
      {
        id: "partly-searched",
        severity: "low",
        message: "Is too large to be searched whole: its first and last 128 MiB were.",
      },
    ]);
  }
  return [...problems.values()];
}

function* pieces(size: number): Iterable<[number, number]> {
  const ranges: [number, number][] =
    size <= SEARCHED
      ? [[0, size]]
      : [
          [0, SEARCHED / 2],
          [size - SEARCHED / 2, size],
        ];
  for (const [from, to] of ranges) {
    for (let at = from; at < to; at += PIECE - OVERLAP) {
      yield [at, Math.min(to, at + PIECE)];
      if (at + PIECE >= to) break;
    }
  }
}

/** The JSON object that begins at a byte, by its braces; null when it does not end within `limit` bytes. */
async function jsonAt({ source }: ModelFile, start: number, limit: number): Promise<string | null> {
  let text = Buffer.alloc(0);
  let depth = 0;
  let quoted = false;
  for (let size = 64 * 1024, at = 0; ; size *= 4) {
    text = Buffer.from(await source.read(start, Math.min(source.size, start + Math.min(size, limit))));
    for (; at < text.length; at++) {
      const byte = text[at];
      if (quoted) {
        if (byte === 0x5c) at++;
        else if (byte === 0x22) quoted = false;
      } else if (byte === 0x22) quoted = true;
      else if (byte === 0x7b) depth++;
      else if (byte === 0x7d && --depth === 0) return text.toString("latin1", 0, at + 1);
    }
    if (size >= limit || start + text.length >= source.size) return null;
  }
}

function matched(text: string): Problem[] {
  const problems: Problem[] = [];
  const lambda = LAMBDA.exec(text);
  if (lambda) {
    problems.push({
      id: "lambda-layer",
      severity: "high",
      message: "Has a Lambda layer, which calls a function of any name when the model is used.",
      excerpt: lambda[0],
    });
  }
  for (const [all, module] of text.matchAll(MODULE)) {
    if (module === "builtins" || judgeGlobal(module!, "x") !== "dangerous" || /^(?:keras|tensorflow)/.test(module!))
      continue;
    problems.push({
      id: "dangerous-import",
      severity: "critical",
      message: "Imports what can start programs or evaluate text when the model is loaded.",
      excerpt: all,
    });
    break;
  }
  return problems;
}

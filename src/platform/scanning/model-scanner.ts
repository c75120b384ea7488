import type { Kind, Severity } from "../../core/kind.ts";
import { SEVERITIES } from "../../core/kind.ts";
import { Unreadable } from "./byte-cursor.ts";
import { makeVisible } from "./excerpt.ts";
import { type ModelFile, modelFiles } from "./model-files.ts";
import type { Finding, Scanner } from "./scanner.ts";

/** What a format's reader has against a file; `remedy` and `line` only where the scanner's own do not fit. */
export interface Problem {
  id: string;
  severity: Severity;
  message: string;
  excerpt?: string;
  remedy?: string;
  line?: number;
}

export interface ModelScannerOptions {
  name: string;
  /** Raise it with every change of what is found. */
  version: string;
  /** Names of archive members worth opening in archives beyond 32 MiB. */
  members: RegExp;
  remedy: string;
  /** Findings of the rules for text may stand beside the reader's own problems. Unreadable is a problem by itself. */
  problems(file: ModelFile, kind: Kind, signal: AbortSignal): Promise<(Problem | Finding)[]>;
}

const PER_FILE = 20;
const UNREADABLE_REMEDY = "Write the file again with the format's own library, and publish it as that left it.";

/** A scanner of one file format: reads headers by ranges, never the whole of a large file, and never loads it. */
export function createModelScanner(options: ModelScannerOptions): Scanner {
  const findingOf = (path: string, problem: Problem): Finding => ({
    scanner: options.name,
    ruleId: `${options.name}/${problem.id}`,
    severity: problem.severity,
    category: "unsafe-serialization",
    path,
    line: problem.line ?? null,
    column: null,
    excerpt: makeVisible((problem.excerpt ?? "").slice(0, 200)).slice(0, 200),
    message: problem.message,
    remedy: problem.remedy ?? options.remedy,
  });
  return {
    name: options.name,
    version: options.version,
    async scan(target, signal) {
      const findings: Finding[] = [];
      for await (const file of modelFiles(target, options.members, signal)) {
        const found = await problemsOf(file, target.kind, signal);
        findings.push(
          ...found
            .map((each) => ("ruleId" in each ? each : findingOf(file.path, each)))
            .toSorted((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity))
            .slice(0, PER_FILE),
        );
      }
      return findings;
    },
  };

  async function problemsOf(file: ModelFile, kind: Kind, signal: AbortSignal): Promise<(Problem | Finding)[]> {
    if (file.locked) {
      return options.members.test(file.path) ? [unreadable("it cannot be opened inside of its archive")] : [];
    }
    try {
      return await options.problems(file, kind, signal);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      return [file.whole ? unreadable(error.message) : partly()];
    }
  }
}

const unreadable = (why: string): Problem => ({
  id: "unreadable",
  severity: "high",
  message: `Is not what its format asks for, so that programs may read it differently: ${why}.`,
  remedy: UNREADABLE_REMEDY,
});

const partly = (): Problem => ({
  id: "partly-scanned",
  severity: "medium",
  message: "Lies in an archive and is too large to be looked at there to its end.",
  remedy: "Publish the file itself instead of an archive.",
});

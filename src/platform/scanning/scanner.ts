import type { Capability } from "../../core/capability.ts";
import type { Digest } from "../../core/digest.ts";
import type { Kind, Severity } from "../../core/kind.ts";
import type { PackageReference } from "../../core/package-reference.ts";

/** One thing a scanner found. `remedy` tells the publisher how to mend it. */
export interface Finding {
  scanner: string;
  /** Stable, e.g. `prompt-injection/instruction-override`. */
  ruleId: string;
  severity: Severity;
  /** A class for policy and pages: malware, prompt-injection, hidden-text, secret, unsafe-serialization, archive, licence … */
  category: string;
  path: string | null;
  line: number | null;
  column: number | null;
  /** At most 200 characters of the place, control characters made visible, secrets masked. */
  excerpt: string;
  message: string;
  remedy: string;
}

export interface ScanFile {
  path: string;
  size: number;
  digest: Digest;
  mediaType: string;
  executable: boolean;
}

export interface ScanTarget {
  kind: Kind;
  /** Declared SPDX expression. */
  license: string | null;
  files: ScanFile[];
  /**
   * Streams one file's bytes, or `start` (inclusive) to `end` (exclusive) of them; throws when they cannot be read
   * (the scan then fails, never passes).
   */
  open(file: ScanFile, range?: { start: number; end: number }): Promise<ReadableStream<Uint8Array>>;
}

/** A scanner never executes, unpickles or loads what it looks at. A throw is an error of the scan, never a clean result. */
export interface Scanner {
  name: string;
  /** Changes whenever the same bytes could give other findings. */
  version: string;
  scan(target: ScanTarget, signal: AbortSignal): Promise<Finding[]>;
}

/** How one scanner's part of a scan ended; anything but `completed` keeps a version from passing. */
export interface ScannerOutcome {
  scanner: string;
  version: string;
  state: "completed" | "failed" | "timed-out" | "missing";
  error: string | null;
  elapsedMs: number;
}

export interface ScanReport {
  outcomes: ScannerOutcome[];
  findings: Finding[];
  /** What the version can do, as far as the extractor completed. */
  capabilities: Capability[];
  /** Packages of other ecosystems that it names, as far as that scanner completed; direct ones first. */
  packages: PackageReference[];
}

/** Runs every configured scanner over a version, off the main thread, within bounds of time and memory. */
export interface ScanEngine {
  /** The scanners that must complete, with versions: recorded with each scan. Empty means none is configured, which is never a pass. */
  scanners(): { name: string; version: string }[];
  /** `only`: these scanners alone, by name. */
  scan(target: ScanRequest, signal: AbortSignal, only?: readonly string[]): Promise<ScanReport>;
  close(): Promise<void>;
}

/** A ScanTarget without functions: it crosses to the worker, which reads the blobs itself. */
export type ScanRequest = Omit<ScanTarget, "open">;

import type { Capability } from "../../core/capability.ts";
import type { PackageReference } from "../../core/package-reference.ts";
import type { ScanSettings } from "./scan-settings.ts";
import type { Finding, ScanEngine, ScannerOutcome, ScanReport, ScanRequest } from "./scanner.ts";
import { standardScanners } from "./standard-scanners.ts";
import { startedThread, type ThreadHandle, ThreadTimedOut } from "./thread-handle.ts";

export interface ScanEngineOptions {
  /** Scans at once, each with a thread. */
  workers: number;
  /** Starts `src/workers/scan.worker.ts`. */
  spawn(): Worker;
  settings: ScanSettings;
  limits?: Partial<ScanLimits>;
  /** The scanners that must complete; default all standard ones. Empty: nothing is scanned and nothing passes. */
  expected?: { name: string; version: string }[];
  /** Version of the data that a scanner has from elsewhere, as last seen: part of its version from then on. Never waits. */
  dataVersion?(scanner: string): string | null;
}

export interface ScanLimits {
  /** For one scanner over one version, after which its thread is ended. */
  scannerMs: number;
  /** For a whole scan; what has not run by then has timed out. */
  scanMs: number;
  /** For a thread to start. */
  startMs: number;
}

const DEFAULT_LIMITS: ScanLimits = { scannerMs: 120_000, scanMs: 600_000, startMs: 30_000 };

/**
 * Runs each scanner in a thread that can be ended from outside: one that hangs is `timed-out`, one that throws or whose
 * thread dies is `failed`, and the rest goes on in a fresh thread. Every expected scanner has exactly one outcome.
 * Rejects only when `signal` aborts or the engine is closed.
 */
export function createScanEngine(options: ScanEngineOptions): ScanEngine {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const made = options.expected ?? standardScanners(options.settings).map(({ name, version }) => ({ name, version }));
  const expected = () =>
    made.map(({ name, version }) => {
      const data = options.dataVersion?.(name) ?? null;
      return { name, version: data === null ? version : `${version}+${data}` };
    });
  const idle: ThreadHandle[] = [];
  const waiting: (() => void)[] = [];
  const closing = new AbortController();
  let free = options.workers;

  async function takeTurn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (free > 0) {
      free--;
      return;
    }
    const turn = Promise.withResolvers<void>();
    waiting.push(turn.resolve);
    const abort = () => {
      const index = waiting.indexOf(turn.resolve);
      if (index === -1) return;
      waiting.splice(index, 1);
      turn.reject(signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true });
    await turn.promise.finally(() => signal.removeEventListener("abort", abort));
  }

  function giveTurn(): void {
    const next = waiting.shift();
    if (next) next();
    else free++;
  }

  const freshThread = (signal: AbortSignal) => startedThread(options.spawn, options.settings, limits.startMs, signal);

  return {
    scanners: expected,

    async scan(request, caller, only) {
      const signal = AbortSignal.any([caller, closing.signal]);
      const chosen = expected().filter((scanner) => only?.includes(scanner.name) ?? true);
      await takeTurn(signal);
      const run = new ScanRun(request, chosen, limits, signal, freshThread, idle.pop() ?? null);
      try {
        return await run.report();
      } finally {
        const thread = run.release();
        if (thread && !closing.signal.aborted) idle.push(thread);
        else thread?.end();
        giveTurn();
      }
    },

    async close() {
      closing.abort(new Error("The scan engine is closed."));
      for (const thread of idle.splice(0)) thread.end();
    },
  };
}

/** One version's way through the scanners, over as many threads as it takes. */
class ScanRun {
  readonly #request: ScanRequest;
  readonly #expected: readonly { name: string; version: string }[];
  readonly #limits: ScanLimits;
  readonly #signal: AbortSignal;
  readonly #freshThread: (signal: AbortSignal) => Promise<ThreadHandle>;
  #thread: ThreadHandle | null;
  #begun = false;
  /** Why the version's files cannot be read at all. */
  #unreadable: string | null = null;

  constructor(
    request: ScanRequest,
    expected: readonly { name: string; version: string }[],
    limits: ScanLimits,
    signal: AbortSignal,
    freshThread: (signal: AbortSignal) => Promise<ThreadHandle>,
    thread: ThreadHandle | null,
  ) {
    this.#request = request;
    this.#expected = expected;
    this.#limits = limits;
    this.#signal = signal;
    this.#freshThread = freshThread;
    this.#thread = thread;
  }

  async report(): Promise<ScanReport> {
    const outcomes: ScannerOutcome[] = [];
    const findings: Finding[] = [];
    const capabilities: Capability[] = [];
    const packages: PackageReference[] = [];
    const deadline = performance.now() + this.#limits.scanMs;
    for (const scanner of this.#expected) {
      const started = performance.now();
      const left = Math.min(this.#limits.scannerMs, deadline - started);
      const result = left <= 0 ? TIMED_OUT : await this.#runOne(scanner.name, left);
      this.#signal.throwIfAborted();
      const elapsedMs = Math.round(performance.now() - started);
      outcomes.push({
        scanner: scanner.name,
        version: scanner.version,
        state: result.state,
        error: result.error,
        elapsedMs,
      });
      findings.push(...result.findings);
      capabilities.push(...result.capabilities);
      packages.push(...result.packages);
    }
    return { outcomes, findings, capabilities, packages };
  }

  /** The thread, when it can serve the next scan. */
  release(): ThreadHandle | null {
    return this.#thread?.usable ? this.#thread : null;
  }

  async #runOne(name: string, timeoutMs: number): Promise<RunResult> {
    try {
      const thread = await this.#readyThread(timeoutMs);
      if (this.#unreadable !== null) return { ...NOTHING, state: "failed", error: this.#unreadable };
      const reply = await thread.ask({ type: "run", scanner: name }, timeoutMs, this.#signal);
      if (reply.type !== "done") throw new Error("The scanning thread gave another answer than was asked for.");
      if (reply.worn) this.#drop();
      const { state, error, findings, capabilities, packages } = reply;
      return { state, error, findings, capabilities, packages };
    } catch (error) {
      this.#drop();
      if (error instanceof ThreadTimedOut) return { ...TIMED_OUT, error: error.message };
      return { ...NOTHING, state: "failed", error: error instanceof Error ? error.message : String(error) };
    }
  }

  async #readyThread(timeoutMs: number): Promise<ThreadHandle> {
    if (!this.#thread?.usable) {
      this.#begun = false;
      this.#thread = await this.#freshThread(this.#signal);
    }
    if (!this.#begun) {
      const reply = await this.#thread.ask({ type: "begin", target: this.#request }, timeoutMs, this.#signal);
      this.#unreadable =
        reply.type === "begun" ? reply.error : "The scanning thread gave another answer than was asked for.";
      this.#begun = true;
    }
    return this.#thread;
  }

  #drop(): void {
    this.#thread?.end();
    this.#thread = null;
    this.#begun = false;
  }
}

interface RunResult {
  state: ScannerOutcome["state"];
  error: string | null;
  findings: Finding[];
  capabilities: Capability[];
  packages: PackageReference[];
}

const NOTHING = { findings: [], capabilities: [], packages: [] };
const TIMED_OUT: RunResult = { ...NOTHING, state: "timed-out", error: "The scan as a whole took too long." };

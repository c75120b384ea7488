import { HOUR, type Clock, MINUTE, SECOND, instant } from "../../core/clock.ts";
import { newId } from "../../core/id.ts";
import type { Database } from "../database/index.ts";
import type { Log } from "../telemetry/index.ts";
import type { JobHandler, JobQueue } from "./job-queue.ts";
import { type ClaimedJob, createJobRepository, insertJob, type JobRepository } from "./job-repository.ts";

const LEASE_MS = 30 * SECOND;
const POLL_MS = SECOND;
const TIMEOUT_MS = 10 * MINUTE;
const MAX_PAUSE_MS = HOUR;

export interface JobQueueOptions {
  database: Database;
  clock: Clock;
  log: Log;
  /** Names this process in leases. Default: a new id. */
  workerId?: string;
  /** After this long without a sign of life from its process a job is another's. Default 30 s. */
  leaseMs?: number;
  /** How often other processes' jobs and those whose time has come are looked for. Default 1 s. */
  pollMs?: number;
  /** Told of every attempt that ended, for metrics. */
  onFinished?: (kind: string, outcome: "done" | "retry" | "failed" | "released", seconds: number) => void;
}

/** The queue with its runner. */
export interface JobRunner extends JobQueue, Pick<JobRepository, "list" | "summary" | "prune" | "retry"> {
  /** Begins to run jobs. Register handlers before. */
  start(): void;
  /** Takes no new jobs, lets running ones end for `drainMs`, then aborts them and gives them back untried. */
  stop(options?: { drainMs?: number }): Promise<void>;
  /** Runs everything that is due, and what follows from it, until nothing is; for tests and one-shot commands. */
  runDue(): Promise<void>;
}

interface Registered {
  handler: JobHandler;
  concurrency: number;
  timeoutMs: number;
  running: number;
}

interface Running {
  job: ClaimedJob;
  abort: AbortController;
  ended: Promise<void>;
  /** When the lease was last known to be ours, on the monotonic clock. */
  sureAt: number;
}

/** Why an attempt was aborted, when that is not the handler's fault. */
class Interrupted extends Error {
  constructor(readonly reason: "lease lost" | "stopping") {
    super(reason);
  }
}

export function createJobQueue(options: JobQueueOptions): JobRunner {
  const { database, clock, log, leaseMs = LEASE_MS, pollMs = POLL_MS } = options;
  const store = createJobRepository({ database, clock, owner: options.workerId ?? newId() });
  const kinds = new Map<string, Registered>();
  const running = new Map<string, Running>();
  let timers: Timer[] = [];
  let started = false;
  let looking: Promise<number> | null = null;
  let lookAgain = false;

  /** Claims and starts what is due and fits; answers how many jobs were started. */
  async function look(): Promise<number> {
    const free = [...kinds].filter(([, kind]) => kind.running < kind.concurrency).map(([name]) => name);
    if (free.length === 0) return 0;
    let count = 0;
    for (const name of await store.dueKinds(free)) {
      const kind = kinds.get(name)!;
      const claimed = await store.claim(name, kind.concurrency - kind.running, leaseMs, [...running.keys()]);
      for (const job of claimed) run(kind, job);
      count += claimed.length;
    }
    return count;
  }

  /** One look at a time; a call during a look has another one follow. */
  function lookOnce(): Promise<number> {
    if (looking) {
      lookAgain = true;
      return looking;
    }
    looking = look().finally(() => {
      looking = null;
      if (lookAgain && started) queueMicrotask(lookLogged);
      lookAgain = false;
    });
    return looking;
  }

  function lookLogged(): void {
    if (started) lookOnce().catch((error) => log.error("looking for jobs failed", { error }));
  }

  function run(kind: Registered, job: ClaimedJob): void {
    const abort = new AbortController();
    kind.running++;
    const ended = attempt(kind, job, abort)
      .catch((error) => log.error("the end of a job could not be written", { job: job.id, kind: job.kind, error }))
      .finally(() => {
        kind.running--;
        running.delete(job.id);
        lookLogged();
      });
    running.set(job.id, { job, abort, ended, sureAt: performance.now() });
  }

  async function attempt(kind: Registered, job: ClaimedJob, abort: AbortController): Promise<void> {
    const startedAt = performance.now();
    const failure = await outcomeOf(kind, job, abort);
    const outcome = await settle(job, failure);
    options.onFinished?.(job.kind, outcome, (performance.now() - startedAt) / 1000);
  }

  /** Runs the handler within its time; null when it succeeded. A handler that ignores its signal is left behind. */
  async function outcomeOf(kind: Registered, job: ClaimedJob, abort: AbortController): Promise<unknown> {
    const { signal } = abort;
    const aborted = Promise.withResolvers<never>();
    signal.addEventListener("abort", () => aborted.reject(signal.reason), { once: true });
    const timeout = setTimeout(
      () => abort.abort(new Error(`It took longer than ${kind.timeoutMs / SECOND} s.`)),
      kind.timeoutMs,
    );
    try {
      const context = { jobId: job.id, attempt: job.attempt, signal, clock };
      await Promise.race([Promise.resolve().then(() => kind.handler(job.payload, context)), aborted.promise]);
      return null;
    } catch (error) {
      return signal.aborted ? signal.reason : (error ?? new Error("It failed without saying why."));
    } finally {
      clearTimeout(timeout);
    }
  }

  async function settle(job: ClaimedJob, failure: unknown): Promise<"done" | "retry" | "failed" | "released"> {
    const fields = { job: job.id, kind: job.kind, attempt: job.attempt };
    if (failure === null) {
      await store.finish(job, null);
      return "done";
    }
    if (failure instanceof Interrupted) {
      if (failure.reason === "stopping") await store.release(job, clock.now(), null);
      return "released";
    }
    const message = failure instanceof Error ? failure.message : String(failure);
    if (job.attempt >= job.maxAttempts) {
      log.error("a job failed for good", { ...fields, error: failure });
      await store.finish(job, message);
      return "failed";
    }
    const runAt = new Date(clock.now().getTime() + pauseAfter(job.attempt));
    log.warn("a job failed and will be tried again", { ...fields, runAt: instant(runAt), error: failure });
    await store.release(job, runAt, message);
    return "retry";
  }

  /** Keeps the leases of what runs; what lost its lease, or cannot renew it in time, is another process's now. */
  async function heartbeat(): Promise<void> {
    const held = [...running.values()];
    if (held.length === 0) return;
    const now = performance.now();
    const kept = await store
      .renew(
        held.map(({ job }) => job.id),
        leaseMs,
      )
      .catch((error) => {
        log.error("renewing leases failed", { error });
        return null;
      });
    for (const entry of held) {
      if (kept?.has(entry.job.id)) entry.sureAt = now;
      else if ((kept || now - entry.sureAt > leaseMs) && running.get(entry.job.id) === entry) {
        log.warn("a job lost its lease", { job: entry.job.id, kind: entry.job.kind });
        entry.abort.abort(new Interrupted("lease lost"));
      }
    }
  }

  const ends = (): Promise<unknown> => Promise.all([...running.values()].map(({ ended }) => ended));

  return {
    enqueue: (tx, job) => insertJob(tx, job, instant(clock.now())),
    register(kind, handler, { concurrency = 1, timeoutMs = TIMEOUT_MS } = {}) {
      if (kinds.has(kind)) throw new Error(`the job ${kind} has a handler already`);
      kinds.set(kind, { handler: handler as JobHandler, concurrency, timeoutMs, running: 0 });
    },
    wake: lookLogged,
    start() {
      if (started) return;
      started = true;
      timers = [setInterval(lookLogged, pollMs), setInterval(() => void heartbeat(), leaseMs / 3)];
      for (const timer of timers) timer.unref();
      lookLogged();
    },
    async stop({ drainMs = 0 } = {}) {
      started = false;
      clearInterval(timers[0]);
      await looking?.catch(() => {});
      const drained = Promise.withResolvers<void>();
      const limit = setTimeout(drained.resolve, drainMs);
      await Promise.race([ends(), drained.promise]);
      clearTimeout(limit);
      for (const { abort } of running.values()) abort.abort(new Interrupted("stopping"));
      await ends();
      for (const timer of timers) clearInterval(timer);
    },
    async runDue() {
      for (;;) {
        const count = await lookOnce();
        if (count === 0 && running.size === 0) return;
        await ends();
      }
    },
    list: store.list,
    summary: store.summary,
    prune: store.prune,
    retry: store.retry,
  };
}

/** Milliseconds before the next attempt: 2 s, 6 s, 18 s … up to an hour, less up to half of it at random. */
export function pauseAfter(attempt: number, random = Math.random()): number {
  const full = Math.min(MAX_PAUSE_MS, 2 * SECOND * 3 ** (attempt - 1));
  return Math.round(full * (1 - random / 2));
}

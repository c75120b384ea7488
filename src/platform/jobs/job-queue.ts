import type { Clock } from "../../core/clock.ts";
import type { Queries } from "../database/database.ts";

/** What a job's handler gets beside its payload. */
export interface JobContext {
  jobId: string;
  attempt: number;
  /** Aborted when the lease is lost or the server stops; a handler stops soon after. */
  signal: AbortSignal;
  clock: Clock;
}

export type JobHandler<P = unknown> = (payload: P, context: JobContext) => Promise<void>;

export interface JobRequest {
  /** The name of a registered handler, `area.verb-noun`: "publishing.scan-version". */
  kind: string;
  /** JSON. Small: ids, not bytes. */
  payload: unknown;
  /** While a job of this kind with this key waits, a second one is not enqueued. */
  key?: string;
  /** Default: now. */
  runAt?: Date;
  /** Default 8; after the last the job is `failed` and stays visible. */
  maxAttempts?: number;
}

/** Handlers are idempotent: after a crash a job runs again. */
export interface JobQueue {
  /** Inside the caller's write transaction: the job exists exactly when what it follows from exists. */
  enqueue(tx: Queries, job: JobRequest): Promise<void>;
  /** Registers the handler of a kind; `concurrency` (default 1) at a time in this process, `timeoutMs` (default 10 min) each. */
  register<P>(kind: string, handler: JobHandler<P>, options?: { concurrency?: number; timeoutMs?: number }): void;
  /** Wakes the runner after a commit, so that a new job starts within milliseconds rather than at the next poll. */
  wake(): void;
}

import { type ExpressionBuilder, type Selectable, sql } from "kysely";
import { type Clock, DAY, instant, later } from "../../core/clock.ts";
import { newId } from "../../core/id.ts";
import { offsetOf, type Page, type PageRequest } from "../../core/page.ts";
import {
  type Database,
  forUpdateSkipLocked,
  isUniqueViolation,
  type Queries,
  type Schema,
  toNumber,
} from "../database/index.ts";
import type { JobRequest } from "./job-queue.ts";

export type JobStatus = "waiting" | "running" | "done" | "failed";

/** A job as pages and administrators see it. */
export interface JobRecord {
  id: string;
  kind: string;
  key: string | null;
  status: JobStatus;
  attempts: number;
  maxAttempts: number;
  runAt: string;
  leasedUntil: string | null;
  lastError: string | null;
  createdAt: string;
  finishedAt: string | null;
}

/** How many jobs of a kind are in a status, and since when the oldest of them could have run. */
export interface JobCount {
  kind: string;
  status: JobStatus;
  count: number;
  oldestRunAt: string;
}

/** A job this process has leased. */
export interface ClaimedJob {
  id: string;
  kind: string;
  payload: unknown;
  attempt: number;
  maxAttempts: number;
}

const DEFAULT_ATTEMPTS = 8;
const MAX_PAYLOAD = 64 * 1024;
const MAX_ERROR = 2000;
const PRUNE_BATCH = 500;

/** Inserts a job. One that waits under the same key already is held against its claim until `tx` ends, so that it sees what `tx` wrote. */
export async function insertJob(tx: Queries, job: JobRequest, now: string): Promise<void> {
  const payload = JSON.stringify(job.payload ?? null);
  if (payload.length > MAX_PAYLOAD) throw new Error(`the payload of job ${job.kind} is too large`);
  await tx
    .insertInto("jobs")
    .values({
      id: newId(),
      kind: job.kind,
      dedupe_key: job.key ?? null,
      payload,
      status: "waiting",
      max_attempts: job.maxAttempts ?? DEFAULT_ATTEMPTS,
      run_at: job.runAt ? instant(job.runAt) : now,
      leased_until: null,
      leased_by: null,
      last_error: null,
      created_at: now,
      finished_at: null,
    })
    .onConflict((conflict) =>
      conflict.columns(["kind", "dedupe_key"]).where("status", "=", sql.lit("waiting")).doUpdateSet({
        // A job that failed before keeps its pause.
        run_at: sql`CASE WHEN jobs.attempts = 0 AND excluded.run_at < jobs.run_at THEN excluded.run_at ELSE jobs.run_at END`,
      }),
    )
    .execute();
}

/** What one process does with the jobs table; `owner` names the process. */
export function createJobRepository({ database, clock, owner }: { database: Database; clock: Clock; owner: string }) {
  const now = (): string => instant(clock.now());
  const mine = (id: string, attempt: number) => ({
    id,
    leased_by: owner,
    attempts: attempt,
    status: "running" as const,
  });

  return {
    /** The kinds among `kinds` of which a job is due, or running under a lease that has run out. */
    async dueKinds(kinds: readonly string[]): Promise<string[]> {
      const rows = await database.read
        .selectFrom("jobs")
        .select("kind")
        .distinct()
        .where("kind", "in", [...kinds])
        .where((eb) => eb.or(dueConditions(eb, now())))
        .execute();
      return rows.map((row) => row.kind);
    },

    /** Leases up to `limit` due jobs of a kind, but none of `running`. One whose last attempt lost its lease fails instead. */
    claim(kind: string, limit: number, leaseMs: number, running: readonly string[] = []): Promise<ClaimedJob[]> {
      return database.write(async (tx) => {
        const at = now();
        const found = await tx
          .selectFrom("jobs")
          .select(["id", "attempts", "max_attempts", "status"])
          .where("kind", "=", kind)
          .where((eb) => eb.or(dueConditions(eb, at)))
          .$if(running.length > 0, (query) => query.where("id", "not in", [...running]))
          .orderBy("run_at")
          .orderBy("id")
          .limit(limit)
          .modifyEnd(forUpdateSkipLocked(database.engine))
          .execute();
        const spent = found.filter((row) => row.status === "running" && row.attempts >= row.max_attempts);
        for (const { id } of spent)
          await tx
            .updateTable("jobs")
            .set({ ...FREE, status: "failed", last_error: "The process that ran it died.", finished_at: at })
            .where("id", "=", id)
            .execute();
        const claimed = found.filter((row) => !spent.includes(row)).map((row) => row.id);
        if (claimed.length === 0) return [];
        const rows = await tx
          .updateTable("jobs")
          .set((eb) => ({
            status: "running",
            attempts: eb("attempts", "+", 1),
            leased_by: owner,
            leased_until: later(clock.now(), leaseMs),
          }))
          .where("id", "in", claimed)
          .returning(["id", "kind", "payload", "attempts", "max_attempts"])
          .execute();
        return rows.map((row) => ({
          id: row.id,
          kind: row.kind,
          payload: JSON.parse(row.payload) as unknown,
          attempt: row.attempts,
          maxAttempts: row.max_attempts,
        }));
      });
    },

    /** Renews leases; answers the ids that are still ours. */
    async renew(ids: readonly string[], leaseMs: number): Promise<Set<string>> {
      const rows = await database.write((tx) =>
        tx
          .updateTable("jobs")
          .set({ leased_until: later(clock.now(), leaseMs) })
          .where("id", "in", [...ids])
          .where("leased_by", "=", owner)
          .where("status", "=", "running")
          .returning("id")
          .execute(),
      );
      return new Set(rows.map((row) => row.id));
    },

    /** Marks it done, or failed for good with what went wrong. Without effect when the lease was lost. */
    async finish(job: ClaimedJob, error: string | null): Promise<void> {
      await database.write((tx) =>
        tx
          .updateTable("jobs")
          .set({ ...FREE, status: error === null ? "done" : "failed", last_error: shorten(error), finished_at: now() })
          .where((eb) => eb.and(mine(job.id, job.attempt)))
          .execute(),
      );
    },

    /**
     * Puts it back to wait until `runAt`; `error` null gives it back untried, as at a shutdown. When another job of its key
     * waits by now, that one does the work, and this one is done.
     */
    async release(job: ClaimedJob, runAt: Date, error: string | null): Promise<void> {
      const change = (values: { status: JobStatus; finished_at?: string; attempts?: number }) =>
        database.write((tx) =>
          tx
            .updateTable("jobs")
            .set({ ...FREE, run_at: instant(runAt), last_error: shorten(error), ...values })
            .where((eb) => eb.and(mine(job.id, job.attempt)))
            .execute(),
        );
      try {
        await change({ status: "waiting", ...(error === null ? { attempts: job.attempt - 1 } : {}) });
      } catch (failure) {
        if (!isUniqueViolation(failure)) throw failure;
        await change({ status: "done", finished_at: now() });
      }
    },

    /** Has failed jobs tried again from the start: one, or all of them. One whose like waits already stays as it is. Answers how many. */
    async retry(id?: string): Promise<number> {
      return database.write(async (tx) => {
        const failed = await tx
          .selectFrom("jobs")
          .select(["id", "kind", "dedupe_key"])
          .where("status", "=", "failed")
          .$if(id !== undefined, (query) => query.where("id", "=", id!))
          .orderBy("id")
          .execute();
        let retried = 0;
        for (const job of failed) {
          const { numUpdatedRows } = await tx
            .updateTable("jobs")
            .set({ status: "waiting", attempts: 0, run_at: now(), finished_at: null })
            .where("id", "=", job.id)
            .where("status", "=", "failed")
            .where((eb) => eb.not(eb.exists(waitingLike(eb, job))))
            .executeTakeFirst();
          retried += Number(numUpdatedRows);
        }
        return retried;
      });
    },

    /** Deletes jobs that finished longer ago than `retentionMs`; answers how many. */
    async prune(retentionMs = 7 * DAY): Promise<number> {
      const before = later(clock.now(), -retentionMs);
      for (let deleted = 0; ; ) {
        const rows = await database.read
          .selectFrom("jobs")
          .select("id")
          .where("status", "in", ["done", "failed"])
          .where("finished_at", "<", before)
          .limit(PRUNE_BATCH)
          .execute();
        if (rows.length === 0) return deleted;
        const ids = rows.map((row) => row.id);
        await database.write((tx) => tx.deleteFrom("jobs").where("id", "in", ids).execute());
        deleted += ids.length;
      }
    },

    async summary(): Promise<JobCount[]> {
      const rows = await database.read
        .selectFrom("jobs")
        .select((eb) => ["kind", "status", eb.fn.countAll().as("count"), eb.fn.min("run_at").as("oldest")])
        .groupBy(["kind", "status"])
        .orderBy("kind")
        .orderBy("status")
        .execute();
      return rows.map((row) => ({
        kind: row.kind,
        status: row.status,
        count: toNumber(row.count),
        oldestRunAt: String(row.oldest),
      }));
    },

    async list(filter: { status?: JobStatus; kind?: string }, page: PageRequest): Promise<Page<JobRecord>> {
      const matching = database.read
        .selectFrom("jobs")
        .$if(filter.status !== undefined, (query) => query.where("status", "=", filter.status!))
        .$if(filter.kind !== undefined, (query) => query.where("kind", "=", filter.kind!));
      const { total } = await matching.select((eb) => eb.fn.countAll().as("total")).executeTakeFirstOrThrow();
      const rows = await matching
        .selectAll()
        .orderBy("created_at", "desc")
        .orderBy("id", "desc")
        .limit(page.perPage)
        .offset(offsetOf(page))
        .execute();
      return { items: rows.map(recordOf), page: page.page, perPage: page.perPage, total: toNumber(total) };
    },
  };
}

export type JobRepository = ReturnType<typeof createJobRepository>;

type JobConditions = ExpressionBuilder<Schema, "jobs">;

const dueConditions = (eb: JobConditions, now: string) => [
  eb.and([eb("status", "=", "waiting"), eb("run_at", "<=", now)]),
  eb.and([eb("status", "=", "running"), eb("leased_until", "<", now)]),
];

const waitingLike = (eb: ExpressionBuilder<Schema, "jobs">, job: { kind: string; dedupe_key: string | null }) =>
  eb
    .selectFrom("jobs as other")
    .select("other.id")
    .where("other.status", "=", "waiting")
    .where("other.kind", "=", job.kind)
    .where("other.dedupe_key", "=", job.dedupe_key);

const recordOf = (row: Selectable<Schema["jobs"]>): JobRecord => ({
  id: row.id,
  kind: row.kind,
  key: row.dedupe_key,
  status: row.status,
  attempts: row.attempts,
  maxAttempts: row.max_attempts,
  runAt: row.run_at,
  leasedUntil: row.leased_until,
  lastError: row.last_error,
  createdAt: row.created_at,
  finishedAt: row.finished_at,
});

const FREE = { leased_by: null, leased_until: null };

const shorten = (error: string | null): string | null => (error === null ? null : error.slice(0, MAX_ERROR));

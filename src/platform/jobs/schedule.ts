import { Cron } from "croner";
import { type Clock, SECOND } from "../../core/clock.ts";
import type { Database, Queries } from "../database/index.ts";
import type { Log } from "../telemetry/index.ts";
import type { JobQueue } from "./job-queue.ts";

/** A recurring job. Its payload is `{}` and its key its kind, so that ticks do not pile up behind a slow run. */
export interface RecurringJob {
  kind: string;
  /** A cron expression of five or six fields, in UTC; "" for never. */
  cron: string;
}

export interface Scheduler {
  start(): void;
  stop(): void;
  /** Enqueues what became due since the last call; `start` calls it every second. */
  tick(): Promise<void>;
  /** When each job comes next. */
  upcoming(): { kind: string; at: Date }[];
}

/**
 * Enqueues recurring jobs, each tick once however many processes share the database. A tick that passed while no process
 * ran is made up for once, at start; a job that was never scheduled before begins with its next tick.
 */
export function createScheduler(options: {
  database: Database;
  queue: JobQueue;
  clock: Clock;
  log: Log;
  jobs: readonly RecurringJob[];
}): Scheduler {
  const { database, queue, clock, log } = options;
  const jobs = options.jobs
    .filter(({ cron }) => cron !== "")
    .map(({ kind, cron }) => ({ kind, cron: new Cron(cron, { paused: true, utcOffset: 0, mode: "5-or-6-parts" }) }));
  /** Until then nothing is due, so the database is not asked. */
  let quietUntil = 0;
  let timer: Timer | null = null;

  async function tick(): Promise<void> {
    const now = clock.now();
    if (now.getTime() < quietUntil) return;
    for (const { kind, cron } of jobs) {
      const [due] = cron.previousRuns(1, new Date(now.getTime() + 1));
      if (due) await database.write((tx) => enqueueOnce(tx, kind, due, now));
    }
    queue.wake();
    const next = jobs.map(({ cron }) => cron.nextRun(now)?.getTime() ?? Number.POSITIVE_INFINITY);
    quietUntil = Math.min(...next);
  }

  async function enqueueOnce(tx: Queries, kind: string, due: Date, now: Date): Promise<void> {
    const name = `schedule:${kind}`;
    const { inserted } = await noteFirst(tx, name, now.getTime());
    if (inserted) return;
    const raised = await tx
      .updateTable("counters")
      .set({ value: due.getTime() })
      .where("name", "=", name)
      .where("value", "<", due.getTime())
      .returning("name")
      .executeTakeFirst();
    if (raised) await queue.enqueue(tx, { kind, payload: {}, key: kind });
  }

  return {
    tick,
    start() {
      timer ??= setInterval(() => tick().catch((error) => log.error("scheduling failed", { error })), SECOND);
      timer.unref();
      tick().catch((error) => log.error("scheduling failed", { error }));
    },
    stop() {
      if (timer) clearInterval(timer);
      timer = null;
    },
    upcoming: () =>
      jobs.flatMap(({ kind, cron }) => {
        const at = cron.nextRun(clock.now());
        return at ? [{ kind, at }] : [];
      }),
  };
}

/** Makes the row that holds a job's last tick, when this database has never seen the job. */
async function noteFirst(tx: Queries, name: string, value: number): Promise<{ inserted: boolean }> {
  const row = await tx
    .insertInto("counters")
    .values({ name, value })
    .onConflict((conflict) => conflict.doNothing())
    .returning("name")
    .executeTakeFirst();
  return { inserted: row !== undefined };
}

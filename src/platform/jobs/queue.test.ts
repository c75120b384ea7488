import { describe, expect, test } from "bun:test";
import { eachDatabase } from "../../../test/support/databases.ts";
import { DAY, MINUTE, SECOND } from "../../core/clock.ts";
import { createDatabase, type Database } from "../database/index.ts";
import { silentLog } from "../telemetry/index.ts";
import type { JobRequest } from "./job-queue.ts";
import { createJobQueue, type JobQueueOptions, pauseAfter } from "./queue.ts";
import { createScheduler } from "./schedule.ts";

const PAGE = { page: 1, perPage: 100 };

/** A clock that stands until it is moved. */
function standingClock(start = "2026-03-01T00:00:00.000Z") {
  let now = new Date(start);
  return {
    now: () => now,
    advance(ms: number) {
      now = new Date(now.getTime() + ms);
    },
  };
}

const setUp = (database: Database, more: Partial<JobQueueOptions> = {}) => {
  const clock = standingClock();
  const queue = createJobQueue({ database, clock, log: silentLog, ...more });
  const enqueue = (...jobs: JobRequest[]) =>
    database.write(async (tx) => {
      for (const job of jobs) await queue.enqueue(tx, job);
    });
  const statuses = async () => (await queue.list({}, PAGE)).items.map(({ status }) => status).sort();
  return { clock, queue, enqueue, statuses };
};

test("pauses grow from seconds to an hour and never vanish", () => {
  expect([1, 2, 3, 8].map((attempt) => pauseAfter(attempt, 0) / SECOND)).toEqual([2, 6, 18, 3600]);
  expect(pauseAfter(1, 0.999)).toBeGreaterThan(900);
});

eachDatabase("job queue", (open, { locate }) => {
  test("runs what was committed, with its payload, and nothing of what was rolled back", async () => {
    const database = await open();
    const { queue, enqueue, statuses } = setUp(database);
    const seen: unknown[] = [];
    queue.register("test.a", async (payload) => void seen.push(payload));
    await enqueue({ kind: "test.a", payload: { id: 1, text: "ü" } });
    const rolledBack = database.write(async (tx) => {
      await queue.enqueue(tx, { kind: "test.a", payload: { id: 2 } });
      throw new Error("no");
    });
    await rolledBack.catch(() => {});
    await enqueue({ kind: "test.unknown", payload: null });
    await queue.runDue();
    expect(seen).toEqual([{ id: 1, text: "ü" }]);
    expect(await statuses()).toEqual(["done", "waiting"]);
  });

  test("a started queue runs a job as soon as it is woken, and jobs that follow from jobs", async () => {
    const database = await open();
    const { queue, enqueue } = setUp(database, { pollMs: 3_600_000 });
    const followed = Promise.withResolvers<void>();
    queue.register("test.first", async () => {
      await enqueue({ kind: "test.second", payload: {} });
      queue.wake();
    });
    queue.register("test.second", async () => followed.resolve());
    queue.start();
    await enqueue({ kind: "test.first", payload: {} });
    queue.wake();
    await followed.promise;
    await queue.stop({ drainMs: 5000 });
  });

  test("a key keeps one job waiting; while one runs another may wait; other kinds are other keys", async () => {
    const database = await open();
    const { queue, enqueue, statuses, clock } = setUp(database);
    let runs = 0;
    queue.register("test.a", async () => {
      runs++;
      if (runs === 1)
        await enqueue({ kind: "test.a", payload: {}, key: "k" }, { kind: "test.a", payload: {}, key: "k" });
    });
    queue.register("test.b", async () => {});
    const late = new Date(clock.now().getTime() + MINUTE);
    await enqueue(
      { kind: "test.a", payload: {}, key: "k", runAt: late },
      { kind: "test.a", payload: {}, key: "k" },
      { kind: "test.b", payload: {}, key: "k" },
    );
    expect(await statuses()).toEqual(["waiting", "waiting"]);
    await queue.runDue();
    expect(runs).toBe(2);
    expect(await statuses()).toEqual(["done", "done", "done"]);
  });

  test("a failing job is tried again after a pause, then stays visible as failed", async () => {
    const database = await open();
    const { queue, enqueue, clock } = setUp(database);
    const attempts: number[] = [];
    queue.register("test.bad", async (_, { attempt }) => {
      attempts.push(attempt);
      throw new Error(`broken ${attempt}`);
    });
    await enqueue({ kind: "test.bad", payload: {}, maxAttempts: 3, key: "k" });
    await queue.runDue();
    await queue.runDue();
    expect(attempts).toEqual([1]);
    for (let i = 0; i < 5; i++) {
      clock.advance(MINUTE);
      await queue.runDue();
    }
    expect(attempts).toEqual([1, 2, 3]);
    const [job] = (await queue.list({ status: "failed", kind: "test.bad" }, PAGE)).items;
    expect(job).toMatchObject({ attempts: 3, lastError: "broken 3", leasedUntil: null });
    expect(await queue.summary()).toMatchObject([{ kind: "test.bad", status: "failed", count: 1 }]);
    expect(await queue.prune(DAY)).toBe(0);
    clock.advance(2 * DAY);
    expect(await queue.prune(DAY)).toBe(1);
  });

  test("a job that fails while another of its key waits leaves the work to that one", async () => {
    const database = await open();
    const { queue, enqueue, statuses } = setUp(database);
    let runs = 0;
    queue.register("test.a", async () => {
      if (++runs > 1) return;
      await enqueue({ kind: "test.a", payload: {}, key: "k" });
      throw new Error("first fails");
    });
    await enqueue({ kind: "test.a", payload: {}, key: "k" });
    await queue.runDue();
    expect(runs).toBe(2);
    expect(await statuses()).toEqual(["done", "done"]);
  });

  test("a handler that takes too long is aborted, and counts as failed", async () => {
    const database = await open();
    const { queue, enqueue } = setUp(database);
    let aborted = false;
    queue.register(
      "test.slow",
      (_, { signal }) => {
        signal.addEventListener("abort", () => {
          aborted = true;
        });
        return new Promise(() => {});
      },
      { timeoutMs: 5 },
    );
    await enqueue({ kind: "test.slow", payload: {}, maxAttempts: 1 });
    await queue.runDue();
    expect(aborted).toBe(true);
    expect((await queue.list({}, PAGE)).items[0]).toMatchObject({
      status: "failed",
      lastError: expect.stringContaining("longer than"),
    });
  });

  test("two processes share 60 jobs: each runs once, and never more at a time than allowed", async () => {
    const database = await open();
    const runs: number[] = [];
    const queues = [0, 1].map(() => {
      const { queue, enqueue } = setUp(database);
      let now = 0;
      queue.register<number>(
        "test.count",
        async (payload) => {
          expect(++now).toBeLessThanOrEqual(3);
          await database.check();
          runs.push(payload);
          now--;
        },
        { concurrency: 3 },
      );
      return { queue, enqueue };
    });
    const jobs = Array.from({ length: 60 }, (_, payload) => ({ kind: "test.count", payload }));
    await queues[0]!.enqueue(...jobs);
    await Promise.all(queues.map(({ queue }) => queue.runDue()));
    expect(runs.sort((a, b) => a - b)).toEqual(jobs.map(({ payload }) => payload));
  });

  test("stopping lets a job end, or aborts it and gives it back untried", async () => {
    const database = await open();
    const { queue, enqueue } = setUp(database);
    const began = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const finish = Promise.withResolvers<void>();
    queue.register("test.ends", () => {
      began[0]!.resolve();
      return finish.promise;
    });
    queue.register("test.hangs", () => {
      began[1]!.resolve();
      return new Promise(() => {});
    });
    await enqueue({ kind: "test.ends", payload: {} }, { kind: "test.hangs", payload: {} });
    queue.start();
    await Promise.all(began.map(({ promise }) => promise));
    const stopped = queue.stop({ drainMs: 50 });
    finish.resolve();
    await stopped;
    const { items } = await queue.list({}, PAGE);
    expect(items.find(({ kind }) => kind === "test.ends")).toMatchObject({ status: "done" });
    expect(items.find(({ kind }) => kind === "test.hangs")).toMatchObject({
      status: "waiting",
      attempts: 0,
      leasedUntil: null,
    });
  });

  test("a lease that another process took over aborts the job here, and its end is not written", async () => {
    const database = await open();
    const here = setUp(database, { leaseMs: 15 });
    const there = setUp(database);
    const aborted = Promise.withResolvers<void>();
    const began = Promise.withResolvers<void>();
    here.queue.register("test.a", (_, { signal }) => {
      began.resolve();
      return new Promise((_resolve, reject) =>
        signal.addEventListener("abort", () => {
          aborted.resolve();
          reject(new Error("aborted"));
        }),
      );
    });
    there.queue.register("test.a", async () => {});
    await here.enqueue({ kind: "test.a", payload: {} });
    here.queue.start();
    await began.promise;
    there.clock.advance(MINUTE);
    // A row that is being renewed at this very moment is passed over, so once may not be enough.
    for (let status = "running"; status !== "done"; ) {
      await there.queue.runDue();
      status = (await there.queue.list({}, PAGE)).items[0]?.status ?? "gone";
    }
    await aborted.promise;
    await here.queue.stop();
    expect((await here.queue.list({}, PAGE)).items[0]).toMatchObject({ status: "done", attempts: 2, lastError: null });
  });

  test("a process killed in the middle of a job: the job runs again and its effect is there once", async () => {
    const location = await locate();
    const database = createDatabase(location);
    const { queue, enqueue, clock } = setUp(database);
    clock.advance(Date.now() - clock.now().getTime());
    await enqueue({ kind: "test.effect", payload: {} });
    const script = new URL("../../../test/support/killed-worker.ts", import.meta.url).pathname;
    const child = Bun.spawn([process.execPath, script, location.url, location.path], { stdout: "pipe" });
    const output = child.stdout.getReader();
    expect(new TextDecoder().decode((await output.read()).value)).toBe("effect\n");
    child.kill("SIGKILL");
    await child.exited;
    let repeats = 0;
    queue.register("test.effect", async (_, { jobId }) => {
      repeats++;
      await database.write((tx) =>
        tx
          .insertInto("counters")
          .values({ name: `effect:${jobId}`, value: 1 })
          .onConflict((conflict) => conflict.doNothing())
          .execute(),
      );
    });
    await queue.runDue();
    expect(repeats).toBe(0);
    clock.advance(MINUTE);
    await queue.runDue();
    expect(repeats).toBe(1);
    expect((await queue.list({}, PAGE)).items).toMatchObject([{ status: "done", attempts: 2 }]);
    const effects = await database.read.selectFrom("counters").selectAll().where("name", "like", "effect:%").execute();
    expect(effects).toHaveLength(1);
    await database.close();
  }, 30_000);

  test("a job that kills every process that runs it ends as failed", async () => {
    const database = await open();
    const { queue, enqueue, clock } = setUp(database);
    queue.register("test.deadly", async () => {});
    await enqueue({ kind: "test.deadly", payload: {}, maxAttempts: 2 });
    await database.write((tx) =>
      tx
        .updateTable("jobs")
        .set({ status: "running", attempts: 2, leased_by: "dead", leased_until: "2026-01-01T00:00:00.000Z" })
        .execute(),
    );
    clock.advance(1);
    await queue.runDue();
    expect((await queue.list({}, PAGE)).items).toMatchObject([
      { status: "failed", lastError: expect.stringContaining("died") },
    ]);
  });

  describe("schedule", () => {
    test("each tick is enqueued once by two processes, missed ticks are made up for once", async () => {
      const database = await open();
      const clock = standingClock("2026-03-01T00:00:30.000Z");
      const { queue } = setUp(database, { clock });
      let runs = 0;
      queue.register("test.tick", async () => void runs++);
      const jobs = [
        { kind: "test.tick", cron: "*/10 * * * *" },
        { kind: "test.never", cron: "" },
      ];
      const schedulers = [0, 1].map(() => createScheduler({ database, queue, clock, log: silentLog, jobs }));
      const round = async (ms: number): Promise<number> => {
        clock.advance(ms);
        await Promise.all(schedulers.map((scheduler) => scheduler.tick()));
        await queue.runDue();
        return runs;
      };
      expect(await round(0)).toBe(0);
      expect(await round(9 * MINUTE + 29 * SECOND)).toBe(0);
      expect(await round(SECOND)).toBe(1);
      expect(await round(SECOND)).toBe(1);
      expect(await round(10 * MINUTE)).toBe(2);
      expect(await round(DAY)).toBe(3);
      expect(schedulers[0]!.upcoming()).toEqual([{ kind: "test.tick", at: new Date("2026-03-02T00:30:00.000Z") }]);
    });
  });
});

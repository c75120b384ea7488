import { type Clock, instant } from "../../core/clock.ts";
import { type Database, type Queries, toNumber } from "../database/index.ts";
import type { DomainEvent, NewEvent, Outbox } from "./outbox.ts";

/** The row of `counters` that holds the number of the newest event. */
const COUNTER = "events";
const PRUNE_BATCH = 1000;
/** A statement has room for some thousand values; a recall may be of more versions. */
const ROWS_PER_INSERT = 500;

export interface DatabaseOutbox extends Outbox {
  /** Deletes events older than `before`, the newest never; answers how many. A reader that slept longer starts anew. */
  prune(before: Date): Promise<number>;
  /** Stops looking for other processes' events and forgets the listeners. */
  close(): void;
}

/** The event log in the database. Other processes' events are noticed within `pollMs` (default 1 s). */
export function createOutbox(options: { database: Database; clock: Clock; pollMs?: number }): DatabaseOutbox {
  const { database, clock } = options;
  const bus = createBus(() => headOf(database.read), options.pollMs ?? 1000);
  return {
    async append(tx, ...events) {
      if (events.length === 0) return;
      const last = await takeNumbers(tx, events.length);
      const first = last - events.length + 1;
      const at = instant(clock.now());
      const rows = events.map((event, index) => rowOf(event, first + index, at));
      for (let from = 0; from < rows.length; from += ROWS_PER_INSERT)
        await tx
          .insertInto("events")
          .values(rows.slice(from, from + ROWS_PER_INSERT))
          .execute();
    },
    async read(after, limit) {
      const rows = await database.read
        .selectFrom("events")
        .selectAll()
        .where("seq", ">", after)
        .orderBy("seq")
        .limit(limit)
        .execute();
      return rows.map(eventOf);
    },
    head: () => headOf(database.read),
    subscribe: bus.subscribe,
    announce: bus.announce,
    prune: (before) => prune(database, instant(before)),
    close: bus.close,
  };
}

/**
 * Raises the counter and answers its new value. The row stays locked until the transaction ends, so that numbers are
 * given in the order of commits and a rollback gives them back.
 */
async function takeNumbers(tx: Queries, count: number): Promise<number> {
  const raise = () =>
    tx
      .updateTable("counters")
      .set((eb) => ({ value: eb("value", "+", count) }))
      .where("name", "=", COUNTER)
      .returning("value")
      .executeTakeFirst();
  const raised = await raise();
  if (raised) return toNumber(raised.value);
  // The first event of this database; two processes may both come here.
  const { newest } = await tx
    .selectFrom("events")
    .select((eb) => eb.fn.max("seq").as("newest"))
    .executeTakeFirstOrThrow();
  await tx
    .insertInto("counters")
    .values({ name: COUNTER, value: toNumber(newest) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return toNumber((await raise())?.value);
}

async function headOf(queries: Queries): Promise<number> {
  const row = await queries.selectFrom("counters").select("value").where("name", "=", COUNTER).executeTakeFirst();
  return toNumber(row?.value);
}

async function prune(database: Database, before: string): Promise<number> {
  const head = await headOf(database.read);
  for (let deleted = 0; ; ) {
    const oldest = await database.read
      .selectFrom("events")
      .select(["seq", "created_at"])
      .where("seq", "<", head)
      .orderBy("seq")
      .limit(PRUNE_BATCH)
      .execute();
    const young = oldest.findIndex((row) => row.created_at >= before);
    const old = young < 0 ? oldest : oldest.slice(0, young);
    const last = old.at(-1);
    if (!last) return deleted;
    await database.write((tx) => tx.deleteFrom("events").where("seq", "<=", toNumber(last.seq)).execute());
    deleted += old.length;
  }
}

const rowOf = (event: NewEvent, seq: number, at: string) => ({
  seq,
  type: event.type,
  subject_id: event.subjectId,
  actor_id: event.actorId ?? null,
  payload: JSON.stringify(event.payload),
  created_at: at,
});

const eventOf = (row: {
  seq: number | string;
  type: string;
  subject_id: string;
  actor_id: string | null;
  payload: string;
  created_at: string;
}): DomainEvent => ({
  seq: toNumber(row.seq),
  type: row.type,
  subjectId: row.subject_id,
  actorId: row.actor_id,
  payload: JSON.parse(row.payload) as Record<string, unknown>,
  at: row.created_at,
});

/** Tells listeners that there is something new: at once when announced, else when a poll finds a higher number. */
function createBus(head: () => Promise<number>, pollMs: number) {
  const listeners = new Set<() => void>();
  let timer: Timer | null = null;
  let known: number | null = null;
  const notify = (): void => {
    for (const listener of listeners) queueMicrotask(listener);
  };
  const poll = async (): Promise<void> => {
    // A database that does not answer now is asked again at the next poll; readiness reports it.
    const newest = await head().catch(() => known);
    if (newest !== null && (known === null || newest > known)) notify();
    known = newest;
  };
  const stop = (): void => {
    if (timer) clearInterval(timer);
    timer = null;
  };
  return {
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      if (!timer) {
        known = null;
        timer = setInterval(() => void poll(), pollMs);
        timer.unref();
        void poll();
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) stop();
      };
    },
    announce: notify,
    close(): void {
      listeners.clear();
      stop();
    },
  };
}

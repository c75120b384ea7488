import type { Clock } from "../../core/clock.ts";
import { type Database, type Queries, toNumber } from "../database/index.ts";
import type { Log } from "../telemetry/index.ts";
import type { AuditReader } from "./audit-reader.ts";
import type { AuditSink } from "./audit-sink.ts";

const BATCH = 200;
const LEASE_MS = 30_000;
const LONGEST_PAUSE_MS = 30_000;

export interface AuditForwarder {
  start(): void;
  /** Ends after the batch that is on its way; what was not sent is sent after the next start. */
  stop(): Promise<void>;
  /** How many entries each sink has not got yet. */
  lag(): Promise<{ sink: string; entries: number }[]>;
}

/**
 * Follows the log by number and gives every entry to every sink at least once. How far each has got stands in the database, so
 * nothing is lost over restarts; a sink that does not answer holds up nothing but itself. Of several servers over one database
 * one forwards at a time.
 */
export function createAuditForwarder(deps: {
  database: Database;
  reader: AuditReader;
  clock: Clock;
  log: Log;
  /** By name; the name finds its position again. */
  sinks: ReadonlyMap<string, AuditSink>;
  /** How often new entries are looked for. Default: a second. */
  pollMs?: number;
}): AuditForwarder {
  const { database, reader, log, sinks, pollMs = 1000 } = deps;
  const stopping = new AbortController();
  let running: Promise<void>[] = [];
  const follow = async (name: string, sink: AuditSink): Promise<void> => {
    const lease = createLease(deps, name);
    for (let failures = 0; !stopping.signal.aborted; ) {
      try {
        const sent = await forwardBatch({ database, reader, lease }, name, sink);
        if (failures > 0 && sent > 0) log.info("audit log is forwarded again", { sink: name });
        if (sent > 0) failures = 0;
        if (sent < BATCH) await pause(pollMs, stopping.signal);
      } catch (error) {
        if (failures++ === 0) log.warn("audit log cannot be forwarded; it is tried again", { sink: name, error });
        await pause(Math.min(pollMs * 2 ** failures, LONGEST_PAUSE_MS), stopping.signal);
      }
    }
    await lease.release().catch(() => {});
    await sink.close();
  };
  return {
    start() {
      running = [...sinks].map(([name, sink]) => follow(name, sink));
    },
    async stop() {
      stopping.abort();
      await Promise.all(running);
    },
    async lag() {
      const { seq } = await reader.head();
      const positions = [...sinks.keys()].map(async (sink) => ({
        sink,
        entries: seq - (await positionOf(database.read, sink)),
      }));
      return Promise.all(positions);
    },
  };
}

interface Step {
  database: Database;
  reader: AuditReader;
  lease: { hold(): Promise<boolean> };
}

/** Answers how many entries were sent. */
async function forwardBatch({ database, reader, lease }: Step, name: string, sink: AuditSink): Promise<number> {
  const position = await positionOf(database.read, name);
  if ((await reader.head()).seq <= position || !(await lease.hold())) return 0;
  const records = await reader.read({}, { after: position, limit: BATCH, ascending: true });
  const last = records.at(-1);
  if (!last) return 0;
  await sink.send(records);
  await database.write((tx) => advance(tx, positionName(name), last.seq));
  return records.length;
}

const positionName = (sink: string): string => `audit-forwarded:${sink}`;

async function positionOf(q: Queries, sink: string): Promise<number> {
  const row = await q.selectFrom("counters").select("value").where("name", "=", positionName(sink)).executeTakeFirst();
  return toNumber(row?.value);
}

/** Never back: a server that lost its turn while it sent may come late. */
async function advance(tx: Queries, name: string, value: number): Promise<void> {
  await tx
    .insertInto("counters")
    .values({ name, value })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ value }).where("counters.value", "<", value))
    .execute();
}

/** One server's turn to forward: a counter that holds when it ends, told apart from others' by its last digits. */
function createLease({ database, clock }: { database: Database; clock: Clock }, sink: string) {
  const name = `audit-forwarder:${sink}`;
  const scale = 1000;
  let mine = 0;
  return {
    /** Takes or prolongs the turn; false while it is another's. */
    async hold(): Promise<boolean> {
      const now = clock.now().getTime();
      const next = (now + LEASE_MS) * scale + Math.floor(Math.random() * scale);
      const held = await database.write(async (tx) => {
        await tx
          .insertInto("counters")
          .values({ name, value: 0 })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        const { numUpdatedRows } = await tx
          .updateTable("counters")
          .set({ value: next })
          .where("name", "=", name)
          .where((eb) => eb.or([eb("value", "=", mine), eb("value", "<", now * scale)]))
          .executeTakeFirst();
        return numUpdatedRows === 1n;
      });
      if (held) mine = next;
      return held;
    },
    /** Lets another server go on at once. */
    async release(): Promise<void> {
      if (mine === 0) return;
      await database.write((tx) =>
        tx.updateTable("counters").set({ value: 0 }).where("name", "=", name).where("value", "=", mine).execute(),
      );
    },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const wake = () => resolve();
  signal.addEventListener("abort", wake);
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", wake);
  });
}

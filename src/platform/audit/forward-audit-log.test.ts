import { afterAll, describe, expect, test } from "bun:test";
import { createSocket } from "node:dgram";
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onSqlite } from "../../../test/support/accounts-server.ts";
import { eachDatabase } from "../../../test/support/databases.ts";
import { SYSTEM } from "../../core/actor.ts";
import { systemClock } from "../../core/clock.ts";
import type { Database } from "../database/index.ts";
import { createSealer } from "../sealing/sealer.ts";
import { silentLog } from "../telemetry/index.ts";
import type { AuditSink } from "./audit-sink.ts";
import { createAuditLog } from "./database-audit-log.ts";
import { createFileSink } from "./file-sink.ts";
import { createAuditForwarder } from "./forward-audit-log.ts";
import { createSyslogSink } from "./syslog-sink.ts";

const folder = mkdtempSync(join(tmpdir(), "marketplace-audit-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const logOf = (database: Database) =>
  createAuditLog({ database, clock: systemClock, sealer: createSealer([new Uint8Array(32)]) });
const act = (action: string) => ({
  action,
  outcome: "success" as const,
  actor: SYSTEM,
  subject: { type: "user", id: null, name: "äda" },
});

function forwarderOf(database: Database, sink: AuditSink, name = "sink") {
  return createAuditForwarder({
    database,
    reader: logOf(database),
    clock: systemClock,
    log: silentLog,
    sinks: new Map([[name, sink]]),
    pollMs: 5,
  });
}

async function until(what: string, check: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`${what}: not in time`);
    await Bun.sleep(2);
  }
}

/** A sink in memory that fails when told to. */
function memorySink() {
  const seen: number[] = [];
  const state = { broken: false, tries: 0 };
  const sink: AuditSink = {
    async send(records) {
      state.tries++;
      if (state.broken) throw new Error("the sink is down");
      seen.push(...records.map(({ seq }) => seq));
    },
    close: async () => {},
  };
  return { seen, state, sink };
}

eachDatabase("forwarding", (open) => {
  test("gives every entry once while all is well, goes on after a restart, and loses nothing to a dead sink", async () => {
    const database = await open();
    const audit = logOf(database);
    const { seen, state, sink } = memorySink();
    const first = forwarderOf(database, sink);
    first.start();
    await audit.record(...Array.from({ length: 450 }, (_, i) => act(`a.${i}`)));
    await until("450 entries", () => seen.length === 450);
    await first.stop();
    await audit.record(act("b.1"), act("b.2"));
    state.broken = true;
    const second = forwarderOf(database, sink);
    second.start();
    const tries = state.tries;
    await until("a failed try", () => state.tries > tries + 1);
    // A dead sink holds nobody up.
    await audit.record(act("c.1"));
    expect(await second.lag()).toEqual([{ sink: "sink", entries: 3 }]);
    state.broken = false;
    await until("the rest", () => seen.length === 453);
    expect(seen).toEqual(Array.from({ length: 453 }, (_, i) => i + 1));
    // The position is written after the entries were handed over.
    await until("the position", async () => (await second.lag())[0]?.entries === 0);
    await second.stop();
  });

  test("of two servers over one database one forwards", async () => {
    const database = await open();
    const [one, other] = [memorySink(), memorySink()];
    const forwarders = [forwarderOf(database, one.sink), forwarderOf(database, other.sink)];
    for (const forwarder of forwarders) forwarder.start();
    for (let i = 0; i < 20; i++) await logOf(database).record(act(`a.${i}`));
    await until("all of them", () => one.seen.length + other.seen.length >= 20);
    await Promise.all(forwarders.map((forwarder) => forwarder.stop()));
    expect([...one.seen, ...other.seen].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(Math.min(one.seen.length, other.seen.length)).toBe(0);
  });
});

onSqlite("sinks", (open) => {
  const records = async (count: number) => {
    const audit = logOf(await open());
    await audit.record(...Array.from({ length: count }, (_, i) => act(`session.started.${i}`)));
    return audit.read({}, { after: null, limit: count, ascending: true });
  };
  const lines = (path: string) => readFileSync(path, "utf8").trimEnd().split("\n");

  test("a file gets a line each, is made anew after rotation, and a line cut short is ended", async () => {
    const [first, second, third] = await records(3);
    const path = join(folder, "audit.jsonl");
    writeFileSync(path, '{"seq":0}\n{"cut');
    const sink = createFileSink(path);
    await sink.send([first!]);
    expect(lines(path)).toHaveLength(3);
    expect(JSON.parse(lines(path)[2]!)).toMatchObject({
      seq: 1,
      action: "session.started.0",
      subject: { name: "äda" },
    });
    renameSync(path, `${path}.1`);
    await sink.send([second!]);
    expect(lines(path).map((line) => JSON.parse(line).seq)).toEqual([2]);
    expect(lines(`${path}.1`)).toHaveLength(3);
    await sink.reopen();
    await sink.send([third!]);
    expect(lines(path).map((line) => JSON.parse(line).seq)).toEqual([2, 3]);
    await sink.close();
  });

  const HEAD = /^<110>1 \d{4}-\d{2}-\d{2}T[\d:.]+Z \S+ marketplace \d+ session\.started\.\d+ - \uFEFF(\{.*\})$/;
  const seqOf = (message: string): number => JSON.parse(HEAD.exec(message)![1]!).seq;

  describe("syslog over TCP", () => {
    /** Receives connections; `take` decides what becomes of each. */
    async function receiver(take: (socket: Socket) => void) {
      const server = createServer({ allowHalfOpen: true }, take);
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      return { url: `tcp://127.0.0.1:${port}`, [Symbol.dispose]: () => void server.close() };
    }

    test("counts octets, and counts as delivered what was read to the end", async () => {
      const chunks: Buffer[] = [];
      using server = await receiver((socket) => {
        socket.on("data", (chunk) => void chunks.push(Buffer.from(chunk)));
        socket.on("end", () => socket.end());
      });
      await createSyslogSink(server.url).send(await records(50));
      const bytes = Buffer.concat(chunks);
      const messages: string[] = [];
      for (let at = 0; at < bytes.byteLength; ) {
        const space = bytes.indexOf(0x20, at);
        const length = Number(bytes.toString("latin1", at, space));
        messages.push(bytes.toString("utf8", space + 1, space + 1 + length));
        at = space + 1 + length;
      }
      expect(messages.map(seqOf)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    });

    test("fails when the receiver goes away before it has read, or is not there", async () => {
      const batch = await records(2);
      using server = await receiver((socket) => void socket.resetAndDestroy());
      await expect(createSyslogSink(server.url).send(batch)).rejects.toThrow();
      await expect(createSyslogSink("tcp://127.0.0.1:1").send(batch)).rejects.toThrow();
    });
  });

  test("syslog over UDP: a message a datagram", async () => {
    const socket = createSocket("udp4");
    const messages: string[] = [];
    socket.on("message", (message) => messages.push(message.toString("utf8")));
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", () => resolve()));
    await createSyslogSink(`udp://127.0.0.1:${socket.address().port}`).send(await records(5));
    await until("five datagrams", () => messages.length === 5);
    expect(messages.map(seqOf).sort()).toEqual([1, 2, 3, 4, 5]);
    socket.close();
  });
});

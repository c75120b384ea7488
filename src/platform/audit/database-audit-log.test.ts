import { describe, expect, test } from "bun:test";
import { sql } from "kysely";
import { eachDatabase } from "../../../test/support/databases.ts";
import { ANONYMOUS, SYSTEM } from "../../core/actor.ts";
import { systemClock } from "../../core/clock.ts";
import { type Id, newId } from "../../core/id.ts";
import type { Database } from "../database/index.ts";
import { createSealer } from "../sealing/sealer.ts";
import { inScope } from "../telemetry/request-scope.ts";
import type { AuditEvent } from "./audit-log.ts";
import { GENESIS, hashOf, type StoredEntry } from "./audit-entry.ts";
import { createAuditLog } from "./database-audit-log.ts";

const KEY = new Uint8Array(32).fill(3);
const logOf = (database: Database, key = KEY) =>
  createAuditLog({ database, clock: systemClock, sealer: createSealer([key]) });
const act = (action: string, more: Partial<AuditEvent> = {}): AuditEvent => ({
  action,
  outcome: "success",
  actor: SYSTEM,
  subject: { type: "server", id: null },
  ...more,
});

eachDatabase("the audit log", (open) => {
  /** A log of ten entries. */
  async function ten() {
    const database = await open();
    const audit = logOf(database);
    await audit.record(...Array.from({ length: 10 }, (_, i) => act(`thing.done.${i + 1}`)));
    return { database, audit };
  }
  const run = (database: Database, text: string) => database.write((tx) => sql.raw(text).execute(tx));

  test("chains entries of many writers in one order, without gaps, and gives back the numbers of a rollback", async () => {
    const database = await open();
    const [one, other] = [logOf(database), logOf(database)];
    const attempts = Array.from({ length: 60 }, (_, i) => {
      const log = i % 2 ? one : other;
      if (i % 5 > 0) return log.record(act("a.done"), act("b.done"));
      return database
        .write(async (tx) => {
          await log.append(tx, act("never.happened"));
          throw new Error("rolled back");
        })
        .catch(() => {});
    });
    await Promise.all(attempts);
    expect(await one.verify()).toMatchObject({ entries: 96, complete: true, problems: [], head: { seq: 96 } });
    expect(await one.read({ action: "never" }, { after: null, limit: 10 })).toEqual([]);
  });

  test("costs two statements when nobody else was quicker", async () => {
    const { database, audit } = await ten();
    const statements = await database.write(async (tx) => {
      let count = 0;
      const counted = tx.withPlugin({
        transformQuery: ({ node }) => {
          count++;
          return node;
        },
        transformResult: async ({ result }) => result,
      });
      await audit.append(counted, act("a.done"), act("b.done"), act("c.done"));
      return count;
    });
    expect(statements).toBe(2);
  });

  test.each<[what: string, change: string, seq: number, says: string]>([
    ["changed", "UPDATE audit_entries SET outcome = 'denied' WHERE seq = 4", 4, "was changed"],
    ["given other details", `UPDATE audit_entries SET details = '{"a":1}' WHERE seq = 7`, 7, "was changed"],
    [
      "given another time",
      "UPDATE audit_entries SET created_at = '2020-01-01T00:00:00.000Z' WHERE seq = 1",
      1,
      "was changed",
    ],
    [
      "given another address",
      `UPDATE audit_entries SET personal = '{"actor":{},"subject":{}}' WHERE seq = 2`,
      2,
      "personal",
    ],
    ["taken out", "DELETE FROM audit_entries WHERE seq = 5", 5, "missing"],
    ["taken out at the beginning", "DELETE FROM audit_entries WHERE seq < 4", 1, "1 to 3 missing"],
    ["cut off the end", "DELETE FROM audit_entries WHERE seq > 8", 9, "9 to 10 are missing from the end"],
    ["all taken out", "DELETE FROM audit_entries", 1, "1 to 10 are missing"],
    [
      "put in behind the end",
      "INSERT INTO audit_entries SELECT 11, created_at, action, outcome, actor_id, via, subject_type, subject_id, request_id, details, personal, personal_hash, previous_hash, hash FROM audit_entries WHERE seq = 10",
      11,
      "put in behind",
    ],
    ["without its head", "DELETE FROM audit_heads", 1, "no sealed end"],
  ])("is found wrong when an entry is %s", async (_what, change, seq, says) => {
    const { database, audit } = await ten();
    await run(database, change);
    const { problems } = await audit.verify();
    expect(problems[0]).toMatchObject({ seq, problem: expect.stringContaining(says) });
  });

  test("is found wrong when two entries changed places", async () => {
    const { database, audit } = await ten();
    for (const [from, to] of [
      [3, 99],
      [6, 3],
      [99, 6],
    ])
      await run(database, `UPDATE audit_entries SET seq = ${to} WHERE seq = ${from}`);
    expect((await audit.verify()).problems.map(({ seq }) => seq)).toEqual(expect.arrayContaining([3, 6]));
  });

  /** What somebody who can write the database but has no key can do: make every hash right again. */
  async function rewrite(database: Database, change: (entry: StoredEntry) => Partial<StoredEntry>, upTo: number) {
    const rows = (await database.read
      .selectFrom("audit_entries")
      .selectAll()
      .orderBy("seq")
      .execute()) as StoredEntry[];
    let previous = GENESIS;
    for (const row of rows.filter(({ seq }) => Number(seq) <= upTo)) {
      const next = { ...row, ...change(row), seq: Number(row.seq), previous_hash: previous.hash };
      previous = { seq: next.seq, hash: hashOf(next) };
      const { seq: _, ...columns } = { ...next, hash: previous.hash };
      await database.write((tx) => tx.updateTable("audit_entries").set(columns).where("seq", "=", next.seq).execute());
    }
    await database.write(async (tx) => {
      await tx.deleteFrom("audit_entries").where("seq", ">", upTo).execute();
      await tx.updateTable("audit_heads").set({ seq: previous.seq, hash: previous.hash }).execute();
    });
  }

  test("is found wrong when all of it was made anew, or shortened with its end, by who has no key", async () => {
    const forged = await ten();
    await rewrite(forged.database, () => ({ outcome: "success", actor_id: newId() }), 10);
    expect((await forged.audit.verify()).problems).toMatchObject([
      { seq: 10, problem: expect.stringContaining("not sealed") },
    ]);
    const shortened = await ten();
    await rewrite(shortened.database, () => ({}), 6);
    expect((await shortened.audit.verify()).problems).toMatchObject([{ seq: 6 }]);
    const other = await ten();
    expect((await logOf(other.database, new Uint8Array(32).fill(9)).verify()).problems).toHaveLength(1);
  });

  test("is held against a place noted down earlier: an older state of the whole database does not pass for the newest", async () => {
    const { database, audit } = await ten();
    const noted = await audit.head();
    const old = await database.read.selectFrom("audit_heads").selectAll().executeTakeFirstOrThrow();
    await audit.record(act("k.done"));
    const later = await audit.head();
    expect((await audit.verify({ anchor: noted })).problems).toEqual([]);
    await database.write(async (tx) => {
      await tx.deleteFrom("audit_entries").where("seq", ">", 10).execute();
      await tx.updateTable("audit_heads").set(old).execute();
    });
    expect((await audit.verify()).problems).toEqual([]);
    expect((await audit.verify({ anchor: later })).problems).toMatchObject([{ seq: 11 }]);
    expect((await audit.verify({ anchor: { seq: 10, hash: later.hash } })).problems).toMatchObject([{ seq: 10 }]);
  });

  test("is verified in parts that go on from one another", async () => {
    const database = await open();
    const audit = logOf(database);
    for (let i = 0; i < 3; i++) await audit.record(...Array.from({ length: 500 }, () => act("thing.done")));
    const first = await audit.verify({ maxEntries: 1000 });
    expect(first).toMatchObject({ entries: 1000, complete: false, problems: [] });
    const second = await audit.verify({ maxEntries: 1000, after: first.through });
    expect(second).toMatchObject({ entries: 500, complete: true, problems: [], through: second.head });
    const wrong = await audit.verify({ after: { seq: 1000, hash: "f".repeat(64) } });
    expect(wrong.problems).toMatchObject([{ seq: 1000 }]);
  });

  describe("personal data", () => {
    const person = { kind: "user", userId: newId(), username: "otto", via: "session" } as const;
    const scope = { requestId: "request-1", address: "192.0.2.7", userAgent: "Firefox" };
    const of = (id: Id) => ({ type: "user", id, name: "otto" });

    test("of a person is erased from what they did and what was done to them, of others it stays, and the chain is whole", async () => {
      const database = await open();
      const audit = logOf(database);
      const boss = { ...person, userId: newId(), username: "boss" };
      await inScope(scope, () =>
        audit.record(
          act("session.started", { actor: person, subject: of(person.userId) }),
          act("user.disabled", { actor: boss, subject: of(person.userId) }),
          act("password.refused", {
            actor: ANONYMOUS,
            subject: of(person.userId),
            personal: { tried: "otto@example.org" },
          }),
          act("api_key.created", { actor: person, subject: { type: "api-key", id: newId(), name: "otto's laptop" } }),
          act("session.started", { actor: boss, subject: { type: "user", id: boss.userId, name: "boss" } }),
        ),
      );
      expect(await audit.erasePersonal(person.userId)).toBe(4);
      expect(await audit.erasePersonal(person.userId)).toBe(0);
      expect((await audit.verify()).problems).toEqual([]);
      const rows = await database.read.selectFrom("audit_entries").selectAll().orderBy("seq").execute();
      // Neither word can stand in a hexadecimal hash by chance.
      const text = JSON.stringify(rows.slice(0, 4));
      expect(text).not.toMatch(/"otto|otto@|laptop/);
      expect(rows[1]?.personal).toContain("boss");
      expect(rows[1]?.personal).toContain("192.0.2.7");
      expect(rows[4]?.personal).toContain("boss");
      const [read] = await audit.read({ actorId: person.userId, action: "session." }, { after: null, limit: 5 });
      expect(read).toMatchObject({ actor: { id: person.userId, name: null }, address: null, erased: true });
    });

    test("cannot be guessed from its hash: the same twice has two hashes", async () => {
      const database = await open();
      await inScope(scope, () =>
        logOf(database).record(act("a.done", { actor: person }), act("a.done", { actor: person })),
      );
      const rows = await database.read.selectFrom("audit_entries").select("personal_hash").execute();
      expect(new Set(rows.map((row) => row.personal_hash)).size).toBe(2);
    });
  });
});

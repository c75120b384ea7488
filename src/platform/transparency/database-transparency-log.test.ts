import { expect, test } from "bun:test";
import { sql } from "kysely";
import { eachDatabase } from "../../../test/support/databases.ts";
import { ANONYMOUS } from "../../core/actor.ts";
import { systemClock } from "../../core/clock.ts";
import { EMPTY_ROOT, leafHash, verifyConsistency, verifyInclusion } from "../../core/signing/merkle-tree.ts";
import type { Database } from "../database/index.ts";
import { createSealer } from "../sealing/sealer.ts";
import { createTransparencyLog } from "./database-transparency-log.ts";
import type { NewTransparencyEntry } from "./transparency-log.ts";

const KEY = new Uint8Array(32).fill(3);
const logOf = (database: Database, key = KEY) =>
  createTransparencyLog({ database, clock: systemClock, sealer: createSealer([key]) });
const entry = (name: string, more: Partial<NewTransparencyEntry> = {}): NewTransparencyEntry => ({
  type: "key.added",
  assetId: null,
  facts: { username: name, fingerprint: `SHA256:${name}` },
  ...more,
});

eachDatabase("the transparency log", (open) => {
  async function filled(count: number) {
    const database = await open();
    const log = logOf(database);
    const states = [await log.state()];
    for (let i = 0; i < count; i++) {
      await database.write((tx) => log.append(tx, entry(`user-${i}`)));
      states.push(await log.state());
    }
    return { database, log, states };
  }
  const run = (database: Database, text: string) => database.write((tx) => sql.raw(text).execute(tx));

  test("is empty, grows, and proves each entry and each of its states", async () => {
    const { log, states } = await filled(11);
    expect(states[0]).toEqual({ size: 0, root: EMPTY_ROOT });
    const entries = await log.entries(ANONYMOUS, 0, 100);
    expect(entries.map(({ index }) => index)).toEqual([...Array(11).keys()]);
    for (const { index, leafHash: leaf, entry: text } of entries) {
      expect(leafHash(Buffer.from(text!))).toBe(leaf);
      for (const { size, root } of states.filter((state) => state.size > index)) {
        const proof = await log.inclusionProof(index, size);
        expect(verifyInclusion({ leaf, index, size, root, proof })).toBe(true);
      }
    }
    const now = states.at(-1)!;
    for (const before of states)
      expect(verifyConsistency(before, now, await log.consistencyProof(before.size, now.size))).toBe(true);
    // Each names the one before it.
    const previous = entries.map(({ entry: text }) => JSON.parse(text!).previous);
    expect(previous).toEqual(["", ...entries.slice(0, -1).map(({ leafHash: hash }) => hash)]);
    expect(await log.entries(ANONYMOUS, 9, 1)).toMatchObject([{ index: 9 }]);
    expect(await log.verify()).toMatchObject({ size: 11, root: now.root, problems: [], erased: 0 });
  });

  test("takes more entries at once than a statement has room for, and each of them once", async () => {
    const database = await open();
    const log = logOf(database);
    const many = Array.from({ length: 7000 }, (_, i) => entry(`user-${i}`, { subject: `s-${i}` }));
    await database.write((tx) => log.append(tx, ...many));
    await database.write((tx) => log.append(tx, ...many));
    expect((await log.state()).size).toBe(7000);
    expect(await log.verify()).toMatchObject({ size: 7000, problems: [] });
  });

  test("numbers entries of many writers in one order, without gaps, and gives back those of a rollback", async () => {
    const database = await open();
    const [one, other] = [logOf(database), logOf(database)];
    const attempts = Array.from({ length: 40 }, (_, i) => {
      const log = i % 2 ? one : other;
      const work = database.write(async (tx) => {
        await log.append(tx, entry(`a-${i}`), entry(`b-${i}`));
        if (i % 5 === 0) throw new Error("rolled back");
      });
      return i % 5 === 0 ? work.catch(() => {}) : work;
    });
    await Promise.all(attempts);
    expect(await one.verify()).toMatchObject({ size: 64, problems: [] });
  });

  test("records a subject once, however often and by however many it is told", async () => {
    const database = await open();
    const log = logOf(database);
    const told = entry("ana", { subject: "key-1" });
    await Promise.all(Array.from({ length: 8 }, () => database.write((tx) => log.append(tx, told, told))));
    await database.write((tx) => log.append(tx, { ...told, type: "key.revoked" }, told));
    const recorded = (await log.entries(ANONYMOUS, 0, 10)).map(({ entry: text }) => JSON.parse(text!).type);
    expect(recorded).toEqual(["key.added", "key.revoked"]);
  });

  test("an entry cannot be guessed from its hash: the same facts have another one each time", async () => {
    const database = await open();
    const log = logOf(database);
    await database.write((tx) => log.append(tx, entry("ana"), entry("ana")));
    const salts = (await log.entries(ANONYMOUS, 0, 10)).map(({ entry: text }) => JSON.parse(text!).salt);
    expect(salts[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set(salts).size).toBe(2);
  });

  test("stays whole when an account's entries are emptied, and says how many were", async () => {
    const { database, log, states } = await filled(5);
    await run(database, "UPDATE transparency_entries SET entry = '' WHERE position = 2");
    expect(await log.verify()).toMatchObject({ root: states[5]!.root, erased: 1, problems: [] });
    expect((await log.entries(ANONYMOUS, 2, 1))[0]?.entry).toBeNull();
  });

  test.each<[what: string, change: string, index: number, says: string]>([
    [
      "an entry is changed",
      "UPDATE transparency_entries SET entry = replace(entry, 'user-4', 'user-5') WHERE position = 4",
      4,
      "entry 4 was changed",
    ],
    [
      "an entry is made everybody's",
      "UPDATE transparency_entries SET type = 'key.revoked' WHERE position = 4",
      4,
      "other than its row",
    ],
    ["an entry is taken out", "DELETE FROM transparency_entries WHERE position = 5", 5, "entry 5 is missing"],
    [
      "the beginning is taken out",
      "DELETE FROM transparency_entries WHERE position < 3",
      0,
      "entries 0 to 2 are missing",
    ],
    [
      "the end is cut off",
      "DELETE FROM transparency_entries WHERE position > 7",
      8,
      "entries 8 to 10 are missing from the end",
    ],
    ["all is taken out", "DELETE FROM transparency_entries", 0, "entries 0 to 10 are missing"],
    [
      "a hash of the tree is changed",
      "UPDATE transparency_nodes SET hash = 'ff' WHERE level = 2 AND position = 1",
      4,
      "subtree 2/1 was changed",
    ],
    [
      "a hash of the tree is taken out",
      "DELETE FROM transparency_nodes WHERE level = 1 AND position = 3",
      6,
      "subtree 1/3 is missing",
    ],
    ["the end is said to be earlier", "UPDATE transparency_heads SET size = 9", 8, "not sealed"],
    [
      "an erased entry gets another hash",
      "UPDATE transparency_entries SET entry = '', leaf_hash = 'ff' WHERE position = 3",
      4,
      "does not follow",
    ],
    [
      "an entry is put in behind the end",
      "INSERT INTO transparency_entries (position, type, entry, leaf_hash, previous_hash, created_at) VALUES (11, 'key.added', '', 'ff', 'ff', 'x')",
      11,
      "put in by somebody else",
    ],
  ])("is found wrong when %s", async (_what, change, index, says) => {
    const { database, log } = await filled(11);
    await run(database, change);
    const { problems } = await log.verify();
    expect(problems).toContainEqual({ index, problem: expect.stringContaining(says) });
  });

  test("is found wrong when all of it was made anew by who has no key", async () => {
    const { database, log } = await filled(6);
    const { database: forgery } = await filled(6);
    for (const table of ["transparency_heads", "transparency_nodes", "transparency_entries"] as const) {
      const rows = await forgery.read.selectFrom(table).selectAll().execute();
      await database.write(async (tx) => {
        await tx.deleteFrom(table).execute();
        await tx
          .insertInto(table)
          .values(rows as never)
          .execute();
      });
    }
    // The forger has a log of their own, sealed with a key of their own.
    expect((await log.verify()).problems).toEqual([]);
    expect((await logOf(database, new Uint8Array(32).fill(9)).verify()).problems).toMatchObject([
      { index: 5, problem: expect.stringContaining("not sealed") },
    ]);
  });
});

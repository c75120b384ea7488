import { type Clock, instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import { type Database, type Queries, toNumber } from "../database/index.ts";
import type { Sealer } from "../sealing/sealer.ts";
import { currentScope } from "../telemetry/request-scope.ts";
import { entryOf, GENESIS, type StoredEntry } from "./audit-entry.ts";
import type { AuditEvent, AuditLog } from "./audit-log.ts";
import { erasePersonal } from "./erase-personal.ts";
import type { AuditReader, Head } from "./audit-reader.ts";
import { readEntries } from "./read-audit-log.ts";
import { verifyEntries } from "./verify-audit-log.ts";

/** The row of `audit_heads`, and where its seal belongs. */
const HEAD = "audit";
export const HEAD_PLACE = `audit_heads:${HEAD}`;

export interface DatabaseAuditLog extends AuditLog, AuditReader {
  /** Empties what entries hold of a person; answers how many it changed. The chain stays whole. */
  erasePersonal(userId: Id): Promise<number>;
}

/** The audit log in the database. Where an act came from is read from the request's scope (telemetry/request-scope.ts). */
export function createAuditLog(deps: { database: Database; clock: Clock; sealer: Sealer }): DatabaseAuditLog {
  const { database, clock, sealer } = deps;
  const heads = createHeads(sealer);
  const append = async (tx: Queries, ...events: AuditEvent[]): Promise<void> => {
    if (events.length === 0) return;
    const scope = currentScope();
    const at = instant(clock.now());
    await heads.advance(tx, async (head) => {
      const entries: StoredEntry[] = [];
      for (const event of events) entries.push(entryOf(event, entries.at(-1) ?? head, at, scope));
      return entries;
    });
  };
  return {
    append,
    record: (...events) => database.write((tx) => append(tx, ...events)),
    read: (filter, page) => readEntries(database.read, filter, page),
    head: async () => (await heads.find(database.read)) ?? GENESIS,
    verify: (options = {}) => verifyEntries({ q: database.read, sealer, place: HEAD_PLACE, name: HEAD }, options),
    erasePersonal: (userId) => erasePersonal(database, userId),
  };
}

type Chain = (head: Head) => Promise<StoredEntry[]>;

/**
 * Moves the end of the log. The head's row stays locked until the transaction ends, so that numbers and hashes follow one
 * another in the order of commits and a rollback gives them back. The head that this process wrote last is tried first:
 * when it still holds, an append is two statements; when another transaction was quicker, four.
 */
function createHeads(sealer: Sealer) {
  let guess: Head = GENESIS;
  const find = async (q: Queries): Promise<Head | null> => {
    const row = await q.selectFrom("audit_heads").select(["seq", "hash"]).where("name", "=", HEAD).executeTakeFirst();
    return row ? { seq: toNumber(row.seq), hash: row.hash } : null;
  };
  /** Answers whether the head was `from`. */
  const move = async (tx: Queries, from: Head, to: Head): Promise<boolean> => {
    const { numUpdatedRows } = await tx
      .updateTable("audit_heads")
      .set({ seq: to.seq, hash: to.hash, seal: sealer.seal(sealedText(to), HEAD_PLACE) })
      .where("name", "=", HEAD)
      .where("seq", "=", from.seq)
      .where("hash", "=", from.hash)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  };
  /** Locks the head's row and answers it; makes it when this is the log's first entry. */
  const lock = async (tx: Queries): Promise<Head> => {
    const locked = () =>
      tx
        .updateTable("audit_heads")
        .set((eb) => ({ seq: eb.ref("seq") }))
        .where("name", "=", HEAD)
        .returning(["seq", "hash"])
        .executeTakeFirst();
    let row = await locked();
    if (!row) {
      const first = { name: HEAD, ...GENESIS, seal: sealer.seal(sealedText(GENESIS), HEAD_PLACE) };
      await tx
        .insertInto("audit_heads")
        .values(first)
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      row = await locked();
    }
    return { seq: toNumber(row?.seq), hash: row?.hash ?? "" };
  };
  return {
    find,
    async advance(tx: Queries, chain: Chain): Promise<void> {
      let entries = await chain(guess);
      if (!(await move(tx, guess, lastOf(entries)))) {
        const head = await lock(tx);
        entries = await chain(head);
        await move(tx, head, lastOf(entries));
      }
      await tx.insertInto("audit_entries").values(entries).execute();
      guess = lastOf(entries);
    },
  };
}

const lastOf = (entries: readonly StoredEntry[]): Head => {
  const last = entries.at(-1);
  if (!last) throw new Error("an append of nothing");
  return { seq: last.seq, hash: last.hash };
};

/** What the head's seal holds. */
export const sealedText = ({ seq, hash }: Head): string => `${seq} ${hash}`;

import { type Clock, instant } from "../../core/clock.ts";
import { consistencyRanges, inclusionRanges } from "../../core/signing/merkle-tree.ts";
import type { Database, Queries } from "../database/index.ts";
import type { Sealer } from "../sealing/sealer.ts";
import { BEGINNING, type Head, HEAD_NAME, HEAD_PLACE, readHead, sealedText } from "./log-head.ts";
import { type StoredEntry, storedEntry } from "./transparency-entry.ts";
import { readEntries, readPublications } from "./entry-read-model.ts";
import type { NewTransparencyEntry, TransparencyLog, TransparencyReader } from "./transparency-log.ts";
import { addLeaves, batches, hashesOfRanges } from "./tree-store.ts";
import { verifyStoredLog } from "./verify-transparency-log.ts";

/** The transparency log in the database: entries chained by hash, with an RFC 6962 tree over their hashes. */
export function createTransparencyLog(deps: {
  database: Database;
  clock: Clock;
  sealer: Sealer;
}): TransparencyLog & TransparencyReader {
  const { database, clock, sealer } = deps;
  const q = database.read;
  const state = async () => {
    const { size, root } = (await readHead(q)) ?? BEGINNING;
    return { size, root };
  };
  return {
    async append(tx, ...asked) {
      if ((await notYetRecorded(tx, asked)).length === 0) return;
      const head = await lockHead(tx, sealer);
      // Again, now that nobody else can append: both may have found it missing.
      const entries = await notYetRecorded(tx, asked);
      if (entries.length === 0) return;
      const rows = chain(entries, head, instant(clock.now()));
      const leaves = rows.map((row) => row.leaf_hash);
      const root = await addLeaves(tx, head.size, leaves);
      await moveHead(tx, sealer, { size: head.size + rows.length, leafHash: leaves.at(-1)!, root });
      for (const some of batches(rows)) await tx.insertInto("transparency_entries").values(some).execute();
    },
    state,
    entries: (actor, from, limit) => readEntries(q, actor, from, limit),
    publications: (actor, digest, assetId) => readPublications(q, actor, digest, assetId),
    inclusionProof: (index, size) => hashesOfRanges(q, inclusionRanges(index, size)),
    consistencyProof: async (from, to) => (from === 0 ? [] : hashesOfRanges(q, consistencyRanges(from, to))),
    verify: (signal) => verifyStoredLog({ q, sealer }, signal),
  };
}

function chain(entries: readonly NewTransparencyEntry[], head: Head, at: string): StoredEntry[] {
  const rows: StoredEntry[] = [];
  for (const entry of entries)
    rows.push(
      storedEntry(entry, {
        position: head.size + rows.length,
        previous: rows.at(-1)?.leaf_hash ?? head.leafHash,
        instant: at,
      }),
    );
  return rows;
}

async function notYetRecorded(tx: Queries, entries: readonly NewTransparencyEntry[]): Promise<NewTransparencyEntry[]> {
  const subjects = entries.flatMap(({ subject }) => (subject === undefined ? [] : [subject]));
  if (subjects.length === 0) return [...entries];
  const known = new Set<string>();
  for (const some of batches(subjects)) {
    const rows = await tx
      .selectFrom("transparency_entries")
      .select(["type", "subject"])
      .where("subject", "in", some)
      .execute();
    for (const { type, subject } of rows) known.add(`${type} ${subject}`);
  }
  return entries.filter(({ type, subject }) => {
    const key = `${type} ${subject}`;
    if (subject === undefined) return true;
    if (known.has(key)) return false;
    known.add(key);
    return true;
  });
}

/**
 * Locks the head's row until the transaction ends, so that entries follow one another in the order of commits and a rollback gives
 * their indexes back; makes it when this is the first entry.
 */
async function lockHead(tx: Queries, sealer: Sealer): Promise<Head> {
  const lock = () =>
    tx
      .updateTable("transparency_heads")
      .set((eb) => ({ size: eb.ref("size") }))
      .where("name", "=", HEAD_NAME)
      .executeTakeFirst();
  if ((await lock()).numUpdatedRows === 0n) {
    const { size, leafHash, root } = BEGINNING;
    await tx
      .insertInto("transparency_heads")
      .values({
        name: HEAD_NAME,
        size,
        leaf_hash: leafHash,
        root_hash: root,
        seal: sealer.seal(sealedText(BEGINNING), HEAD_PLACE),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await lock();
  }
  return (await readHead(tx)) ?? BEGINNING;
}

async function moveHead(tx: Queries, sealer: Sealer, head: Head): Promise<void> {
  const seal = sealer.seal(sealedText(head), HEAD_PLACE);
  await tx
    .updateTable("transparency_heads")
    .set({ size: head.size, leaf_hash: head.leafHash, root_hash: head.root, seal })
    .where("name", "=", HEAD_NAME)
    .execute();
}

import type { Id } from "../../core/id.ts";
import { type Database, type Queries, toNumber } from "../database/index.ts";
import { erasedPart, isErased, type Personal, readPersonal } from "./audit-entry.ts";

const BATCH = 500;

/**
 * Takes a person's names, addresses and user agents out of every entry that they did or that was done to them. What remains is
 * the number of the account and the hash, so the chain stays whole. Personal data of others in the same entries stays.
 */
export async function erasePersonal(database: Database, userId: Id): Promise<number> {
  let erased = 0;
  for (let after = 0; ; ) {
    const batch = await database.write(async (tx) => {
      const rows = await entriesAbout(tx, userId, after);
      let changed = 0;
      for (const row of rows) {
        const personal = readPersonal(row.personal);
        const emptied = personal && without(personal, row, userId);
        if (!emptied) continue;
        await tx
          .updateTable("audit_entries")
          .set({ personal: JSON.stringify(emptied) })
          .where("seq", "=", row.seq)
          .execute();
        changed++;
      }
      return { changed, last: rows.at(-1)?.seq };
    });
    erased += batch.changed;
    if (batch.last === undefined) return erased;
    after = toNumber(batch.last);
  }
}

const entriesAbout = (tx: Queries, userId: Id, after: number) =>
  tx
    .selectFrom("audit_entries")
    .select(["seq", "actor_id", "subject_type", "subject_id", "personal"])
    .where((eb) => eb.or([eb("actor_id", "=", userId), eb("subject_id", "=", userId)]))
    .where("seq", ">", after)
    .orderBy("seq")
    .limit(BATCH)
    .execute();

/** Null when nothing of the person is in it (any more). */
function without(
  personal: Personal,
  row: { actor_id: string | null; subject_type: string; subject_id: string | null },
  userId: Id,
): Personal | null {
  const own = row.actor_id === userId;
  // An attempt to sign in has no actor; its address may be the person's.
  const actor = own || row.actor_id === null;
  const subject = row.subject_id === userId || (own && row.subject_type !== "user");
  const emptied = {
    actor: actor && !isErased(personal.actor) ? erasedPart(personal.actor) : personal.actor,
    subject: subject && !isErased(personal.subject) ? erasedPart(personal.subject) : personal.subject,
  };
  return emptied.actor === personal.actor && emptied.subject === personal.subject ? null : emptied;
}

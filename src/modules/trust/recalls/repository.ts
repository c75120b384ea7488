import { sql } from "kysely";
import { ANONYMOUS } from "../../../core/actor.ts";
import type { Instant } from "../../../core/clock.ts";
import type { Digest } from "../../../core/digest.ts";
import type { Id } from "../../../core/id.ts";
import { offsetOf, type PageRequest } from "../../../core/page.ts";
import { type Engine, lockShared, type Queries, readableAssets, toNumber } from "../../../platform/database/index.ts";
import type { Recall } from "./recall.ts";

/** Recalls are ordered one after the other, and never beside a publication that has not ended. */
export const RECALLS_LOCK = "trust.recalls";

const recallQuery = (q: Queries) =>
  q
    .selectFrom("recalls")
    .leftJoin("users as orderer", "orderer.id", "recalls.recalled_by")
    .leftJoin("users as lifter", "lifter.id", "recalls.lifted_by")
    .selectAll("recalls")
    .select(["orderer.username as ordered_by", "lifter.username as taken_back_by"]);

type RecallRow = Awaited<ReturnType<ReturnType<typeof recallQuery>["execute"]>>[number];

const toRecall = (row: RecallRow): Recall => ({
  number: toNumber(row.number),
  digest: row.digest as Digest,
  assetId: row.asset_id,
  ref: row.ref,
  version: row.version,
  reason: row.reason,
  severity: row.severity,
  recalledBy: row.ordered_by,
  recalledAt: row.recalled_at,
  lifted: row.lifted_at === null ? null : { at: row.lifted_at, by: row.taken_back_by, reason: row.lift_reason ?? "" },
});

export const recallNumbered = async (q: Queries, number: number): Promise<Recall | null> =>
  (await recallQuery(q).where("recalls.number", "=", number).execute()).map(toRecall)[0] ?? null;

/** The recall of a digest that was not lifted. */
export const liveRecall = async (q: Queries, digest: Digest): Promise<Recall | null> =>
  (await recallQuery(q).where("digest", "=", digest).where("lifted_at", "is", null).execute()).map(toRecall)[0] ?? null;

/** The same inside a publication: no recall is ordered until its transaction ends. */
export async function liveRecallForPublication(tx: Queries, engine: Engine, digest: Digest): Promise<Recall | null> {
  await lockShared(tx, engine, RECALLS_LOCK);
  return liveRecall(tx, digest);
}

/** Newest first. */
export async function listRecalls(q: Queries, page: PageRequest): Promise<{ items: Recall[]; total: number }> {
  const rows = await recallQuery(q)
    .orderBy("recalls.number", "desc")
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute();
  const { total } = await q
    .selectFrom("recalls")
    .select((eb) => eb.fn.countAll<string>().as("total"))
    .executeTakeFirstOrThrow();
  return { items: rows.map(toRecall), total: toNumber(total) };
}

const RECALL_NUMBERS = "recalls";
const LIST_NUMBERS = "recall-list";

/** Without gaps: the row stays locked until the transaction ends, and a rollback gives the number back. */
async function takeNumber(tx: Queries, name: string): Promise<number> {
  await tx
    .insertInto("counters")
    .values({ name, value: 0 })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .execute();
  const row = await tx
    .updateTable("counters")
    .set((eb) => ({ value: eb("value", "+", 1) }))
    .where("name", "=", name)
    .returning("value")
    .executeTakeFirstOrThrow();
  return toNumber(row.value);
}

export const nextRecallNumber = (tx: Queries): Promise<number> => takeNumber(tx, RECALL_NUMBERS);
export const nextListNumber = (tx: Queries): Promise<number> => takeNumber(tx, LIST_NUMBERS);

/** The list's present number; 0 before the first recall. */
export async function listNumber(q: Queries): Promise<number> {
  const row = await q.selectFrom("counters").select("value").where("name", "=", LIST_NUMBERS).executeTakeFirst();
  return toNumber(row?.value);
}

export type NewRecall = Omit<Recall, "recalledBy" | "lifted"> & { recalledBy: Id | null };

export async function insertRecall(tx: Queries, recall: NewRecall): Promise<void> {
  await tx
    .insertInto("recalls")
    .values({
      number: recall.number,
      digest: recall.digest,
      asset_id: recall.assetId,
      ref: recall.ref,
      version: recall.version,
      reason: recall.reason,
      severity: recall.severity,
      recalled_by: recall.recalledBy,
      recalled_at: recall.recalledAt,
      changed: await nextListNumber(tx),
      shown_ref: null,
      shown_version: null,
      lifted_at: null,
      lifted_by: null,
      lift_reason: null,
    })
    .execute();
}

export async function liftRecall(
  tx: Queries,
  number: number,
  lift: { at: Instant; by: Id | null; reason: string },
): Promise<void> {
  const changed = await nextListNumber(tx);
  await tx
    .updateTable("recalls")
    .set({ lifted_at: lift.at, lifted_by: lift.by, lift_reason: lift.reason, changed })
    .where("number", "=", number)
    .execute();
}

/** A version that everybody may list with the recalled content, `namespace/slug@version`: the one it was ordered for first. */
const visibleName = sql<string | null>`(
  SELECT namespaces.name || '/' || assets.slug || '@' || versions.version
  FROM versions
  JOIN assets ON assets.id = versions.asset_id
  JOIN namespaces ON namespaces.id = assets.namespace_id
  WHERE versions.manifest_digest = recalls.digest AND versions.status = 'published' AND ${readableAssets(ANONYMOUS)}
  ORDER BY CASE WHEN assets.id = recalls.asset_id THEN 0 ELSE 1 END, versions.id
  LIMIT 1)`;

/** Recalls (or this one) of which the list says another name than everybody may see by now; at most `limit`. */
export async function wronglyShown(
  q: Queries,
  limit: number,
  only?: number,
): Promise<{ number: number; name: string | null }[]> {
  const rows = await q
    .selectFrom("recalls")
    .select(["number", visibleName.as("name")])
    .where("lifted_at", "is", null)
    .$if(only !== undefined, (query) => query.where("number", "=", only!))
    .where(sql<boolean>`COALESCE(shown_ref || '@' || shown_version, '') <> COALESCE(${visibleName}, '')`)
    .orderBy("number")
    .limit(limit)
    .execute();
  return rows.map(({ number, name }) => ({ number: toNumber(number), name }));
}

/** Has the list say this name (null: none) from its number `changed` on. */
export async function showAs(tx: Queries, number: number, name: string | null, changed: number): Promise<void> {
  const at = name?.indexOf("@") ?? -1;
  await tx
    .updateTable("recalls")
    .set({ shown_ref: name?.slice(0, at) ?? null, shown_version: name?.slice(at + 1) ?? null, changed })
    .where("number", "=", number)
    .execute();
}

/** What a recall is in the list. */
export interface ListedRow {
  recall: Recall;
  changed: number;
  shown: { ref: string; version: string } | null;
}

/** In the order of their last change, of those after `since` up to `until`. */
export async function changesBetween(q: Queries, since: number, until: number, limit: number): Promise<ListedRow[]> {
  const rows = await recallQuery(q)
    .where("changed", ">", since)
    .where("changed", "<=", until)
    .orderBy("changed")
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    recall: toRecall(row),
    changed: toNumber(row.changed),
    shown:
      row.shown_ref === null || row.shown_version === null ? null : { ref: row.shown_ref, version: row.shown_version },
  }));
}

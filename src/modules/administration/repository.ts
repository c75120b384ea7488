import { sql } from "kysely";
import { DAY, instant, type Instant } from "../../core/clock.ts";
import type { Digest } from "../../core/digest.ts";
import { type Engine, lockShared, type Queries, toNumber } from "../../platform/database/index.ts";

/** The lock's name, and the counter's: how many removals are finished. */
export const BLOB_GC = "blob-gc";
const HORIZON = "blob-gc-horizon";
/** A publication that began longer ago puts its bytes again, whatever was removed since. */
const REMEMBERED_MS = 7 * DAY;
/** SQLite takes 32,766 parameters a statement; the plan stays good with fewer. */
const NAMES = 400;
const PAGE = 1000;

function* slices<T>(items: readonly T[]): Generator<T[]> {
  for (let from = 0; from < items.length; from += NAMES) yield items.slice(from, from + NAMES);
}

/** Every place that names a blob. A table that comes to name blobs is added here. */
const references = (q: Queries) =>
  q
    .selectFrom("files")
    .select("digest")
    .union(q.selectFrom("versions").select("manifest_digest as digest"))
    .union(q.selectFrom("versions").select("config_digest as digest"))
    .union(q.selectFrom("version_archives").select("digest").where("stored", "=", 1))
    .union(q.selectFrom("data_exports").select(sql<string>`digest`.as("digest")).where("digest", "is not", null));

/** Of these, the digests that something refers to. */
export async function referencedDigests(q: Queries, digests: readonly Digest[]): Promise<Set<Digest>> {
  const found = new Set<Digest>();
  for (const some of slices(digests)) {
    const rows = await q
      .selectFrom("files")
      .select("digest")
      .where("digest", "in", some)
      .union(q.selectFrom("versions").select("manifest_digest as digest").where("manifest_digest", "in", some))
      .union(q.selectFrom("versions").select("config_digest as digest").where("config_digest", "in", some))
      .union(q.selectFrom("version_archives").select("digest").where("digest", "in", some).where("stored", "=", 1))
      .union(q.selectFrom("data_exports").select(sql<string>`digest`.as("digest")).where("digest", "in", some))
      .execute();
    for (const row of rows) found.add(row.digest as Digest);
  }
  return found;
}

/** Everything that is referred to, ascending, behind `after`; page by page, so it holds no transaction open. */
export async function* allReferencedDigests(q: Queries, after: Digest | undefined): AsyncGenerator<Digest> {
  let last: string = after ?? "";
  for (;;) {
    const rows = await q
      .selectFrom(references(q).as("named"))
      .select("digest")
      .where("digest", ">", last)
      .orderBy("digest")
      .limit(PAGE)
      .execute();
    for (const row of rows) yield row.digest as Digest;
    if (rows.length < PAGE) return;
    last = rows.at(-1)!.digest;
  }
}

async function counter(q: Queries, name: string): Promise<number> {
  const row = await q.selectFrom("counters").select("value").where("name", "=", name).executeTakeFirst();
  return toNumber(row?.value);
}

/** How many removals are finished, as committed. */
export const removalEpoch = (q: Queries): Promise<number> => counter(q, BLOB_GC);

/** Inside `exclusively(BLOB_GC)`. Of these, what nothing refers to and no run is removing; condemned from now on. */
export async function condemnUnreferenced(tx: Queries, digests: Digest[], now: Instant): Promise<Digest[]> {
  const referenced = await referencedDigests(tx, digests);
  const busy = new Set<string>();
  for (const some of slices(digests)) {
    const rows = await tx
      .selectFrom("condemned_blobs")
      .select("digest")
      .where("digest", "in", some)
      .where("removed_epoch", "is", null)
      .execute();
    for (const row of rows) busy.add(row.digest);
  }
  const condemned = digests.filter((digest) => !referenced.has(digest) && !busy.has(digest));
  for (const some of slices(condemned))
    await tx
      .insertInto("condemned_blobs")
      .values(some.map((digest) => ({ digest, condemned_at: now, removed_epoch: null })))
      .onConflict((on) => on.column("digest").doUpdateSet({ condemned_at: now, removed_epoch: null }))
      .execute();
  return condemned;
}

/** Inside `exclusively(BLOB_GC)`. Takes what was condemned before `before` and never finished. */
export async function takeOverUnfinished(tx: Queries, before: Instant, now: Instant): Promise<Digest[]> {
  const rows = await tx
    .updateTable("condemned_blobs")
    .set({ condemned_at: now })
    .where("removed_epoch", "is", null)
    .where("condemned_at", "<", before)
    .returning("digest")
    .execute();
  return rows.map((row) => row.digest as Digest);
}

/** Marks the bytes as gone, in the epoch that begins with this transaction's commit. */
export async function markRemoved(tx: Queries, digests: Digest[], condemnedAt: Instant): Promise<void> {
  const { value } = await tx
    .insertInto("counters")
    .values({ name: BLOB_GC, value: 1 })
    .onConflict((on) => on.column("name").doUpdateSet({ value: sql<number>`counters.value + 1` }))
    .returning("value")
    .executeTakeFirstOrThrow();
  for (const some of slices(digests))
    await tx
      .updateTable("condemned_blobs")
      .set({ removed_epoch: toNumber(value) })
      .where("digest", "in", some)
      .where("condemned_at", "=", condemnedAt)
      .where("removed_epoch", "is", null)
      .execute();
}

export async function uncondemn(tx: Queries, digests: Digest[], condemnedAt: Instant): Promise<void> {
  for (const some of slices(digests))
    await tx
      .deleteFrom("condemned_blobs")
      .where("digest", "in", some)
      .where("condemned_at", "=", condemnedAt)
      .where("removed_epoch", "is", null)
      .execute();
}

/** Inside `exclusively(BLOB_GC)`. Forgets old removals and moves the horizon behind which publications start anew. */
export async function forgetOldRemovals(tx: Queries, now: Date): Promise<void> {
  const rows = await tx
    .deleteFrom("condemned_blobs")
    .where("removed_epoch", "is not", null)
    .where("condemned_at", "<", instant(new Date(now.getTime() - REMEMBERED_MS)))
    .returning("removed_epoch")
    .execute();
  const horizon = rows.reduce(
    (latest, row) => Math.max(latest, toNumber(row.removed_epoch)),
    await counter(tx, HORIZON),
  );
  if (rows.length === 0) return;
  await tx
    .insertInto("counters")
    .values({ name: HORIZON, value: horizon })
    .onConflict((on) => on.column("name").doUpdateSet({ value: horizon }))
    .execute();
}

/**
 * Of these, the digests whose bytes may have gone since `epoch` was read. Holds off condemnations until this transaction
 * ends; call it first in it, so that everyone takes locks in one order.
 */
export async function goneSince(
  tx: Queries,
  engine: Engine,
  digests: readonly Digest[],
  epoch: number,
): Promise<Digest[]> {
  await lockShared(tx, engine, BLOB_GC);
  if (epoch < (await counter(tx, HORIZON))) return [...digests];
  const gone: Digest[] = [];
  for (const some of slices(digests)) {
    const rows = await tx
      .selectFrom("condemned_blobs")
      .select("digest")
      .where("digest", "in", some)
      .where((or) => or.or([or("removed_epoch", "is", null), or("removed_epoch", ">", epoch)]))
      .execute();
    gone.push(...rows.map((row) => row.digest as Digest));
  }
  return gone;
}

import type { Selectable } from "kysely";
import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import { offsetOf, type PageRequest } from "../../core/page.ts";
import { type Queries, type Schema, toNumber } from "../../platform/database/index.ts";
import type { Appeal, AppealEntry } from "./appeal.ts";

type Row = Selectable<Schema["appeals"]> & { appellant: string; decider: string | null };

const appeals = (q: Queries) =>
  q
    .selectFrom("appeals")
    .innerJoin("users as appellants", "appellants.id", "appeals.appealed_by")
    .leftJoin("users as deciders", "deciders.id", "appeals.decided_by")
    .selectAll("appeals")
    .select(["appellants.username as appellant", "deciders.username as decider"]);

const toAppeal = (row: Row): Appeal => ({
  id: row.id,
  versionId: row.version_id,
  decision: row.decision,
  text: row.text,
  status: row.status,
  appealedBy: row.appellant,
  createdAt: row.created_at,
  decidedBy: row.decider,
  decidedAt: row.decided_at,
  answer: row.answer,
});

/** Of a version, newest first. */
export const appealsOf = async (q: Queries, versionId: Id): Promise<Appeal[]> =>
  (
    await appeals(q)
      .where("version_id", "=", versionId)
      .orderBy("appeals.created_at", "desc")
      .orderBy("appeals.id", "desc")
      .limit(100)
      .execute()
  ).map(toAppeal);

export async function appealById(q: Queries, id: Id): Promise<Appeal | null> {
  const row = await appeals(q).where("appeals.id", "=", id).executeTakeFirst();
  return row ? toAppeal(row) : null;
}

export async function openAppealOf(q: Queries, versionId: Id): Promise<(Appeal & { appellantId: Id }) | null> {
  const row = await appeals(q)
    .where("version_id", "=", versionId)
    .where("appeals.status", "=", "open")
    .executeTakeFirst();
  return row ? { ...toAppeal(row), appellantId: row.appealed_by } : null;
}

/** Those that wait, the oldest first. */
export async function openAppeals(q: Queries, page: PageRequest): Promise<{ items: AppealEntry[]; total: number }> {
  const rows = await appeals(q)
    .innerJoin("versions", "versions.id", "appeals.version_id")
    .innerJoin("assets", "assets.id", "versions.asset_id")
    .innerJoin("namespaces", "namespaces.id", "assets.namespace_id")
    .select(["versions.version", "assets.slug", "namespaces.name as namespace"])
    .where("appeals.status", "=", "open")
    .where("assets.deleted_at", "is", null)
    .orderBy("appeals.created_at")
    .orderBy("appeals.id")
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute();
  const { total } = await q
    .selectFrom("appeals")
    .innerJoin("versions", "versions.id", "appeals.version_id")
    .innerJoin("assets", "assets.id", "versions.asset_id")
    .where("appeals.status", "=", "open")
    .where("assets.deleted_at", "is", null)
    .select((eb) => eb.fn.countAll<string>().as("total"))
    .executeTakeFirstOrThrow();
  return {
    items: rows.map((row) => ({ ...toAppeal(row), ref: `${row.namespace}/${row.slug}`, version: row.version })),
    total: toNumber(total),
  };
}

/** Throws a unique violation when this decision was appealed before. */
export async function insertAppeal(
  tx: Queries,
  appeal: { id: Id; versionId: Id; decision: string; text: string; by: Id; at: Instant },
): Promise<void> {
  await tx
    .insertInto("appeals")
    .values({
      id: appeal.id,
      version_id: appeal.versionId,
      decision: appeal.decision,
      text: appeal.text,
      status: "open",
      appealed_by: appeal.by,
      created_at: appeal.at,
      decided_by: null,
      decided_at: null,
      answer: null,
    })
    .execute();
}

export async function closeAppeal(
  tx: Queries,
  id: Id,
  outcome: { status: "granted" | "refused"; by: Id; answer: string; at: Instant },
): Promise<void> {
  await tx
    .updateTable("appeals")
    .set({ status: outcome.status, decided_by: outcome.by, decided_at: outcome.at, answer: outcome.answer })
    .where("id", "=", id)
    .execute();
}

/** The moderator's rejection that holds for a version; null when the policy alone refused it. */
export async function standingRejection(q: Queries, versionId: Id): Promise<{ id: Id; moderatorId: Id } | null> {
  const row = await q
    .selectFrom("moderation_decisions")
    .select(["id", "moderator_id", "decision"])
    .where("version_id", "=", versionId)
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.decision === "rejected" ? { id: row.id, moderatorId: row.moderator_id } : null;
}

/** Whether somebody else than these may decide about reviews: an active moderator or administrator. */
export async function hasOtherModerator(q: Queries, except: readonly Id[]): Promise<boolean> {
  const row = await q
    .selectFrom("users")
    .select("id")
    .where("role", "in", ["moderator", "admin"])
    .where("status", "=", "active")
    .where("id", "not in", [...except])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

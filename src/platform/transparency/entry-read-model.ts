import { sql } from "kysely";
import type { Actor } from "../../core/actor.ts";
import type { Digest } from "../../core/digest.ts";
import type { Id } from "../../core/id.ts";
import { type Queries, readableAssets, toNumber } from "../database/index.ts";
import type { LogEntry } from "./transparency-log.ts";

const MOST_PUBLICATIONS = 100;

/** Entries, those that the actor may not see without their text. */
const visibleEntries = (q: Queries, actor: Actor, mode: "read" | "list") =>
  q
    .selectFrom("transparency_entries")
    .leftJoin("assets", "assets.id", "transparency_entries.asset_id")
    .select(["position", "leaf_hash"])
    .select(
      sql<string>`CASE WHEN transparency_entries.asset_id IS NULL OR ${readableAssets(actor, mode)} THEN entry ELSE '' END`.as(
        "visible",
      ),
    );

/** Up to `limit` from index `from` on. */
export async function readEntries(q: Queries, actor: Actor, from: number, limit: number): Promise<LogEntry[]> {
  const rows = await visibleEntries(q, actor, "list")
    .where("position", ">=", from)
    .orderBy("position")
    .limit(limit)
    .execute();
  return rows.map(entryOf);
}

const entryOf = (row: { position: number; leaf_hash: string; visible: string }): LogEntry => ({
  index: toNumber(row.position),
  leafHash: row.leaf_hash,
  entry: row.visible === "" ? null : row.visible,
});

/** Of publications with this manifest that the actor may read, the newest first; at most 100. */
export async function readPublications(
  q: Queries,
  actor: Actor,
  digest: Digest,
  assetId: Id | null,
): Promise<LogEntry[]> {
  let query = visibleEntries(q, actor, "read")
    .where("digest", "=", digest)
    .where("type", "=", "version.published")
    .where(readableAssets(actor, "read"));
  if (assetId !== null) query = query.where("asset_id", "=", assetId);
  return (await query.orderBy("position", "desc").limit(MOST_PUBLICATIONS).execute()).map(entryOf);
}

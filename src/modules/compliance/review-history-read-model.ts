import type { Id } from "../../core/id.ts";
import type { Queries } from "../../platform/database/index.ts";
import type { ReviewAct } from "./review.ts";

const MAX_HISTORY = 200;

/** What was done with the versions of an asset, decisions among it, the newest first, at most 200. */
export async function historyOf(q: Queries, assetId: Id): Promise<ReviewAct[]> {
  const decisions = q
    .selectFrom("moderation_decisions")
    .innerJoin("versions", "versions.id", "moderation_decisions.version_id")
    .innerJoin("users", "users.id", "moderation_decisions.moderator_id")
    .select((eb) => [
      "moderation_decisions.id",
      "versions.id as version_id",
      "versions.version",
      "users.username",
      eb.ref("moderation_decisions.decision").$castTo<string>().as("act"),
      "moderation_decisions.reason as text",
      "moderation_decisions.created_at",
    ])
    .where("versions.asset_id", "=", assetId);
  const acts = q
    .selectFrom("review_acts")
    .innerJoin("versions", "versions.id", "review_acts.version_id")
    .innerJoin("users", "users.id", "review_acts.actor_id")
    .select([
      "review_acts.id",
      "versions.id as version_id",
      "versions.version",
      "users.username",
      "review_acts.act",
      "review_acts.text",
      "review_acts.created_at",
    ])
    .where("versions.asset_id", "=", assetId);
  const rows = await q
    .selectFrom(decisions.unionAll(acts).as("line"))
    .selectAll()
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(MAX_HISTORY)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    versionId: row.version_id,
    version: row.version,
    who: row.username,
    act: row.act as ReviewAct["act"],
    text: row.text,
    at: row.created_at,
  }));
}

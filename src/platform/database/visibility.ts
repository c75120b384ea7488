import { type RawBuilder, sql } from "kysely";
import type { Actor } from "../../core/actor.ts";
import { hasScope, isModerator, OPEN_STATUSES } from "../../core/permission.ts";

/**
 * `mayAsset(actor, "read" | "list", …)` as a condition on the table (or alias) `assets`: the same rule, kept equal by a test over
 * every combination. `unlisted` assets are readable but not listed.
 */
export function readableAssets(actor: Actor, mode: "read" | "list" = "list", alias = "assets"): RawBuilder<boolean> {
  const column = (name: string) => sql.ref(`${alias}.${name}`);
  const alive = sql`${column("deleted_at")} IS NULL`;
  if (actor.kind === "user" && !hasScope(actor, "read")) return sql<boolean>`(1 = 0)`;
  if (isModerator(actor)) return sql<boolean>`(${alive})`;
  const visibilities = ["public"];
  if (mode === "read") visibilities.push("unlisted");
  if (actor.kind === "user") visibilities.push("internal");
  const open = sql`${column("status")} IN (${sql.join(OPEN_STATUSES)}) AND ${column("visibility")} IN (${sql.join(visibilities)})`;
  if (actor.kind === "anonymous" || actor.namespaceIds.length === 0) return sql<boolean>`(${alive} AND ${open})`;
  return sql<boolean>`(${alive} AND ((${open}) OR ${column("namespace_id")} IN (${sql.join([...actor.namespaceIds])})))`;
}

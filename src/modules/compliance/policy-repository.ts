import type { Id } from "../../core/id.ts";
import type { Queries } from "../../platform/database/index.ts";
import type { Asset } from "../catalog/index.ts";

/** Versions that a policy or a moderator let through, and that are not taken back. */
const LET_THROUGH = ["published", "ready"];

/**
 * Whether nothing of the asset (`asset`), or even of its whole namespace (`publisher`), was let through beside this version; null
 * when something was. What moved into the namespace counts as its own.
 */
export async function firstPublicationOf(
  q: Queries,
  asset: Pick<Asset, "id" | "namespaceId">,
  versionId: Id,
): Promise<"publisher" | "asset" | null> {
  const known = q
    .selectFrom("versions")
    .innerJoin("assets", "assets.id", "versions.asset_id")
    .select("versions.id")
    .where("versions.status", "in", LET_THROUGH)
    .where("versions.id", "<>", versionId)
    .limit(1);
  if (await known.where("assets.id", "=", asset.id).executeTakeFirst()) return null;
  return (await known.where("assets.namespace_id", "=", asset.namespaceId).executeTakeFirst()) ? "asset" : "publisher";
}

/** The server's policy by which stored findings were judged last; null before the first time. */
export const appliedFingerprint = async (q: Queries): Promise<string | null> =>
  (await q.selectFrom("applied_policies").select("fingerprint").where("scope", "=", "server").executeTakeFirst())
    ?.fingerprint ?? null;

export async function setAppliedFingerprint(tx: Queries, fingerprint: string, at: string): Promise<void> {
  await tx
    .insertInto("applied_policies")
    .values({ scope: "server", fingerprint, applied_at: at })
    .onConflict((conflict) => conflict.column("scope").doUpdateSet({ fingerprint, applied_at: at }))
    .execute();
}

/** Whose versions are meant: of one asset, of one namespace, or all. */
export interface Scope {
  assetId?: Id;
  namespaceId?: Id;
}

/** Versions that are out, or that wait or are refused, in order of id behind `after`. */
export async function versionsToJudge(
  q: Queries,
  which: Scope & { released: boolean; after: Id; limit: number },
): Promise<Id[]> {
  let query = q
    .selectFrom("versions")
    .innerJoin("assets", "assets.id", "versions.asset_id")
    .select("versions.id")
    .where("assets.deleted_at", "is", null)
    .where("versions.id", ">", which.after)
    .where("versions.status", "in", which.released ? ["published"] : ["under_review", "blocked", "ready"]);
  if (which.assetId) query = query.where("assets.id", "=", which.assetId);
  if (which.namespaceId) query = query.where("assets.namespace_id", "=", which.namespaceId);
  return (await query.orderBy("versions.id").limit(which.limit).execute()).map(({ id }) => id);
}

import { type RawBuilder, sql } from "kysely";
import type { Actor } from "../../core/actor.ts";
import type { Id } from "../../core/id.ts";
import { type Queries, readableAssets } from "../../platform/database/index.ts";

/** A published version that advisories came to touch since its owners were told. */
export interface UntoldVersion {
  versionId: Id;
  version: string;
  assetId: Id;
  namespaceId: Id;
  /** `namespace/slug` */
  ref: string;
  advisories: string[];
}

/** In order of their ids behind `after`. */
export async function untoldVersions(q: Queries, after: Id, limit: number): Promise<UntoldVersion[]> {
  const ids = await q
    .selectFrom("version_advisories")
    .select("version_id")
    .distinct()
    .where("told_at", "is", null)
    .where("version_id", ">", after)
    .orderBy("version_id")
    .limit(limit)
    .execute();
  if (ids.length === 0) return [];
  const rows = await q
    .selectFrom("version_advisories as t")
    .innerJoin("versions as v", "v.id", "t.version_id")
    .innerJoin("assets as a", "a.id", "v.asset_id")
    .innerJoin("namespaces as n", "n.id", "a.namespace_id")
    .select(["t.version_id", "t.advisory_id", "v.version", "a.id as asset_id", "a.namespace_id", "a.slug", "n.name"])
    .where("t.told_at", "is", null)
    .where(
      "t.version_id",
      "in",
      ids.map((row) => row.version_id),
    )
    .orderBy("t.version_id")
    .execute();
  const found = new Map<Id, UntoldVersion>();
  for (const row of rows) {
    const known = found.get(row.version_id);
    if (known) known.advisories.push(row.advisory_id);
    else
      found.set(row.version_id, {
        versionId: row.version_id,
        version: row.version,
        assetId: row.asset_id,
        namespaceId: row.namespace_id,
        ref: `${row.name}/${row.slug}`,
        advisories: [row.advisory_id],
      });
  }
  return [...found.values()];
}

export async function markTold(tx: Queries, versionIds: readonly Id[], at: string): Promise<void> {
  for (let i = 0; i < versionIds.length; i += 500)
    await tx
      .updateTable("version_advisories")
      .set({ told_at: at })
      .where("version_id", "in", versionIds.slice(i, i + 500))
      .where("told_at", "is", null)
      .execute();
}

/** The person whose namespace it is, or the organization's owners and administrators; who is active and has a confirmed address. */
export async function ownersOf(q: Queries, namespaceId: Id): Promise<{ id: Id; email: string }[]> {
  const own = q.selectFrom("users").select(["users.id", "users.email"]).where("users.namespace_id", "=", namespaceId);
  const members = q
    .selectFrom("organizations as o")
    .innerJoin("organization_members as m", "m.organization_id", "o.id")
    .innerJoin("users", "users.id", "m.user_id")
    .select(["users.id", "users.email"])
    .where("o.namespace_id", "=", namespaceId)
    .where("m.role", "in", ["owner", "admin"]);
  const active = [own, members].map((query) =>
    query.where("users.status", "=", "active").where("users.erased_at", "is", null).limit(200).execute(),
  );
  return (await Promise.all(active)).flat();
}

const MOST_DEPENDENTS = 500;
const DEPTH = 4;

/** An asset whose latest version depends on another one. */
export interface Dependent {
  ref: string;
  namespaceId: Id;
  /** The asset among those asked for that it leads to. */
  dependsOn: string;
}

/** Assets that depend on one of `refs`, or on one that does, four steps deep, of those that `condition` (on `assets`) lets through. */
export async function dependentsIn(
  q: Queries,
  refs: readonly string[],
  condition: RawBuilder<boolean>,
): Promise<Dependent[]> {
  const found = new Map<string, Dependent>();
  const roots = new Map(refs.map((ref) => [ref, ref]));
  let level = [...refs];
  for (let depth = 0; depth < DEPTH && level.length > 0 && found.size < MOST_DEPENDENTS; depth++) {
    const rows = await q
      .selectFrom("dependencies as d")
      .innerJoin("assets", "assets.latest_version_id", "d.version_id")
      .innerJoin("namespaces as n", "n.id", "assets.namespace_id")
      .select(["n.name", "assets.slug", "assets.namespace_id", "d.ref"])
      .where("d.ref", "in", level)
      .where(condition)
      .limit(MOST_DEPENDENTS)
      .execute();
    level = [];
    for (const row of rows) {
      const ref = `${row.name}/${row.slug}`;
      if (roots.has(ref)) continue;
      const dependsOn = roots.get(row.ref)!;
      roots.set(ref, dependsOn);
      found.set(ref, { ref, namespaceId: row.namespace_id, dependsOn });
      level.push(ref);
    }
  }
  return [...found.values()];
}

/** The same of one asset, whoever may see them: for their owners. */
export const dependentAssets = (q: Queries, ref: string): Promise<Dependent[]> =>
  dependentsIn(q, [ref], sql<boolean>`(assets.deleted_at IS NULL)`);

export const readableAmong = async (q: Queries, actor: Actor, assetId: Id): Promise<boolean> =>
  (await q
    .selectFrom("assets")
    .select("id")
    .where("id", "=", assetId)
    .where(readableAssets(actor, "read"))
    .executeTakeFirst()) !== undefined;

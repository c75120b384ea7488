import type { Id } from "../../core/id.ts";
import type { Ecosystem, PackageReference } from "../../core/package-reference.ts";
import type { Queries } from "../../platform/database/index.ts";
import type { AdvisoryEcosystem, Touch } from "./advisory.ts";

const ROWS_PER_INSERT = 200;

/** Names of a version that advisories may be about, with where they stand. */
export interface Reference extends Pick<PackageReference, "name" | "version" | "range"> {
  ecosystem: AdvisoryEcosystem;
  path: string | null;
  line: number | null;
}

/** The packages that a version's files name, of these names only when given. */
export async function packageReferences(
  q: Queries,
  versionIds: readonly Id[],
  only?: ReadonlySet<string>,
): Promise<Map<Id, Reference[]>> {
  const found = new Map<Id, Reference[]>();
  if (versionIds.length === 0) return found;
  const rows = await q
    .selectFrom("package_references")
    .select(["version_id", "ecosystem", "name", "version", "version_range", "path", "line"])
    .where("version_id", "in", [...versionIds])
    .orderBy("version_id")
    .orderBy("position")
    .execute();
  for (const row of rows) {
    if (only && !only.has(packageKey(row))) continue;
    const list = found.get(row.version_id) ?? [];
    list.push({
      ecosystem: row.ecosystem as Ecosystem,
      name: row.name,
      version: row.version,
      range: row.version_range,
      path: row.path,
      line: row.line,
    });
    found.set(row.version_id, list);
  }
  return found;
}

export const packageKey = ({ ecosystem, name }: { ecosystem: string; name: string }): string => `${ecosystem}\n${name}`;

/** Versions that name one of these packages (of one ecosystem), in order of their ids behind `after`. */
export async function versionsNaming(
  q: Queries,
  ecosystem: string,
  names: readonly string[],
  after: Id,
  limit: number,
): Promise<Id[]> {
  const rows = await q
    .selectFrom("package_references")
    .select("version_id")
    .distinct()
    .where("ecosystem", "=", ecosystem)
    .where("name", "in", [...names])
    .where("version_id", ">", after)
    .orderBy("version_id")
    .limit(limit)
    .execute();
  return rows.map((row) => row.version_id);
}

/** Versions that are, or depend on, one of these assets of ours (`namespace/slug`), in order of their ids behind `after`. */
export async function versionsOfOwn(q: Queries, refs: readonly string[], after: Id, limit: number): Promise<Id[]> {
  const own = await q
    .selectFrom("advisory_packages as p")
    .innerJoin("versions as v", "v.asset_id", "p.asset_id")
    .select("v.id")
    .distinct()
    .where("p.ecosystem", "=", "marketplace")
    .where("p.name", "in", [...refs])
    .where("v.id", ">", after)
    .orderBy("v.id")
    .limit(limit)
    .execute();
  const dependents = await q
    .selectFrom("dependencies")
    .select("version_id as id")
    .distinct()
    .where("ref", "in", [...refs])
    .where("version_id", ">", after)
    .orderBy("version_id")
    .limit(limit)
    .execute();
  const touched = await q
    .selectFrom("version_advisories")
    .select("version_id as id")
    .distinct()
    .where("ecosystem", "=", "marketplace")
    .where("package", "in", [...refs])
    .where("version_id", ">", after)
    .orderBy("version_id")
    .limit(limit)
    .execute();
  return [...new Set([...own, ...dependents, ...touched].map((row) => row.id))].sort().slice(0, limit);
}

/** Each version itself as `namespace/slug` of an own advisory, and the versions its dependencies lead to today. */
export async function ownReferences(
  q: Queries,
  versionIds: readonly Id[],
): Promise<{
  own: { versionId: Id; assetId: Id; version: string }[];
  dependencies: { versionId: Id; ref: string; range: string }[];
}> {
  if (versionIds.length === 0) return { own: [], dependencies: [] };
  const own = await q
    .selectFrom("versions")
    .select(["id as versionId", "asset_id as assetId", "version"])
    .where("id", "in", [...versionIds])
    .execute();
  const dependencies = await q
    .selectFrom("dependencies")
    .select(["version_id as versionId", "ref", "version_range as range"])
    .where("version_id", "in", [...versionIds])
    .execute();
  return { own, dependencies };
}

/** Names under which advisories know these assets. */
export async function ownNames(q: Queries, assetIds: readonly Id[]): Promise<Map<Id, string[]>> {
  const names = new Map<Id, string[]>();
  if (assetIds.length === 0) return names;
  const rows = await q
    .selectFrom("advisory_packages")
    .select(["asset_id", "name"])
    .distinct()
    .where("asset_id", "in", [...assetIds])
    .execute();
  for (const row of rows) names.set(row.asset_id!, [...(names.get(row.asset_id!) ?? []), row.name]);
  return names;
}

/** Versions that may be chosen for a range, of public assets by `namespace/slug`. */
export async function resolvableVersions(q: Queries, refs: readonly string[]): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  if (refs.length === 0) return found;
  const rows = await q
    .selectFrom("advisory_packages as p")
    .innerJoin("versions as v", "v.asset_id", "p.asset_id")
    .innerJoin("assets as a", "a.id", "p.asset_id")
    .select(["p.name", "v.version"])
    .distinct()
    .where("p.ecosystem", "=", "marketplace")
    .where("p.name", "in", [...refs])
    // Who reads the dependent need not be allowed to know of the other: findings are for all of its readers.
    .where("a.visibility", "=", "public")
    .where("a.status", "in", ["published", "deprecated"])
    .where("a.deleted_at", "is", null)
    .where("v.status", "=", "published")
    .where("v.yanked_at", "is", null)
    .execute();
  for (const row of rows) found.set(row.name, [...(found.get(row.name) ?? []), row.version]);
  return found;
}

/** Leaves exactly `touches` (of these packages, or of all); what was there already keeps its times. Answers the ids that are new and gone. */
export async function replaceTouches(
  tx: Queries,
  versionId: Id,
  touches: readonly Touch[],
  at: { found: string; told: string | null },
  only?: ReadonlySet<string>,
): Promise<{ added: string[]; removed: string[] }> {
  const before = await tx.selectFrom("version_advisories").selectAll().where("version_id", "=", versionId).execute();
  const keyOf = (advisory: string, ecosystem: string, name: string): string => `${advisory}\n${ecosystem}\n${name}`;
  const wanted = new Map(touches.map((touch) => [keyOf(touch.advisoryId, touch.ecosystem, touch.package), touch]));
  const old = before.filter((row) => !only || only.has(packageKey({ ecosystem: row.ecosystem, name: row.package })));
  const known = new Map(old.map((row) => [keyOf(row.advisory_id, row.ecosystem, row.package), row]));
  const gone = old.filter((row) => !wanted.has(keyOf(row.advisory_id, row.ecosystem, row.package)));
  for (const row of gone)
    await tx
      .deleteFrom("version_advisories")
      .where("version_id", "=", versionId)
      .where("advisory_id", "=", row.advisory_id)
      .where("ecosystem", "=", row.ecosystem)
      .where("package", "=", row.package)
      .execute();
  const rows = [...wanted].map(([key, touch]) => ({
    version_id: versionId,
    advisory_id: touch.advisoryId,
    ecosystem: touch.ecosystem,
    package: touch.package,
    package_version: touch.packageVersion,
    fixed: touch.fixed,
    path: touch.path,
    line: touch.line,
    found_at: known.get(key)?.found_at ?? at.found,
    told_at: known.has(key) ? known.get(key)!.told_at : at.told,
  }));
  const changed = rows.filter((row) => {
    const is = known.get(keyOf(row.advisory_id, row.ecosystem, row.package));
    return (
      !is ||
      is.fixed !== row.fixed ||
      is.package_version !== row.package_version ||
      is.path !== row.path ||
      is.line !== row.line
    );
  });
  for (let i = 0; i < changed.length; i += ROWS_PER_INSERT)
    await tx
      .insertInto("version_advisories")
      .values(changed.slice(i, i + ROWS_PER_INSERT))
      .onConflict((conflict) =>
        conflict.columns(["version_id", "advisory_id", "ecosystem", "package"]).doUpdateSet((eb) => ({
          package_version: eb.ref("excluded.package_version"),
          fixed: eb.ref("excluded.fixed"),
          path: eb.ref("excluded.path"),
          line: eb.ref("excluded.line"),
        })),
      )
      .execute();
  return {
    added: changed
      .filter((row) => !known.has(keyOf(row.advisory_id, row.ecosystem, row.package)))
      .map((row) => row.advisory_id),
    removed: gone.map((row) => row.advisory_id),
  };
}

/** The ids of the advisories that the newest completed scan of a version found. */
export async function scannedAdvisories(q: Queries, versionId: Id, prefix: string): Promise<Set<string>> {
  const scan = await q
    .selectFrom("scans")
    .select("id")
    .where("version_id", "=", versionId)
    .where("status", "=", "completed")
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  if (!scan) return new Set();
  const rows = await q
    .selectFrom("findings")
    .select("rule_id")
    .where("scan_id", "=", scan.id)
    .where("rule_id", "like", `${prefix}%`)
    .execute();
  return new Set(rows.map((row) => row.rule_id.slice(prefix.length)));
}

/** The asset and number of a version, for events. */
export const placeOf = (q: Queries, versionId: Id): Promise<{ assetId: Id; version: string } | undefined> =>
  q.selectFrom("versions").select(["asset_id as assetId", "version"]).where("id", "=", versionId).executeTakeFirst();

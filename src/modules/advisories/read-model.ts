import { type RawBuilder, sql } from "kysely";
import type { Actor } from "../../core/actor.ts";
import type { Id } from "../../core/id.ts";
import { offsetOf, type Page, type PageRequest } from "../../core/page.ts";
import { fromFlag, type Queries, readableAssets, toNumber } from "../../platform/database/index.ts";
import type { Advisory, Level } from "./advisory.ts";
import { dependentsIn } from "./telling-repository.ts";

/** An advisory in lists. */
export interface ListedAdvisory
  extends Pick<Advisory, "id" | "origin" | "modified" | "published" | "withdrawn" | "level" | "malicious" | "summary"> {
  /** At most ten, `ecosystem` and `name`. */
  packages: { ecosystem: string; name: string }[];
  /** Published versions that it touches and the reader may list. */
  touched: number;
}

export interface AdvisoryFilter {
  ecosystem?: string;
  package?: string;
  level?: Level;
  /** Touching versions of this asset, which the reader may read. */
  assetId?: Id;
  /** Only those that touch something that the reader may list, or that were written here. */
  touching?: boolean;
}

type Condition = RawBuilder<boolean>;

/**
 * Advisories of packages of other ecosystems are everybody's; one of our own assets is seen by whoever may read one of the assets
 * that it names.
 */
function seen(actor: Actor): Condition {
  return sql<boolean>`(advisories.id NOT IN (SELECT p.advisory_id FROM advisory_packages p WHERE p.ecosystem = 'marketplace')
    OR advisories.id IN (SELECT p.advisory_id FROM advisory_packages p JOIN assets own_asset ON own_asset.id = p.asset_id
      WHERE p.ecosystem = 'marketplace' AND ${readableAssets(actor, "read", "own_asset")}))`;
}

/** Published versions of assets that the actor may list. */
const touchedVersions = (q: Queries, actor: Actor) =>
  q
    .selectFrom("version_advisories as t")
    .innerJoin("versions as v", "v.id", "t.version_id")
    .innerJoin("assets", "assets.id", "v.asset_id")
    .where("v.status", "=", "published")
    .where(readableAssets(actor, "list"));

/** The newest change first. */
export async function listAdvisories(
  q: Queries,
  actor: Actor,
  filter: AdvisoryFilter,
  page: PageRequest,
): Promise<Page<ListedAdvisory>> {
  let matching = q.selectFrom("advisories").where(seen(actor));
  if (filter.level) matching = matching.where("advisories.severity", "=", filter.level);
  if (filter.ecosystem !== undefined || filter.package !== undefined) {
    let named = q.selectFrom("advisory_packages as p").select("p.advisory_id");
    if (filter.ecosystem !== undefined) named = named.where("p.ecosystem", "=", filter.ecosystem);
    if (filter.package !== undefined) named = named.where("p.name", "=", filter.package);
    matching = matching.where("advisories.id", "in", named);
  }
  if (filter.assetId !== undefined) {
    const ofAsset = q
      .selectFrom("version_advisories as t")
      .innerJoin("versions as v", "v.id", "t.version_id")
      .select("t.advisory_id")
      .where("v.asset_id", "=", filter.assetId)
      .where("v.status", "=", "published");
    matching = matching.where("advisories.id", "in", ofAsset);
  }
  if (filter.touching) {
    const touching = touchedVersions(q, actor).select("t.advisory_id");
    matching = matching.where((eb) =>
      eb.or([eb("advisories.id", "in", touching), eb("advisories.origin", "=", "own")]),
    );
  }
  const { total } = await matching.select((eb) => eb.fn.countAll().as("total")).executeTakeFirstOrThrow();
  const rows = await matching
    .select(["id", "origin", "modified", "published", "withdrawn", "severity", "malicious", "summary"])
    .orderBy("advisories.modified", "desc")
    .orderBy("advisories.id")
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute();
  const ids = rows.map((row) => row.id);
  const [packages, touched] = await Promise.all([packagesOf(q, actor, ids), countTouched(q, actor, ids)]);
  const items = rows.map((row) => ({
    id: row.id,
    origin: row.origin,
    modified: row.modified,
    published: row.published,
    withdrawn: row.withdrawn,
    level: row.severity as Level | null,
    malicious: fromFlag(row.malicious),
    summary: row.summary,
    packages: (packages.get(row.id) ?? []).slice(0, 10),
    touched: touched.get(row.id) ?? 0,
  }));
  return { items, total: toNumber(total), page: page.page, perPage: page.perPage };
}

/** What each names, as far as the actor may know. */
export async function packagesOf(
  q: Queries,
  actor: Actor,
  ids: readonly string[],
): Promise<Map<string, { ecosystem: string; name: string }[]>> {
  const found = new Map<string, { ecosystem: string; name: string }[]>();
  if (ids.length === 0) return found;
  const rows = await q
    .selectFrom("advisory_packages as p")
    .select(["p.advisory_id", "p.ecosystem", "p.name"])
    .where("p.advisory_id", "in", [...ids])
    .where(
      sql<boolean>`(p.ecosystem <> 'marketplace' OR EXISTS (SELECT 1 FROM assets own_asset WHERE own_asset.id = p.asset_id AND ${readableAssets(actor, "read", "own_asset")}))`,
    )
    .orderBy("p.advisory_id")
    .orderBy("p.position")
    .execute();
  for (const { advisory_id, ...named } of rows) {
    const known = found.get(advisory_id) ?? [];
    if (!known.some(({ ecosystem, name }) => ecosystem === named.ecosystem && name === named.name)) known.push(named);
    found.set(advisory_id, known);
  }
  return found;
}

async function countTouched(q: Queries, actor: Actor, ids: readonly string[]): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map();
  const rows = await touchedVersions(q, actor)
    .select((eb) => ["t.advisory_id", eb.fn.count("t.version_id").distinct().as("versions")])
    .where("t.advisory_id", "in", [...ids])
    .groupBy("t.advisory_id")
    .execute();
  return new Map(rows.map((row) => [row.advisory_id, toNumber(row.versions)]));
}

export const maySee = async (q: Queries, actor: Actor, id: string): Promise<boolean> =>
  (await q.selectFrom("advisories").select("id").where("id", "=", id).where(seen(actor)).executeTakeFirst()) !==
  undefined;

/** A version that an advisory touches. */
export interface TouchedVersion {
  ref: string;
  version: string;
  ecosystem: string;
  package: string;
  packageVersion: string | null;
  fixed: string | null;
}

const MOST_SHOWN = 100;

/** What an advisory touches, as far as the actor may list it: at most a hundred versions, and the assets that depend on them. */
export async function touchedBy(
  q: Queries,
  actor: Actor,
  id: string,
): Promise<{ versions: TouchedVersion[]; total: number; dependents: { ref: string; dependsOn: string }[] }> {
  const matching = touchedVersions(q, actor).where("t.advisory_id", "=", id);
  const rows = await matching
    .innerJoin("namespaces as n", "n.id", "assets.namespace_id")
    .select([
      "n.name as namespace",
      "assets.slug",
      "v.version",
      "t.ecosystem",
      "t.package",
      "t.package_version",
      "t.fixed",
    ])
    .orderBy("n.name")
    .orderBy("assets.slug")
    .orderBy("v.created_at", "desc")
    .orderBy("t.package")
    .limit(MOST_SHOWN)
    .execute();
  const versions = rows.map((row) => ({
    ref: `${row.namespace}/${row.slug}`,
    version: row.version,
    ecosystem: row.ecosystem,
    package: row.package,
    packageVersion: row.package_version,
    fixed: row.fixed,
  }));
  const total = (await countTouched(q, actor, [id])).get(id) ?? 0;
  const dependents = await dependentsIn(q, [...new Set(versions.map(({ ref }) => ref))], readableAssets(actor, "list"));
  return { versions, total, dependents };
}

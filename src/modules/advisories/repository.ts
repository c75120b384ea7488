import type { Id } from "../../core/id.ts";
import { fromFlag, type Queries, toFlag } from "../../platform/database/index.ts";
import type { Advisory, AdvisoryDocument, AdvisoryEcosystem, Affected, AffectedPackage, Level } from "./advisory.ts";

type AdvisoryRow = Awaited<ReturnType<ReturnType<typeof advisoryQuery>["execute"]>>[number];
const advisoryQuery = (q: Queries) => q.selectFrom("advisories").selectAll();

const toAdvisory = (row: AdvisoryRow, packages: AffectedPackage[]): Advisory => ({
  id: row.id,
  origin: row.origin,
  modified: row.modified,
  published: row.published,
  withdrawn: row.withdrawn,
  level: row.severity as Level | null,
  malicious: fromFlag(row.malicious),
  summary: row.summary,
  ...(JSON.parse(row.document) as AdvisoryDocument),
  packages,
});

/** Whatever it affects; whoever asks must have checked that it may be seen. */
export async function advisoryById(q: Queries, id: string): Promise<Advisory | null> {
  const row = await advisoryQuery(q).where("id", "=", id).executeTakeFirst();
  if (!row) return null;
  const packages = await q
    .selectFrom("advisory_packages")
    .selectAll()
    .where("advisory_id", "=", id)
    .orderBy("position")
    .execute();
  return toAdvisory(
    row,
    packages.map((one) => ({
      ecosystem: one.ecosystem as AdvisoryEcosystem,
      name: one.name,
      ...(JSON.parse(one.affected) as Affected),
    })),
  );
}

/** What is kept of these advisories already, by id. */
export async function knownAdvisories(
  q: Queries,
  ids: readonly string[],
): Promise<Map<string, { modified: string; withdrawn: string | null; origin: string }>> {
  if (ids.length === 0) return new Map();
  const rows = await q
    .selectFrom("advisories")
    .select(["id", "modified", "withdrawn", "origin"])
    .where("id", "in", [...ids])
    .execute();
  return new Map(rows.map(({ id, ...known }) => [id, known]));
}

/** Puts an advisory in the place of the one with its id, and marks the packages of both as changed. */
export async function putAdvisory(
  tx: Queries,
  advisory: Advisory,
  assets: ReadonlyMap<string, Id>,
  put: { at: string; mark: string },
): Promise<void> {
  const { id, details, aliases, references, severity } = advisory;
  const values = {
    origin: advisory.origin,
    modified: advisory.modified,
    published: advisory.published,
    withdrawn: advisory.withdrawn,
    severity: advisory.level,
    malicious: toFlag(advisory.malicious),
    summary: advisory.summary,
    document: JSON.stringify({ details, aliases, references, severity } satisfies AdvisoryDocument),
    updated_at: put.at,
  };
  await tx
    .insertInto("advisories")
    .values({ id, ...values, created_at: put.at })
    .onConflict((conflict) => conflict.column("id").doUpdateSet(values))
    .execute();
  const before = await tx
    .deleteFrom("advisory_packages")
    .where("advisory_id", "=", id)
    .returning(["ecosystem", "name"])
    .execute();
  if (advisory.packages.length > 0)
    await tx
      .insertInto("advisory_packages")
      .values(
        advisory.packages.map(({ ecosystem, name, ranges, versions }, position) => ({
          advisory_id: id,
          position,
          ecosystem,
          name,
          asset_id: ecosystem === "marketplace" ? (assets.get(name) ?? null) : null,
          affected: JSON.stringify({ ranges, versions } satisfies Affected),
        })),
      )
      .execute();
  await markChanged(tx, [...before, ...advisory.packages], put.mark);
}

/** Has the versions that name these packages matched again. */
export async function markChanged(
  tx: Queries,
  packages: readonly { ecosystem: string; name: string }[],
  mark: string,
): Promise<void> {
  const unique = new Map(packages.map(({ ecosystem, name }) => [`${ecosystem}\n${name}`, { ecosystem, name, mark }]));
  if (unique.size === 0) return;
  await tx
    .insertInto("changed_packages")
    .values([...unique.values()])
    .onConflict((conflict) => conflict.columns(["ecosystem", "name"]).doUpdateSet({ mark }))
    .execute();
}

export interface ChangedPackage {
  ecosystem: string;
  name: string;
  mark: string;
}

export const changedPackages = (q: Queries, limit: number): Promise<ChangedPackage[]> =>
  q.selectFrom("changed_packages").selectAll().orderBy("ecosystem").orderBy("name").limit(limit).execute();

/** One that changed again meanwhile stays. */
export async function endChanged(tx: Queries, done: readonly ChangedPackage[]): Promise<void> {
  if (done.length === 0) return;
  await tx
    .deleteFrom("changed_packages")
    .where((eb) =>
      eb.or(
        done.map(({ ecosystem, name, mark }) =>
          eb.and([eb("ecosystem", "=", ecosystem), eb("name", "=", name), eb("mark", "=", mark)]),
        ),
      ),
    )
    .execute();
}

/** An advisory's row of one package, for matching. */
export interface Candidate extends AffectedPackage {
  advisoryId: string;
  level: Level | null;
  malicious: boolean;
  summary: string;
}

/** The advisories of these packages that are not withdrawn; names of one ecosystem. */
export async function candidatesOf(
  q: Queries,
  ecosystem: AdvisoryEcosystem,
  names: readonly string[],
): Promise<Candidate[]> {
  if (names.length === 0) return [];
  const rows = await q
    .selectFrom("advisory_packages as p")
    .innerJoin("advisories as a", "a.id", "p.advisory_id")
    .select(["p.name", "p.affected", "a.id", "a.severity", "a.malicious", "a.summary"])
    .where("p.ecosystem", "=", ecosystem)
    .where("p.name", "in", [...names])
    .where("a.withdrawn", "is", null)
    .orderBy("a.id")
    .orderBy("p.position")
    .execute();
  return rows.map((row) => ({
    advisoryId: row.id,
    ecosystem,
    name: row.name,
    level: row.severity as Level | null,
    malicious: fromFlag(row.malicious),
    summary: row.summary,
    ...(JSON.parse(row.affected) as Affected),
  }));
}

/** The next number for own advisories of a year, for this transaction alone: the row's lock keeps others waiting. */
export async function nextOwnNumber(tx: Queries, year: number): Promise<number> {
  const row = await tx
    .insertInto("counters")
    .values({ name: `advisories:${year}`, value: 1 })
    .onConflict((conflict) => conflict.column("name").doUpdateSet((eb) => ({ value: eb("counters.value", "+", 1) })))
    .returning("value")
    .executeTakeFirstOrThrow();
  return Number(row.value);
}

import { type RawBuilder, sql } from "kysely";
import type { Instant } from "../../../core/clock.ts";
import type { Digest } from "../../../core/digest.ts";
import type { Id } from "../../../core/id.ts";
import { OPEN_STATUSES } from "../../../core/permission.ts";
import { type Queries, toNumber } from "../../../platform/database/index.ts";

/** Who has what was recalled, as far as this server knows. Lists are cut at `MAX_SHOWN`; the counts are whole. */
export interface Exposure {
  people: { username: string; downloads: number; lastAt: Instant }[];
  peopleTotal: number;
  /** Downloads by visitors who were not signed in, of those that are still kept singly: one a visitor and day. */
  unknownVisitors: number;
  /** Ever, also those that are not kept singly any more. */
  downloadsTotal: number;
  projects: { project: string; username: string; ref: string; version: string; seenAt: Instant }[];
  projectsTotal: number;
  /** Assets whose latest version needs one that had this content. */
  dependents: { ref: string; version: string; needs: string; range: string }[];
  dependentsTotal: number;
}

export const MAX_SHOWN = 1000;

const ofDigest = (column: string, digest: Digest): RawBuilder<boolean> =>
  sql<boolean>`${sql.ref(column)} IN (SELECT id FROM versions WHERE manifest_digest = ${digest})`;

export async function exposureOf(q: Queries, digest: Digest): Promise<Exposure> {
  const [people, visitors, projects, dependents] = await Promise.all([
    peopleWho(q, digest),
    visitorsOf(q, digest),
    projectsWith(q, digest),
    dependentsOn(q, digest),
  ]);
  return { ...people, ...visitors, ...projects, ...dependents };
}

async function peopleWho(q: Queries, digest: Digest): Promise<Pick<Exposure, "people" | "peopleTotal">> {
  const taken = q
    .selectFrom("download_events")
    .innerJoin("users", "users.id", "download_events.user_id")
    .where(ofDigest("download_events.version_id", digest));
  const rows = await taken
    .select((eb) => [
      "users.username",
      eb.fn.countAll<string>().as("downloads"),
      eb.fn.max("download_events.created_at").as("last_at"),
    ])
    .groupBy("users.username")
    .orderBy("last_at", "desc")
    .orderBy("users.username")
    .limit(MAX_SHOWN)
    .execute();
  const { n } = await taken
    .select((eb) => eb.fn.count<string>("users.id").distinct().as("n"))
    .executeTakeFirstOrThrow();
  return {
    people: rows.map((row) => ({
      username: row.username,
      downloads: toNumber(row.downloads),
      lastAt: String(row.last_at),
    })),
    peopleTotal: toNumber(n),
  };
}

async function visitorsOf(q: Queries, digest: Digest): Promise<Pick<Exposure, "unknownVisitors" | "downloadsTotal">> {
  const { n } = await q
    .selectFrom("download_events")
    .select((eb) => eb.fn.countAll<string>().as("n"))
    .where("user_id", "is", null)
    .where(ofDigest("version_id", digest))
    .executeTakeFirstOrThrow();
  const { total } = await q
    .selectFrom("versions")
    .select((eb) => eb.fn.sum<string>("downloads").as("total"))
    .where("manifest_digest", "=", digest)
    .executeTakeFirstOrThrow();
  return { unknownVisitors: toNumber(n), downloadsTotal: toNumber(total) };
}

async function projectsWith(q: Queries, digest: Digest): Promise<Pick<Exposure, "projects" | "projectsTotal">> {
  const reported = q
    .selectFrom("lockfile_entries")
    .innerJoin("lockfile_reports", "lockfile_reports.id", "lockfile_entries.report_id")
    .innerJoin("users", "users.id", "lockfile_reports.user_id")
    .where("lockfile_entries.digest", "=", digest);
  const rows = await reported
    .select([
      "lockfile_reports.project",
      "users.username",
      "lockfile_entries.ref",
      "lockfile_entries.version",
      "lockfile_reports.seen_at",
    ])
    .orderBy("lockfile_reports.seen_at", "desc")
    .orderBy("lockfile_reports.id")
    .limit(MAX_SHOWN)
    .execute();
  const { n } = await reported.select((eb) => eb.fn.countAll<string>().as("n")).executeTakeFirstOrThrow();
  return {
    projects: rows.map(({ seen_at, ...row }) => ({ ...row, seenAt: seen_at })),
    projectsTotal: toNumber(n),
  };
}

async function dependentsOn(q: Queries, digest: Digest): Promise<Pick<Exposure, "dependents" | "dependentsTotal">> {
  const named = q
    .selectFrom("versions")
    .innerJoin("assets", "assets.id", "versions.asset_id")
    .innerJoin("namespaces", "namespaces.id", "assets.namespace_id")
    .select(sql<string>`namespaces.name || '/' || assets.slug`.as("ref"))
    .where("versions.manifest_digest", "=", digest);
  const needing = q
    .selectFrom("dependencies")
    .innerJoin("assets", "assets.latest_version_id", "dependencies.version_id")
    .innerJoin("namespaces", "namespaces.id", "assets.namespace_id")
    .innerJoin("versions", "versions.id", "dependencies.version_id")
    .where("dependencies.ref", "in", named)
    .where("assets.deleted_at", "is", null);
  const rows = await needing
    .select([
      sql<string>`namespaces.name || '/' || assets.slug`.as("ref"),
      "versions.version",
      "dependencies.ref as needs",
      "dependencies.version_range as range",
    ])
    .orderBy("assets.downloads", "desc")
    .orderBy("assets.id")
    .limit(MAX_SHOWN)
    .execute();
  const { n } = await needing.select((eb) => eb.fn.countAll<string>().as("n")).executeTakeFirstOrThrow();
  return { dependents: rows, dependentsTotal: toNumber(n) };
}

/** Somebody to be told, with what of theirs names the recalled content. */
export interface Concerned {
  userId: Id;
  username: string;
  email: string;
  downloaded: boolean;
  published: boolean;
  /** They had it from the asset that the recall was ordered for, or everybody who is signed in finds that asset. */
  mayKnow: boolean;
  projects: string[];
  /** What their lockfiles call it, `namespace/slug@version`. */
  names: string[];
}

/** Active accounts that took it, reported it or published it, in the order of their ids, after `after`. */
export async function concernedAfter(
  q: Queries,
  { digest, assetId }: { digest: Digest; assetId: Id },
  after: Id,
  limit: number,
): Promise<Concerned[]> {
  const took = sql<boolean>`users.id IN (SELECT user_id FROM download_events WHERE ${ofDigest("version_id", digest)})`;
  const published = sql<boolean>`users.id IN (SELECT published_by FROM versions WHERE manifest_digest = ${digest})`;
  const reported = sql<boolean>`users.id IN (SELECT user_id FROM lockfile_reports
    JOIN lockfile_entries ON lockfile_entries.report_id = lockfile_reports.id WHERE lockfile_entries.digest = ${digest})`;
  const ofAsset = sql`SELECT id FROM versions WHERE manifest_digest = ${digest} AND asset_id = ${assetId}`;
  const mayKnow = sql<boolean>`(users.id IN (SELECT user_id FROM download_events WHERE version_id IN (${ofAsset}))
    OR users.id IN (SELECT published_by FROM versions WHERE id IN (${ofAsset}))
    OR EXISTS (SELECT 1 FROM assets WHERE id = ${assetId} AND deleted_at IS NULL
      AND status IN (${sql.join(OPEN_STATUSES)}) AND visibility IN ('public', 'internal')))`;
  const rows = await q
    .selectFrom("users")
    .select(["id", "username", "email"])
    .select([
      sql<number>`CASE WHEN ${took} THEN 1 ELSE 0 END`.as("downloaded"),
      sql<number>`CASE WHEN ${published} THEN 1 ELSE 0 END`.as("published"),
      sql<number>`CASE WHEN ${mayKnow} THEN 1 ELSE 0 END`.as("may_know"),
    ])
    .where("id", ">", after)
    .where("status", "=", "active")
    .where("erased_at", "is", null)
    .where((eb) => eb.or([took, published, reported]))
    .orderBy("id")
    .limit(limit)
    .execute();
  const entries = await projectsOf(
    q,
    digest,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => {
    const own = entries.filter(({ user_id }) => user_id === row.id);
    return {
      userId: row.id,
      username: row.username,
      email: row.email,
      downloaded: toNumber(row.downloaded) === 1,
      published: toNumber(row.published) === 1,
      mayKnow: toNumber(row.may_know) === 1,
      projects: [...new Set(own.map(({ project }) => project))],
      names: [...new Set(own.map(({ ref, version }) => `${ref}@${version}`))],
    };
  });
}

async function projectsOf(q: Queries, digest: Digest, userIds: readonly Id[]) {
  if (userIds.length === 0) return [];
  return q
    .selectFrom("lockfile_entries")
    .innerJoin("lockfile_reports", "lockfile_reports.id", "lockfile_entries.report_id")
    .select([
      "lockfile_reports.user_id",
      "lockfile_reports.project",
      "lockfile_entries.ref",
      "lockfile_entries.version",
    ])
    .where("lockfile_entries.digest", "=", digest)
    .where("lockfile_reports.user_id", "in", [...userIds])
    .orderBy("lockfile_reports.project")
    .execute();
}

/** Up to whom people were told of a recall. */
export async function toldUpTo(q: Queries, number: number): Promise<Id> {
  const row = await q.selectFrom("recalls").select("told_up_to").where("number", "=", number).executeTakeFirst();
  return row?.told_up_to ?? "";
}

export async function setToldUpTo(tx: Queries, number: number, userId: Id): Promise<void> {
  await tx.updateTable("recalls").set({ told_up_to: userId }).where("number", "=", number).execute();
}

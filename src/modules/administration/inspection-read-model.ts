import { sql } from "kysely";
import { type Queries, toNumber } from "../../platform/database/index.ts";

// What an inspection asks. Each question is one statement, so that a server that goes on writing gives no false alarm.

/** Rows of a list of faults that are read; there may be more. */
const FAULTS = 1000;

/** Versions whose files' number or size is not what their row says. */
export async function tornVersions(q: Queries): Promise<string[]> {
  const rows = await versionNames(q)
    .leftJoin(
      q
        .selectFrom("files")
        .select((eb) => ["version_id", eb.fn.countAll<string>().as("count"), eb.fn.sum<string>("size").as("bytes")])
        .groupBy("version_id")
        .as("held"),
      "held.version_id",
      "versions.id",
    )
    .where((eb) =>
      eb.or([
        eb(eb.fn.coalesce("held.count", sql.lit(0)), "!=", eb.ref("versions.file_count")),
        eb(eb.fn.coalesce("held.bytes", sql.lit(0)), "!=", eb.ref("versions.total_size")),
      ]),
    )
    .limit(FAULTS)
    .execute();
  return rows.map(nameOf);
}

/** Versions that wait for a verdict while no job works towards one. */
export async function forgottenScans(q: Queries, scanJob: string): Promise<string[]> {
  const rows = await versionNames(q)
    .where("versions.status", "=", "scanning")
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("jobs")
            .select("jobs.id")
            .whereRef("jobs.dedupe_key", "=", "versions.id")
            .where("jobs.kind", "=", scanJob)
            .where("jobs.status", "in", ["waiting", "running"]),
        ),
      ),
    )
    .limit(FAULTS)
    .execute();
  return rows.map(nameOf);
}

const versionNames = (q: Queries) =>
  q
    .selectFrom("versions")
    .innerJoin("assets", "assets.id", "versions.asset_id")
    .innerJoin("namespaces", "namespaces.id", "assets.namespace_id")
    .select(["namespaces.name", "assets.slug", "versions.version"]);

const nameOf = (row: { name: string; slug: string; version: string }): string =>
  `${row.name}/${row.slug}@${row.version}`;

/** Channels (`latest` too) that name no published, unyanked version of their asset, or assets whose `latest` is told twice. */
export async function strayChannels(q: Queries): Promise<string[]> {
  const rows = await q
    .selectFrom("channels")
    .innerJoin("assets", "assets.id", "channels.asset_id")
    .innerJoin("namespaces", "namespaces.id", "assets.namespace_id")
    .innerJoin("versions", "versions.id", "channels.version_id")
    .select(["namespaces.name", "assets.slug", "channels.name as channel"])
    .where((eb) =>
      eb.or([
        eb("versions.asset_id", "!=", eb.ref("channels.asset_id")),
        eb("versions.status", "!=", "published"),
        eb("versions.yanked_at", "is not", null),
        eb.and([
          eb("channels.name", "=", "latest"),
          eb(eb.fn.coalesce("assets.latest_version_id", sql.lit("")), "!=", eb.ref("channels.version_id")),
        ]),
      ]),
    )
    .limit(FAULTS)
    .execute();
  const alone = await q
    .selectFrom("assets")
    .innerJoin("namespaces", "namespaces.id", "assets.namespace_id")
    .select(["namespaces.name", "assets.slug"])
    .where("latest_version_id", "is not", null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("channels")
            .select("channels.name")
            .whereRef("channels.asset_id", "=", "assets.id")
            .where("channels.name", "=", "latest"),
        ),
      ),
    )
    .limit(FAULTS)
    .execute();
  return [...rows, ...alone.map((row) => ({ ...row, channel: "latest" }))].map(
    (row) => `${row.name}/${row.slug}@${row.channel}`,
  );
}

/** Namespaces whose quota counts other bytes than their versions hold. */
export async function wrongStorage(q: Queries): Promise<string[]> {
  const rows = await q
    .selectFrom("namespaces")
    .leftJoin(
      q
        .selectFrom("versions")
        .innerJoin("assets", "assets.id", "versions.asset_id")
        .select((eb) => ["namespace_id", eb.fn.sum<string>("total_size").as("bytes")])
        .groupBy("namespace_id")
        .as("held"),
      "held.namespace_id",
      "namespaces.id",
    )
    .select(["name", "storage_bytes", "held.bytes"])
    .where((eb) => eb("storage_bytes", "!=", eb.fn.coalesce("held.bytes", sql.lit(0)) as never))
    .limit(FAULTS)
    .execute();
  return rows.map((row) => `${row.name}: counts ${toNumber(row.storage_bytes)}, holds ${toNumber(row.bytes)} bytes`);
}

/** Versions and assets whose downloads are not the sum of their days. */
export async function wrongDownloads(q: Queries): Promise<string[]> {
  const faults: string[] = [];
  for (const [table, key] of [
    ["versions", "version_id"],
    ["assets", "asset_id"],
  ] as const) {
    const rows = await q
      .selectFrom(table)
      .leftJoin(
        q
          .selectFrom("daily_downloads")
          .select((eb) => [`${key} as subject` as const, eb.fn.sum<string>("downloads").as("counted")])
          .groupBy(key)
          .as("days"),
        "days.subject",
        `${table}.id`,
      )
      .select([`${table}.id` as "id", `${table}.downloads` as "downloads", "days.counted"])
      .where((eb) => eb(`${table}.downloads` as "downloads", "!=", eb.fn.coalesce("days.counted", sql.lit(0)) as never))
      .limit(FAULTS)
      .execute();
    for (const row of rows)
      faults.push(`${table} ${row.id}: ${toNumber(row.downloads)} told, ${toNumber(row.counted)} counted`);
  }
  return faults;
}

/** The event log's numbers: the counter's, the newest event's, and whether any is missing between the first and it. */
export async function eventNumbers(q: Queries): Promise<{ head: number; newest: number; gapless: boolean }> {
  const row = await q
    .selectFrom("events")
    .select((eb) => [
      eb.fn.max("seq").as("newest"),
      eb.fn.min("seq").as("oldest"),
      eb.fn.countAll<string>().as("count"),
      eb.selectFrom("counters").select("value").where("counters.name", "=", "events").as("head"),
    ])
    .executeTakeFirstOrThrow();
  const [newest, count] = [toNumber(row.newest), toNumber(row.count)];
  return { head: toNumber(row.head), newest, gapless: count === 0 || newest - toNumber(row.oldest) + 1 === count };
}

/** Jobs that failed for good, a line for each kind. */
export async function failedJobs(q: Queries): Promise<{ kind: string; count: number; error: string }[]> {
  const rows = await q
    .selectFrom("jobs")
    .select((eb) => ["kind", eb.fn.countAll<string>().as("count"), eb.fn.max("last_error").as("error")])
    .where("status", "=", "failed")
    .groupBy("kind")
    .orderBy("kind")
    .execute();
  return rows.map((row) => ({ kind: row.kind, count: toNumber(row.count), error: row.error ?? "" }));
}

/** How many versions and assets there are. */
export async function catalogueSize(q: Queries): Promise<{ assets: number; versions: number }> {
  const row = await q
    .selectFrom("versions")
    .select((eb) => [
      eb.fn.countAll<string>().as("versions"),
      eb
        .selectFrom("assets")
        .select((sub) => sub.fn.countAll<string>().as("n"))
        .where("deleted_at", "is", null)
        .as("assets"),
    ])
    .executeTakeFirstOrThrow();
  return { assets: toNumber(row.assets), versions: toNumber(row.versions) };
}

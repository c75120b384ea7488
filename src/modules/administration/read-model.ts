import { sql } from "kysely";
import { type Queries, toNumber } from "../../platform/database/index.ts";

/** How much there is: people, and different files with their bytes (a file that many versions hold counts once). */
export async function storedTotals(q: Queries): Promise<{ users: number; blobs: number; blobBytes: number }> {
  const users = await q
    .selectFrom("users")
    .select((eb) => eb.fn.countAll<string>().as("n"))
    .executeTakeFirstOrThrow();
  const blobs = await q
    .selectFrom(q.selectFrom("files").select(["digest", "size"]).distinct().as("distinct_files"))
    .select((eb) => [eb.fn.countAll<string>().as("n"), eb.fn.sum<string>("size").as("bytes")])
    .executeTakeFirstOrThrow();
  return { users: toNumber(users.n), blobs: toNumber(blobs.n), blobBytes: toNumber(blobs.bytes) };
}

/** Released versions and counted downloads of each day since `sinceDay`; days without any are left out. */
export async function dailyActivity(
  q: Queries,
  sinceDay: string,
): Promise<{ downloads: Map<string, number>; publications: Map<string, number> }> {
  const downloads = await q
    .selectFrom("daily_downloads")
    .select(["day", (eb) => eb.fn.sum<string>("downloads").as("n")])
    .where("day", ">=", sinceDay)
    .groupBy("day")
    .execute();
  const day = sql<string>`substr(released_at, 1, 10)`;
  const publications = await q
    .selectFrom("versions")
    .select([day.as("day"), (eb) => eb.fn.countAll<string>().as("n")])
    .where("released_at", ">=", sinceDay)
    .groupBy(day)
    .execute();
  return {
    downloads: new Map(downloads.map((row) => [row.day, toNumber(row.n)])),
    publications: new Map(publications.map((row) => [row.day, toNumber(row.n)])),
  };
}

import { sql } from "kysely";
import type { Digest } from "../../core/digest.ts";
import type { Id } from "../../core/id.ts";
import type { PackageFile } from "../../core/package/package.ts";
import { fromFlag, type Queries, toNumber } from "../../platform/database/index.ts";

const PAGE = 1000;

/** A blob as the catalogue knows it. Two names of one digest must say the same size: `least` and `most` differ otherwise. */
export interface NamedBlob {
  digest: Digest;
  /** null: only its digest is known. */
  least: number | null;
  most: number | null;
}

/** Every blob that the catalogue names, ascending by digest; a page of each table at a time. */
export async function* namedBlobs(q: Queries): AsyncGenerator<NamedBlob> {
  for (let after = ""; ; ) {
    const pages = await Promise.all([
      q
        .selectFrom("files")
        .select((eb) => ["digest", eb.fn.min("size").as("least"), eb.fn.max("size").as("most")])
        .where("digest", ">", after)
        .groupBy("digest")
        .orderBy("digest")
        .limit(PAGE)
        .execute(),
      q
        .selectFrom("versions")
        .select((eb) => [
          "manifest_digest as digest",
          eb.fn.min("manifest_size").as("least"),
          eb.fn.max("manifest_size").as("most"),
        ])
        .where("manifest_digest", ">", after)
        .groupBy("manifest_digest")
        .orderBy("manifest_digest")
        .limit(PAGE)
        .execute(),
      q
        .selectFrom("versions")
        .select(["config_digest as digest", sql<null>`NULL`.as("least"), sql<null>`NULL`.as("most")])
        .where("config_digest", ">", after)
        .groupBy("config_digest")
        .orderBy("config_digest")
        .limit(PAGE)
        .execute(),
      q
        .selectFrom("version_archives")
        .select((eb) => ["digest", eb.fn.min("size").as("least"), eb.fn.max("size").as("most")])
        .where("digest", ">", after)
        .where("stored", "=", 1)
        .groupBy("digest")
        .orderBy("digest")
        .limit(PAGE)
        .execute(),
    ]);
    // What lies behind the end of a full page may be missing from it.
    const ends = pages.filter((rows) => rows.length === PAGE).map((rows) => rows.at(-1)!.digest);
    const until = ends.sort()[0] ?? null;
    const rows = pages.flat().filter((row) => until === null || row.digest <= until);
    yield* merged(rows);
    if (until === null) return;
    after = until;
  }
}

type SizedRow = { digest: string; least: number | string | null; most: number | string | null };

function merged(rows: readonly SizedRow[]): NamedBlob[] {
  const byDigest = new Map<string, NamedBlob>();
  for (const row of rows) {
    const known = byDigest.get(row.digest);
    const sizes = [row.least, row.most, known?.least, known?.most].filter(
      (size) => size !== null && size !== undefined,
    );
    const numbers = sizes.map(toNumber);
    const [least, most] = numbers.length === 0 ? [null, null] : [Math.min(...numbers), Math.max(...numbers)];
    byDigest.set(row.digest, { digest: row.digest as Digest, least, most });
  }
  return [...byDigest.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1));
}

/** Where a blob is used, for people: `namespace/slug@version path`, at most two. */
export async function usesOf(q: Queries, digest: Digest): Promise<string[]> {
  const versions = q
    .selectFrom("versions")
    .innerJoin("assets", "assets.id", "versions.asset_id")
    .innerJoin("namespaces", "namespaces.id", "assets.namespace_id");
  const names = ["namespaces.name", "assets.slug", "versions.version"] as const;
  const files = await versions
    .innerJoin("files", "files.version_id", "versions.id")
    .select([...names, "files.path"])
    .where("files.digest", "=", digest)
    .limit(2)
    .execute();
  const manifests = await versions
    .select([...names, sql<string>`'(manifest)'`.as("path")])
    .where((eb) => eb.or([eb("manifest_digest", "=", digest), eb("config_digest", "=", digest)]))
    .limit(2)
    .execute();
  const archives = await versions
    .innerJoin("version_archives", "version_archives.version_id", "versions.id")
    .select([...names, sql<string>`'(archive)'`.as("path")])
    .where("version_archives.digest", "=", digest)
    .limit(2)
    .execute();
  return [...files, ...manifests, ...archives]
    .slice(0, 2)
    .map((row) => `${row.name}/${row.slug}@${row.version} ${row.path}`);
}

/** A version with all that its manifest must say. */
export interface RecordedVersion {
  id: Id;
  ref: string;
  manifestDigest: Digest;
  configDigest: Digest;
  files: Pick<PackageFile, "path" | "size" | "digest" | "executable">[];
}

/** Every version, a few at a time. */
export async function* recordedVersions(q: Queries): AsyncGenerator<RecordedVersion> {
  for (let after = ""; ; ) {
    const rows = await q
      .selectFrom("versions")
      .innerJoin("assets", "assets.id", "versions.asset_id")
      .innerJoin("namespaces", "namespaces.id", "assets.namespace_id")
      .select(["versions.id", "name", "slug", "version", "manifest_digest", "config_digest"])
      .where("versions.id", ">", after)
      .orderBy("versions.id")
      .limit(100)
      .execute();
    for (const row of rows) {
      const files = await q
        .selectFrom("files")
        .select(["path", "size", "digest", "executable"])
        .where("version_id", "=", row.id)
        .execute();
      yield {
        id: row.id,
        ref: `${row.name}/${row.slug}@${row.version}`,
        manifestDigest: row.manifest_digest as Digest,
        configDigest: row.config_digest as Digest,
        files: files.map((file) => ({
          path: file.path,
          size: toNumber(file.size),
          digest: file.digest as Digest,
          executable: fromFlag(file.executable),
        })),
      };
    }
    const last = rows.at(-1);
    if (!last) return;
    after = last.id;
  }
}

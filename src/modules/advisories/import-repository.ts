import type { Digest } from "../../core/digest.ts";
import type { Id } from "../../core/id.ts";
import { offsetOf, type Page, type PageRequest } from "../../core/page.ts";
import { type Queries, toNumber } from "../../platform/database/index.ts";

/** A file of advisories that was, is or will be read. */
export interface AdvisoryImport {
  id: Id;
  /** The file's name, or the address it was fetched from. */
  source: string;
  status: "waiting" | "running" | "done" | "failed";
  digest: Digest | null;
  etag: string | null;
  requestedBy: Id | null;
  /** Entries dealt with so far. */
  entries: number;
  changed: number;
  unchanged: number;
  skipped: number;
  /** The first reasons for which entries were skipped. */
  problems: string[];
  error: string | null;
  createdAt: string;
  finishedAt: string | null;
}

type ImportRow = Awaited<ReturnType<ReturnType<typeof importQuery>["execute"]>>[number];
const importQuery = (q: Queries) => q.selectFrom("advisory_imports").selectAll();

const toImport = (row: ImportRow): AdvisoryImport => ({
  id: row.id,
  source: row.source,
  status: row.status,
  digest: row.digest as Digest | null,
  etag: row.etag,
  requestedBy: row.requested_by,
  entries: toNumber(row.entries),
  changed: toNumber(row.changed),
  unchanged: toNumber(row.unchanged),
  skipped: toNumber(row.skipped),
  problems: JSON.parse(row.problems) as string[],
  error: row.error,
  createdAt: row.created_at,
  finishedAt: row.finished_at,
});

export async function insertImport(
  tx: Queries,
  made: { id: Id; source: string; digest: Digest | null; requestedBy: Id | null; at: string },
): Promise<void> {
  await tx
    .insertInto("advisory_imports")
    .values({
      id: made.id,
      source: made.source,
      status: "waiting",
      digest: made.digest,
      etag: null,
      requested_by: made.requestedBy,
      error: null,
      created_at: made.at,
      finished_at: null,
    })
    .execute();
}

export async function importById(q: Queries, id: Id): Promise<AdvisoryImport | null> {
  const row = await importQuery(q).where("id", "=", id).executeTakeFirst();
  return row ? toImport(row) : null;
}

/** The newest import of an address that came to its end; null before the first. */
export async function lastImportOf(q: Queries, source: string): Promise<AdvisoryImport | null> {
  const row = await importQuery(q)
    .where("source", "=", source)
    .where("status", "=", "done")
    .orderBy("created_at", "desc")
    .limit(1)
    .executeTakeFirst();
  return row ? toImport(row) : null;
}

/** Newest first. */
export async function listImports(q: Queries, page: PageRequest): Promise<Page<AdvisoryImport>> {
  const { total } = await q
    .selectFrom("advisory_imports")
    .select((eb) => eb.fn.countAll().as("total"))
    .executeTakeFirstOrThrow();
  const rows = await importQuery(q)
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute();
  return { items: rows.map(toImport), total: toNumber(total), page: page.page, perPage: page.perPage };
}

export type ImportProgress = Partial<
  Pick<
    AdvisoryImport,
    "status" | "digest" | "etag" | "entries" | "changed" | "unchanged" | "skipped" | "problems" | "error" | "finishedAt"
  >
>;

export async function updateImport(tx: Queries, id: Id, progress: ImportProgress): Promise<void> {
  const { problems, error, finishedAt, ...plain } = progress;
  await tx
    .updateTable("advisory_imports")
    .set({
      ...plain,
      ...(problems === undefined ? {} : { problems: JSON.stringify(problems) }),
      ...(error === undefined ? {} : { error: error?.slice(0, 1000) ?? null }),
      ...(finishedAt === undefined ? {} : { finished_at: finishedAt }),
    })
    .where("id", "=", id)
    .execute();
}

import { sql } from "kysely";
import { offsetOf, type PageRequest } from "../../core/page.ts";
import { type Queries, toNumber } from "../../platform/database/index.ts";
import type { QueueEntry } from "./scan.ts";

/** Versions in review, and versions whose scan failed for good: both need a person. Oldest first. */
export async function reviewQueue(q: Queries, page: PageRequest): Promise<{ items: QueueEntry[]; total: number }> {
  const newestScan = sql<string>`(SELECT scans.id FROM scans WHERE scans.version_id = versions.id
    ORDER BY scans.created_at DESC, scans.id DESC LIMIT 1)`;
  const selection = q
    .selectFrom("versions")
    .innerJoin("assets", "assets.id", "versions.asset_id")
    .innerJoin("namespaces", "namespaces.id", "assets.namespace_id")
    .innerJoin("users", "users.id", "versions.published_by")
    .leftJoin("scans as newest", (join) => join.on("newest.id", "=", newestScan))
    .where("assets.deleted_at", "is", null)
    .where((eb) =>
      eb.or([
        eb("versions.status", "=", "under_review"),
        eb.and([eb("versions.status", "=", "scanning"), eb("newest.status", "=", "failed")]),
      ]),
    );
  const rows = await selection
    .select([
      "versions.id",
      "versions.asset_id",
      "versions.version",
      "versions.status",
      "versions.verdict_reason",
      "versions.created_at",
      "assets.kind",
      "assets.slug",
      "assets.title",
      "namespaces.name as namespace",
      "users.username",
      "newest.error as scan_error",
      sql<string>`(SELECT COUNT(*) FROM findings WHERE findings.scan_id = newest.id)`.as("findings"),
    ])
    .orderBy("versions.created_at")
    .orderBy("versions.id")
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute();
  const { total } = await selection.select((eb) => eb.fn.countAll<string>().as("total")).executeTakeFirstOrThrow();
  return {
    total: toNumber(total),
    items: rows.map((row) => ({
      versionId: row.id,
      assetId: row.asset_id,
      ref: `${row.namespace}/${row.slug}`,
      kind: row.kind,
      title: row.title,
      version: row.version,
      status: row.status === "under_review" ? "under_review" : "scan_failed",
      reason: row.verdict_reason ?? row.scan_error,
      publisher: row.username,
      findings: toNumber(row.findings),
      waitingSince: row.created_at,
    })),
  };
}

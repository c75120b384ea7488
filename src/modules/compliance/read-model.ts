import { sql } from "kysely";
import { SEVERITIES, type Severity } from "../../core/kind.ts";
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
      "assets.latest_version_id",
      "newest.id as scan_id",
    ])
    .orderBy("versions.created_at")
    .orderBy("versions.id")
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute();
  const { total } = await selection.select((eb) => eb.fn.countAll<string>().as("total")).executeTakeFirstOrThrow();
  const findings = await severities(
    q,
    rows.flatMap((row) => row.scan_id ?? []),
  );
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
      findings: (findings.get(row.scan_id ?? "") ?? []).length,
      worst: worstOf(findings.get(row.scan_id ?? "") ?? []),
      firstVersion: row.latest_version_id === null,
      waitingSince: row.created_at,
    })),
  };
}

async function severities(q: Queries, scanIds: readonly string[]): Promise<Map<string, Severity[]>> {
  if (scanIds.length === 0) return new Map();
  const rows = await q
    .selectFrom("findings")
    .select(["scan_id", "severity"])
    .where("scan_id", "in", [...scanIds])
    .execute();
  const found = new Map<string, Severity[]>();
  for (const row of rows) found.set(row.scan_id, [...(found.get(row.scan_id) ?? []), row.severity as Severity]);
  return found;
}

const worstOf = (found: readonly Severity[]): Severity | null =>
  [...found].sort((a, b) => SEVERITIES.indexOf(b) - SEVERITIES.indexOf(a))[0] ?? null;

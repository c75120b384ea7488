import type { ExpressionBuilder } from "kysely";
import type { Actor } from "../../../core/actor.ts";
import type { Instant } from "../../../core/clock.ts";
import type { Id } from "../../../core/id.ts";
import type { VersionStatus } from "../../../core/kind.ts";
import type { TrustSummary } from "../../../core/trust-summary.ts";
import { type Queries, readableAssets, type Schema, toNumber } from "../../../platform/database/index.ts";

const MAX_COUNTED = 100;

/** Who publishes under a namespace, and how much of it the actor finds in lists. */
export async function publisherOf(q: Queries, actor: Actor, namespaceId: Id): Promise<TrustSummary["publisher"]> {
  const row = await q
    .selectFrom("namespaces")
    .leftJoin("organizations", "organizations.namespace_id", "namespaces.id")
    .select(["namespaces.name", "namespaces.kind", "namespaces.created_at", "organizations.verified_at"])
    .where("namespaces.id", "=", namespaceId)
    .executeTakeFirstOrThrow();
  // As many as a page names: a publisher may have a hundred thousand.
  const published = await q
    .selectFrom("versions")
    .innerJoin("assets", "assets.id", "versions.asset_id")
    .select("versions.id")
    .where("assets.namespace_id", "=", namespaceId)
    .where("versions.status", "=", "published")
    .where(readableAssets(actor, "list"))
    .limit(MAX_COUNTED + 1)
    .execute();
  return {
    name: row.name,
    kind: row.kind === "organization" ? "organization" : "user",
    verified: row.verified_at !== null,
    since: row.created_at,
    published: Math.min(published.length, MAX_COUNTED),
    more: published.length > MAX_COUNTED,
  };
}

/** The newest scan of a version that completed; null for none. */
export async function completedScan(q: Queries, versionId: Id): Promise<TrustSummary["scan"]> {
  const found = (eb: ExpressionBuilder<Schema, "scans">) =>
    eb.selectFrom("findings").whereRef("findings.scan_id", "=", "scans.id");
  const scan = await q
    .selectFrom("scans")
    .select((eb) => [
      "outcomes",
      "finished_at",
      "created_at",
      found(eb)
        .select((e) => e.fn.countAll<string>().as("n"))
        .as("findings"),
      found(eb)
        .select((e) => e.fn.count<string>("suppression_id").as("n"))
        .as("explained"),
    ])
    .where("version_id", "=", versionId)
    .where("status", "=", "completed")
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  if (!scan) return null;
  const outcomes = JSON.parse(scan.outcomes) as { state: string }[];
  return {
    finishedAt: scan.finished_at ?? scan.created_at,
    scanners: outcomes.length,
    completed: outcomes.filter(({ state }) => state === "completed").length,
    findings: toNumber(scan.findings ?? 0),
    explained: toNumber(scan.explained ?? 0),
  };
}

/** The newest decision of a person about a version; null for none. */
export async function newestDecision(q: Queries, versionId: Id) {
  const row = await q
    .selectFrom("moderation_decisions")
    .innerJoin("users", "users.id", "moderation_decisions.moderator_id")
    .select(["decision", "reason", "moderation_decisions.created_at", "users.username"])
    .where("version_id", "=", versionId)
    .orderBy("moderation_decisions.created_at", "desc")
    .orderBy("moderation_decisions.id", "desc")
    .limit(1)
    .executeTakeFirst();
  return row
    ? { decision: row.decision, reason: row.reason, at: row.created_at as Instant, moderator: row.username }
    : null;
}

/** All versions of an asset, as far as is needed to choose which of them another is compared with. */
export async function comparableVersions(q: Queries, assetId: Id) {
  const rows = await q
    .selectFrom("versions")
    .select(["id", "version", "status", "released_at", "yanked_at"])
    .where("asset_id", "=", assetId)
    .where("status", "=", "published")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    version: row.version,
    status: row.status as VersionStatus,
    releasedAt: row.released_at,
    yankedAt: row.yanked_at,
  }));
}

/** Whether a version's packages were read, when advisories were last imported, and where the log records the publication. */
export async function recordsOf(q: Queries, versionId: Id) {
  const { looked, asOf, logIndex } = await q
    .selectNoFrom((eb) => [
      eb.selectFrom("package_extractions").select("extracted_at").where("version_id", "=", versionId).as("looked"),
      eb
        .selectFrom("advisory_imports")
        .select((e) => e.fn.max("finished_at").as("asOf"))
        .where("status", "=", "done")
        .as("asOf"),
      eb
        .selectFrom("transparency_entries")
        .select("position")
        .where("type", "=", "version.published")
        .where("subject", "=", versionId)
        .as("logIndex"),
    ])
    .executeTakeFirstOrThrow();
  return {
    looked: looked !== null,
    asOf: (asOf as Instant | null) ?? null,
    logIndex: logIndex === null ? null : toNumber(logIndex),
  };
}

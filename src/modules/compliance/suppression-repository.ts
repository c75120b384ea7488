import type { Selectable } from "kysely";
import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { Severity, VersionStatus } from "../../core/kind.ts";
import { offsetOf, type PageRequest } from "../../core/page.ts";
import { fromFlag, type Queries, type Schema, toFlag, toNumber } from "../../platform/database/index.ts";
import type { Finding } from "../../platform/scanning/scanner.ts";
import type { Acceptance, Suppression } from "./suppression.ts";

type Row = Selectable<Schema["suppressions"]> & { proposer: string; decider: string | null };

const suppressions = (q: Queries) =>
  q
    .selectFrom("suppressions")
    .innerJoin("users as proposers", "proposers.id", "suppressions.proposed_by")
    .leftJoin("users as deciders", "deciders.id", "suppressions.decided_by")
    .selectAll("suppressions")
    .select(["proposers.username as proposer", "deciders.username as decider"]);

const toSuppression = (row: Row): Suppression => ({
  id: row.id,
  assetId: row.asset_id,
  ruleId: row.rule_id,
  path: row.path,
  reason: row.reason,
  source: row.source,
  status: row.status,
  proposedBy: row.proposer,
  createdAt: row.created_at,
  decidedBy: row.decider,
  decidedAt: row.decided_at,
  answer: row.answer,
  expiresAt: row.expires_at,
});

/** Of an asset, newest first; bounded by how many one may have. */
export const suppressionsOf = async (q: Queries, assetId: Id): Promise<Suppression[]> =>
  (
    await suppressions(q)
      .where("asset_id", "=", assetId)
      .orderBy("suppressions.created_at", "desc")
      .orderBy("suppressions.id", "desc")
      .limit(500)
      .execute()
  ).map(toSuppression);

export async function suppressionById(q: Queries, id: Id): Promise<Suppression | null> {
  const row = await suppressions(q).where("suppressions.id", "=", id).executeTakeFirst();
  return row ? toSuppression(row) : null;
}

/** Those that wait for a moderator, the oldest first, with the name of their asset. */
export async function proposedSuppressions(q: Queries, page: PageRequest) {
  const waiting = q
    .selectFrom("suppressions")
    .innerJoin("assets", "assets.id", "suppressions.asset_id")
    .where("suppressions.status", "=", "proposed")
    .where("assets.deleted_at", "is", null);
  const rows = await suppressions(q)
    .innerJoin("assets", "assets.id", "suppressions.asset_id")
    .innerJoin("namespaces", "namespaces.id", "assets.namespace_id")
    .select(["namespaces.name as namespace", "assets.slug"])
    .where("suppressions.status", "=", "proposed")
    .where("assets.deleted_at", "is", null)
    .orderBy("suppressions.created_at")
    .orderBy("suppressions.id")
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute();
  const { total } = await waiting.select((eb) => eb.fn.countAll<string>().as("total")).executeTakeFirstOrThrow();
  return {
    items: rows.map((row) => ({ ...toSuppression(row), ref: `${row.namespace}/${row.slug}` })),
    total: toNumber(total),
  };
}

export async function countOpen(q: Queries, assetId: Id): Promise<number> {
  const { total } = await q
    .selectFrom("suppressions")
    .select((eb) => eb.fn.countAll<string>().as("total"))
    .where("asset_id", "=", assetId)
    .where("status", "in", ["proposed", "accepted"])
    .executeTakeFirstOrThrow();
  return toNumber(total);
}

export async function insertSuppression(
  tx: Queries,
  one: Pick<Suppression, "id" | "assetId" | "ruleId" | "path" | "reason" | "source"> & {
    versionId: Id | null;
    proposedBy: Id;
    at: Instant;
  },
): Promise<void> {
  await tx
    .insertInto("suppressions")
    .values({
      id: one.id,
      asset_id: one.assetId,
      rule_id: one.ruleId,
      path: one.path,
      reason: one.reason,
      source: one.source,
      version_id: one.versionId,
      status: "proposed",
      proposed_by: one.proposedBy,
      created_at: one.at,
      decided_by: null,
      decided_at: null,
      answer: null,
      expires_at: null,
    })
    .execute();
}

/** Other words for a proposal that nobody has answered. */
export async function rewordSuppression(tx: Queries, id: Id, reason: string, at: Instant): Promise<void> {
  await tx.updateTable("suppressions").set({ reason, created_at: at }).where("id", "=", id).execute();
}

export async function decideSuppression(
  tx: Queries,
  id: Id,
  decision: {
    status: "accepted" | "refused";
    decidedBy: Id;
    answer: string;
    at: Instant;
    places: readonly string[];
    coversBlocking: boolean;
    expiresAt: Instant | null;
  },
): Promise<void> {
  await tx
    .updateTable("suppressions")
    .set({
      status: decision.status,
      decided_by: decision.decidedBy,
      decided_at: decision.at,
      answer: decision.answer,
      places: JSON.stringify(decision.places),
      covers_blocking: toFlag(decision.coversBlocking),
      expires_at: decision.expiresAt,
    })
    .where("id", "=", id)
    .execute();
}

export async function withdrawSuppression(tx: Queries, id: Id): Promise<void> {
  await tx.updateTable("suppressions").set({ status: "withdrawn" }).where("id", "=", id).execute();
}

/** The accepted explanations of an asset, expired ones among them. */
export async function acceptancesOf(q: Queries, assetId: Id): Promise<Acceptance[]> {
  const rows = await q
    .selectFrom("suppressions")
    .selectAll()
    .where("asset_id", "=", assetId)
    .where("status", "=", "accepted")
    .orderBy("id")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    ruleId: row.rule_id,
    path: row.path,
    places: new Set(JSON.parse(row.places) as string[]),
    coversBlocking: fromFlag(row.covers_blocking),
    expiresAt: row.expires_at ?? "",
  }));
}

/**
 * What an explanation is about: the findings of the newest scan in which its rule found something, of one version or of all of the
 * asset's.
 */
export async function findingsAbout(
  q: Queries,
  { assetId, ruleId, path }: Pick<Suppression, "assetId" | "ruleId" | "path">,
  versionId: Id | null,
): Promise<
  (Pick<Finding, "ruleId" | "path" | "excerpt" | "message" | "severity"> & {
    consequence: string | null;
    versionStatus: VersionStatus;
    publishedBy: Id;
    /** What it stands in: the digest of its file, or of the version. */
    content: string;
  })[]
> {
  let query = q
    .selectFrom("findings")
    .innerJoin("scans", "scans.id", "findings.scan_id")
    .innerJoin("versions", "versions.id", "scans.version_id")
    .where("versions.asset_id", "=", assetId)
    .where("scans.status", "=", "completed")
    .where("findings.rule_id", "=", ruleId);
  if (path !== null) query = query.where("findings.path", "=", path);
  if (versionId !== null) query = query.where("versions.id", "=", versionId);
  const newest = await query
    .select("scans.id")
    .orderBy("scans.created_at", "desc")
    .orderBy("scans.id", "desc")
    .limit(1)
    .executeTakeFirst();
  if (!newest) return [];
  const rows = await query
    .where("scans.id", "=", newest.id)
    .select(["findings.path", "excerpt", "message", "consequence", "findings.severity"])
    .leftJoin("files", (join) =>
      join.onRef("files.version_id", "=", "versions.id").onRef("files.path", "=", "findings.path"),
    )
    .select(["versions.status", "versions.published_by", "versions.manifest_digest", "files.digest"])
    .limit(MAX_PLACES)
    .execute();
  return rows.map(({ status, published_by: publishedBy, manifest_digest, digest, severity, ...row }) => ({
    ...row,
    ruleId,
    severity: severity as Severity,
    versionStatus: status as VersionStatus,
    publishedBy,
    content: digest ?? manifest_digest,
  }));
}

/** More places than this of one rule are not accepted at once. */
const MAX_PLACES = 1000;

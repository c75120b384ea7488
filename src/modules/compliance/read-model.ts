import { type RawBuilder, sql } from "kysely";
import type { CapabilityKind } from "../../core/capability.ts";
import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import { type Kind, SEVERITIES, type Severity } from "../../core/kind.ts";
import { offsetOf, type PageRequest } from "../../core/page.ts";
import { type Queries, toNumber } from "../../platform/database/index.ts";
import type { QueueCounts, QueueEntry, QueueFilter, ReviewCause } from "./review-queue.ts";

type Condition = RawBuilder<boolean>;

/** Whose queue, and what counts in it. */
export interface QueueReader {
  moderatorId: Id;
  at: Instant;
  /** Kinds of abilities that the policy watches. */
  watched: readonly CapabilityKind[];
}

const NEWEST_SCAN = sql<string>`(SELECT scans.id FROM scans WHERE scans.version_id = versions.id
  ORDER BY scans.created_at DESC, scans.id DESC LIMIT 1)`;
const JUDGED_SCAN = sql<string>`(SELECT scans.id FROM scans WHERE scans.version_id = versions.id
  AND scans.status = 'completed' ORDER BY scans.created_at DESC, scans.id DESC LIMIT 1)`;
const TO_CHANGE = sql<boolean>`EXISTS (SELECT 1 FROM review_change_requests c WHERE c.version_id = versions.id)`;
const APPEALED = sql<boolean>`EXISTS (SELECT 1 FROM appeals a WHERE a.version_id = versions.id AND a.status = 'open')`;
const SCAN_FAILED = sql<boolean>`(versions.status = 'scanning' AND newest.status = 'failed')`;
const WAITING_SINCE = sql<string>`CASE versions.status
  WHEN 'under_review' THEN COALESCE(versions.review_since, versions.created_at)
  WHEN 'blocked' THEN (SELECT MIN(a.created_at) FROM appeals a WHERE a.version_id = versions.id AND a.status = 'open')
  ELSE versions.created_at END`;
const REPORTS = sql`FROM reports r WHERE r.asset_id = versions.asset_id AND r.status = 'open'
  AND (r.version_id IS NULL OR r.version_id = versions.id)`;
const GRAVE = sql`(f.consequence IN ('review', 'block') OR (f.consequence IS NULL AND f.severity IN ('high', 'critical')))`;

/** Abilities of the watched kinds that the asset's latest version does not have; of a first version all are new and none counts. */
const gained = ({ watched }: QueueReader) => sql`FROM capabilities c
  WHERE c.version_id = versions.id AND c.kind IN (${watched.length > 0 ? sql.join([...watched]) : sql`''`})
  AND assets.latest_version_id IS NOT NULL AND assets.latest_version_id <> versions.id
  AND NOT EXISTS (SELECT 1 FROM capabilities o WHERE o.version_id = assets.latest_version_id AND o.kind = c.kind AND o.value = c.value)`;

const CAUSES: Record<ReviewCause, (reader: QueueReader) => Condition> = {
  findings: () => sql<boolean>`EXISTS (SELECT 1 FROM findings f WHERE f.scan_id = ${JUDGED_SCAN} AND ${GRAVE})`,
  capabilities: (reader) => sql<boolean>`EXISTS (SELECT 1 ${gained(reader)})`,
  "first-version": () => sql<boolean>`(assets.latest_version_id IS NULL)`,
  unsigned: () => sql<boolean>`NOT EXISTS (SELECT 1 FROM signatures s JOIN signing_keys k ON k.id = s.signing_key_id
    WHERE s.version_id = versions.id AND k.revoked_at IS NULL)`,
  report: () => sql<boolean>`EXISTS (SELECT 1 ${REPORTS})`,
  appeal: () => APPEALED,
  "scan-failed": () => SCAN_FAILED,
};

const liveClaim = ({ at }: QueueReader, whose: RawBuilder<unknown>): Condition =>
  sql<boolean>`EXISTS (SELECT 1 FROM review_claims l WHERE l.version_id = versions.id AND l.expires_at > ${at} ${whose})`;

const CLAIMS: Record<"mine" | "unclaimed" | "others", (reader: QueueReader) => Condition> = {
  mine: (reader) => liveClaim(reader, sql`AND l.moderator_id = ${reader.moderatorId}`),
  others: (reader) => liveClaim(reader, sql`AND l.moderator_id <> ${reader.moderatorId}`),
  unclaimed: (reader) => sql<boolean>`NOT ${liveClaim(reader, sql``)}`,
};

const atLeast = (severity: Severity): Condition =>
  sql<boolean>`EXISTS (SELECT 1 FROM findings f WHERE f.scan_id = ${JUDGED_SCAN}
    AND f.severity IN (${sql.join(SEVERITIES.slice(SEVERITIES.indexOf(severity)))}))`;

function selection(q: Queries, reader: QueueReader, filter: QueueFilter) {
  const waiting = sql<boolean>`((versions.status = 'under_review' AND NOT ${TO_CHANGE}) OR ${SCAN_FAILED}
    OR (versions.status = 'blocked' AND ${APPEALED}))`;
  const changing = sql<boolean>`(versions.status = 'under_review' AND ${TO_CHANGE})`;
  return q
    .selectFrom("versions")
    .innerJoin("assets", "assets.id", "versions.asset_id")
    .leftJoin("scans as newest", (join) => join.on("newest.id", "=", NEWEST_SCAN))
    .where("assets.deleted_at", "is", null)
    .where("versions.status", "in", ["under_review", "scanning", "blocked"])
    .where(filter.state === "waiting" ? waiting : changing)
    .$if(filter.kind !== null, (query) => query.where("assets.kind", "=", filter.kind!))
    .$if(filter.severity !== null, (query) => query.where(atLeast(filter.severity!)))
    .$if(filter.cause !== null, (query) => query.where(CAUSES[filter.cause!](reader)))
    .$if(filter.claim !== null, (query) => query.where(CLAIMS[filter.claim!](reader)));
}

/**
 * Versions in review, versions whose scan failed for good, and blocked ones with an open appeal: all need a person. The longest
 * waiting first.
 */
export async function reviewQueue(
  q: Queries,
  reader: QueueReader,
  filter: QueueFilter,
  page: PageRequest,
): Promise<{ items: QueueEntry[]; total: number }> {
  const ids = await selection(q, reader, filter)
    .select(["versions.id", WAITING_SINCE.as("waiting_since")])
    .orderBy("waiting_since")
    .orderBy("versions.id")
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute();
  const { total } = await selection(q, reader, filter)
    .select((eb) => eb.fn.countAll<string>().as("total"))
    .executeTakeFirstOrThrow();
  const entries = await entriesOf(
    q,
    reader,
    ids.map((row) => row.id),
  );
  const byId = new Map(entries.map((entry) => [entry.versionId, entry]));
  return { total: toNumber(total), items: ids.flatMap((row) => byId.get(row.id) ?? []) };
}

/** The version that comes after another in a moderator's queue; null for the last. */
export async function nextInQueue(
  q: Queries,
  reader: QueueReader,
  filter: QueueFilter,
  except: Id,
): Promise<Id | null> {
  const row = await selection(q, reader, filter)
    .select(["versions.id", WAITING_SINCE.as("waiting_since")])
    .where("versions.id", "<>", except)
    .where(sql<boolean>`NOT ${CLAIMS.others(reader)}`)
    .orderBy("waiting_since")
    .orderBy("versions.id")
    .limit(1)
    .executeTakeFirst();
  return row?.id ?? null;
}

export async function queueCounts(q: Queries, reader: QueueReader): Promise<QueueCounts> {
  const of = async (state: QueueFilter["state"]): Promise<number> => {
    const filter = { state, kind: null, severity: null, cause: null, claim: null };
    const { total } = await selection(q, reader, filter)
      .select((eb) => eb.fn.countAll<string>().as("total"))
      .executeTakeFirstOrThrow();
    return toNumber(total);
  };
  const { reports } = await q
    .selectFrom("reports")
    .select((eb) => eb.fn.countAll<string>().as("reports"))
    .where("status", "=", "open")
    .executeTakeFirstOrThrow();
  return { waiting: await of("waiting"), changes: await of("changes"), reports: toNumber(reports) };
}

const flag = (condition: Condition): RawBuilder<number> => sql<number>`CASE WHEN ${condition} THEN 1 ELSE 0 END`;

async function entriesOf(q: Queries, reader: QueueReader, ids: readonly Id[]): Promise<QueueEntry[]> {
  if (ids.length === 0) return [];
  const rows = await q
    .selectFrom("versions")
    .innerJoin("assets", "assets.id", "versions.asset_id")
    .innerJoin("namespaces", "namespaces.id", "assets.namespace_id")
    .innerJoin("users", "users.id", "versions.published_by")
    .leftJoin("scans as newest", (join) => join.on("newest.id", "=", NEWEST_SCAN))
    .leftJoin("review_claims as claim", (join) =>
      join.onRef("claim.version_id", "=", "versions.id").on("claim.expires_at", ">", reader.at),
    )
    .leftJoin("users as claimant", "claimant.id", "claim.moderator_id")
    .leftJoin("review_first_approvals as half", "half.version_id", "versions.id")
    .leftJoin("users as approver", "approver.id", "half.moderator_id")
    .select([
      "versions.id",
      "versions.asset_id",
      "versions.version",
      "versions.status",
      "versions.verdict_reason",
      "assets.kind",
      "assets.slug",
      "assets.title",
      "namespaces.name as namespace",
      "users.username",
      "newest.error as scan_error",
      "claim.moderator_id as claimed_by",
      "claim.expires_at as claimed_until",
      "claimant.username as claimant",
      "approver.username as approver",
      JUDGED_SCAN.as("judged"),
      WAITING_SINCE.as("waiting_since"),
      sql<number>`(SELECT COUNT(*) ${gained(reader)})`.as("gained"),
      sql<number>`(SELECT COUNT(*) ${REPORTS})`.as("reports"),
      flag(CAUSES.findings(reader)).as("grave"),
      flag(CAUSES["first-version"](reader)).as("first_version"),
      flag(CAUSES.unsigned(reader)).as("unsigned"),
      flag(APPEALED).as("appealed"),
    ])
    .where("versions.id", "in", [...ids])
    .execute();
  const found = await severities(
    q,
    rows.flatMap((row) => row.judged ?? []),
  );
  return rows.map((row): QueueEntry => {
    const [gainedCount, reports] = [toNumber(row.gained), toNumber(row.reports)];
    const failed = row.status === "scanning";
    const has: Record<ReviewCause, boolean> = {
      findings: toNumber(row.grave) === 1,
      capabilities: gainedCount > 0,
      "first-version": toNumber(row.first_version) === 1,
      unsigned: toNumber(row.unsigned) === 1,
      report: reports > 0,
      appeal: toNumber(row.appealed) === 1,
      "scan-failed": failed,
    };
    const levels = found.get(row.judged ?? "") ?? [];
    return {
      versionId: row.id,
      assetId: row.asset_id,
      ref: `${row.namespace}/${row.slug}`,
      kind: row.kind as Kind,
      title: row.title,
      version: row.version,
      status: failed ? "scan_failed" : row.status === "blocked" ? "appealed" : "under_review",
      reason: row.verdict_reason ?? row.scan_error,
      causes: (Object.keys(has) as ReviewCause[]).filter((cause) => has[cause]),
      publisher: row.username,
      findings: levels.length,
      worst: worstOf(levels),
      gained: gainedCount,
      firstVersion: has["first-version"],
      reports,
      claim:
        row.claimant === null || row.claimed_until === null
          ? null
          : { moderator: row.claimant, mine: row.claimed_by === reader.moderatorId, expiresAt: row.claimed_until },
      firstApproval: row.approver,
      waitingSince: row.waiting_since,
    };
  });
}

async function severities(q: Queries, scanIds: readonly string[]): Promise<Map<string, Severity[]>> {
  if (scanIds.length === 0) return new Map();
  const rows = await q
    .selectFrom("findings")
    .select(["scan_id", "severity"])
    .where("scan_id", "in", [...scanIds])
    .execute();
  const found = new Map<string, Severity[]>();
  for (const row of rows) {
    const levels = found.get(row.scan_id);
    if (levels) levels.push(row.severity as Severity);
    else found.set(row.scan_id, [row.severity as Severity]);
  }
  return found;
}

const worstOf = (found: readonly Severity[]): Severity | null =>
  [...found].sort((a, b) => SEVERITIES.indexOf(b) - SEVERITIES.indexOf(a))[0] ?? null;

/** How a publisher's versions fared so far. */
export interface PublisherRecord {
  username: string;
  since: Instant;
  published: number;
  blocked: number;
  inReview: number;
}

export async function publisherRecord(q: Queries, userId: Id): Promise<PublisherRecord | null> {
  const user = await q
    .selectFrom("users")
    .select(["username", "created_at"])
    .where("id", "=", userId)
    .executeTakeFirst();
  if (!user) return null;
  const rows = await q
    .selectFrom("versions")
    .select(["status", (eb) => eb.fn.countAll<string>().as("n")])
    .where("published_by", "=", userId)
    .groupBy("status")
    .execute();
  const count = (...statuses: string[]) =>
    rows.filter((row) => statuses.includes(row.status)).reduce((sum, row) => sum + toNumber(row.n), 0);
  return {
    username: user.username,
    since: user.created_at,
    published: count("published", "ready"),
    blocked: count("blocked"),
    inReview: count("under_review"),
  };
}

import type { Capability } from "../../core/capability.ts";
import type { Id } from "../../core/id.ts";
import type { Verdict } from "../../core/kind.ts";
import { signedName } from "../../core/signing/statement.ts";
import { sql } from "kysely";
import type { Actor } from "../../core/actor.ts";
import { fromFlag, type Queries, readableAssets, toNumber } from "../../platform/database/index.ts";

/** A version's signature as readers see it. */
export interface SignatureView {
  fingerprint: string;
  keyName: string;
  signer: string;
  signedAt: string;
  /** Set when the key was revoked since: the signature no longer counts. */
  revokedAt: string | null;
  publicKey: string;
  envelope: unknown;
  /** The name that was signed: another than the asset's when that was renamed or transferred since. */
  signedAs: string | null;
}

/** The newest scan of a version, without its findings. */
export interface ScanView {
  id: Id;
  status: string;
  verdict: string | null;
  outcomes: { scanner: string; version: string; state: string; error: string | null; elapsedMs: number }[];
  reason: string | null;
  createdAt: string;
  finishedAt: string | null;
  findings: number;
}

export async function signaturesOf(q: Queries, versionId: Id): Promise<SignatureView[]> {
  const rows = await q
    .selectFrom("signatures")
    .innerJoin("signing_keys", "signing_keys.id", "signatures.signing_key_id")
    .innerJoin("users", "users.id", "signing_keys.user_id")
    .select([
      "signing_keys.fingerprint",
      "signing_keys.name",
      "signing_keys.public_key",
      "signing_keys.revoked_at",
      "users.username",
      "signatures.envelope",
      "signatures.created_at",
    ])
    .where("signatures.version_id", "=", versionId)
    .orderBy("signatures.created_at")
    .execute();
  return rows.map((row) => {
    const envelope: unknown = JSON.parse(row.envelope);
    return {
      fingerprint: row.fingerprint,
      keyName: row.name,
      signer: row.username,
      signedAt: row.created_at,
      revokedAt: row.revoked_at,
      publicKey: row.public_key,
      envelope,
      signedAs: signedName(envelope),
    };
  });
}

/** What a version can do, by kind and value; null when no scan has looked yet. */
export async function capabilitiesOf(q: Queries, versionId: Id): Promise<Capability[] | null> {
  const looked = q.selectFrom("capability_extractions").select("extracted_at").where("version_id", "=", versionId);
  if (!(await looked.executeTakeFirst())) return null;
  return q
    .selectFrom("capabilities")
    .select(["kind", "value", "path", "line"])
    .where("version_id", "=", versionId)
    .orderBy("position")
    .execute();
}

/** A known vulnerability that touches a version. */
export interface AdvisoryView {
  advisoryId: string;
  ecosystem: string;
  package: string;
  packageVersion: string | null;
  fixed: string | null;
  level: "critical" | "high" | "medium" | "low" | null;
  malicious: boolean;
  summary: string;
}

/** Those that touch assets of this server only where the actor may read the asset. */
const mayKnow = (actor: Actor) =>
  sql<boolean>`(t.ecosystem <> 'marketplace' OR EXISTS (SELECT 1 FROM advisory_packages p JOIN assets own_asset ON own_asset.id = p.asset_id
    WHERE p.advisory_id = t.advisory_id AND p.name = t.package AND ${readableAssets(actor, "read", "own_asset")}))`;

/** Which of these assets have a latest version that advisories touch, as far as the actor may know. */
export async function advisedAssets(
  q: Queries,
  actor: Actor,
  assetIds: readonly Id[],
): Promise<Map<Id, "malicious" | "vulnerable">> {
  if (assetIds.length === 0) return new Map();
  const rows = await q
    .selectFrom("assets")
    .innerJoin("version_advisories as t", "t.version_id", "assets.latest_version_id")
    .innerJoin("advisories as a", "a.id", "t.advisory_id")
    .select((eb) => ["assets.id", eb.fn.max("a.malicious").as("malicious")])
    .where("assets.id", "in", [...assetIds])
    .where(mayKnow(actor))
    .groupBy("assets.id")
    .execute();
  return new Map(rows.map(({ id, malicious }) => [id, fromFlag(malicious) ? "malicious" : "vulnerable"]));
}

/** Those of assets of this server only when the actor may read the asset; at most 300. */
export async function advisoriesOf(q: Queries, actor: Actor, versionId: Id): Promise<AdvisoryView[]> {
  const rows = await q
    .selectFrom("version_advisories as t")
    .innerJoin("advisories as a", "a.id", "t.advisory_id")
    .select([
      "t.advisory_id",
      "t.ecosystem",
      "t.package",
      "t.package_version",
      "t.fixed",
      "a.severity",
      "a.malicious",
      "a.summary",
    ])
    .where("t.version_id", "=", versionId)
    .where(mayKnow(actor))
    .orderBy("a.malicious", "desc")
    .orderBy("t.advisory_id")
    .limit(300)
    .execute();
  const rank = ["critical", "high", "medium", "low", null];
  return rows
    .map((row) => ({
      advisoryId: row.advisory_id,
      ecosystem: row.ecosystem,
      package: row.package,
      packageVersion: row.package_version,
      fixed: row.fixed,
      level: row.severity as AdvisoryView["level"],
      malicious: fromFlag(row.malicious),
      summary: row.summary,
    }))
    .sort((a, b) => Number(b.malicious) - Number(a.malicious) || rank.indexOf(a.level) - rank.indexOf(b.level));
}

/** Newest first, at most 20. */
export async function scansOf(q: Queries, versionId: Id): Promise<ScanView[]> {
  const rows = await q
    .selectFrom("scans")
    .selectAll()
    .select((eb) =>
      eb
        .selectFrom("findings")
        .select((e) => e.fn.countAll<string>().as("n"))
        .whereRef("findings.scan_id", "=", "scans.id")
        .as("finding_count"),
    )
    .where("version_id", "=", versionId)
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(20)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    status: row.status,
    verdict: row.verdict,
    outcomes: JSON.parse(row.outcomes),
    reason: row.policy_reason,
    createdAt: row.created_at,
    finishedAt: row.finished_at,
    findings: Number(row.finding_count ?? 0),
  }));
}

/** A publisher's version that is not (yet) published, and why. */
export interface PendingVersion {
  namespace: string;
  slug: string;
  version: string;
  verdict: Verdict;
  reason: string | null;
  at: string;
}

/** Newest first, at most 50. */
export async function pendingVersions(q: Queries, namespaceIds: readonly Id[]): Promise<PendingVersion[]> {
  if (namespaceIds.length === 0) return [];
  const rows = await q
    .selectFrom("versions")
    .innerJoin("assets", "assets.id", "versions.asset_id")
    .innerJoin("namespaces", "namespaces.id", "assets.namespace_id")
    .select([
      "namespaces.name as namespace",
      "assets.slug",
      "versions.version",
      "versions.verdict",
      "versions.verdict_reason",
      "versions.created_at",
    ])
    .where("assets.namespace_id", "in", [...namespaceIds])
    .where("assets.deleted_at", "is", null)
    .where("versions.status", "!=", "published")
    .orderBy("versions.created_at", "desc")
    .limit(50)
    .execute();
  return rows.map((row) => ({
    namespace: row.namespace,
    slug: row.slug,
    version: row.version,
    verdict: row.verdict as Verdict,
    reason: row.verdict_reason,
    at: row.created_at,
  }));
}

/** Which of these versions carry a signature by a key that is not revoked. */
export async function signedVersions(q: Queries, versionIds: readonly Id[]): Promise<Set<Id>> {
  if (versionIds.length === 0) return new Set();
  const rows = await q
    .selectFrom("signatures")
    .innerJoin("signing_keys", "signing_keys.id", "signatures.signing_key_id")
    .select("signatures.version_id")
    .where("signatures.version_id", "in", [...versionIds])
    .where("signing_keys.revoked_at", "is", null)
    .execute();
  return new Set(rows.map((row) => row.version_id));
}

export async function usernameOf(q: Queries, userId: Id): Promise<string> {
  const row = await q.selectFrom("users").select("username").where("id", "=", userId).executeTakeFirst();
  return row?.username ?? "unknown";
}

/** What the home page and the administration count: public, published assets, their publishers and downloads; versions of all. */
export async function catalogTotals(
  q: Queries,
): Promise<{ assets: number; versions: number; publishers: number; downloads: number }> {
  const assets = await q
    .selectFrom("assets")
    .select((eb) => [
      eb.fn.countAll<string>().as("assets"),
      eb.fn.count<string>("namespace_id").distinct().as("publishers"),
      eb.fn.sum<string>("downloads").as("downloads"),
    ])
    .where("deleted_at", "is", null)
    .where("status", "=", "published")
    .where("visibility", "=", "public")
    .executeTakeFirstOrThrow();
  const versions = await q
    .selectFrom("versions")
    .select((eb) => eb.fn.countAll<string>().as("n"))
    .executeTakeFirstOrThrow();
  return {
    assets: toNumber(assets.assets),
    publishers: toNumber(assets.publishers),
    downloads: toNumber(assets.downloads),
    versions: toNumber(versions.n),
  };
}

/** What moderators want changed in a version in review, until it is answered or another takes its place; null for nothing. */
export async function changesAskedOf(q: Queries, versionId: Id): Promise<{ message: string; at: string } | null> {
  const row = await q
    .selectFrom("review_change_requests")
    .select(["message", "created_at"])
    .where("version_id", "=", versionId)
    .where("successor_id", "is", null)
    .executeTakeFirst();
  return row ? { message: row.message, at: row.created_at } : null;
}

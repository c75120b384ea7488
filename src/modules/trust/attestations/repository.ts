import type { Id } from "../../../core/id.ts";
import type { Severity } from "../../../core/kind.ts";
import { type Queries, toNumber } from "../../../platform/database/index.ts";

export type AttestationKind = "verdict" | "provenance";

/** What a verdict rests on. */
export interface VerdictGrounds {
  finishedAt: string;
  policyVerdict: string | null;
  scanners: { name: string; version: string; state: string }[];
  findings: Partial<Record<Severity, number>>;
  /** The newest decision of a person. */
  decision: { decision: "approved" | "rejected"; role: string; at: string } | null;
}

/** null before a first scan completed. */
export async function groundsOf(q: Queries, versionId: Id): Promise<VerdictGrounds | null> {
  const scan = await q
    .selectFrom("scans")
    .select(["id", "outcomes", "policy_verdict", "finished_at", "created_at"])
    .where("version_id", "=", versionId)
    .where("status", "=", "completed")
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .executeTakeFirst();
  if (!scan) return null;
  const counts = await q
    .selectFrom("findings")
    .select(["severity", (eb) => eb.fn.countAll<string>().as("count")])
    .where("scan_id", "=", scan.id)
    .groupBy("severity")
    .orderBy("severity")
    .execute();
  const decision = await q
    .selectFrom("moderation_decisions")
    .innerJoin("users", "users.id", "moderation_decisions.moderator_id")
    .select(["moderation_decisions.decision", "moderation_decisions.created_at", "users.role"])
    .where("version_id", "=", versionId)
    .orderBy("moderation_decisions.created_at", "desc")
    .orderBy("moderation_decisions.id", "desc")
    .executeTakeFirst();
  const outcomes = JSON.parse(scan.outcomes) as { scanner: string; version: string; state: string }[];
  return {
    finishedAt: scan.finished_at ?? scan.created_at,
    policyVerdict: scan.policy_verdict,
    scanners: outcomes.map(({ scanner, version, state }) => ({ name: scanner, version, state })),
    findings: Object.fromEntries(counts.map(({ severity, count }) => [severity, toNumber(count)])),
    decision: decision ? { decision: decision.decision, role: decision.role, at: decision.created_at } : null,
  };
}

/** The envelopes as JSON text. */
export async function attestationsOf(q: Queries, versionId: Id): Promise<Map<AttestationKind, string>> {
  const rows = await q
    .selectFrom("server_attestations")
    .select(["kind", "envelope"])
    .where("version_id", "=", versionId)
    .execute();
  return new Map(rows.map(({ kind, envelope }) => [kind, envelope]));
}

/** In the place of the one before of this kind. */
export async function putAttestation(
  tx: Queries,
  attestation: { versionId: Id; kind: AttestationKind; envelope: string; at: string },
): Promise<void> {
  const { versionId, kind, envelope, at } = attestation;
  await tx
    .insertInto("server_attestations")
    .values({ version_id: versionId, kind, envelope, created_at: at })
    .onConflict((conflict) => conflict.columns(["version_id", "kind"]).doUpdateSet({ envelope, created_at: at }))
    .execute();
}

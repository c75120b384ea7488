import type { Id } from "../../../core/id.ts";
import type { Queries } from "../../../platform/database/index.ts";

/** What the newest completed scan found out about a signature of the model (OMS) among a version's files. */
export interface ModelSignature {
  state: "verified" | "content-matches" | "does-not-match" | "none";
  /** Who signed; believed only in the state `verified`. */
  signer: string | null;
  /** The signature's file. */
  path: string | null;
  message: string | null;
}

/** The worst first; a signature that cannot be read counts as none. */
const STATES = new Map<string, ModelSignature["state"]>([
  ["model-signature/invalid", "does-not-match"],
  ["model-signature/does-not-match", "does-not-match"],
  ["model-signature/verified", "verified"],
  ["model-signature/content-matches", "content-matches"],
  ["model-signature/unreadable", "none"],
]);

/** `none` also while no scan has completed. */
export async function modelSignatureOf(q: Queries, versionId: Id): Promise<ModelSignature> {
  const scan = await q
    .selectFrom("scans")
    .select("id")
    .where("version_id", "=", versionId)
    .where("status", "=", "completed")
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  const findings = scan
    ? await q
        .selectFrom("findings")
        .select(["rule_id", "path", "excerpt", "message"])
        .where("scan_id", "=", scan.id)
        .where("rule_id", "in", [...STATES.keys()])
        .orderBy("path")
        .execute()
    : [];
  for (const [rule, state] of STATES) {
    const found = findings.find(({ rule_id }) => rule_id === rule);
    if (found) return { state, signer: found.excerpt || null, path: found.path, message: found.message };
  }
  return { state: "none", signer: null, path: null, message: null };
}

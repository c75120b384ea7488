import type { SignedIn } from "../../core/actor.ts";
import type { AuditEvent } from "../../platform/audit/audit-log.ts";
import type { Queries } from "../../platform/database/index.ts";
import { type Asset, auditSubject, type Version } from "../catalog/index.ts";
import type { PublishingDeps } from "./deps.ts";

/** Last in the transaction: the log's lock and the outbox's lock are held to its end. */
export async function tellPublication(
  tx: Queries,
  deps: PublishingDeps,
  actor: SignedIn,
  asset: Asset,
  { id: versionId, version, digest }: Version,
  { madeAsset, signed }: { madeAsset: boolean; signed: boolean },
): Promise<void> {
  const act = { outcome: "success" as const, actor, subject: auditSubject(asset) };
  const made: AuditEvent[] = madeAsset
    ? [{ action: "asset.created", ...act, details: { visibility: asset.visibility } }]
    : [];
  const details = { versionId, version, digest, signed };
  await deps.audit.append(tx, ...made, { action: "asset.version.created", ...act, details });
  await deps.outbox.append(tx, {
    type: "asset.version.created",
    subjectId: asset.id,
    actorId: actor.userId,
    payload: { versionId, version, digest },
  });
}

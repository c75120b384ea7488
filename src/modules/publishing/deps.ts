import type { SignedIn } from "../../core/actor.ts";
import type { Clock } from "../../core/clock.ts";
import type { BlobGuard } from "../administration/index.ts";
import type { Digest } from "../../core/digest.ts";
import type { Id } from "../../core/id.ts";
import type { ArchiveLimits } from "../../platform/archives/read-archive.ts";
import type { BlobStore } from "../../platform/blobs/blob-store.ts";
import type { AuditLog } from "../../platform/audit/audit-log.ts";
import type { Database, Queries } from "../../platform/database/index.ts";
import type { Outbox } from "../../platform/events/outbox.ts";
import type { JobQueue } from "../../platform/jobs/job-queue.ts";
import type { CatalogModule } from "../catalog/index.ts";
import type { ComplianceModule } from "../compliance/index.ts";

/** A signature that was checked against a registered key of the publisher, ready to be written. */
export interface VerifiedSignature {
  signingKeyId: Id;
  envelope: string;
}

export interface PublishingDeps {
  database: Database;
  clock: Clock;
  outbox: Outbox;
  audit: AuditLog;
  jobs: JobQueue;
  blobs: BlobStore;
  catalog: CatalogModule;
  compliance: ComplianceModule;
  limits: ArchiveLimits;
  /** Bytes a namespace may store; 0: no limit. */
  namespaceQuotaBytes: number;
  /** How long one upload may take, from its first byte to its last. */
  uploadTimeMs: number;
  /** Where uploads are spooled; on the data folder's disk. */
  spoolFolder: string;
  namespaces: {
    byName(q: Queries, name: string): Promise<{ id: Id; name: string; hidden: boolean } | null>;
    reserveStorage(tx: Queries, namespaceId: Id, bytes: number, quota: number): Promise<boolean>;
  };
  signatures: {
    /** Throws VALIDATION_ERROR when the envelope does not bind this content to this name by a key of the actor's. */
    verify(
      actor: SignedIn,
      envelope: string,
      subject: { ref: string; version: string; digest: Digest },
    ): Promise<VerifiedSignature>;
    insert(tx: Queries, versionId: Id, signature: VerifiedSignature): Promise<void>;
  };
  recalls: {
    /** Throws POLICY_VIOLATION for content that is recalled; no recall is ordered until the transaction ends. */
    requirePublishableContent(tx: Queries, digest: Digest): Promise<void>;
  };
  /** Keeps garbage collection from removing what is being published. */
  guard: BlobGuard;
}

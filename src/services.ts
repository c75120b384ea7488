import type { Access } from "./app-access.ts";
import type { Config } from "./config/index.ts";
import type { Clock } from "./core/clock.ts";
import type { RateLedger } from "./core/rate.ts";
import type { Accounts, Directory, SignOn } from "./modules/accounts/index.ts";
import type { SealedSecrets } from "./modules/administration/index.ts";
import type { AdvisoriesModule } from "./modules/advisories/index.ts";
import type { CatalogModule } from "./modules/catalog/index.ts";
import type { ComplianceModule } from "./modules/compliance/index.ts";
import type { DiscoveryModule } from "./modules/discovery/index.ts";
import type { OrganizationsModule } from "./modules/organizations/index.ts";
import type { PublishingModule } from "./modules/publishing/index.ts";
import type { Privacy } from "./modules/privacy/index.ts";
import type { RetrievalModule } from "./modules/retrieval/index.ts";
import type { Attestations, Recalls, Transparency, TrustModule } from "./modules/trust/index.ts";
import type { AuditTrail } from "./modules/administration/index.ts";
import type { DatabaseAuditLog } from "./platform/audit/database-audit-log.ts";
import type { BlobStore } from "./platform/blobs/blob-store.ts";
import type { Database } from "./platform/database/index.ts";
import type { DatabaseOutbox } from "./platform/events/database-outbox.ts";
import type { Idempotency } from "./platform/http/idempotency.ts";
import type { JobRunner } from "./platform/jobs/index.ts";
import type { ClamavWatch } from "./platform/scanning/clamav-watch.ts";
import type { ScanEngine } from "./platform/scanning/scanner.ts";
import type { Sealer } from "./platform/sealing/sealer.ts";
import type { ServerSigner } from "./platform/signing/server-signer.ts";
import type { SearchIndex } from "./platform/search/search-index.ts";
import type { MailSender } from "./platform/mail/index.ts";
import type { Log, Metrics } from "./platform/telemetry/index.ts";

/** Everything that app.ts made, for the parts of the wiring that need much of it. */
export interface Services {
  config: Config;
  clock: Clock;
  log: Log;
  metrics: Metrics;
  database: Database;
  blobs: BlobStore;
  outbox: DatabaseOutbox;
  audit: DatabaseAuditLog;
  auditTrail: AuditTrail;
  jobs: JobRunner;
  engine: ScanEngine;
  /** null: ClamAV is not configured. */
  clamav: ClamavWatch | null;
  index: SearchIndex;
  /** Where this server is reached, without a slash at the end. */
  baseUrl: (request: Request) => string;
  idempotency: Idempotency;
  rates: RateLedger;
  signer: ServerSigner;
  /** For secrets at rest. */
  sealer: Sealer;
  sealedSecrets: SealedSecrets;
  mailer: MailSender;
  accounts: Accounts;
  /** What signs in or publishes without a password. */
  access: Access;
  privacy: Privacy;
  catalog: CatalogModule;
  organizations: OrganizationsModule;
  signOn: SignOn;
  directory: Directory;
  trust: TrustModule;
  transparency: Transparency;
  attestations: Attestations;
  recalls: Recalls;
  retrieval: RetrievalModule;
  compliance: ComplianceModule;
  advisories: AdvisoriesModule;
  publishing: PublishingModule;
  discovery: DiscoveryModule;
}

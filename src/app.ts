import { mkdirSync } from "node:fs";
import { createAuditForwarding, serverStarted } from "./app-audit.ts";
import { accountsOptions, archiveLimits, paths, ratesOf, reportRate, reviewRules } from "./app-settings.ts";
import { openAccess } from "./app-access.ts";
import { advisoryDownload } from "./app-advisories.ts";
import { openLdap } from "./app-ldap.ts";
import { clamavWatch, lookAtClamav, scanSettings } from "./app-scanning.ts";
import { openSignOn } from "./app-sign-on.ts";
import { openSealer } from "./app-sealing.ts";
import { openMailBox } from "./app-mail.ts";
import { recurringJobs, registerRecurring } from "./app-schedule.ts";
import { openStores } from "./app-stores.ts";
import { buildRoutes } from "./app-routes.tsx";
import type { Config } from "./config/index.ts";
import { BUILD } from "./core/build.ts";
import { type Clock, systemClock } from "./core/clock.ts";
import {
  createAccounts,
  createAuthenticator,
  csrfOf,
  namespaceByName,
  openBreachedPasswords,
  reserveStorage,
} from "./modules/accounts/index.ts";
import {
  accountNamed,
  assetNamed,
  createAuditTrail,
  createBlobGuard,
  createSealedSecrets,
} from "./modules/administration/index.ts";
import { createAdvisories, vulnerabilityCheck } from "./modules/advisories/index.ts";
import { createCatalog } from "./modules/catalog/index.ts";
import {
  createCompliance,
  createLicenceCompatibility,
  createLookAlikeNames,
  createNearDuplicates,
  policyOf,
} from "./modules/compliance/index.ts";
import { createDiscovery } from "./modules/discovery/index.ts";
import { createPrivacy } from "./modules/privacy/index.ts";
import { createOrganizations } from "./modules/organizations/index.ts";
import { createPublishing } from "./modules/publishing/index.ts";
import { createRetrieval } from "./modules/retrieval/index.ts";
import {
  createAttestations,
  createRecalls,
  createTransparency,
  createTrust,
  recordingReleases,
} from "./modules/trust/index.ts";
import { createAuditLog } from "./platform/audit/database-audit-log.ts";
import { erasePersonal } from "./platform/audit/erase-personal.ts";
import { createOutbox } from "./platform/events/database-outbox.ts";
import { createBaseUrl } from "./platform/http/base-url.ts";
import { createClientReader } from "./platform/http/client-address.ts";
import { createIdempotency } from "./platform/http/idempotency.ts";
import { createPipeline } from "./platform/http/pipeline.ts";
import { pathOf } from "./platform/http/respond.ts";
import { classifyRequest } from "./platform/http/rate-classes.ts";
import { createRateLimiter } from "./platform/http/rate-limit.ts";
import { createRateLedger } from "./platform/rates/database-rate-ledger.ts";
import { createJobQueue, createScheduler } from "./platform/jobs/index.ts";
import type { Services } from "./services.ts";
import { createScanEngine } from "./platform/scanning/engine.ts";
import { CLAMAV } from "./platform/scanning/clamav.ts";
import { createServerSigner } from "./platform/signing/server-signer.ts";
import { createTransparencyLog } from "./platform/transparency/database-transparency-log.ts";
import { createOramaIndex } from "./platform/search/orama.ts";
import { createLog, createMetrics, type Log } from "./platform/telemetry/index.ts";
import { spawnWorker } from "./platform/workers/spawn-worker.ts";

export interface AppOptions {
  clock?: Clock;
  log?: Log;
  /** Where the server listens, once it does: for links when no public URL is configured. */
  listening?: () => string;
}

export type App = Awaited<ReturnType<typeof buildApp>>;

export { openStores };

/**
 * Wires a whole server out of the configuration. The database is migrated; nothing runs in the background until `start`.
 * `handle` answers requests; `stop` drains and closes everything.
 */
export async function buildApp(config: Config, options: AppOptions = {}) {
  const clock = options.clock ?? systemClock;
  const log = options.log ?? createLog({ level: config.telemetry.logLevel, format: config.telemetry.logFormat });
  const metrics = createMetrics({ version: BUILD.version });
  const { database, blobs } = await openStores(config);
  const sealer = await openSealer(config, database, clock).catch(async (error) => {
    // Its connections would keep the process from ending.
    await database.close();
    throw error;
  });
  const transparencyLog = createTransparencyLog({ database, clock, sealer });
  const outbox = recordingReleases(createOutbox({ database, clock }), transparencyLog);
  const audit = createAuditLog({ database, clock, sealer });
  const jobSeconds = metrics.histogram("marketplace_job_seconds", "Time of job attempts.", ["kind", "outcome"]);
  const jobs = createJobQueue({
    database,
    clock,
    log,
    onFinished: (kind, outcome, seconds) => jobSeconds.observe({ kind, outcome }, seconds),
  });
  const listening = options.listening ?? (() => `http://${config.server.listen.hostname}:${config.server.listen.port}`);
  const baseUrl = createBaseUrl({ publicUrl: config.server.publicUrl || null, listening });
  const issuer = config.server.publicUrl || "marketplace";
  const mailer = openMailBox(config, { database, clock, sealer, jobs });
  const rates = createRateLedger({ database, clock, secret: () => secret("rate-limits")() });
  const { breachedPasswords } = config.accounts;
  const ldap = openLdap(config, { clock, log, mailDelivers: mailer.delivers });
  const accounts = createAccounts({
    database,
    clock,
    sealer,
    audit,
    rates,
    mailer,
    jobs,
    origin: () => config.server.publicUrl || listening(),
    breachedPasswords: breachedPasswords === "" ? null : await openBreachedPasswords(breachedPasswords),
    ldap,
    options: accountsOptions(config, issuer),
  });
  const secret = (name: string) => (): Promise<string> =>
    accounts.secrets.get(name, () => crypto.getRandomValues(Buffer.alloc(32)).toString("base64url"));

  const signer = createServerSigner({ seed: async () => Buffer.from(await secret("server-key")(), "base64url") });
  const access = openAccess(config, { database, clock, audit, rates, accounts });
  const catalog = createCatalog({ database, clock, outbox, audit });
  const serverPolicy = policyOf(config.policy);
  const organizations = createOrganizations({
    database,
    clock,
    outbox,
    audit,
    mailer,
    catalog,
    creation: config.accounts.organizationCreation,
    serverPolicy,
    jobs,
    onPolicyChanged: (tx, namespaceId) => compliance.policy.onPolicyChanged(tx, namespaceId),
    namespaceQuotaBytes: config.limits.namespaceBytes,
    reserveStorage,
  });
  const { signOn, directory } = openSignOn(config, {
    database,
    clock,
    audit,
    log,
    accounts,
    mailDelivers: mailer.delivers,
    ldap,
  });
  const trust = createTrust({ database, clock, outbox, audit, catalog, transparency: transparencyLog });
  const attestations = createAttestations({ database, clock, jobs, catalog, signer });
  const transparency = createTransparency({
    database,
    jobs,
    catalog,
    signer,
    transparency: transparencyLog,
    serverName: issuer,
  });
  const retrieval = createRetrieval({
    database,
    clock,
    jobs,
    blobs,
    catalog,
    redirectSeconds: config.blobs.redirect ? config.blobs.redirectLifetime / 1000 : null,
    visitorSalt: secret("visitor-salt"),
    onError: (error) => log.error("downloads could not be counted; they are tried again", { error }),
  });
  const settings = await scanSettings(config);
  const clamav = clamavWatch(settings);
  const engine = createScanEngine({
    workers: config.scanning.workers,
    spawn: () => spawnWorker("scan"),
    settings,
    dataVersion: (scanner) => (scanner === CLAMAV ? (clamav?.seen() ?? null) : null),
    limits: { scannerMs: config.scanning.timeoutSeconds * 1000 },
  });
  const compliance = createCompliance({
    database,
    clock,
    outbox,
    audit,
    jobs,
    engine,
    checks: [
      createLicenceCompatibility(),
      createLookAlikeNames(),
      createNearDuplicates({ blobs, clock }),
      vulnerabilityCheck(),
    ],
    catalog,
    policy: serverPolicy,
    review: reviewRules(config),
    mailer,
    origin: () => config.server.publicUrl || listening(),
    rates,
    reportRate: reportRate(config),
    namespacePolicy: organizations.policyOfNamespace,
    concurrency: config.scanning.workers,
    timeoutMs: 15 * 60_000,
    rescanShare: config.scanning.rescanShare / 100,
    onDecided: async (tx, versionId, verdict) => {
      await advisories.settleVersion(tx, versionId);
      await attestations.requestFor(tx, versionId);
      if (verdict === "passed") await retrieval.requestArchives(tx, versionId);
    },
  });
  const recalls = createRecalls({
    database,
    clock,
    outbox,
    audit,
    transparency: transparencyLog,
    jobs,
    mailer,
    signer,
    serverName: issuer,
    origin: () => config.server.publicUrl || listening(),
  });
  const advisories: Services["advisories"] = createAdvisories({
    database,
    clock,
    outbox,
    audit,
    jobs,
    blobs,
    mailer,
    catalog,
    origin: () => config.server.publicUrl || listening(),
    spoolFolder: paths(config).spool,
    sources: config.advisories.sources,
    allowedHosts: config.advisories.allowedHosts,
    download: advisoryDownload(config),
    requestRescans: compliance.requestRescans,
    readerOf: accounts.readerOf,
  });
  const publishing = createPublishing({
    database,
    clock,
    outbox,
    audit,
    jobs,
    blobs,
    catalog,
    compliance,
    limits: archiveLimits(config),
    namespaceQuotaBytes: config.limits.namespaceBytes,
    uploadTimeMs: config.limits.uploadTime,
    spoolFolder: paths(config).spool,
    namespaces: { byName: namespaceByName, reserveStorage },
    signatures: trust,
    recalls,
    guard: createBlobGuard(database),
  });
  const privacy = createPrivacy({
    database,
    clock,
    audit,
    jobs,
    blobs,
    guard: createBlobGuard(database),
    spoolFolder: paths(config).spool,
    exportLifetimeMs: config.retention.dataExports,
    graceMs: config.accounts.erasureGrace,
    endAccess: accounts.endAccess,
    readerOf: accounts.readerOf,
    eraseAudit: (userId) => erasePersonal(database, userId),
  });
  mkdirSync(paths(config).search, { recursive: true, mode: 0o700 });
  const index = createOramaIndex({
    snapshotPath: `${paths(config).search}/index.snapshot`,
    spawn: () => spawnWorker("search"),
    onRestart: () => discovery.indexer.wake(),
  });
  const discovery: Services["discovery"] = createDiscovery({ database, clock, outbox, index, log });

  const idempotency = createIdempotency({ database, clock });
  const services: Services = {
    config,
    clock,
    log,
    metrics,
    database,
    blobs,
    outbox,
    audit,
    auditTrail: createAuditTrail({
      audit,
      names: {
        account: (name) => accountNamed(database.read, name),
        asset: (namespace, slug) => assetNamed(database.read, namespace, slug),
      },
    }),
    jobs,
    engine,
    clamav,
    index,
    baseUrl,
    rates,
    accounts,
    access,
    privacy,
    catalog,
    organizations,
    signOn,
    directory,
    trust,
    transparency,
    attestations,
    recalls,
    retrieval,
    compliance,
    advisories,
    publishing,
    discovery,
    idempotency,
    signer,
    sealer,
    sealedSecrets: createSealedSecrets({ database, clock, sealer, audit }),
    mailer,
  };
  const forwarding = createAuditForwarding({ config, database, reader: audit, clock, log, metrics });
  registerRecurring(services);
  const scheduler = createScheduler({ database, queue: jobs, clock, log, jobs: recurringJobs(config) });
  const routes = buildRoutes(services);
  const { enabled } = config.rateLimits;
  const rateLimiter = createRateLimiter({ enabled, clock, log, ledger: rates, rates: ratesOf(config) });
  const pipeline = createPipeline<Bun.Server<undefined>>({
    handle: routes.handle,
    authenticate: createAuthenticator(accounts),
    openCapability: access.capabilities.open,
    rateLimiter,
    csrf: csrfOf(accounts),
    idempotency,
    readClient: createClientReader({
      trustedProxies: config.server.trustedProxies,
      https: config.server.tls.cert !== "" || config.server.publicUrl.startsWith("https:"),
    }),
    baseUrl,
    async onForbidden(actor, method, path) {
      const details = { method };
      const subject = { type: "route", id: null };
      await audit.record({ action: "access.denied", outcome: "denied", actor, subject, details, personal: { path } });
    },
    renderError: routes.renderError,
    log,
    bodyTimeMs: config.limits.bodyTime,
  });

  const requestSeconds = metrics.histogram("marketplace_http_request_seconds", "Time to the answer's head.", [
    "method",
    "class",
    "status",
  ]);
  return {
    ...services,
    /** Answers a request; `undefined` when the connection was upgraded. */
    async handle(request: Request, server: Bun.Server<undefined> | null): Promise<Response | undefined> {
      const started = performance.now();
      const response = await pipeline(request, server);
      requestSeconds.observe(requestLabels(request, response), (performance.now() - started) / 1000);
      return response;
    },
    /** Begins the work that follows from requests: jobs, the schedule, the search index. */
    async start(): Promise<void> {
      // First, because its thread takes longest to be ready.
      discovery.start();
      await discovery.seedCategories();
      if (await compliance.policy.applyPolicy())
        log.info("the policy changed: versions that wait are judged by it again");
      await rateLimiter.start();
      lookAtClamav(clamav, log);
      jobs.start();
      await transparency.start();
      scheduler.start();
      await audit.record(serverStarted());
      forwarding.forwarder.start();
    },
    /** Opens files anew that were rotated. */
    reopen: forwarding.reopen,
    /** Lets running work end for `drainMs`, then closes everything; what is not done is taken up at the next start. */
    async stop(drainMs = 5000): Promise<void> {
      scheduler.stop();
      await forwarding.forwarder.stop();
      await jobs.stop({ drainMs });
      await retrieval.counter.stop();
      await accounts.housekeeping();
      await rateLimiter.stop();
      await discovery.stop();
      await index.close();
      await engine.close();
      outbox.close();
      await database.close();
    },
  };
}

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** Few values each, whatever a client sends. */
const requestLabels = (request: Request, response: Response | undefined) => ({
  method: METHODS.has(request.method) ? request.method : "other",
  class: classifyRequest(request.method, pathOf(request)) ?? "static",
  status: `${Math.floor((response?.status ?? 101) / 100)}xx`,
});

import type { Config } from "./config/index.ts";
import { later } from "./core/clock.ts";
import { collectGarbage, scrubBlobs } from "./modules/administration/index.ts";
import type { RecurringJob } from "./platform/jobs/index.ts";
import type { JobContext, JobHandler } from "./platform/jobs/job-queue.ts";
import type { Services } from "./services.ts";

const HOUSEKEEPING = "administration.housekeeping";
const TOKEN_KEYS = "accounts.rotate-token-keys";
const TRENDING = "discovery.refresh-trending";
const GARBAGE = "administration.collect-garbage";
const SCRUB = "administration.scrub-blobs";
const RESCAN = "compliance.rescan-outdated";
const ADVISORIES = "advisories.import-sources";
const INDEX_NAMES = "compliance.index-names";

/** What `[schedule]` runs. */
export const recurringJobs = ({ schedule }: Config): RecurringJob[] => [
  { kind: HOUSEKEEPING, cron: schedule.housekeeping },
  { kind: TOKEN_KEYS, cron: schedule.tokenKeys },
  { kind: TRENDING, cron: schedule.trending },
  { kind: GARBAGE, cron: schedule.gc },
  { kind: SCRUB, cron: schedule.scrub },
  { kind: RESCAN, cron: schedule.rescan },
  { kind: ADVISORIES, cron: schedule.advisories },
  { kind: INDEX_NAMES, cron: schedule.housekeeping },
];

/** Slow enough to leave the disk to those who download. */
const SCRUB_BYTES_PER_SECOND = 50 * 2 ** 20;
const LONG_MS = 6 * 3_600_000;

/** Registers the handlers of recurring jobs. */
export function registerRecurring(services: Services): void {
  const { jobs, log, discovery, compliance, database, blobs, clock, config } = services;
  const register = (kind: string, handler: JobHandler, timeoutMs?: number) =>
    jobs.register(kind, handler, { timeoutMs });
  register(HOUSEKEEPING, () => housekeeping(services));
  register(TOKEN_KEYS, async () => {
    if (await services.accounts.tokenKeys.rotateWhenDue()) log.info("a new key signs access tokens in some minutes");
  });
  register(TRENDING, async () => discovery.refreshTrending());
  register(
    RESCAN,
    async (_payload, { signal }) => {
      // New signatures make a new version of the scanner. While clamd is away no scan completes, so none is asked for.
      await services.clamav?.refresh();
      await compliance.rescanVersions("outdated", signal);
    },
    LONG_MS,
  );
  register(INDEX_NAMES, (_payload, { signal }) => compliance.indexNames(signal).then(() => {}), LONG_MS);
  register(ADVISORIES, () => services.advisories.importSources());
  register(
    GARBAGE,
    async (_payload, { signal }: JobContext) => {
      const report = await collectGarbage({ database, blobs, clock, graceMs: config.retention.blobGrace }, { signal });
      log.info("garbage collected", { ...report });
    },
    LONG_MS,
  );
  register(
    SCRUB,
    async (_payload, { signal }: JobContext) => {
      const report = await scrubBlobs({ database, blobs }, { signal, bytesPerSecond: SCRUB_BYTES_PER_SECOND });
      const level = report.damagedCount + report.missingCount > 0 ? "error" : "info";
      log[level]("storage scrubbed", { ...report });
    },
    LONG_MS,
  );
}

async function housekeeping(services: Services): Promise<void> {
  const { accounts, privacy, retrieval, publishing, jobs, outbox, idempotency, rates, clock, config } = services;
  const ago = (ms: number) => new Date(later(clock.now(), -ms));
  await accounts.housekeeping();
  await services.organizations.housekeeping();
  await services.access.device.housekeeping();
  await privacy.housekeeping();
  await rates.prune();
  await idempotency.forgetBefore(ago(config.retention.idempotencyKeys));
  await retrieval.forgetDownloads(config.retention.downloadEvents);
  await services.recalls.forgetReportsBefore(ago(config.retention.lockfileReports));
  await outbox.prune(ago(config.retention.events));
  await jobs.prune(config.retention.jobs);
  await services.mailer.prune();
  await publishing.sweep();
}

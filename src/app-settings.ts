import { join } from "node:path";
import type { Config } from "./config/index.ts";
import { HOUR } from "./core/clock.ts";
import type { AccountsOptions } from "./modules/accounts/index.ts";
import type { ReviewRules } from "./modules/compliance/index.ts";
import type { ArchiveLimits } from "./platform/archives/archive-limits.ts";
import type { Rate } from "./core/rate.ts";
import type { RateClass } from "./platform/http/rate-classes.ts";
import type { BlobAccess } from "./platform/scanning/scan-settings.ts";

// How the configuration's words become the settings of modules and adapters.

export const paths = (config: Config) => ({
  sqlite: join(config.server.data, "marketplace.db"),
  blobs: config.blobs.path || join(config.server.data, "blobs"),
  spool: join(config.server.data, "uploads"),
  s3Spool: join(config.server.data, "outgoing"),
  search: join(config.server.data, "search"),
  sealingKey: join(config.server.data, "secrets.key"),
});

export function blobAccess(config: Config): BlobAccess {
  const { blobs, retention } = config;
  if (blobs.backend === "filesystem") return { kind: "filesystem", root: paths(config).blobs };
  return {
    kind: "s3",
    endpoint: blobs.endpoint,
    region: blobs.region,
    bucket: blobs.bucket,
    prefix: blobs.prefix,
    accessKeyId: blobs.accessKeyId,
    secretAccessKey: blobs.secretAccessKey,
    spoolFolder: paths(config).s3Spool,
    refreshAfterMs: Math.floor(retention.blobGrace / 2),
  };
}

export const archiveLimits = ({ limits }: Config): ArchiveLimits => ({
  maxArchiveBytes: limits.archiveBytes,
  maxFileBytes: limits.fileBytes,
  maxTotalBytes: limits.versionBytes,
  maxFiles: limits.files,
  maxPathBytes: limits.pathBytes,
  maxDepth: limits.pathDepth,
  maxExpansionRatio: limits.expansionRatio,
  expansionFloorBytes: limits.expansionFloor,
});

export const accountsOptions = (config: Config, issuer: string): AccountsOptions => ({
  // An account with a password only would be of no use where passwords sign nobody in.
  registration: config.accounts.passwordLogin ? config.accounts.registration : "closed",
  passwordLogin: config.accounts.passwordLogin,
  registrationDomains: config.accounts.registrationDomains,
  verifyEmail: config.accounts.verifyEmail,
  issuer,
  sessionLifetimeMs: config.accounts.sessionLifetime,
  sessionIdleMs: config.accounts.sessionIdleTimeout,
  absoluteLifetimeMs: config.accounts.sessionMaxLifetime,
  accessTokenLifetimeMs: config.accounts.accessTokenLifetime,
  refreshTokenLifetimeMs: config.accounts.refreshTokenLifetime,
  tokenKeyLifetimeMs: config.accounts.tokenKeyLifetime,
  argon2: {
    memoryKiB: Math.floor(config.accounts.argon2Memory / 1024),
    iterations: config.accounts.argon2Iterations,
    concurrency: config.accounts.argon2Concurrency,
  },
  rolesWithTwoFactor: config.accounts.requireTwoFactor,
  limitGuesses: config.rateLimits.enabled,
});

/** Whether `[accounts] registration` would let somebody register for whom a provider vouches. */
export const registrationRule =
  ({ accounts: { registration, registrationDomains } }: Config) =>
  ({ email, emailVerified }: { email: string; emailVerified: boolean }): boolean =>
    registration === "open" ||
    (registration === "domain" &&
      emailVerified &&
      registrationDomains.includes(email.slice(email.lastIndexOf("@") + 1).toLowerCase()));

export function ratesOf({ rateLimits }: Config): Record<RateClass, Rate> {
  const perMinute = (limit: number): Rate => ({ limit, windowMs: 60_000 });
  return {
    login: perMinute(rateLimits.loginPerMinute),
    register: { limit: rateLimits.registerPerHour, windowMs: 3_600_000 },
    secondFactor: perMinute(rateLimits.secondFactorPerMinute),
    passwordReset: { limit: rateLimits.passwordResetPerHour, windowMs: 3_600_000 },
    deviceCode: perMinute(rateLimits.deviceCodePerMinute),
    search: perMinute(rateLimits.searchPerMinute),
    assetRead: perMinute(rateLimits.assetReadsPerMinute),
    assetWrite: perMinute(rateLimits.assetWritesPerMinute),
    expensive: perMinute(rateLimits.expensivePerMinute),
    other: perMinute(rateLimits.otherPerMinute),
  };
}

/** `[policy]`, as far as it says who decides. */
export const reviewRules = ({ policy }: Config): ReviewRules => ({
  allowSelfReview: policy.allowSelfReview,
  twoPerson: policy.twoPersonReview,
  twoPersonSeverity: policy.twoPersonSeverity,
  twoPersonKinds: policy.twoPersonKinds,
});

/** How often one person may report an asset; null: as often as they like. */
export const reportRate = ({ rateLimits }: Config): Rate | null =>
  rateLimits.enabled ? { limit: rateLimits.reportsPerHour, windowMs: HOUR } : null;

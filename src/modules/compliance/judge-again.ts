import { SYSTEM } from "../../core/actor.ts";
import { type Instant, instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { VersionStatus } from "../../core/kind.ts";
import type { Queries } from "../../platform/database/index.ts";
import type { JobContext } from "../../platform/jobs/job-queue.ts";
import {
  type Asset,
  assetById,
  capabilitiesOf,
  decideVersion,
  lockAsset,
  refOf,
  type Version,
  versionById,
  versionsOf,
} from "../catalog/index.ts";
import { comparedWith, extractorOf } from "./capabilities.ts";
import { extractorOfVersion } from "./capability-repository.ts";
import { expectedOf } from "./catalogue-check.ts";
import { completeReport } from "./complete-report.ts";
import type { ComplianceDeps } from "./deps.ts";
import { type Ruling, ruleOnVersion } from "./judge-version.ts";
import { fingerprintOf } from "./organization-rules.ts";
import * as policies from "./policy-repository.ts";
import * as repository from "./repository.ts";
import { requestScan } from "./scan-version.ts";

export const JUDGE_JOB = "compliance.judge-again";
const BATCH = 100;
/** Not out, and scanned: what is out is not called back by a policy, only by a scan. */
const JUDGED_AGAIN: readonly VersionStatus[] = ["under_review", "blocked", "ready"];

type Payload = policies.Scope & { fingerprint: string };

/** In the transaction of what changed: versions that are not out are judged again by what their scans found. */
export async function requestJudgement(
  tx: Queries,
  deps: Pick<ComplianceDeps, "jobs" | "policy">,
  scope: policies.Scope,
): Promise<void> {
  const payload: Payload = { ...scope, fingerprint: fingerprintOf(deps.policy) };
  const key = scope.assetId ?? scope.namespaceId ?? "all";
  await deps.jobs.enqueue(tx, { kind: JUDGE_JOB, payload, key });
}

/**
 * When the server starts: asks for judgements when stored findings were last judged by another policy than the configured one.
 * Answers whether it did.
 */
export async function applyPolicy(deps: ComplianceDeps): Promise<boolean> {
  const fingerprint = fingerprintOf(deps.policy);
  if ((await policies.appliedFingerprint(deps.database.read)) === fingerprint) return false;
  const changed = await deps.database.write(async (tx) => {
    const before = await policies.appliedFingerprint(tx);
    if (before === fingerprint) return false;
    await policies.setAppliedFingerprint(tx, fingerprint, instant(deps.clock.now()));
    // The first start has nothing to judge.
    if (before === null) return false;
    await requestJudgement(tx, deps, {});
    await deps.audit.append(tx, {
      action: "policy.changed",
      outcome: "success",
      actor: SYSTEM,
      subject: { type: "server", id: null },
      details: { before, after: fingerprint },
    });
    return true;
  });
  if (changed) deps.jobs.wake();
  return changed;
}

/** The job: judges what waits and is within the scope, one transaction a version. Running it twice does no harm. */
export async function judgeAgain(deps: ComplianceDeps, payload: Payload, context: JobContext): Promise<void> {
  const { fingerprint, ...scope } = payload;
  if (fingerprint !== fingerprintOf(deps.policy))
    throw new Error("It was asked for by a server with another [policy]; one that has the same judges.");
  let after: Id = "";
  for (;;) {
    const ids = await policies.versionsToJudge(deps.database.read, { ...scope, released: false, after, limit: BATCH });
    for (const id of ids) {
      context.signal.throwIfAborted();
      await judgeOne(deps, id);
    }
    after = ids.at(-1) ?? "";
    if (ids.length < BATCH) break;
  }
  deps.outbox.announce();
  deps.jobs.wake();
}

async function judgeOne(deps: ComplianceDeps, versionId: Id): Promise<void> {
  const { database, clock } = deps;
  await database.write(async (tx) => {
    const found = await versionById(tx, versionId);
    if (!found) return;
    await lockAsset(tx, found.assetId);
    const version = (await versionById(tx, versionId)) as Version;
    const asset = await assetById(tx, version.assetId);
    // A scan that is still to be done judges by the new policy itself.
    if (!asset || asset.deletedAt !== null || !JUDGED_AGAIN.includes(version.status)) return;
    if (await repository.openScanOf(tx, versionId)) return;
    if (!(await isComparable(tx, deps, asset, version))) {
      await requestScan(tx, deps, versionId, null);
      return;
    }
    const ruled = await ruleOnStored(tx, deps, asset, version);
    if (ruled === null) return;
    const { verdict, reason, judgement } = ruled.ruling;
    await repository.rejudgeScan(tx, ruled.scanId, {
      verdict,
      policyReason: reason,
      policyVerdict: judgement.verdict,
      byFinding: judgement.byFinding,
    });
    if (verdict === version.verdict && reason === version.verdictReason) return;
    const events = await decideVersion(tx, clock, versionId, { verdict, reason });
    await deps.onDecided(tx, versionId, verdict);
    await deps.outbox.append(tx, ...events);
  });
}

/** Whether the version that it is compared with was looked at by the same revision as it was. */
async function isComparable(q: Queries, deps: ComplianceDeps, asset: Asset, version: Version): Promise<boolean> {
  const before = comparedWith(version, await versionsOf(q, asset.id));
  return before === null || (await extractorOfVersion(q, before.id)) === extractorOf(deps.engine);
}

/**
 * What the policy makes of a version's last completed scan by now. null when there is none, or when it ran with other scanners than
 * today's: then the next rescan judges.
 */
async function ruleOnStored(
  q: Queries,
  deps: ComplianceDeps,
  asset: Asset,
  version: Version,
): Promise<{ ruling: Ruling; scanId: Id } | null> {
  const scan = (await repository.scansOf(q, version.id)).find(({ status }) => status === "completed");
  if (!scan) return null;
  const capabilities = (await capabilitiesOf(q, version.id)) ?? [];
  const findings = await repository.findingsOf(q, scan.id);
  const report = { outcomes: scan.outcomes, findings, capabilities, packages: [] };
  const whole = completeReport(report, expectedOf(deps.engine.scanners(), deps.checks));
  if ("incomplete" in whole) return null;
  return {
    ruling: await ruleOnVersion(q, deps, asset, version, { report: whole.complete, capabilities }),
    scanId: scan.id,
  };
}

/** A published version that the policy would not let through as it is now. */
export interface PolicyEffect {
  ref: string;
  version: string;
  releasedAt: Instant;
  wouldBe: "review" | "blocked";
  reason: string;
}

/** Looks behind a cursor for what a rescan would take back of one namespace. */
export type PolicyEffects = (namespaceId: Id, after: Id) => ReturnType<typeof policyEffect>;

const LOOKED_AT = 500;

/**
 * What a rescan would take back of what is out, by what stored scans found: up to 500 versions behind `after` are looked at. `next`
 * is null when that was the end.
 */
export async function policyEffect(
  deps: ComplianceDeps,
  scope: policies.Scope,
  after: Id,
): Promise<{ items: PolicyEffect[]; lookedAt: number; next: Id | null }> {
  const q = deps.database.read;
  const ids = await policies.versionsToJudge(q, { ...scope, released: true, after, limit: LOOKED_AT });
  const items: PolicyEffect[] = [];
  for (const id of ids) {
    const version = await versionById(q, id);
    const asset = version && (await assetById(q, version.assetId));
    const ruled = asset && (await ruleOnStored(q, deps, asset, version));
    if (!ruled || ruled.ruling.verdict === "passed") continue;
    const { verdict, reason } = ruled.ruling;
    items.push({
      ref: refOf(asset),
      version: version.version,
      releasedAt: version.releasedAt ?? version.createdAt,
      wouldBe: verdict,
      reason,
    });
  }
  return { items, lookedAt: ids.length, next: ids.length < LOOKED_AT ? null : ids.at(-1)! };
}

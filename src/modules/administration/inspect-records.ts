import type { Queries } from "../../platform/database/index.ts";
import { counted, type Inspection, ok, warning, wrong } from "./inspection.ts";
import { organizationFaults } from "./organization-read-model.ts";
import * as readModel from "./inspection-read-model.ts";

const SCAN_JOB = "compliance.scan-version";
const RESTORE = "Restore the last backup; keep this data folder for whoever looks for the cause.";

/** Holds the records against one another. Changes nothing; may run beside a server that works. */
export async function* inspectRecords(q: Queries): AsyncGenerator<Inspection> {
  const { assets, versions } = await readModel.catalogueSize(q);
  yield judged(
    "versions",
    await readModel.tornVersions(q),
    (count) => `${counted(count, "version")} lost a part of their list of files`,
    RESTORE,
    `${counted(assets, "asset")}, ${counted(versions, "version")}, each with all its files listed`,
  );
  yield judged(
    "channels",
    await readModel.strayChannels(q),
    (count) => `${counted(count, "channel")} name a version that is not published`,
    "Yank and unyank a version of each: that sets its channels anew.",
    "every channel names a published version",
  );
  yield judged(
    "scans",
    await readModel.forgottenScans(q, SCAN_JOB),
    (count) => `${counted(count, "version")} wait for a verdict that nobody works on`,
    'Run "marketplace admin scan REF@VERSION" for each, or "marketplace admin scan --all".',
    "every version has its verdict or a scan that will reach it",
  );
  yield judged(
    "quotas",
    await readModel.wrongStorage(q),
    (count) => `${counted(count, "namespace")} count other bytes than they hold`,
    RESTORE,
    "what namespaces count is what they hold",
  );
  yield judged(
    "downloads",
    await readModel.wrongDownloads(q),
    (count) => `${counted(count, "download count")} are not the sum of their days`,
    RESTORE,
    "download counts are the sums of their days",
  );
  yield judged(
    "organizations",
    await organizationFaults(q),
    (count) => `${counted(count, "fault")} in organizations, teams and former names`,
    "Give an organization without an owner one as an administrator; for the rest, restore the last backup.",
    "organizations have owners, and nothing of them is orphaned",
  );
  const { head, newest, gapless } = await readModel.eventNumbers(q);
  yield head === newest && gapless
    ? ok("events", `the event log is whole up to ${head}`)
    : wrong("events", `the event log has a hole, or ends at ${newest} where ${head} was counted`, RESTORE);
  yield await inspectJobs(q);
}

const judged = (name: string, faults: string[], fault: (count: number) => string, remedy: string, fine: string) =>
  faults.length === 0 ? ok(name, fine) : wrong(name, fault(faults.length), remedy, faults);

async function inspectJobs(q: Queries): Promise<Inspection> {
  const failed = await readModel.failedJobs(q);
  if (failed.length === 0) return ok("jobs", "no job failed for good");
  const count = failed.reduce((sum, job) => sum + job.count, 0);
  return warning(
    "jobs",
    `${counted(count, "job")} failed for good`,
    'See "marketplace admin jobs list --status failed", mend the cause, then "marketplace admin jobs retry --all".',
    failed.map((job) => `${job.kind} (${job.count}): ${job.error.slice(0, 120)}`),
  );
}

import type { Capability } from "../../core/capability.ts";
import { instant } from "../../core/clock.ts";
import type { Queries } from "../../platform/database/index.ts";
import { type Asset, filesOf, type Version, versionsOf } from "../catalog/index.ts";
import type { Finding } from "../../platform/scanning/scanner.ts";
import { comparedWith, increaseOf } from "./capabilities.ts";
import type { CompleteReport } from "./complete-report.ts";
import type { ComplianceDeps } from "./deps.ts";
import { type JudgedFacts, type Judgement, judge } from "./judge-report.ts";
import { effectivePolicy } from "./organization-rules.ts";
import type { Policy } from "./policy.ts";
import { firstPublicationOf } from "./policy-repository.ts";
import * as repository from "./repository.ts";
import type { Standing } from "./review.ts";
import { completedScanAt, standingOf } from "./review-repository.ts";
import { contentOf } from "./suppression.ts";
import { acceptancesOf } from "./suppression-repository.ts";

/** What comes of a report for a version: what the policy says, and what holds beside a moderator's decision. */
export interface Ruling extends Pick<Judgement, "verdict" | "reason"> {
  judgement: Judgement;
}

/** Judges a version as things stand, by the policy of the server and of who owns it. Reads no bytes. */
export async function ruleOnVersion(
  q: Queries,
  deps: ComplianceDeps,
  asset: Asset,
  version: Version,
  scanned: { report: CompleteReport; capabilities: readonly Capability[] },
): Promise<Ruling> {
  const policy = effectivePolicy(deps.policy, await deps.namespacePolicy(q, asset.namespaceId));
  const facts = await factsOfVersion(q, deps, policy, asset, version, scanned.capabilities);
  const judgement = judge(scanned.report, policy, facts);
  const standing = await standingOf(q, version.id);
  if (standing?.standing === "approved" && (await hasUnseen(q, version, standing, scanned.report, judgement)))
    return {
      verdict: judgement.verdict,
      reason: `More was found since it was approved. ${judgement.reason}`,
      judgement,
    };
  return { ...outranked(judgement, standing), judgement };
}

/** Whether something sends the version to review that the scans before its approval had not found. */
async function hasUnseen(
  q: Queries,
  version: Version,
  approval: Standing,
  report: CompleteReport,
  judgement: Judgement,
): Promise<boolean> {
  const reviewed = report.findings.filter((_finding, i) => judgement.byFinding[i]?.consequence === "review");
  if (reviewed.length === 0) return false;
  const scanId = await completedScanAt(q, version.id, approval.at);
  const seen = new Set((scanId === null ? [] : await repository.findingsOf(q, scanId)).map(placeOf));
  return reviewed.some((finding) => !seen.has(placeOf(finding)));
}

/** Without its words, which another release of this program may put differently. */
const placeOf = ({ ruleId, path, line }: Finding): string => JSON.stringify([ruleId, path, line]);

async function factsOfVersion(
  q: Queries,
  deps: ComplianceDeps,
  policy: Policy,
  asset: Asset,
  version: Version,
  capabilities: readonly Capability[],
): Promise<JudgedFacts> {
  const released = version.releasedAt !== null;
  const before = released ? null : comparedWith(version, await versionsOf(q, asset.id));
  const acceptances = await acceptancesOf(q, asset.id);
  const asksForFirst = !released && policy.reviewFirstPublication !== "none";
  return {
    signed: (await repository.liveSignatures(q, version.id)) > 0,
    released,
    license: version.metadata.license,
    increase: await increaseOf(q, deps, policy.reviewCapabilityIncrease, capabilities, before),
    first: asksForFirst ? await firstPublicationOf(q, asset, version.id) : null,
    acceptances,
    // Files matter only where something was accepted.
    contentOf: contentOf(version, acceptances.length === 0 ? [] : await filesOf(q, version.id)),
    at: version.releasedAt ?? instant(deps.clock.now()),
  };
}

/**
 * What a moderator decided outlives rescans: a rejection holds until a moderator takes it back; an approval has seen what
 * sent the version to review, and only a blocking finding, or one that was not there then, outweighs it; what a moderator put back waits for one.
 */
function outranked(judgement: Judgement, standing: Standing | null): Pick<Judgement, "verdict" | "reason"> {
  const { verdict, reason } = judgement;
  if (standing?.standing === "rejected") return { verdict: "blocked", reason: standing.reason };
  if (standing?.standing === "approved" && verdict === "review")
    return { verdict: "passed", reason: standing.reason || reason };
  if (standing?.standing === "held" && verdict === "passed") return { verdict: "review", reason: standing.reason };
  return { verdict, reason };
}

import type { Actor } from "../../core/actor.ts";
import { isModerator, mayAsset } from "../../core/permission.ts";
import type { Queries } from "../../platform/database/index.ts";
import { type Asset, factsOf } from "../catalog/index.ts";
import type { Scan, ShownFinding } from "./scan.ts";
import { isAbout, type Suppression } from "./suppression.ts";
import { suppressionsOf } from "./suppression-repository.ts";

/** What a finding's publisher says of it. */
export interface FindingExplanation
  extends Pick<Suppression, "id" | "status" | "reason" | "path" | "answer" | "proposedBy" | "decidedBy" | "expiresAt"> {
  /** It let the finding pass when it was judged. An accepted one that does not was accepted for other words. */
  applies: boolean;
}

export interface ExplainedFinding extends ShownFinding {
  explanation: FindingExplanation | null;
}

export interface ExplainedScan extends Scan {
  findings: ExplainedFinding[];
}

/**
 * Findings with what their publisher says of them: the explanation that let one pass, else an accepted one, else a proposed, else a
 * refused one. Readers who neither write to the asset nor moderate see accepted ones alone.
 */
export async function explainFindings(
  q: Queries,
  actor: Actor,
  asset: Asset,
  findings: readonly ShownFinding[],
): Promise<ExplainedFinding[]> {
  if (findings.length === 0) return [];
  const inside = isModerator(actor) || mayAsset(actor, "update", factsOf(asset));
  const known = (await suppressionsOf(q, asset.id)).filter(({ status }) =>
    inside ? status !== "withdrawn" : status === "accepted",
  );
  return findings.map((finding) => ({ ...finding, explanation: explanationOf(finding, known) }));
}

const ORDER: readonly Suppression["status"][] = ["accepted", "proposed", "refused"];

function explanationOf(finding: ShownFinding, known: readonly Suppression[]): FindingExplanation | null {
  const applying = known.find(({ id }) => id === finding.suppressionId);
  const about = known.filter((one) => isAbout(one, finding));
  const chosen = applying ?? ORDER.flatMap((status) => about.filter((one) => one.status === status))[0];
  if (!chosen) return null;
  const { id, status, reason, path, answer, proposedBy, decidedBy, expiresAt } = chosen;
  const applies: boolean = id === finding.suppressionId;
  return { id, status, reason, path, answer, proposedBy, decidedBy, expiresAt, applies };
}

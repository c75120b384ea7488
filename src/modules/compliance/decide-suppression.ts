import type { Actor, SignedIn } from "../../core/actor.ts";
import { instant, later } from "../../core/clock.ts";
import { conflict, forbidden, notFound } from "../../core/error.ts";
import { type Id, isId } from "../../core/id.ts";
import type { PageRequest } from "../../core/page.ts";
import { requireModerator } from "../../core/permission.ts";
import type { Queries } from "../../platform/database/index.ts";
import { type Asset, assetById, auditSubject, lockAsset } from "../catalog/index.ts";
import type { ComplianceDeps } from "./deps.ts";
import { requestJudgement } from "./judge-again.ts";
import { mayOverride } from "./policy.ts";
import { needsTwo } from "./review.ts";
import { messageOf } from "./review-step.ts";
import { placeOf, type Suppression } from "./suppression.ts";
import * as repository from "./suppression-repository.ts";

/** Explanations that wait for a moderator, the oldest first. */
export async function waitingSuppressions(deps: ComplianceDeps, actor: Actor, page: PageRequest) {
  requireModerator(actor);
  return { ...(await repository.proposedSuppressions(deps.database.read, page)), ...page };
}

/**
 * Accepts an explanation: from now on what its rule finds at the places that are there passes, until the explanation expires.
 * `versionId` is the version that was looked at; without it, the one that was scanned last of those in which the rule finds
 * something. CONFLICT when nothing is found, and when two moderators have
 * to approve that version and did not; FORBIDDEN for what the actor published, and when it blocks and the actor may not let blocked versions through.
 */
export async function acceptSuppression(
  deps: ComplianceDeps,
  actor: Actor,
  id: Id,
  decision: { answer: string; versionId: Id | null },
): Promise<void> {
  requireModerator(actor);
  const answer = messageOf("answer", decision.answer, { optional: true, empty: "" });
  await deciding(deps, actor, id, (tx, asset, found) =>
    acceptWithin(tx, deps, actor, asset, found, { answer, versionId: decision.versionId }),
  );
}

async function acceptWithin(
  tx: Queries,
  deps: ComplianceDeps,
  actor: SignedIn,
  asset: Asset,
  found: Suppression,
  { answer, versionId }: { answer: string; versionId: Id | null },
): Promise<void> {
  if (found.status === "withdrawn") throw conflict("The publisher has withdrawn this explanation.");
  if (found.status === "accepted") return;
  const findings = await repository.findingsAbout(tx, found, versionId);
  if (findings.length === 0)
    throw conflict(`${found.ruleId} finds nothing there, so there is nothing to accept the explanation for.`);
  requireOthersWork(deps, actor, asset, findings);
  const mayCover = mayOverride(actor, deps.policy);
  const covered = mayCover ? findings : findings.filter(({ consequence }) => consequence !== "block");
  if (covered.length === 0)
    throw forbidden(
      `What ${found.ruleId} finds blocks the version; only who may let blocked versions through may accept this.`,
    );
  requireTwoBefore(deps, asset, covered);
  await repository.decideSuppression(tx, found.id, {
    status: "accepted",
    decidedBy: actor.userId,
    answer,
    at: instant(deps.clock.now()),
    places: [...new Set(covered.map(placeOf))],
    coversBlocking: mayCover,
    expiresAt: later(deps.clock.now(), deps.policy.suppressionLifetimeMs),
  });
  await requestJudgement(tx, deps, { assetId: asset.id });
  await tell(tx, deps, actor, asset, found, "accepted", answer);
}

type Explained = Awaited<ReturnType<typeof repository.findingsAbout>>[number];

/** Whoever proposed it: to accept it lets the version through, and nobody lets through what they published, or what is theirs. */
function requireOthersWork(
  deps: Pick<ComplianceDeps, "review">,
  actor: SignedIn,
  asset: Asset,
  findings: readonly Explained[],
): void {
  const own =
    asset.namespaceId === actor.namespaceId || findings.some(({ publishedBy }) => publishedBy === actor.userId);
  if (own && !deps.review.allowSelfReview)
    throw forbidden("This is about your own publication: another moderator decides about it.");
}

/** One moderator's word does not take the place of two approvals: what two have to approve is explained once they did. */
function requireTwoBefore(deps: Pick<ComplianceDeps, "review">, asset: Asset, covered: readonly Explained[]): void {
  const holding = covered.filter(({ consequence }) => consequence !== "pass" && consequence !== "warn");
  if (holding.every(({ versionStatus }) => versionStatus === "published" || versionStatus === "ready")) return;
  if (needsTwo(deps.review, { kind: asset.kind, severities: holding.map(({ severity }) => severity) }))
    throw conflict(
      "Two moderators approve this version first; then the explanation can be accepted for the versions that follow.",
    );
}

/** Refuses an explanation, or takes an acceptance back; the answer is told to the publisher. */
export async function refuseSuppression(deps: ComplianceDeps, actor: Actor, id: Id, answer: string): Promise<void> {
  requireModerator(actor);
  const text = messageOf("answer", answer, { empty: "tell the publisher why." });
  await deciding(deps, actor, id, async (tx, asset, found) => {
    if (found.status === "withdrawn") throw conflict("The publisher has withdrawn this explanation.");
    if (found.status === "refused") return;
    await repository.decideSuppression(tx, id, {
      status: "refused",
      decidedBy: actor.userId,
      answer: text,
      at: instant(deps.clock.now()),
      places: [],
      coversBlocking: false,
      expiresAt: null,
    });
    if (found.status === "accepted") await requestJudgement(tx, deps, { assetId: asset.id });
    await tell(tx, deps, actor, asset, found, "refused", text);
  });
}

async function deciding(
  deps: ComplianceDeps,
  actor: SignedIn,
  id: Id,
  decide: (tx: Queries, asset: Asset, found: Suppression) => Promise<void>,
): Promise<void> {
  await deps.database.write(async (tx) => {
    const seen = isId(id) ? await repository.suppressionById(tx, id) : null;
    if (!seen) throw notFound("explanation");
    await lockAsset(tx, seen.assetId);
    const asset = await assetById(tx, seen.assetId);
    const found = await repository.suppressionById(tx, id);
    if (!found || !asset || asset.deletedAt !== null) throw notFound("explanation");
    if (found.proposedBy === actor.username && !deps.review.allowSelfReview)
      throw forbidden("This is your own explanation: another moderator decides about it.");
    await decide(tx, asset, found);
  });
  deps.jobs.wake();
}

const tell = (
  tx: Queries,
  deps: ComplianceDeps,
  actor: SignedIn,
  asset: Asset,
  found: Suppression,
  action: "accepted" | "refused",
  answer: string,
): Promise<void> =>
  deps.audit.append(tx, {
    action: `asset.suppression.${action}`,
    outcome: "success",
    actor,
    subject: auditSubject(asset),
    details: { suppressionId: found.id, rule: found.ruleId, path: found.path, reason: found.reason, answer },
  });

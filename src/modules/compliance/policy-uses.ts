import type { Actor } from "../../core/actor.ts";
import type { Id } from "../../core/id.ts";
import type { PageRequest } from "../../core/page.ts";
import type { DeclaredSuppression } from "../../core/package/declared-suppression.ts";
import { requireAdmin } from "../../core/permission.ts";
import type { Queries } from "../../platform/database/index.ts";
import type { Asset, CatalogModule } from "../catalog/index.ts";
import { appealsOfVersion, appealVersion } from "./appeal-version.ts";
import { grantAppeal, refuseAppeal, waitingAppeals } from "./decide-appeal.ts";
import { acceptSuppression, refuseSuppression, waitingSuppressions } from "./decide-suppression.ts";
import type { ComplianceDeps } from "./deps.ts";
import { explainFindings } from "./explain-findings.ts";
import { applyPolicy, JUDGE_JOB, judgeAgain, policyEffect, requestJudgement } from "./judge-again.ts";
import { mayOverride } from "./policy.ts";
import {
  listSuppressions,
  proposeFromPackage,
  proposeSuppression,
  withdrawSuppression,
} from "./propose-suppression.ts";
import type { ShownFinding } from "./scan.ts";
import { suppressionById } from "./suppression-repository.ts";

type Deps = ComplianceDeps & { catalog: CatalogModule };

/** What the compliance module does about policies, explanations of findings, and appeals. Registers the job that judges again. */
export function policyUses(deps: Deps) {
  deps.jobs.register<Parameters<typeof judgeAgain>[1]>(JUDGE_JOB, (payload, context) =>
    judgeAgain(deps, payload, context),
  );
  return {
    /** At the server's start: judges what waits again when `[policy]` is not what it was. */
    applyPolicy: () => applyPolicy(deps),
    /** In the transaction in which the policy of a namespace's owner changed. */
    onPolicyChanged: (tx: Queries, namespaceId: Id) => requestJudgement(tx, deps, { namespaceId }),
    /** What a rescan would take back of what is out, 500 versions at a time; of everything for administrators. */
    policyEffect(actor: Actor, after: Id) {
      requireAdmin(actor);
      return policyEffect(deps, {}, after);
    },
    /** The same of one namespace; the caller has asked who wants to know. */
    policyEffectOn: (namespaceId: Id, after: Id) => policyEffect(deps, { namespaceId }, after),
    mayOverride: (actor: Actor) => mayOverride(actor, deps.policy),
    ...suppressionUses(deps),
    ...appealUses(deps),
  };
}

function suppressionUses(deps: Deps) {
  return {
    explainFindings: (actor: Actor, asset: Asset, findings: readonly ShownFinding[]) =>
      explainFindings(deps.database.read, actor, asset, findings),
    listSuppressions: (actor: Actor, ref: string) => listSuppressions(deps, actor, ref),
    proposeSuppression: (actor: Actor, ref: string, proposal: DeclaredSuppression) =>
      proposeSuppression(deps, actor, ref, proposal),
    withdrawSuppression: (actor: Actor, ref: string, id: Id) => withdrawSuppression(deps, actor, ref, id),
    proposeFromPackage: (
      tx: Queries,
      version: { id: Id; asset: Asset; publishedBy: Id },
      declared: readonly DeclaredSuppression[],
    ) => proposeFromPackage(tx, deps, version, declared),
    waitingSuppressions: (actor: Actor, page: PageRequest) => waitingSuppressions(deps, actor, page),
    acceptSuppression: (actor: Actor, id: Id, decision: { answer: string; versionId: Id | null }) =>
      acceptSuppression(deps, actor, id, decision),
    refuseSuppression: (actor: Actor, id: Id, answer: string) => refuseSuppression(deps, actor, id, answer),
    /** Of any status; null for none. For answers to those who just decided about it. */
    suppressionById: (id: Id) => suppressionById(deps.database.read, id),
  };
}

function appealUses(deps: Deps) {
  return {
    appealsOfVersion: (actor: Actor, ref: string, selector: string) => appealsOfVersion(deps, actor, ref, selector),
    appeal: (actor: Actor, ref: string, selector: string, text: string) =>
      appealVersion(deps, actor, ref, selector, text),
    waitingAppeals: (actor: Actor, page: PageRequest) => waitingAppeals(deps, actor, page),
    grantAppeal: (actor: Actor, id: Id, answer: string) => grantAppeal(deps, actor, id, answer),
    refuseAppeal: (actor: Actor, id: Id, answer: string) => refuseAppeal(deps, actor, id, answer),
  };
}

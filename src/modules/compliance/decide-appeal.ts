import type { Actor } from "../../core/actor.ts";
import { conflict, notFound } from "../../core/error.ts";
import { type Id, isId } from "../../core/id.ts";
import type { PageRequest } from "../../core/page.ts";
import { requireModerator } from "../../core/permission.ts";
import type { Queries } from "../../platform/database/index.ts";
import type { Appeal } from "./appeal.ts";
import * as repository from "./appeal-repository.ts";
import type { ComplianceDeps } from "./deps.ts";
import { messageOf, requireFree, reviewStep } from "./review-step.ts";
import { type Approval, approveVersion } from "./review-version.ts";
import { closeAppeal, requireOther } from "./settle-appeal.ts";

/** Appeals that wait, the oldest first. */
export async function waitingAppeals(deps: ComplianceDeps, actor: Actor, page: PageRequest) {
  requireModerator(actor);
  return { ...(await repository.openAppeals(deps.database.read, page)), ...page };
}

/** Lets the version through, by the rules of every approval; the answer is told to the publisher and shown to everyone. */
export async function grantAppeal(deps: ComplianceDeps, actor: Actor, id: Id, answer: string): Promise<Approval> {
  requireModerator(actor);
  const appeal = await openAppeal(deps.database.read, id);
  const text = messageOf("answer", answer, { empty: "tell the publisher why." });
  return approveVersion(deps, actor, appeal.versionId, text);
}

/** Leaves the version refused; the answer is told to the publisher. */
export async function refuseAppeal(deps: ComplianceDeps, actor: Actor, id: Id, answer: string): Promise<void> {
  requireModerator(actor);
  const { versionId } = await openAppeal(deps.database.read, id);
  const text = messageOf("answer", answer, { empty: "tell the publisher why." });
  await reviewStep(deps, actor, versionId, async (tx, subject) => {
    const appeal = await repository.openAppealOf(tx, versionId);
    if (appeal?.id !== id) throw answeredAlready();
    requireFree(subject);
    await requireOther(tx, appeal, subject.moderator);
    await closeAppeal(tx, deps, subject, appeal, "refused", text);
    return { action: "asset.appeal.refused", details: { appealId: id, answer: text } };
  });
}

async function openAppeal(q: Queries, id: Id): Promise<Appeal> {
  const appeal = isId(id) ? await repository.appealById(q, id) : null;
  if (!appeal) throw notFound("appeal");
  if (appeal.status !== "open") throw answeredAlready();
  return appeal;
}

const answeredAlready = () => conflict("This appeal is answered already.");

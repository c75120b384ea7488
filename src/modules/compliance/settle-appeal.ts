import type { SignedIn } from "../../core/actor.ts";
import { DAY, later } from "../../core/clock.ts";
import { forbidden } from "../../core/error.ts";
import type { Id } from "../../core/id.ts";
import type { Queries } from "../../platform/database/index.ts";
import type { OutgoingMail } from "../../platform/mail/mailer.ts";
import { type Asset, refOf, type Version } from "../catalog/index.ts";
import type { Appeal } from "./appeal.ts";
import * as repository from "./appeal-repository.ts";
import type { ComplianceDeps } from "./deps.ts";
import { mayOverride } from "./policy.ts";
import { scansOf } from "./repository.ts";
import { recipientOf } from "./review-repository.ts";
import type { Subject } from "./review-step.ts";

/**
 * Whether the moderator may approve a version that is refused: what the policy blocks only who may override it; what a moderator
 * refused another, once its publisher has appealed. Throws FORBIDDEN for who decided before, while there is somebody else.
 */
export async function mayLetThrough(tx: Queries, deps: ComplianceDeps, subject: Subject): Promise<boolean> {
  const { version, moderator } = subject;
  const appeal = await repository.openAppealOf(tx, version.id);
  if (appeal) await requireOther(tx, appeal, moderator);
  if (mayOverride(moderator, deps.policy)) return true;
  const scan = (await scansOf(tx, version.id)).find(({ status }) => status === "completed");
  return appeal !== null && (scan?.policyVerdict === "passed" || scan?.policyVerdict === "review");
}

/** In the transaction of a decision about the version: the appeal that was open is answered by it. */
export async function settleAppeal(
  tx: Queries,
  deps: ComplianceDeps,
  subject: Pick<Subject, "asset" | "version" | "moderator" | "at">,
  decision: "approved" | "rejected",
  reason: string,
): Promise<void> {
  const appeal = await repository.openAppealOf(tx, subject.version.id);
  if (appeal) await closeAppeal(tx, deps, subject, appeal, decision === "approved" ? "granted" : "refused", reason);
}

/** Throws FORBIDDEN for whoever made the decision that is appealed against, or the appeal itself, unless nobody else is there. */
export async function requireOther(
  tx: Queries,
  appeal: Appeal & { appellantId: Id },
  moderator: Pick<SignedIn, "userId">,
): Promise<void> {
  const rejection = await repository.standingRejection(tx, appeal.versionId);
  const decider = rejection?.id === appeal.decision ? rejection.moderatorId : null;
  const partial = [decider, appeal.appellantId].filter((id) => id !== null);
  if (!partial.includes(moderator.userId)) return;
  if (await repository.hasOtherModerator(tx, partial))
    throw forbidden("You made the decision that is appealed against, or the appeal: another moderator answers it.");
}

/** Answers an appeal, and tells its publisher by mail. */
export async function closeAppeal(
  tx: Queries,
  deps: ComplianceDeps,
  { asset, version, moderator, at }: Pick<Subject, "asset" | "version" | "moderator" | "at">,
  appeal: Appeal & { appellantId: Id },
  status: "granted" | "refused",
  answer: string,
): Promise<void> {
  await repository.closeAppeal(tx, appeal.id, { status, by: moderator.userId, answer, at });
  const to = deps.mailer.delivers ? await recipientOf(tx, appeal.appellantId) : null;
  if (to)
    await deps.mailer.queue(
      tx,
      answerMail(deps, { ...to, userId: appeal.appellantId, asset, version, status, answer }),
    );
}

const LIFETIME_MS = 7 * DAY;

/** The moderator's words stand in quotes: a paragraph that is an address alone is a button. */
const answerMail = (
  deps: Pick<ComplianceDeps, "clock" | "origin">,
  mail: {
    email: string;
    userId: Id;
    asset: Asset;
    version: Version;
    status: "granted" | "refused";
    answer: string;
  },
): OutgoingMail => {
  const name = `${refOf(mail.asset)} ${mail.version.version}`;
  return {
    kind: "appeal-answered",
    userId: mail.userId,
    to: mail.email,
    subject: `Your appeal for ${name}`,
    paragraphs: [
      mail.status === "granted"
        ? `A moderator looked at your appeal and lets ${name} through.`
        : `A moderator looked at your appeal, and ${name} stays refused. You can mend it and publish it under the next number.`,
      ...(mail.answer === "" ? [] : [`“${mail.answer}”`]),
      "Its page:",
      `${deps.origin()}/${refOf(mail.asset)}/security?version=${encodeURIComponent(mail.version.version)}`,
    ],
    expiresAt: later(deps.clock.now(), LIFETIME_MS),
  };
};

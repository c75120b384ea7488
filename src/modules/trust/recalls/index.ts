import type { Actor } from "../../../core/actor.ts";
import { instant } from "../../../core/clock.ts";
import type { Digest } from "../../../core/digest.ts";
import { notFound } from "../../../core/error.ts";
import type { Page, PageRequest } from "../../../core/page.ts";
import { requireAdmin, requireModerator } from "../../../core/permission.ts";
import type { Queries } from "../../../platform/database/index.ts";
import type { RecallDeps } from "./deps.ts";
import { forgetReportsBefore } from "./lockfile-repository.ts";
import { type Exposure, exposureOf } from "./read-model.ts";
import type { Recall } from "./recall.ts";
import { liftRecall, type RecallOrder, recallVersion, requirePublishableContent } from "./recall-version.ts";
import { forgetLockfile, type LockfileReport, reportLockfile } from "./report-lockfile.ts";
import * as repository from "./repository.ts";
import { createSignedLists } from "./signed-list.ts";
import { TELL_JOB, tellPeople } from "./tell-people.ts";

export { recallsApi } from "./api.ts";
export { recallPages } from "./pages.tsx";
export { recallWire } from "./wire.ts";

export type Recalls = ReturnType<typeof createRecalls>;

/** Recalls, their signed list, and who has what they call back. Registers the job that tells people. */
export function createRecalls(deps: RecallDeps) {
  const { database } = deps;
  const lists = createSignedLists(deps);
  const numbered = async (number: number): Promise<Recall> => {
    const recall = await repository.recallNumbered(database.read, number);
    if (!recall) throw notFound("recall");
    return recall;
  };
  deps.jobs.register<{ number: number }>(TELL_JOB, (payload, context) => tellPeople(deps, payload, context));
  return {
    /** See `recallVersion`. */
    order: (actor: Actor, order: RecallOrder) => recallVersion(deps, actor, order),
    lift: (actor: Actor, number: number, reason: string) => liftRecall(deps, actor, number, reason),
    /** For moderators and administrators, newest first. */
    async list(actor: Actor, page: PageRequest): Promise<Page<Recall>> {
      requireModerator(actor);
      return { ...(await repository.listRecalls(database.read, page)), ...page };
    },
    async find(actor: Actor, number: number): Promise<Recall> {
      requireModerator(actor);
      return numbered(number);
    },
    /** Who has it: for administrators, because it names people. */
    async exposure(actor: Actor, number: number): Promise<{ recall: Recall; exposure: Exposure }> {
      requireAdmin(actor);
      const recall = await numbered(number);
      return { recall, exposure: await exposureOf(database.read, recall.digest) };
    },
    /** Public; see SignedLists. */
    signedList: lists.read,
    publicKey: () => deps.signer.publicKey(),
    /** In the transaction of a publication: throws POLICY_VIOLATION for content that is recalled. */
    requirePublishableContent: (tx: Queries, digest: Digest) => requirePublishableContent(tx, deps, digest),
    reportLockfile: (actor: Actor, report: LockfileReport) => reportLockfile(deps, actor, report),
    forgetLockfile: (actor: Actor, project: string) => forgetLockfile(deps, actor, project),
    /** Forgets lockfiles that were not reported again since. */
    forgetReportsBefore: (before: Date) => database.write((tx) => forgetReportsBefore(tx, instant(before))),
  };
}

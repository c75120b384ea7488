import { DAY, later } from "../../../core/clock.ts";
import type { JobContext } from "../../../platform/jobs/job-queue.ts";
import type { OutgoingMail } from "../../../platform/mail/mailer.ts";
import type { RecallDeps } from "./deps.ts";
import { type Concerned, concernedAfter, setToldUpTo, toldUpTo } from "./read-model.ts";
import type { Recall } from "./recall.ts";
import * as repository from "./repository.ts";

export const TELL_JOB = "trust.tell-of-recall";
const BATCH = 50;
const MAIL_LIFETIME_MS = 7 * DAY;

/**
 * The job that follows a recall: a mail to everybody who took, reported or published what it names. Each is told once, whenever
 * it is killed: the mails of a batch and how far it came are one transaction. Without a mail server nobody is told.
 */
export async function tellPeople(
  deps: Pick<RecallDeps, "database" | "clock" | "mailer" | "origin">,
  { number }: { number: number },
  { signal }: Pick<JobContext, "signal">,
): Promise<void> {
  if (!deps.mailer.delivers) return;
  for (;;) {
    signal.throwIfAborted();
    const told = await deps.database.write(async (tx) => {
      const recall = await repository.recallNumbered(tx, number);
      if (!recall || recall.lifted) return 0;
      const people = await concernedAfter(tx, recall, await toldUpTo(tx, number), BATCH);
      for (const person of people)
        await deps.mailer.queue(
          tx,
          recallMail(recall, person, deps.origin(), later(deps.clock.now(), MAIL_LIFETIME_MS)),
        );
      const last = people.at(-1);
      if (last) await setToldUpTo(tx, number, last.userId);
      return people.length;
    });
    if (told < BATCH) return;
  }
}

/**
 * The list says everybody which digests are recalled, and anybody can report a lockfile with one: who may not know the asset is told
 * of it under the name that they gave, without why.
 */
function recallMail(recall: Recall, person: Concerned, origin: string, expiresAt: string): OutgoingMail {
  const because = [
    person.published ? "you published this content" : "",
    person.downloaded ? "you downloaded it" : "",
    person.projects.length > 0 ? `a lockfile that you reported names it (${listed(person.projects)})` : "",
  ].filter((text) => text !== "");
  const name = person.mayKnow ? `${recall.ref}@${recall.version}` : (person.names[0] ?? "content that you have");
  const ref = name.includes("@") ? name.slice(0, name.indexOf("@")) : null;
  return {
    kind: "recall",
    userId: person.userId,
    to: person.email,
    subject: `Do not use ${name}: it was recalled`,
    paragraphs: [
      `An administrator of ${origin} recalled ${name} (recall no. ${recall.number}, ${recall.severity}). It must not be used any more.`,
      ...(person.mayKnow ? [`Why: ${recall.reason}`] : []),
      `Its digest is ${recall.digest}.`,
      `You are told because ${because.join(", and ")}.`,
      ref === null
        ? `Find it where you installed it with "marketplace audit", and remove it.`
        : `Find it where you installed it with "marketplace audit", and remove it with "marketplace remove ${ref}" or move on with "marketplace update ${ref}".`,
    ],
    expiresAt,
  };
}

const listed = (projects: readonly string[]): string =>
  projects.length > 10 ? `${projects.slice(0, 10).join(", ")} and ${projects.length - 10} more` : projects.join(", ");

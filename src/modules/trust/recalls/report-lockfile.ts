import type { Actor } from "../../../core/actor.ts";
import { instant } from "../../../core/clock.ts";
import { type Digest, isDigest } from "../../../core/digest.ts";
import { conflict, notFound, validationError } from "../../../core/error.ts";
import { isVersion, parseRef } from "../../../core/name.ts";
import { requireScope } from "../../../core/permission.ts";
import type { RecallDeps } from "./deps.ts";
import * as repository from "./lockfile-repository.ts";

/** What a lockfile holds, under a name that its owner chose for the project. */
export interface LockfileReport {
  project: string;
  entries: readonly { ref: string; version: string; digest: string }[];
}

const MAX_PROJECTS = 200;
const MAX_PROJECT = 100;
export const MAX_ENTRIES = 1000;

/**
 * Keeps which versions a project of the actor's has, so that they can be told when one is recalled. Nobody but administrators
 * who look at a recall reads it. Whether an entry names anything that is here is not answered.
 */
export async function reportLockfile(
  deps: Pick<RecallDeps, "database" | "clock">,
  actor: Actor,
  report: LockfileReport,
): Promise<void> {
  requireScope(actor, "read");
  const project = report.project.trim();
  if (project === "" || project.length > MAX_PROJECT || /\p{Cc}/u.test(project))
    throw validationError({ field: "project", message: `must be a name of 1 to ${MAX_PROJECT} characters.` });
  if (report.entries.length > MAX_ENTRIES)
    throw validationError({ field: "entries", message: `must be at most ${MAX_ENTRIES}.` });
  const entries = new Map<string, repository.LockfileEntry>();
  for (const { ref, version, digest } of report.entries) {
    if (parseRef(ref)?.selector !== null || !isVersion(version) || !isDigest(digest))
      throw validationError({ field: "entries", message: "each needs a ref, a version and a sha256 digest." });
    entries.set(ref, { ref, version, digest: digest as Digest });
  }
  await deps.database.write(async (tx) => {
    if ((await repository.countProjects(tx, actor.userId, project)) >= MAX_PROJECTS)
      throw conflict(`You have reported ${MAX_PROJECTS} projects already, the most that one account may. Remove one.`);
    const at = instant(deps.clock.now());
    await repository.saveReport(tx, { userId: actor.userId, project, at }, [...entries.values()]);
  });
}

/** Forgets what a project of the actor's has. */
export async function forgetLockfile(deps: Pick<RecallDeps, "database">, actor: Actor, project: string): Promise<void> {
  requireScope(actor, "read");
  if (!(await deps.database.write((tx) => repository.forgetReport(tx, actor.userId, project))))
    throw notFound("project");
}

import type { Actor } from "../../core/actor.ts";
import { SYSTEM } from "../../core/actor.ts";
import { instant, later } from "../../core/clock.ts";
import { conflict } from "../../core/error.ts";
import type { Id } from "../../core/id.ts";
import { requireRecent } from "../../core/permission.ts";
import type { Queries } from "../../platform/database/index.ts";
import type { PrivacyDeps } from "./deps.ts";
import { currentExport, requireNoExport } from "./export-person.ts";
import { requireOwner } from "./person.ts";
import * as repository from "./repository.ts";

const BATCH = 100;

/**
 * Plans the erasure of the actor's account after the grace period, and ends every session, token and key at once; signing in
 * again and `cancelErasure` undo it. Throws CONFLICT for the last administrator and for the only owner of an organization.
 */
export async function requestErasure(deps: PrivacyDeps, actor: Actor): Promise<{ eraseAfter: string }> {
  requireOwner(actor);
  requireRecent(actor, deps.clock.now());
  requireNoExport(await currentExport(deps, actor));
  const now = deps.clock.now();
  const eraseAfter = later(now, deps.graceMs);
  await deps.database.write(async (tx) => {
    await requireErasable(tx, actor.userId);
    await deps.endAccess(tx, actor.userId);
    await repository.scheduleErasure(tx, actor.userId, { requestedAt: instant(now), eraseAfter });
    await deps.audit.append(tx, {
      action: "person.erasure.requested",
      outcome: "success",
      actor,
      subject: { type: "user", id: actor.userId, name: actor.username },
      details: { erase_after: eraseAfter },
    });
  });
  return { eraseAfter };
}

export async function cancelErasure(deps: PrivacyDeps, actor: Actor): Promise<void> {
  requireOwner(actor);
  await deps.database.write(async (tx) => {
    await repository.scheduleErasure(tx, actor.userId, { requestedAt: null, eraseAfter: null });
    await deps.audit.append(tx, {
      action: "person.erasure.cancelled",
      outcome: "success",
      actor,
      subject: { type: "user", id: actor.userId, name: actor.username },
    });
  });
}

async function requireErasable(tx: Queries, userId: Id): Promise<void> {
  if (await repository.isLastAdmin(tx, userId))
    throw conflict("You are the last administrator: make another one first.");
  const alone = await repository.soleOwnerships(tx, userId);
  if (alone.length > 0)
    throw conflict(`You are the only owner of ${alone.join(", ")}: make somebody else an owner, or delete it, first.`);
}

/** Erases those whose grace period is over; for a schedule. One whose account cannot go yet waits. Answers how many went. */
export async function eraseDue(deps: PrivacyDeps): Promise<number> {
  const now = instant(deps.clock.now());
  let erased = 0;
  for (const userId of await repository.dueErasures(deps.database.read, now, BATCH)) {
    // First, and again after a crash: an account without a name whose audit entries still tell it would be worse.
    await deps.eraseAudit(userId);
    const done = await deps.database.write(async (tx) => {
      const stuck =
        (await repository.isLastAdmin(tx, userId)) || (await repository.soleOwnerships(tx, userId)).length > 0;
      if (stuck || !(await repository.erasePerson(tx, userId, now))) return false;
      await deps.audit.append(tx, {
        action: "person.erased",
        outcome: "success",
        actor: SYSTEM,
        subject: { type: "user", id: userId },
      });
      return true;
    });
    if (done) erased++;
  }
  return erased;
}

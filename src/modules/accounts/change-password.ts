import type { Actor } from "../../core/actor.ts";
import { instant } from "../../core/clock.ts";
import { validationError } from "../../core/error.ts";
import type { AuditActor } from "../../platform/audit/audit-log.ts";
import type { Queries } from "../../platform/database/index.ts";
import { auditUser } from "./audit-account.ts";
import { forgetOneTimeTokens } from "./one-time-token-repository.ts";
import * as repository from "./repository.ts";
import { deleteSessionsOf } from "./session-repository.ts";
import { refuseDevicesOf } from "./device/repository.ts";
import * as tokenRepository from "./token-repository.ts";
import { checkPassword, type SignInDeps } from "./sign-in.ts";
import { passwordProblem, requirePerson, type User } from "./user.ts";

/**
 * Sets a new password after the current one was given, and ends every session and token of the person: the caller signs
 * the one that changed it in again. API keys stay.
 */
export async function changePassword(
  deps: SignInDeps,
  actor: Actor,
  input: { current: string; next: string },
): Promise<User> {
  requirePerson(actor);
  const user = await checkPassword(deps, actor.username, input.current).catch((error) =>
    Promise.reject(
      error.code === "UNAUTHORIZED" ? validationError({ field: "current_password", message: "is wrong." }) : error,
    ),
  );
  const problem = passwordProblem(input.next, user, "new_password");
  if (problem) throw validationError(problem);
  await deps.passwords.requireUnknown(input.next, "new_password");
  await setPassword(deps, actor, user, input.next);
  return user;
}

/** Sets a password, ends every session and token, and makes links that were mailed before useless. */
export async function setPassword(deps: SignInDeps, actor: AuditActor, user: User, password: string): Promise<void> {
  const hash = await deps.passwords.hash(password);
  const at = instant(deps.clock.now());
  await deps.database.write(async (tx) => {
    await repository.replacePassword(tx, user.id, { hash, at });
    await endSignIns(tx, user.id, at);
    // Links that are under way may be in the hands of whoever the password was changed against.
    for (const purpose of ["password-reset", "email-change"]) await forgetOneTimeTokens(tx, purpose, user.id, at);
    const action = actor.kind === "user" && actor.userId === user.id ? "password.changed" : "password.reset";
    await deps.audit.append(tx, { action, outcome: "success", actor, subject: auditUser(user) });
  });
}

/** Ends what a person is signed in with, or about to be; access tokens die with their families. */
export async function endSignIns(tx: Queries, userId: string, at: string): Promise<void> {
  await deleteSessionsOf(tx, userId);
  await forgetOneTimeTokens(tx, "second-factor", userId, at);
  await refuseDevicesOf(tx, userId);
  await tokenRepository.revokeTokens(tx, { userId }, at);
}

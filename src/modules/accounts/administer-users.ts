import type { Actor, Role } from "../../core/actor.ts";
import { instant } from "../../core/clock.ts";
import { conflict, notFound, validationError } from "../../core/error.ts";
import type { Page, PageRequest } from "../../core/page.ts";
import { requireAdmin, requireRecent } from "../../core/permission.ts";
import type { AuditEvent } from "../../platform/audit/audit-log.ts";
import type { Queries } from "../../platform/database/index.ts";
import { auditUser } from "./audit-account.ts";
import { endSignIns, setPassword } from "./change-password.ts";
import { createUser } from "./register-user.ts";
import * as repository from "./repository.ts";
import { deleteSecondFactors } from "./two-factor/repository.ts";
import * as tokenRepository from "./token-repository.ts";
import type { SignInDeps } from "./sign-in.ts";
import { type NewAccount, passwordProblem, type User } from "./user.ts";

/** What administrators do with accounts; every one throws FORBIDDEN for others and NOT_FOUND for a name nobody bears. */
export interface UserAdministration {
  create(actor: Actor, account: NewAccount, role: Role): Promise<User>;
  list(actor: Actor, page: PageRequest): Promise<Page<User>>;
  /** Ends the person's sessions and tokens, so that the role holds at once. The last administrator keeps the role. */
  setRole(actor: Actor, username: string, role: Role): Promise<void>;
  /** Ends sessions, tokens and keys. Not for the last administrator. */
  disable(actor: Actor, username: string): Promise<void>;
  enable(actor: Actor, username: string): Promise<void>;
  /** Sets a password and ends sessions and tokens. */
  resetPassword(actor: Actor, username: string, password: string): Promise<void>;
  /**
   * For somebody who lost them: removes authenticator app, passkeys and recovery codes, and ends sessions and tokens. The password
   * alone signs in then, so this wants a recent proof of who the administrator is (FORBIDDEN with `reauthenticate`).
   */
  resetTwoFactor(actor: Actor, username: string): Promise<void>;
}

/** What the audit log says of it. */
type Change = Pick<AuditEvent, "action" | "details">;

export function createUserAdministration(deps: SignInDeps): UserAdministration {
  const { database, clock } = deps;
  const change = (
    actor: Actor,
    username: string,
    work: (tx: Queries, user: User, at: string) => Promise<Change | null>,
  ) => {
    requireAdmin(actor);
    const at = instant(clock.now());
    // One at a time, or two administrators could disable one another and leave none.
    return database.exclusively("accounts.administration", async (tx) => {
      const user = await repository.findUser(tx, { username });
      if (!user) throw notFound("user");
      const done = await work(tx, user, at);
      if (done) await deps.audit.append(tx, { ...done, outcome: "success", actor, subject: auditUser(user) });
    });
  };
  return {
    async create(actor, account, role) {
      requireAdmin(actor);
      return createUser(deps, account, { role, actor });
    },
    async list(actor, page) {
      requireAdmin(actor);
      const { users, total } = await repository.listUsers(database.read, page);
      return { items: users, total, ...page };
    },
    setRole: (actor, username, role) =>
      change(actor, username, async (tx, user, at) => {
        if (user.role === role) return null;
        await repository.setRole(tx, user.id, role, at);
        await requireAnAdmin(tx);
        await endSignIns(tx, user.id, at);
        return { action: "user.role.changed", details: { from: user.role, to: role } };
      }),
    disable: (actor, username) =>
      change(actor, username, async (tx, user, at) => {
        await repository.setStatus(tx, user.id, "disabled", at);
        await requireAnAdmin(tx);
        await endSignIns(tx, user.id, at);
        const apiKeys = await tokenRepository.revokeApiKeys(tx, { userId: user.id }, at);
        return { action: "user.disabled", details: { apiKeys } };
      }),
    enable: (actor, username) =>
      change(actor, username, async (tx, user, at) => {
        await repository.setStatus(tx, user.id, "active", at);
        return { action: "user.enabled" };
      }),
    async resetPassword(actor, username, password) {
      requireAdmin(actor);
      const user = await repository.findUser(database.read, { username });
      if (!user) throw notFound("user");
      const problem = passwordProblem(password, user);
      if (problem) throw validationError(problem);
      await deps.passwords.requireUnknown(password);
      await setPassword(deps, actor, user, password);
    },
    async resetTwoFactor(actor, username) {
      requireAdmin(actor);
      requireRecent(actor, clock.now());
      await change(actor, username, async (tx, user, at) => {
        await deleteSecondFactors(tx, user.id);
        await endSignIns(tx, user.id, at);
        return { action: "user.second_factors.removed" };
      });
    },
  };
}

/** Throws, and so rolls back, when the change would leave the server without an administrator. */
async function requireAnAdmin(tx: Queries): Promise<void> {
  if ((await repository.countActiveAdmins(tx)) === 0)
    throw conflict("This is the last administrator: make another one first.");
}

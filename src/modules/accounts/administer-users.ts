import type { Actor, Role } from "../../core/actor.ts";
import { type Instant, instant, later } from "../../core/clock.ts";
import { conflict, notFound, validationError } from "../../core/error.ts";
import type { Page, PageRequest } from "../../core/page.ts";
import { requireAdmin, requireRecent } from "../../core/permission.ts";
import type { AuditEvent } from "../../platform/audit/audit-log.ts";
import type { Queries } from "../../platform/database/index.ts";
import * as readModel from "./administer-users-read-model.ts";
import { auditUser } from "./audit-account.ts";
import { endSignIns, setPassword } from "./change-password.ts";
import type { PasswordReset } from "./password-reset.ts";
import { createUser } from "./register-user.ts";
import * as repository from "./repository.ts";
import { deleteSecondFactors } from "./two-factor/repository.ts";
import * as tokenRepository from "./token-repository.ts";
import type { SignInDeps } from "./sign-in.ts";
import { type NewAccount, passwordProblem, requireAccount, type User } from "./user.ts";

/**
 * What administrators do with accounts; every one throws FORBIDDEN for others and NOT_FOUND for a name nobody bears, or whose
 * person was erased. What gives or takes power wants a recent proof of who the administrator is (FORBIDDEN with `reauthenticate`),
 * which an API key never is.
 */
export interface UserAdministration {
  /** Another role than `user` wants a recent proof. */
  create(actor: Actor, account: NewAccount, role: Role): Promise<User>;
  /** Without a password and after a recent proof: its person sets one with the link, which works once, for an hour. */
  createWithLink(actor: Actor, account: NewPerson, role: Role): Promise<{ user: User; link: string }>;
  /** By name. Throws VALIDATION_ERROR for a search text that holds control characters or is over MAX_SEARCH long. */
  list(actor: Actor, page: PageRequest, filter?: readModel.UserFilter): Promise<Page<User>>;
  find(actor: Actor, username: string): Promise<AdministeredUser>;
  /**
   * Both at once or neither, after a recent proof. Another role ends sessions and tokens, so that it holds at once; disabling
   * ends API keys too. CONFLICT when no administrator would be left.
   */
  update(actor: Actor, username: string, change: UserChange): Promise<void>;
  setRole(actor: Actor, username: string, role: Role): Promise<void>;
  disable(actor: Actor, username: string): Promise<void>;
  enable(actor: Actor, username: string): Promise<void>;
  /** Ends every session and token, and the API keys when `keys` says so. */
  signOut(actor: Actor, username: string, options: { keys: boolean }): Promise<void>;
  /** Sets a password and ends sessions and tokens; after a recent proof. */
  resetPassword(actor: Actor, username: string, password: string): Promise<void>;
  /**
   * For somebody who lost them: removes authenticator app, passkeys and recovery codes, and ends sessions and tokens. The password
   * alone signs in then, so this wants a recent proof.
   */
  resetTwoFactor(actor: Actor, username: string): Promise<void>;
}

export type NewPerson = Omit<NewAccount, "password">;

export interface UserChange {
  role?: Role;
  status?: User["status"];
}

export interface AdministeredUser extends User, readModel.UserFacts {
  /** Too many wrong passwords: none is looked at before. Null: one may be tried. */
  lockedUntil: Instant | null;
}

/** Characters of a search text. */
export const MAX_SEARCH = 100;

interface Deps extends SignInDeps {
  passwordReset: Pick<PasswordReset, "linkFor">;
}

/** What the audit log says of it. */
type Act = Pick<AuditEvent, "action" | "details">;

export function createUserAdministration(deps: Deps): UserAdministration {
  const { database, clock, guessLimit } = deps;
  const requireProof = (actor: Actor) => {
    requireAdmin(actor);
    requireRecent(actor, clock.now());
  };
  const act = (actor: Actor, username: string, work: (tx: Queries, user: User, at: Instant) => Promise<Act[]>) => {
    requireAdmin(actor);
    const at = instant(clock.now());
    // One at a time, or two administrators could disable one another and leave none.
    return database.exclusively("accounts.administration", async (tx) => {
      const user = await findPerson(tx, username);
      for (const done of await work(tx, user, at))
        await deps.audit.append(tx, { ...done, outcome: "success", actor, subject: auditUser(user) });
    });
  };
  const update: UserAdministration["update"] = async (actor, username, change) => {
    requireProof(actor);
    await act(actor, username, (tx, user, at) => applyChange(tx, user, change, at));
  };
  return {
    async create(actor, account, role) {
      if (role !== "user") requireProof(actor);
      requireAdmin(actor);
      return createUser(deps, account, { role, actor });
    },
    async createWithLink(actor, account, role) {
      requireProof(actor);
      requireAccount(account, { administrator: false });
      // An empty hash verifies no password. Should the link fail, another can be made.
      const user = await createUser(deps, { ...account, password: "" }, { role, actor, passwordHash: "" });
      return { user, link: await deps.passwordReset.linkFor(actor, user.username) };
    },
    async list(actor, page, filter = {}) {
      requireAdmin(actor);
      const { users, total } = await readModel.searchUsers(database.read, checkedFilter(filter), page);
      return { items: users, total, ...page };
    },
    async find(actor, username) {
      requireAdmin(actor);
      const user = await findPerson(database.read, username);
      const now = clock.now();
      const facts = await readModel.userFacts(database.read, user.id, instant(now));
      const pauseMs = await guessLimit.pause(user.username);
      return { ...user, ...facts, lockedUntil: pauseMs > 0 ? later(now, pauseMs) : null };
    },
    update,
    setRole: (actor, username, role) => update(actor, username, { role }),
    disable: (actor, username) => update(actor, username, { status: "disabled" }),
    enable: (actor, username) => update(actor, username, { status: "active" }),
    async signOut(actor, username, { keys }) {
      await act(actor, username, async (tx, user, at) => {
        await endSignIns(tx, user.id, at);
        const apiKeys = keys ? await tokenRepository.revokeApiKeys(tx, { userId: user.id }, at) : 0;
        return [{ action: "user.signed_out", details: { apiKeys } }];
      });
    },
    async resetPassword(actor, username, password) {
      requireProof(actor);
      const user = await findPerson(database.read, username);
      const problem = passwordProblem(password, user);
      if (problem) throw validationError(problem);
      await deps.passwords.requireUnknown(password);
      await setPassword(deps, actor, user, password);
    },
    async resetTwoFactor(actor, username) {
      requireProof(actor);
      await act(actor, username, async (tx, user, at) => {
        await deleteSecondFactors(tx, user.id);
        await endSignIns(tx, user.id, at);
        return [{ action: "user.second_factors.removed" }];
      });
    },
  };
}

async function findPerson(q: Queries, username: string): Promise<User> {
  const user = await readModel.findLiving(q, username);
  if (!user) throw notFound("user");
  return user;
}

async function applyChange(tx: Queries, user: User, change: UserChange, at: Instant): Promise<Act[]> {
  const { role = user.role, status = user.status } = change;
  const acts: Act[] = [];
  if (role !== user.role) {
    await repository.setRole(tx, user.id, role, at);
    acts.push({ action: "user.role.changed", details: { from: user.role, to: role } });
  }
  if (status !== user.status) {
    await repository.setStatus(tx, user.id, { status, source: "manual" }, at);
    const apiKeys = status === "disabled" ? await tokenRepository.revokeApiKeys(tx, { userId: user.id }, at) : 0;
    acts.push(status === "disabled" ? { action: "user.disabled", details: { apiKeys } } : { action: "user.enabled" });
  }
  if (acts.length === 0) return acts;
  await endSignIns(tx, user.id, at);
  const wasAdmin = user.role === "admin" && user.status === "active";
  // Throwing rolls the change back.
  if (wasAdmin && (await repository.countActiveAdmins(tx)) === 0)
    throw conflict("This is the last administrator: make another one first.");
  return acts;
}

function checkedFilter(filter: readModel.UserFilter): readModel.UserFilter {
  const q = filter.q?.toWellFormed() ?? "";
  if (q.length > MAX_SEARCH || /[\u0000-\u001f\u007f]/.test(q))
    throw validationError({ field: "q", message: `use at most ${MAX_SEARCH} characters, without control characters.` });
  return { ...filter, q };
}

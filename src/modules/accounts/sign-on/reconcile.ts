import { MINUTE } from "../../../core/clock.ts";
import { type Database, isUniqueViolation, type Queries } from "../../../platform/database/index.ts";
import type { AuditLog } from "../../../platform/audit/audit-log.ts";
import type { OneTimeTokens } from "../one-time-tokens.ts";
import { findUser } from "../repository.ts";
import type { User } from "../user.ts";
import { applyGroups, type MembershipKeeper } from "./apply-groups.ts";
import { type FindDeps, findAccount, type Found } from "./find-account.ts";
import { grantsRoles } from "./group-grants.ts";
import type { AccountRules, ExternalPerson } from "./provider.ts";

/** How long somebody has to sign in with the account they have, to connect it. */
export const LINK_MS = 15 * MINUTE;

export interface ReconcileDeps extends FindDeps {
  database: Database;
  audit: AuditLog;
  oneTime: OneTimeTokens;
  memberships: MembershipKeeper;
}

/** Who vouches for a person, and what follows from it. */
export interface Voucher {
  name: string;
  label: string;
  settings: AccountRules;
}

export type Reconciled =
  | { kind: "account"; user: User }
  /** The person signs in with the account they have, and connects it with this secret. */
  | { kind: "unproven"; secret: string };

/**
 * The account of somebody who was just vouched for, with their roles brought up to the voucher's word. Throws FORBIDDEN for
 * one that may not sign in.
 */
export async function reconcile(deps: ReconcileDeps, by: Voucher, person: ExternalPerson): Promise<Reconciled> {
  const found = await reconciled(deps, by, person);
  if (found.kind === "refused") {
    await deps.audit.record({
      action: "session.refused",
      outcome: "denied",
      actor: { kind: "anonymous" },
      subject: { type: "sign-on-provider", id: null, name: by.name },
      ...(person.email === "" ? {} : { personal: { email: person.email } }),
    });
    throw found.error;
  }
  if (found.kind === "account") return { kind: "account", user: found.user };
  const secret = await deps.database.write((tx) =>
    deps.oneTime.issue(tx, { purpose: "sign-on-link", userId: null, payload: person, lifetimeMs: LINK_MS }),
  );
  return { kind: "unproven", secret };
}

/** Somebody's first sign-on from two browsers at once makes one account: the second finds what the first made. */
async function reconciled(deps: ReconcileDeps, by: Voucher, person: ExternalPerson): Promise<Found> {
  const once = () =>
    exclusivelyIf(deps, grantsRoles(by.settings.groups), async (tx) =>
      settle(deps, tx, by, person, await findAccount(deps, tx, person, by.settings)),
    );
  return once().catch((error) => {
    if (isUniqueViolation(error)) return once();
    throw error;
  });
}

/** Changes of roles go one at a time, or the last administrator could be lost between two of them. */
const exclusivelyIf = <T>(
  { database }: ReconcileDeps,
  alone: boolean,
  work: (tx: Queries) => Promise<T>,
): Promise<T> => (alone ? database.exclusively("accounts.administration", work) : database.write(work));

/** Brings memberships and roles up to the provider's word, and writes down what happened. */
export async function settle(
  deps: ReconcileDeps,
  tx: Queries,
  by: Voucher,
  person: ExternalPerson,
  found: Found,
): Promise<Found> {
  if (found.kind !== "account") return found;
  const { user } = found;
  const actor = { kind: "user", userId: user.id, username: user.username, via: "session" } as const;
  const from = { source: by.name, rules: by.settings.groups, actor };
  const changes = person.groups === null ? [] : await applyGroups(deps, tx, user, { ...from, groups: person.groups });
  const events = [...found.events, ...changes];
  if (events.length > 0) await deps.audit.append(tx, ...events);
  return { ...found, user: (await findUser(tx, { id: user.id })) ?? user };
}

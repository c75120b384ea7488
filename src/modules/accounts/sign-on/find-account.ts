import { type Clock, instant } from "../../../core/clock.ts";
import { type AppError, forbidden } from "../../../core/error.ts";
import { newId } from "../../../core/id.ts";
import type { AuditEvent } from "../../../platform/audit/audit-log.ts";
import type { Queries } from "../../../platform/database/index.ts";
import { auditSelf, auditUser } from "../audit-account.ts";
import { findHolder, giveEmail, unclaimed } from "../email-repository.ts";
import { addUser, findUser } from "../repository.ts";
import { emailKey, type User } from "../user.ts";
import { freeName } from "./free-name.ts";
import * as repository from "./identity-repository.ts";
import type { ExternalPerson, AccountRules } from "./provider.ts";

export interface FindDeps {
  clock: Clock;
  /** The provider through which people sign in whom the directory (SCIM) made; null when there is none. */
  directoryProvider: string | null;
  /** Whether people can confirm their addresses by mail; otherwise one belongs to whoever comes first. */
  mailDelivers: boolean;
  /** Whether `[accounts] registration` would let this person register. */
  mayRegister: (person: { email: string; emailVerified: boolean }) => boolean;
}

/** Whose account somebody's sign-on leads to. */
export type Found =
  | { kind: "account"; user: User; events: AuditEvent[] }
  /** There may be one, but nothing proves that it is this person's. */
  | { kind: "unproven" }
  | { kind: "refused"; error: AppError };

/**
 * The account that is connected; else the one that the directory made for this person, or that has the address where that is
 * proof enough; else a new one, where the configuration allows. An address alone never connects.
 */
export async function findAccount(
  deps: FindDeps,
  tx: Queries,
  person: ExternalPerson,
  settings: AccountRules,
): Promise<Found> {
  const known = await connected(deps, tx, person);
  if (known) return known;
  const match = await matching(deps, tx, person, settings);
  // What stands in the way may be the account that the same person's other browser made since the first look.
  if (match === "unproven") return (await connected(deps, tx, person)) ?? { kind: "unproven" };
  if (match) return active(match, [await connect(deps, tx, match, person)]);
  return create(deps, tx, person, settings);
}

/** The account that this identity is connected with, if there is one. */
async function connected(deps: FindDeps, tx: Queries, person: ExternalPerson): Promise<Found | null> {
  const known = await repository.findIdentity(tx, person.issuer, person.subject);
  if (!known) return null;
  const at = instant(deps.clock.now());
  await repository.touchIdentity(tx, known.id, { provider: person.provider, email: person.email, at });
  return active(await findUser(tx, { id: known.userId }), []);
}

function active(user: User | null, events: AuditEvent[]): Found {
  return user?.status === "active"
    ? { kind: "account", user, events }
    : { kind: "refused", error: forbidden("Your account here is disabled. Ask an administrator.") };
}

/** Adds the identity to the account; answers the audit entry. A second one of the same person at once is a unique violation. */
export async function connect(deps: FindDeps, tx: Queries, user: User, person: ExternalPerson): Promise<AuditEvent> {
  const at = instant(deps.clock.now());
  await repository.addIdentity(tx, {
    id: newId(),
    userId: user.id,
    provider: person.provider,
    issuer: person.issuer,
    subject: person.subject,
    email: person.email,
    createdAt: at,
    lastUsedAt: at,
  });
  return {
    action: "identity.connected",
    outcome: "success",
    actor: auditSelf(user),
    subject: auditUser(user),
    details: { provider: person.provider },
  };
}

async function matching(
  { directoryProvider }: FindDeps,
  tx: Queries,
  person: ExternalPerson,
  settings: AccountRules,
): Promise<User | "unproven" | null> {
  const directory = person.provider === directoryProvider;
  const external = directory ? await repository.findByExternalId(tx, [person.subject, ...person.otherIds]) : null;
  const user = external
    ? await findUser(tx, { id: external })
    : person.email === ""
      ? null
      : await findUser(tx, { email: person.email });
  if (!user) return null;
  const identities = await repository.listIdentities(tx, user.id);
  // Somebody else of this provider has the account already: the same address is no proof then.
  if (identities.some(({ issuer }) => issuer === person.issuer)) return "unproven";
  const vouched = directory && !(await isRaisedByHand(tx, user));
  if (external) return vouched ? user : "unproven";
  const trusted = settings.trustEmail || (vouched && (await repository.isFromDirectory(tx, user.id)));
  if (!trusted || !person.emailVerified) return "unproven";
  // Whoever registered with an address that is not theirs must not get its owner's sign-ons: the owner gets an account.
  return user.emailVerifiedAt === null ? null : user;
}

/** The directory says whose account this is, and must not get rights by it that it could not give: such a person signs in first. */
const isRaisedByHand = async (tx: Queries, user: User): Promise<boolean> =>
  user.role !== "user" && (await repository.roleOf(tx, user.id)).source === "manual";

async function create(deps: FindDeps, tx: Queries, person: ExternalPerson, settings: AccountRules): Promise<Found> {
  const { createAccounts } = settings;
  if (createAccounts === "never" || (createAccounts === "registration" && !deps.mayRegister(person)))
    return { kind: "unproven" };
  if (person.email === "")
    return {
      kind: "refused",
      error: forbidden("The provider told no e-mail address of you, and an account needs one. Ask an administrator."),
    };
  const now = instant(deps.clock.now());
  const username = await freeName(tx, person.nameHint);
  const user: User = {
    id: newId(),
    namespaceId: newId(),
    username,
    email: person.email,
    displayName: cleanName(person.displayName) || username,
    bio: "",
    website: "",
    role: "user",
    status: "active",
    emailVerifiedAt: null,
    createdAt: now,
    updatedAt: now,
  };
  const free = !deps.mailDelivers && (await findHolder(tx, user.email)) === null;
  // No password: an empty hash verifies none.
  await addUser(tx, user, "", free ? emailKey(user.email) : unclaimed(user.id));
  if (person.emailVerified && settings.trustEmail) await giveEmail(tx, user.id, user.email, now);
  const made: AuditEvent = {
    action: "user.created",
    outcome: "success",
    actor: auditSelf(user),
    subject: auditUser(user),
    details: { role: user.role, provider: person.provider },
  };
  return { kind: "account", user, events: [made, await connect(deps, tx, user, person)] };
}

/** A display name without what could mislead its readers. */
export const cleanName = (name: string): string =>
  name
    .replace(/[\u0000-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, "")
    .trim()
    .slice(0, 100);

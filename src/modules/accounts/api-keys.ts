import { type Actor, type Confinement, type Scope, SCOPES, type SignedIn } from "../../core/actor.ts";
import { type Clock, DAY, type Instant, instant, later, MINUTE } from "../../core/clock.ts";
import { AppError, type FieldProblem, forbidden, notFound, validationError } from "../../core/error.ts";
import { type Id, isId, newId } from "../../core/id.ts";
import { hasScope, requireRecent, requireScope } from "../../core/permission.ts";
import type { AuditLog } from "../../platform/audit/audit-log.ts";
import type { Database, Queries } from "../../platform/database/index.ts";
import { type ApiKey, type ApiKeyKind, hintOf, isApiKey, makeApiKey } from "./api-key.ts";
import { auditSelf } from "./audit-account.ts";
import { type ConfinementNames, confinementNames, confinementOf, type KeyRestriction } from "./key-restriction.ts";
import { hashSecret } from "./random.ts";
import * as tokenRepository from "./token-repository.ts";
import { invalidToken, requirePerson, type User } from "./user.ts";

const MAX_KEYS = 100;
const MAX_DAYS = 3650;
/** An address is seen by more programs than a header. */
const MAX_CAPABILITY_DAYS = 366;
const FLUSH_MS = MINUTE;

export interface NewApiKey extends KeyRestriction {
  name: string;
  scopes: readonly string[];
  /** Whole days from now; null for a key that does not expire. */
  expiresInDays: number | null;
  /** `capability`: for addresses `/k/…` alone; it may only read, and must expire. Default: personal. */
  kind?: "personal" | "capability";
}

/** A key that another part of the server gives out, exactly as it says. */
export interface IssuedApiKey {
  userId: Id;
  name: string;
  kind: ApiKeyKind;
  scopes: readonly Scope[];
  confinement: Confinement | null;
  provenance: Readonly<Record<string, unknown>> | null;
  expiresAt: Instant | null;
}

/** A key with the names of what it is confined to; null: wherever its person may. */
export type ListedApiKey = ApiKey & { confinedTo: ConfinementNames | null };

export interface ApiKeys {
  /**
   * The key itself is answered here and never again. Throws FORBIDDEN for a scope that the person does not have, and
   * VALIDATION_ERROR for a namespace or an asset on which the person has no right.
   */
  create(actor: Actor, input: NewApiKey): Promise<{ key: ListedApiKey; secret: string }>;
  /**
   * For other parts of the server, in their transaction and before `outbox.append`; the caller has asked for permission and
   * writes what happened in the audit log. Scopes beyond the person's role stay without effect.
   */
  createFor(tx: Queries, input: IssuedApiKey): Promise<{ key: ApiKey; secret: string }>;
  list(actor: Actor): Promise<ListedApiKey[]>;
  /**
   * NOT_FOUND for somebody else's, as for one that never was. `presented` is the key that the request came with, if any:
   * a key may end itself, as a client that signs out does, and no other.
   */
  revoke(actor: Actor, id: Id, presented?: string | null): Promise<void>;
  /** Throws INVALID_TOKEN. A key for addresses (`capability`) counts there alone, and no other kind does. */
  authenticate(secret: string, as?: "bearer" | "capability"): Promise<{ key: ApiKey; user: User }>;
  /** Writes the times of last use that wait in memory. */
  flush(): Promise<void>;
}

export function createApiKeys(deps: { database: Database; clock: Clock; audit: AuditLog }): ApiKeys {
  const { database, clock, audit } = deps;
  const now = () => instant(clock.now());
  const uses = createLastUses(deps);
  const find = (secret: string) => tokenRepository.findApiKey(database.read, hashSecret(secret), instant(clock.now()));
  return {
    async create(actor, input) {
      requirePerson(actor);
      const { name, expiresAt, scopes } = requireNewKey(actor, input, clock.now());
      const confinement = await confinementOf(database.read, actor, input);
      const { key, secret } = await database.write(async (tx) => {
        if ((await tokenRepository.countApiKeys(tx, actor.userId, now())) >= MAX_KEYS)
          throw new AppError("QUOTA_EXCEEDED", `You have ${MAX_KEYS} API keys already: revoke one that is not used.`);
        const { kind = "personal" } = input;
        const made = { userId: actor.userId, name, kind, scopes, confinement, expiresAt };
        const added = await addKey(tx, { ...made, provenance: null }, now());
        await audit.append(tx, {
          action: "api_key.created",
          outcome: "success",
          actor,
          subject: { type: "api-key", id: added.key.id, name },
          details: { kind, scopes, expiresAt, confined: confinement !== null },
        });
        return added;
      });
      const [confinedTo = null] = await confinementNames(database.read, actor, [key]);
      return { key: { ...key, confinedTo }, secret };
    },
    createFor: (tx, input) => addKey(tx, input, now()),
    async list(actor) {
      requireScope(actor, "read");
      const keys = await tokenRepository.listApiKeys(database.read, actor.userId, now());
      const names = await confinementNames(database.read, actor, keys);
      return keys.map((key, index) => ({ ...key, confinedTo: names[index] ?? null }));
    },
    async revoke(actor, id, presented = null) {
      const own = presented !== null && isApiKey(presented) ? await find(presented) : null;
      const itself = own?.key.id === id;
      if (!itself) requirePerson(actor);
      const userId = itself ? own.key.userId : (actor as SignedIn).userId;
      if (!isId(id)) throw notFound("API key");
      await database.write(async (tx) => {
        if ((await tokenRepository.revokeApiKeys(tx, { userId, id }, now())) === 0) throw notFound("API key");
        const by = actor.kind === "anonymous" && own ? { ...auditSelf(own.user), via: "api-key" as const } : actor;
        await audit.append(tx, {
          action: "api_key.revoked",
          outcome: "success",
          actor: by,
          subject: { type: "api-key", id },
        });
      });
    },
    async authenticate(secret, as = "bearer") {
      const found = isApiKey(secret) ? await find(secret) : null;
      if (!found || (found.key.kind === "capability") !== (as === "capability")) throw invalidToken();
      uses.note(found.key.id);
      return found;
    },
    flush: uses.flush,
  };
}

async function addKey(tx: Queries, input: IssuedApiKey, createdAt: Instant): Promise<{ key: ApiKey; secret: string }> {
  const secret = makeApiKey();
  const key = { ...input, scopes: [...input.scopes], id: newId(), hint: hintOf(secret), createdAt, lastUsedAt: null };
  await tokenRepository.addApiKey(tx, key, hashSecret(secret));
  return { key, secret };
}

function requireNewKey(actor: SignedIn, input: NewApiKey, now: Date) {
  const problems: FieldProblem[] = [];
  const name = input.name.trim();
  if (name === "" || name.length > 100) problems.push({ field: "name", message: "use 1 to 100 characters." });
  const scopes = SCOPES.filter((scope) => input.scopes.includes(scope));
  if (scopes.length === 0 || scopes.length !== new Set(input.scopes).size)
    problems.push({ field: "scopes", message: `name one or more of ${SCOPES.join(", ")}.` });
  const days = input.expiresInDays;
  if (days !== null && (!Number.isInteger(days) || days < 1 || days > MAX_DAYS))
    problems.push({ field: "expires_in_days", message: `use a whole number from 1 to ${MAX_DAYS}, or none.` });
  if (input.kind === "capability" && scopes.join() !== "read")
    problems.push({ field: "scopes", message: "a key for addresses may only read." });
  if (input.kind === "capability" && (days === null || days > MAX_CAPABILITY_DAYS))
    problems.push({
      field: "expires_in_days",
      message: `a key for addresses lives ${MAX_CAPABILITY_DAYS} days at most.`,
    });
  if (problems.length > 0) throw validationError(...problems);
  const beyond = scopes.find((scope) => !hasScope(actor, scope));
  if (beyond) throw forbidden(`Your account does not have the scope "${beyond}", so a key cannot either.`);
  if (actor.confinement !== null) throw forbidden("A confined token may not make keys: sign in to make one.");
  // What may do all that its person may must not come of a browser that was left alone.
  if (scopes.includes("admin")) requireRecent(actor, now);
  return { name, scopes, expiresAt: days === null ? null : later(now, days * DAY) };
}

/** Last uses wait in memory and are written together, at most once a minute: reading must not cost a write. */
function createLastUses({ database, clock }: { database: Database; clock: Clock }) {
  let waiting = new Map<Id, string>();
  let flushedAt = clock.now().getTime();
  const flush = async () => {
    const batch = waiting;
    if (batch.size === 0) return;
    waiting = new Map();
    await database.write(async (tx) => {
      for (const [id, at] of batch) await tokenRepository.touchApiKey(tx, id, at);
    });
  };
  return {
    flush,
    note(id: Id) {
      const now = clock.now();
      waiting.set(id, instant(now));
      if (now.getTime() - flushedAt < FLUSH_MS) return;
      flushedAt = now.getTime();
      // A time of last use that gets lost is no reason to refuse anybody.
      flush().catch(() => {});
    },
  };
}

import { type Actor, type Scope, SCOPES, type SignedIn } from "../../core/actor.ts";
import { type Clock, DAY, instant, later, MINUTE } from "../../core/clock.ts";
import { AppError, type FieldProblem, forbidden, notFound, validationError } from "../../core/error.ts";
import { type Id, isId, newId } from "../../core/id.ts";
import { hasScope, requireScope } from "../../core/permission.ts";
import type { Database } from "../../platform/database/index.ts";
import { type ApiKey, hintOf, isApiKey, makeApiKey } from "./api-key.ts";
import { hashSecret } from "./random.ts";
import * as tokenRepository from "./token-repository.ts";
import { invalidToken, requirePerson, type User } from "./user.ts";

const MAX_KEYS = 100;
const MAX_DAYS = 3650;
const FLUSH_MS = MINUTE;

export interface NewApiKey {
  name: string;
  scopes: readonly string[];
  /** Whole days from now; null for a key that does not expire. */
  expiresInDays: number | null;
}

export interface ApiKeys {
  /** The key itself is answered here and never again. Throws FORBIDDEN for a scope that the person does not have. */
  create(actor: Actor, input: NewApiKey): Promise<{ key: ApiKey; secret: string }>;
  list(actor: Actor): Promise<ApiKey[]>;
  /**
   * NOT_FOUND for somebody else's, as for one that never was. `presented` is the key that the request came with, if any:
   * a key may end itself, as a client that signs out does, and no other.
   */
  revoke(actor: Actor, id: Id, presented?: string | null): Promise<void>;
  /** Throws INVALID_TOKEN. */
  authenticate(secret: string): Promise<{ key: ApiKey; user: User }>;
  /** Writes the times of last use that wait in memory. */
  flush(): Promise<void>;
}

export function createApiKeys(deps: { database: Database; clock: Clock }): ApiKeys {
  const { database, clock } = deps;
  const uses = createLastUses(deps);
  const find = (secret: string) => tokenRepository.findApiKey(database.read, hashSecret(secret), instant(clock.now()));
  return {
    async create(actor, input) {
      requirePerson(actor);
      const scopes = requireNewKey(actor, input);
      const now = clock.now();
      const secret = makeApiKey();
      const key: ApiKey = {
        id: newId(),
        userId: actor.userId,
        name: input.name.trim(),
        hint: hintOf(secret),
        scopes,
        createdAt: instant(now),
        expiresAt: input.expiresInDays === null ? null : later(now, input.expiresInDays * DAY),
        lastUsedAt: null,
      };
      await database.write(async (tx) => {
        if ((await tokenRepository.listApiKeys(tx, actor.userId)).length >= MAX_KEYS)
          throw new AppError("QUOTA_EXCEEDED", `You have ${MAX_KEYS} API keys already: revoke one that is not used.`);
        await tokenRepository.addApiKey(tx, key, hashSecret(secret));
      });
      return { key, secret };
    },
    async list(actor) {
      requireScope(actor, "read");
      return tokenRepository.listApiKeys(database.read, actor.userId);
    },
    async revoke(actor, id, presented = null) {
      const own = presented !== null && isApiKey(presented) ? await find(presented) : null;
      const itself = own?.key.id === id;
      if (!itself) requirePerson(actor);
      const userId = itself ? own.key.userId : (actor as SignedIn).userId;
      const revoked = isId(id)
        ? await database.write((tx) => tokenRepository.revokeApiKeys(tx, { userId, id }, instant(clock.now())))
        : 0;
      if (revoked === 0) throw notFound("API key");
    },
    async authenticate(secret) {
      const found = isApiKey(secret) ? await find(secret) : null;
      if (!found) throw invalidToken();
      uses.note(found.key.id);
      return found;
    },
    flush: uses.flush,
  };
}

function requireNewKey(actor: Actor, input: NewApiKey): Scope[] {
  const problems: FieldProblem[] = [];
  const name = input.name.trim();
  if (name === "" || name.length > 100) problems.push({ field: "name", message: "use 1 to 100 characters." });
  const scopes = SCOPES.filter((scope) => input.scopes.includes(scope));
  if (scopes.length === 0 || scopes.length !== new Set(input.scopes).size)
    problems.push({ field: "scopes", message: `name one or more of ${SCOPES.join(", ")}.` });
  const days = input.expiresInDays;
  if (days !== null && (!Number.isInteger(days) || days < 1 || days > MAX_DAYS))
    problems.push({ field: "expires_in_days", message: `use a whole number from 1 to ${MAX_DAYS}, or none.` });
  if (problems.length > 0) throw validationError(...problems);
  const beyond = scopes.find((scope) => !hasScope(actor, scope));
  if (beyond) throw forbidden(`Your account does not have the scope "${beyond}", so a key cannot either.`);
  return scopes;
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

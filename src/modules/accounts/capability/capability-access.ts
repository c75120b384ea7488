import type { Role, SignedIn } from "../../../core/actor.ts";
import { type Clock, DAY, instant } from "../../../core/clock.ts";
import type { Id } from "../../../core/id.ts";
import type { AuditLog } from "../../../platform/audit/audit-log.ts";
import type { Database } from "../../../platform/database/index.ts";
import { accessOf } from "../access-read-model.ts";
import { actorOf } from "../actor-of.ts";
import type { ApiKeys } from "../api-keys.ts";
import type { OneTimeTokens } from "../one-time-tokens.ts";

/** Keys that stand in addresses, `/k/<key>/…`, for clients that can send no header. */
export interface CapabilityAccess {
  /** Who the key speaks for, to read alone, and its id. Throws INVALID_TOKEN for what is no living key of this kind. */
  open(key: string): Promise<{ actor: SignedIn; keyId: Id }>;
}

export interface CapabilityDeps {
  database: Database;
  clock: Clock;
  audit: AuditLog;
  apiKeys: Pick<ApiKeys, "authenticate">;
  oneTime: OneTimeTokens;
  /** Roles that count only with a second factor. */
  needTwoFactor: readonly Role[];
}

export function createCapabilityAccess(deps: CapabilityDeps): CapabilityAccess {
  const noteUse = createDailyNote(deps);
  return {
    async open(secret) {
      const { key, user } = await deps.apiKeys.authenticate(secret, "capability");
      const access = await accessOf(deps.database.read, user.id);
      const { confinement } = key;
      const facts = { via: "api-key", scopes: ["read"], confinement, authenticatedAt: null } as const;
      const actor = actorOf(user, access, { ...facts, twoFactor: access.hasSecondFactor }, deps.needTwoFactor);
      await noteUse(key.id, actor);
      return { actor, keyId: key.id };
    },
  };
}

/** The first use of a day is audited, once over all processes; later ones cost no write. */
function createDailyNote({ database, clock, audit, oneTime }: CapabilityDeps) {
  let day = "";
  let seen = new Set<Id>();
  return async (keyId: Id, actor: SignedIn): Promise<void> => {
    const now = clock.now();
    const today = instant(now).slice(0, 10);
    if (today !== day) {
      day = today;
      seen = new Set();
    }
    if (seen.has(keyId)) return;
    seen.add(keyId);
    await database.write(async (tx) => {
      if (!(await oneTime.remember(tx, `capability ${keyId} ${today}`, now.getTime() + 2 * DAY))) return;
      await audit.append(tx, {
        action: "capability.used",
        outcome: "success",
        actor,
        subject: { type: "api-key", id: keyId },
        details: { day: today },
      });
    });
  };
}

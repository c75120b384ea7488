import type { Actor } from "../../../core/actor.ts";
import type { Clock } from "../../../core/clock.ts";
import { conflict, notFound } from "../../../core/error.ts";
import type { Id } from "../../../core/id.ts";
import { requireRecent } from "../../../core/permission.ts";
import type { AuditLog } from "../../../platform/audit/audit-log.ts";
import type { Database } from "../../../platform/database/index.ts";
import { requirePerson } from "../user.ts";
import * as repository from "./identity-repository.ts";

/** The accounts elsewhere that a person signs in with. */
export interface Identities {
  list(actor: Actor): Promise<repository.Identity[]>;
  /** Throws CONFLICT for the only way in that the person has, and FORBIDDEN without a recent proof of who it is. */
  disconnect(actor: Actor, id: Id): Promise<void>;
}

export function createIdentities(deps: { database: Database; clock: Clock; audit: AuditLog }): Identities {
  const { database, clock, audit } = deps;
  return {
    async list(actor) {
      requirePerson(actor);
      return repository.listIdentities(database.read, actor.userId);
    },
    async disconnect(actor, id) {
      requirePerson(actor);
      requireRecent(actor, clock.now());
      await database.write(async (tx) => {
        const ways = await repository.lockWaysIn(tx, actor.userId);
        const gone = await repository.deleteIdentity(tx, id, actor.userId);
        if (!gone) throw notFound("connected account");
        const left = await repository.listIdentities(tx, actor.userId);
        if (!ways.password && ways.passkeys === 0 && left.length === 0)
          throw conflict("This is your only way to sign in: set a password or add a passkey first.");
        await audit.append(tx, {
          action: "identity.disconnected",
          outcome: "success",
          actor,
          subject: { type: "user", id: actor.userId, name: actor.username },
          details: { provider: gone.provider },
        });
      });
    },
  };
}

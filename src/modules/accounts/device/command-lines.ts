import type { Actor } from "../../../core/actor.ts";
import { type Clock, type Instant, instant } from "../../../core/clock.ts";
import { notFound } from "../../../core/error.ts";
import { type Id, isId } from "../../../core/id.ts";
import type { AuditLog } from "../../../platform/audit/audit-log.ts";
import type { Database } from "../../../platform/database/index.ts";
import { requirePerson } from "../user.ts";
import * as repository from "./repository.ts";

/** A program that holds tokens of a person: a command line, or whatever signed in over the API. */
export interface CommandLine {
  id: Id;
  /** What it said of itself; "" when it said nothing. */
  client: string;
  twoFactor: boolean;
  /** When its tokens were renewed last. */
  renewedAt: Instant;
  expiresAt: Instant;
}

/** The programs that a person is signed in with, beside browsers. */
export interface CommandLines {
  list(actor: Actor): Promise<CommandLine[]>;
  /** Ends its tokens at once. Throws NOT_FOUND for one that has ended, or is somebody else's. */
  end(actor: Actor, id: string): Promise<void>;
}

export function createCommandLines(deps: { database: Database; clock: Clock; audit: AuditLog }): CommandLines {
  const { database, clock, audit } = deps;
  return {
    async list(actor) {
      requirePerson(actor);
      const families = await repository.listFamilies(database.read, actor.userId, instant(clock.now()));
      return families.map(({ familyId: id, ...family }) => ({ id, ...family }));
    },
    async end(actor, id) {
      requirePerson(actor);
      const ended =
        isId(id) &&
        (await database.write(async (tx) => {
          const client = await repository.endFamily(tx, id, actor.userId, instant(clock.now()));
          if (client === null) return false;
          await audit.append(tx, {
            action: "session.ended",
            outcome: "success",
            actor,
            subject: { type: "user", id: actor.userId, name: actor.username },
            details: { count: 1, kind: "command-line" },
          });
          return true;
        }));
      if (!ended) throw notFound("session");
    },
  };
}

import type { Actor, SignedIn } from "../../core/actor.ts";
import { type Clock, type Instant, instant } from "../../core/clock.ts";
import { notFound } from "../../core/error.ts";
import { isId } from "../../core/id.ts";
import type { AuditEvent, AuditLog } from "../../platform/audit/audit-log.ts";
import type { Database } from "../../platform/database/index.ts";
import { auditUser } from "./audit-account.ts";
import { endFamily } from "./device/repository.ts";
import * as repository from "./session-repository.ts";
import { requirePerson } from "./user.ts";

export interface SessionInfo {
  id: string;
  createdAt: Instant;
  expiresAt: Instant;
  userAgent: string;
  /** "" when it is not known. */
  address: string;
  seenAt: Instant | null;
  twoFactor: boolean;
  /** It stays when the browser is closed. */
  persistent: boolean;
}

/** The browsers that a person is signed in with. */
export interface OwnSessions {
  listSessions(actor: Actor): Promise<SessionInfo[]>;
  /** Also of a command line. Throws NOT_FOUND for one that has ended, or is somebody else's. */
  endSession(actor: Actor, id: string): Promise<void>;
  /** Ends all but `current` (none is kept when that is null); answers how many. */
  endOtherSessions(actor: Actor, current: string | null): Promise<number>;
}

export function createOwnSessions(deps: { database: Database; clock: Clock; audit: AuditLog }): OwnSessions {
  const { database, clock, audit } = deps;
  return {
    async listSessions(actor) {
      requirePerson(actor);
      return repository.listSessions(database.read, actor.userId, instant(clock.now()));
    },
    async endSession(actor, id) {
      requirePerson(actor);
      const ended = await database.write(async (tx) => {
        const now = instant(clock.now());
        // Command lines have ids of another form: nothing is both.
        const gone =
          (await repository.deleteSession(tx, id, actor.userId)) ||
          (isId(id) && (await endFamily(tx, id, actor.userId, now)) !== null);
        if (gone) await audit.append(tx, sessionsEnded(actor, 1));
        return gone;
      });
      if (!ended) throw notFound("session");
    },
    async endOtherSessions(actor, current) {
      requirePerson(actor);
      return database.write(async (tx) => {
        const count = await repository.deleteSessionsOf(tx, actor.userId, current ?? undefined);
        if (count > 0) await audit.append(tx, sessionsEnded(actor, count));
        return count;
      });
    },
  };
}

const sessionsEnded = (actor: SignedIn, count: number): AuditEvent => ({
  action: "session.ended",
  outcome: "success",
  actor,
  subject: auditUser({ id: actor.userId, username: actor.username }),
  details: { with: "browser", count },
});

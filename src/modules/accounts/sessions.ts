import { type Adapter, type DatabaseSession, type DatabaseUser, Lucia } from "lucia";
import { type Clock, instant, type Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { Database } from "../../platform/database/index.ts";
import { hashSecret, milliseconds, randomSecret } from "./random.ts";
import * as repository from "./repository.ts";
import type { User } from "./user.ts";

declare module "lucia" {
  interface Register {
    Lucia: ReturnType<typeof createLucia>;
    DatabaseSessionAttributes: { userAgent: string };
    DatabaseUserAttributes: { user: User };
  }
}

/** Browser sessions. The secret lies in the browser's cookie alone; the database knows its hash, which is the session's id. */
export interface Sessions {
  start(userId: Id, userAgent: string): Promise<StartedSession>;
  /** Null for a secret that is unknown, expired or of a disabled person. `prolonged`: send the cookie again. */
  resume(secret: string): Promise<ResumedSession | null>;
  end(secret: string): Promise<void>;
}

export interface StartedSession {
  secret: string;
  id: string;
}

export interface ResumedSession extends StartedSession {
  user: User;
  prolonged: boolean;
}

export interface SessionDeps {
  database: Database;
  clock: Clock;
  /** Without being used, and at all. */
  lifetimeMs: number;
  absoluteLifetimeMs: number;
}

export function createSessions(deps: SessionDeps): Sessions {
  const lucia = createLucia(deps);
  return {
    async start(userId, userAgent) {
      const secret = randomSecret();
      await lucia.createSession(userId, { userAgent: userAgent.slice(0, 200) }, { sessionId: secret });
      return { secret, id: hashSecret(secret) };
    },
    async resume(secret) {
      const { session, user } = await lucia.validateSession(secret);
      return session && { secret, id: hashSecret(secret), user: user.user, prolonged: session.fresh };
    },
    end: (secret) => lucia.invalidateSession(secret),
  };
}

function createLucia(deps: SessionDeps) {
  return new Lucia(createAdapter(deps), {
    sessionExpiresIn: milliseconds(deps.lifetimeMs),
    getUserAttributes: ({ user }) => ({ user }),
  });
}

/** Lucia counts by the system clock and knows sessions by their secret; ours are known by hash and follow our clock. */
function createAdapter({ database, clock, absoluteLifetimeMs }: SessionDeps): Adapter {
  const skew = () => clock.now().getTime() - Date.now();
  const toOurs = (date: Date, createdAt: Date): Instant =>
    instant(new Date(Math.min(date.getTime() + skew(), createdAt.getTime() + absoluteLifetimeMs)));
  const toLucia = (at: Instant): Date => new Date(Date.parse(at) - skew());
  return {
    async getSessionAndUser(secret): Promise<[DatabaseSession | null, DatabaseUser | null]> {
      const found = await repository.findSession(database.read, hashSecret(secret));
      if (!found) return [null, null];
      const { session, user } = found;
      const attributes = { userAgent: session.userAgent };
      return [
        { id: secret, userId: user.id, expiresAt: toLucia(session.expiresAt), attributes },
        { id: user.id, attributes: { user } },
      ];
    },
    async setSession(session) {
      const now = clock.now();
      const row = {
        id: hashSecret(session.id),
        userId: session.userId,
        createdAt: instant(now),
        expiresAt: toOurs(session.expiresAt, now),
        userAgent: session.attributes.userAgent,
      };
      await database.write((tx) => repository.addSession(tx, row));
    },
    async updateSessionExpiration(secret, expiresAt) {
      await database.write(async (tx) => {
        const found = await repository.findSession(tx, hashSecret(secret));
        if (found)
          await repository.prolongSession(tx, found.session.id, toOurs(expiresAt, new Date(found.session.createdAt)));
      });
    },
    async deleteSession(secret) {
      await database.write((tx) => repository.deleteSession(tx, hashSecret(secret)));
    },
    deleteUserSessions: (userId) => database.write((tx) => repository.deleteSessionsOf(tx, userId)),
    async deleteExpiredSessions() {
      await database.write((tx) => repository.deleteExpiredSessions(tx, instant(clock.now())));
    },
    async getUserSessions(userId) {
      const rows = await repository.listSessions(database.read, userId, instant(clock.now()));
      return rows.map((row) => ({
        id: row.id,
        userId,
        expiresAt: toLucia(row.expiresAt),
        attributes: { userAgent: row.userAgent },
      }));
    },
  };
}

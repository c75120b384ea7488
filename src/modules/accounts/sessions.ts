import { type Adapter, type DatabaseSession, type DatabaseUser, Lucia } from "lucia";
import { type Clock, type Instant, instant, MINUTE } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { AuditLog } from "../../platform/audit/audit-log.ts";
import type { Database } from "../../platform/database/index.ts";
import { auditSelf, auditUser, signedIn } from "./audit-account.ts";
import { hashSecret, milliseconds, randomSecret } from "./random.ts";
import { findUser } from "./repository.ts";
import * as repository from "./session-repository.ts";
import type { User } from "./user.ts";

declare module "lucia" {
  interface Register {
    Lucia: ReturnType<typeof createLucia>;
    DatabaseSessionAttributes: Omit<NewSession, "method"> & { method?: string };
    DatabaseUserAttributes: { user: User };
  }
}

/** How somebody signed in, for a session that begins. */
export interface NewSession {
  userAgent: string;
  address: string;
  /** With what: `password`, `passkey`, an identity provider's name; for the audit log. */
  method: string;
  twoFactor: boolean;
  /** "Remember me": false ends with the browser and after a short idle time. */
  persistent: boolean;
  /** When it was proved who this is; now, when it is left out, and null when nobody says. */
  authenticatedAt?: Instant | null | undefined;
}

/** Browser sessions. The secret lies in the browser's cookie alone; the database knows its hash, which is the session's id. */
export interface Sessions {
  start(userId: Id, session: NewSession): Promise<StartedSession>;
  /**
   * Null for a secret that is unknown, expired or of a disabled person. `prolonged`: send the cookie again. `address` is noted
   * as where the session was last seen, at most once a minute.
   */
  resume(secret: string, address: string): Promise<ResumedSession | null>;
  /**
   * The same session under a new secret, after it was proved again who this is (or more than before); the old secret is dead.
   * Null when the session has ended. `twoFactor` true stays true.
   */
  rotate(secret: string, proof: { twoFactor: boolean }): Promise<(StartedSession & { persistent: boolean }) | null>;
  end(secret: string): Promise<void>;
}

export interface StartedSession {
  secret: string;
  id: string;
}

export interface ResumedSession extends StartedSession {
  user: User;
  prolonged: boolean;
  twoFactor: boolean;
  authenticatedAt: Instant | null;
  persistent: boolean;
}

export interface SessionDeps {
  database: Database;
  clock: Clock;
  audit: AuditLog;
  /** Without being used, of a session that is remembered … */
  lifetimeMs: number;
  /** … and of one that is not … */
  idleMs: number;
  /** … and at all. */
  absoluteLifetimeMs: number;
}

type Found = Awaited<ReturnType<typeof repository.findSession>>;

export function createSessions(deps: SessionDeps): Sessions {
  const { database, clock, audit } = deps;
  return {
    async start(userId, session) {
      const secret = randomSecret();
      const attributes = { ...session, userAgent: session.userAgent.slice(0, 200) };
      await createLucia(deps, null, session.persistent).createSession(userId, attributes, { sessionId: secret });
      return { secret, id: hashSecret(secret) };
    },
    async resume(secret, address) {
      const found = await repository.findSession(database.read, hashSecret(secret));
      if (!found) return null;
      const { session, user } = await createLucia(deps, found, found.session.persistent).validateSession(secret);
      if (!session) return null;
      await noteSeen(deps, found.session, address);
      const { id, twoFactor, authenticatedAt, persistent } = found.session;
      return { secret, id, user: user.user, prolonged: session.fresh, twoFactor, authenticatedAt, persistent };
    },
    async rotate(secret, { twoFactor }) {
      const next = randomSecret();
      return database.write(async (tx) => {
        const found = await repository.findSession(tx, hashSecret(secret));
        if (!found) return null;
        const proof = { authenticatedAt: instant(clock.now()), twoFactor: twoFactor || found.session.twoFactor };
        const { persistent } = found.session;
        const renamed = await repository.renameSession(tx, found.session.id, { id: hashSecret(next), ...proof });
        return renamed ? { secret: next, id: hashSecret(next), persistent } : null;
      });
    },
    async end(secret) {
      await database.write(async (tx) => {
        const found = await repository.findSession(tx, hashSecret(secret));
        const ended = await repository.deleteSession(tx, hashSecret(secret));
        if (!found || !ended) return;
        const [actor, subject] = [auditSelf(found.user), auditUser(found.user)];
        const details = { with: "browser", count: 1 };
        await audit.append(tx, { action: "session.ended", outcome: "success", actor, subject, details });
      });
    },
  };
}

async function noteSeen({ database, clock }: SessionDeps, session: repository.SessionRow, address: string) {
  const now = clock.now();
  const before = instant(new Date(now.getTime() - MINUTE));
  if (session.seenAt !== null && session.seenAt > before) return;
  await database.write((tx) => repository.touchSession(tx, session.id, { at: instant(now), before, address }));
}

/** `found` is the session that is to be validated, read already; its kind decides how long it may lie idle. */
function createLucia(deps: SessionDeps, found: Found, persistent: boolean) {
  return new Lucia(createAdapter(deps, found), {
    sessionExpiresIn: milliseconds(persistent ? deps.lifetimeMs : deps.idleMs),
    getUserAttributes: ({ user }) => ({ user }),
  });
}

/** Lucia counts by the system clock and knows sessions by their secret; ours are known by hash and follow our clock. */
function createAdapter({ database, clock, audit, absoluteLifetimeMs }: SessionDeps, found: Found): Adapter {
  const skew = () => clock.now().getTime() - Date.now();
  const toOurs = (date: Date, createdAt: Date): Instant =>
    instant(new Date(Math.min(date.getTime() + skew(), createdAt.getTime() + absoluteLifetimeMs)));
  const toLucia = (at: Instant): Date => new Date(Date.parse(at) - skew());
  return {
    async getSessionAndUser(secret): Promise<[DatabaseSession | null, DatabaseUser | null]> {
      if (!found) return [null, null];
      const { session, user } = found;
      return [
        { id: secret, userId: user.id, expiresAt: toLucia(session.expiresAt), attributes: session },
        { id: user.id, attributes: { user } },
      ];
    },
    async setSession(session) {
      const now = clock.now();
      const at = instant(now);
      const { method, ...how } = session.attributes;
      const row = {
        ...how,
        id: hashSecret(session.id),
        userId: session.userId,
        createdAt: at,
        expiresAt: toOurs(session.expiresAt, now),
        seenAt: at,
        authenticatedAt: how.authenticatedAt === undefined ? at : how.authenticatedAt,
      };
      await database.write(async (tx) => {
        await repository.addSession(tx, row);
        const user = await findUser(tx, { id: row.userId });
        if (user) await audit.append(tx, signedIn(user, { with: "browser", method, twoFactor: row.twoFactor }));
      });
    },
    async updateSessionExpiration(secret, expiresAt) {
      if (!found) return;
      const until = toOurs(expiresAt, new Date(found.session.createdAt));
      await database.write((tx) => repository.prolongSession(tx, hashSecret(secret), until));
    },
    async deleteSession(secret) {
      await database.write((tx) => repository.deleteSession(tx, hashSecret(secret)));
    },
    async deleteUserSessions(userId) {
      await database.write((tx) => repository.deleteSessionsOf(tx, userId));
    },
    async deleteExpiredSessions() {
      await database.write((tx) => repository.deleteExpiredSessions(tx, instant(clock.now())));
    },
    async getUserSessions(userId) {
      const rows = await repository.listSessions(database.read, userId, instant(clock.now()));
      return rows.map((row) => ({ id: row.id, userId, expiresAt: toLucia(row.expiresAt), attributes: row }));
    },
  };
}
